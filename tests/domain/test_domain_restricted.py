"""A restricted incident shows as nothing but sealed acts, and its rules hold all the same."""

import pytest
from simulator import (
    ACCOUNT,
    CHAIR,
    DEPUTY,
    HEAD,
    LEAD,
    MODERATOR,
    RUNNER,
    TEACHER,
    School,
    again,
)  # fmt: skip

from ledger.domain.school_time import in_london
from ledger.fsck import fsck
from ledger.outcomes import Receipt

CASE = {"incident": "whistle-7"}
REPORT = {**CASE, "kind": "staff_pupil_contact", "summary": "Private messages to a pupil"}
ASSESS = {**CASE, "severity": "high", "classification": "illegal"}
CLOSE = {**CASE, "outcome": "dealt with", "agency_reason": "told by the authority"}


def report(school, **more):
    return school.accept("report_incident", TEACHER, **{**REPORT, **more})


def files(school):
    """Every octet the ledger keeps."""
    school.ledger.store.truncate_log()
    return b"".join(p.read_bytes() for p in sorted(school.directory.glob("ledger.db*")))


def again_opened(school):
    """The same directory, as after a restart."""
    return School(school.directory, in_london(school.clock.at), school.ledger.ports)


def test_it_is_sealed_from_its_first_byte(school):
    before = school.size
    made = report(school, about=[HEAD])
    assert (made.type, made.stream_version, len(made.incident)) == ("Sealed", 1, 32)
    school.accept("assess_incident", CHAIR, **ASSESS)
    entries = school.ledger.entries().all[before:]
    assert {(e.type, e.record.actor, str(e.fields)) for e in entries} == {
        ("Sealed", "system", "{}")
    }
    for word in (b"whistle-7", made.incident.encode(), b"staff_pupil", b"Private messages"):
        assert word not in files(school)
    assert not school.ledger.entries().mentions(made.incident)
    assert fsck(school.directory, school.ledger.key) == []


@pytest.mark.parametrize("why", [{"restricted": True}, {"protect_reporter": True}])
def test_a_report_can_ask_for_it(school, why):
    assert report(school, **why).type == "Sealed"
    assert report(school, incident="case-8", restricted=False).type == "IncidentReported"


def test_the_ledger_deals_the_id_where_none_is_given(school):
    report_without = {k: v for k, v in REPORT.items() if k != "incident"}
    made = school.accept("report_incident", TEACHER, **report_without, about=[HEAD])
    school.accept("assess_incident", CHAIR, incident=made.incident, severity="low")
    school.refuse("missing_field", "report_incident", TEACHER, **report_without)


def test_about_the_head_the_chair_assesses_and_closes(school):
    report(school, about=[HEAD])
    for person in (HEAD, DEPUTY, MODERATOR, TEACHER, LEAD):
        school.refuse("assessor_not_slt", "assess_incident", person, **ASSESS)
    school.refuse("incident_not_assessed", "close_incident", CHAIR, **CLOSE)
    school.accept("assess_incident", CHAIR, **ASSESS)
    for person in (HEAD, DEPUTY):
        school.refuse("not_slt", "close_incident", person, **CLOSE)
    close = {**CASE, "outcome": "dealt with"}
    school.refuse("agency_not_notified", "close_incident", CHAIR, **close)
    school.accept("notify_agency", TEACHER, **CASE, agency="police", reason="A crime")
    school.accept("close_incident", CHAIR, **close)
    school.refuse("already_decided", "close_incident", CHAIR, **close)


def test_a_restricted_incident_about_somebody_else_is_leaderships(school):
    report(school, about=[DEPUTY], restricted=True)
    school.refuse("assessor_not_slt", "assess_incident", DEPUTY, **ASSESS)
    school.accept("assess_incident", HEAD, **ASSESS)


def test_whoever_was_not_told_meets_no_such_incident(school):
    report(school, about=[HEAD])
    told = {**CASE, "agency": "police", "reason": "What is this?"}
    nothing = {**told, "incident": "x-1"}
    for person in (HEAD, DEPUTY, RUNNER):
        refused = school.refuse("unknown_reference", "notify_agency", person, **told)
        other = school.refuse("unknown_reference", "notify_agency", person, **nothing)
        record = school.entry(refused).record
        assert (record.type, record.fields["reference_ids"]) == ("CommandRefused", [])
        assert record.fields.keys() == school.entry(other).record.fields.keys()


def test_a_refusal_about_it_shows_nothing_either(school):
    # A form filled in wrongly, by the reporter; and a wish of the head's.
    for given in ({"kind": "nonsense", "about": [HEAD]}, {"about": HEAD}, {"restricted": "yes"}):
        refused = school.refuse("invalid_field", "report_incident", TEACHER, **{**REPORT, **given})
        assert school.entry(refused).type == "Sealed"
    report(school, about=[HEAD])
    refused = school.refuse("assessor_not_slt", "assess_incident", HEAD, **ASSESS)
    assert school.entry(refused).type == "Sealed"
    assert b"whistle-7" not in files(school)


def test_the_same_id_in_clear_is_another_incident(school):
    made = report(school, about=[HEAD])
    school.incident("whistle-7")
    school.assess("whistle-7", by=DEPUTY)
    school.accept("close_incident", HEAD, **CASE, outcome="a mix-up")
    # Whoever was told of the restricted one means that one.
    assert school.accept("assess_incident", CHAIR, **ASSESS).type == "Sealed"
    assert school.accept("close_incident", CHAIR, **CLOSE).type == "Sealed"
    school.refuse(
        "already_decided", "close_incident", CHAIR, **{**CLOSE, "incident": made.incident}
    )
    # And its reporter does not report it twice.
    school.refuse("duplicate_id", "report_incident", TEACHER, **REPORT, about=[HEAD])


def test_it_is_known_again_after_a_restart(school):
    made = report(school, about=[HEAD])
    school.accept("assess_incident", CHAIR, **ASSESS)
    other = again_opened(school)
    other.refuse("not_slt", "close_incident", DEPUTY, **CLOSE)
    other.accept("close_incident", CHAIR, incident=made.incident, **{
        k: v for k, v in CLOSE.items() if k != "incident"
    })  # fmt: skip
    school.refuse("already_decided", "close_incident", CHAIR, **CLOSE)  # who caught up
    other.close()


def test_its_entries_are_corrected_and_annulled_inside(school):
    told = report(school, about=[HEAD])
    school.accept("assess_incident", CHAIR, **ASSESS)
    change = {"target": told.event_id, "reason": "Both of them"}
    for person in (HEAD, DEPUTY, MODERATOR):
        school.refuse("not_slt", "correct_entry", person, **change, set={"kind": "other"})
        school.refuse("not_moderator", "annul_entry", person, **change)
    fixed = school.accept("correct_entry", TEACHER, **change, set={"about": [HEAD, CHAIR]})
    assert fixed.type == "Sealed"
    # Now it is about the chair as well: a leader who is not named goes on with it.
    school.refuse("not_slt", "close_incident", CHAIR, **CLOSE)
    school.accept("close_incident", DEPUTY, **CLOSE)


def test_a_hold_for_it_is_kept_inside_and_holds(school):
    report(school, about=[HEAD])
    hold = {"hold": "lh-1", **CASE, "subjects": ["ext-b17"], "reason": "A complaint"}
    school.refuse("not_slt", "place_legal_hold", DEPUTY, **hold)
    school.accept("assess_incident", CHAIR, **ASSESS)
    assert school.accept("place_legal_hold", CHAIR, **hold).type == "Sealed"
    school.request(subject="ext-b17")
    school.decide()
    erase = {"request": "rts-1", "subject": "ext-b17"}
    refused = school.refuse("under_legal_hold", "erase_subject", MODERATOR, **erase)
    assert school.entry(refused).type == "Sealed"


def test_the_accused_moderator_erases_nobody_out_of_it(school):
    report(school, about=[MODERATOR], restricted=True)
    school.accept("block_user", TEACHER, **CASE, account=ACCOUNT, subject="ext-e17")
    school.request(subject="ext-e17")
    school.decide()
    erase = {"request": "rts-1", "subject": "ext-e17"}
    refused = school.refuse("not_moderator", "erase_subject", MODERATOR, **erase)
    assert school.entry(refused).type == "Sealed"


def test_a_lost_answer_is_found_again_without_a_row_beside_it(school):
    data = {**REPORT, "about": [HEAD]}
    first = school.ledger.record(again("report_incident", TEACHER, data, "key-1"))
    second = school.ledger.record(again("report_incident", TEACHER, data, "key-1"))
    assert isinstance(first, Receipt)
    assert (first.position, first.incident) == (second.position, second.incident)
    refused = school.ledger.record(again("close_incident", CHAIR, CLOSE, "key-2"))
    other = again_opened(school)
    told = other.ledger.record(again("close_incident", CHAIR, CLOSE, "key-2"))
    other.close()
    assert (refused.code, refused.position) == (told.code, told.position)
    with school.ledger.store.reading() as c:
        c.execute("SELECT count(*) FROM answered")
        assert c.fetchone()[0] == 0
    assert fsck(school.directory, school.ledger.key) == []


def test_whom_the_chair_involves_may_add_to_it(school):
    report(school, about=[HEAD])
    note = {**CASE, "text": "The pupil's tutor has seen them too"}
    school.refuse("not_slt", "involve_staff", DEPUTY, **CASE, person=RUNNER, purpose="as tutor")
    school.refuse("not_slt", "add_note", RUNNER, **note)
    school.accept("involve_staff", CHAIR, **CASE, person=RUNNER, purpose="as tutor")
    for person in (RUNNER, CHAIR, TEACHER):
        assert school.accept("add_note", person, **note).type == "Sealed"
    school.refuse("assessor_not_slt", "assess_incident", RUNNER, **ASSESS)
    contact = {"about": "whistle-7", "parent": "ext-b17", "by": "telephone", "purpose": "inform"}
    school.refuse("unknown_reference", "record_parent_contact", DEPUTY, **contact)
    assert school.accept("record_parent_contact", RUNNER, **contact).type == "Sealed"


def test_the_investigation_is_led_by_whoever_decides(school):
    report(school, about=[HEAD])
    school.refuse("not_slt", "assign_investigation_lead", DEPUTY, **CASE, lead=DEPUTY)
    for lead in (HEAD, DEPUTY, TEACHER):
        school.refuse("assessor_not_slt", "assign_investigation_lead", CHAIR, **CASE, lead=lead)
    school.accept("assign_investigation_lead", CHAIR, **CASE, lead=CHAIR)


def test_while_the_chair_is_away_somebody_else_deals_with_it(school):
    report(school, about=[HEAD])
    away = {"person": CHAIR, "kind": "sickness", "from": school.ago(hours=1)}
    school.accept("record_absence", DEPUTY, **away)
    school.refuse("assessor_not_slt", "assess_incident", HEAD, **ASSESS)
    school.accept("assess_incident", DEPUTY, **ASSESS)


def test_a_blob_cannot_be_told_from_a_cover_by_pointing_at_it(school):
    told = report(school, about=[HEAD])
    refused = school.refuse("assessor_not_slt", "assess_incident", HEAD, **ASSESS)
    school.ledger.seal_act({"cover": True})
    cover = school.ledger.entries().all[-1].record.id
    for target in (told.event_id, refused.event_id, cover):
        given = {"target": target, "reason": "What is it?"}
        no = school.refuse("not_moderator", "annul_entry", DEPUTY, **given)
        assert school.entry(no).type == "Sealed"
        school.refuse("not_slt", "correct_entry", DEPUTY, **given, set={"kind": "other"})
        school.refuse("unknown_reference", "dispute_entry", HEAD, **given)


def test_one_restricted_incident_does_not_lead_into_another(school):
    report(school, about=[HEAD])
    other = report(school, incident="whistle-8", about=[HEAD], done_by=LEAD)
    school.accept("involve_staff", CHAIR, **CASE, person=RUNNER, purpose="as tutor")
    link = {**CASE, "target": other.event_id}
    school.refuse("unknown_reference", "link_entry", RUNNER, **link)
    school.accept("link_entry", CHAIR, **link)

"""Who is away, suspended, back or of another kind; and that somebody is always left to act."""

from dataclasses import replace

import pytest
from simulator import (
    ACCOUNT,
    APPLICATION,
    CHAIR,
    DEPUTY,
    HEAD,
    LEAD,
    MODERATOR,
    RUNNER,
    TEACHER,
    VOLUNTEER,
)

from ledger.domain.replay import Duties

CHECK = {"account": ACCOUNT, "result": "handled"}
CASE = {"incident": "case-1"}


def absent(school, person, by=MODERATOR, **more):
    since = {"from": school.ago(), "kind": "sickness", **more}
    return school.accept("record_absence", by, person=person, **since)


def suspend(school, person, by=HEAD, **more):
    return school.accept("suspend_access", by, person=person, **{"from": school.ago(), **more})


def back(school, person, by=MODERATOR, **more):
    return school.accept("record_return", by, person=person, **more)


def test_who_is_absent_keeps_every_role_and_may_still_act(school):
    absent(school, LEAD)
    school.accept("record_monitoring_check", LEAD, **CHECK)
    school.accept("attest_account", LEAD, account=ACCOUNT, settings_checked=True,
                  access_confirmed=False)  # fmt: skip


def test_what_kind_of_absence_it_is_stays_sealed(school):
    made = absent(school, LEAD, kind="maternity")
    assert b"maternity" not in school.bodies()
    assert school.under(made, "kind") == f"subject:{LEAD}"


def test_while_all_of_the_leadership_is_away_the_chair_assesses(school):
    school.incident()
    given = {**CASE, "severity": "low"}
    absent(school, HEAD)
    school.refuse("assessor_not_slt", "assess_incident", CHAIR, **given)
    absent(school, DEPUTY, until=school.ago(hours=-2))
    school.refuse("assessor_not_slt", "assess_incident", MODERATOR, **given)
    school.accept("assess_incident", CHAIR, **given)
    school.later(hours=2).refuse("assessor_not_slt", "assess_incident", CHAIR, **given)


def test_an_absence_from_tomorrow_changes_nothing_today(school):
    absent(school, MODERATOR, by=HEAD, **{"from": school.ago(days=-1)})
    given = {"account": ACCOUNT, "person": LEAD}
    school.refuse("not_moderator", "share_credential", DEPUTY, **given)
    school.later(days=1).accept("share_credential", DEPUTY, **given)
    back(school, MODERATOR, by=HEAD)
    school.later(seconds=1).refuse("not_moderator", "share_credential", DEPUTY, **given)


@pytest.mark.parametrize("action", ["record_absence", "suspend_access"])
def test_an_end_comes_after_its_beginning(school, action):
    given = {"person": LEAD, "from": school.ago(), "until": school.ago()}
    kind = {"kind": "other"} if action == "record_absence" else {}
    school.refuse("invalid_field", action, HEAD, **given, **kind)


def test_somebody_suspended_records_nothing_until_they_are_back(school):
    suspend(school, RUNNER, reason="Under investigation")
    assert b"investigation" not in school.bodies()
    school.refuse("actor_departed", "record_monitoring_check", RUNNER, **CHECK)
    school.refuse("not_account_runner", "record_monitoring_check", TEACHER, **CHECK, done_by=RUNNER)
    back(school.later(days=1), RUNNER)
    school.accept("record_monitoring_check", RUNNER, **CHECK)


def test_a_suspension_may_name_its_own_end(school):
    suspend(school, RUNNER, until=school.ago(days=-3))
    school.later(days=3).accept("record_monitoring_check", RUNNER, **CHECK)


def test_somebody_suspended_is_given_neither_role_nor_password(school):
    school.ready(TEACHER)
    suspend(school, TEACHER)
    role = {"account": ACCOUNT, "person": TEACHER, "role": "runner"}
    school.refuse("person_has_no_role", "assign_account_role", MODERATOR, **role)
    suspend(school, RUNNER)
    share = {"account": ACCOUNT, "person": RUNNER}
    school.refuse("person_has_no_role", "share_credential", MODERATOR, **share)


def test_the_chair_suspends_a_head_and_nobody_else_does_but_the_leadership(school):
    given = {"person": HEAD, "from": school.ago()}
    school.refuse("not_slt", "suspend_access", MODERATOR, **given)
    suspend(school, HEAD, by=CHAIR)
    school.refuse("actor_departed", "assign_office", HEAD, person=LEAD, office="dsp")
    suspend(school, DEPUTY, by=CHAIR)
    school.accept("assign_office", CHAIR, person=LEAD, office="slt")


def test_who_comes_back_after_leaving_is_given_everything_anew(school):
    school.later(hours=1).depart(MODERATOR)
    school.accept("assign_office", HEAD, person=MODERATOR, office="moderator")
    back(school.later(days=100), MODERATOR, by=HEAD)
    school.accept("discover_unapproved_account", MODERATOR, found="fnd-1", platform="x",
                  name="Dosbarth 2", pupil_images=False)  # fmt: skip
    close = {"account": ACCOUNT, "reason": "x", "audience_told": True}
    school.refuse("not_moderator", "close_account", MODERATOR, **close)
    school.accept("assign_office", HEAD, person=MODERATOR, office="moderator")
    school.accept("close_account", MODERATOR, **close)
    school.later(days=1).depart(MODERATOR)
    school.refuse("already_decided", "record_departure", HEAD, person=MODERATOR, reason="other")


def test_nobody_returns_who_was_not_away(school):
    school.refuse("already_decided", "record_return", HEAD, person=LEAD)


def test_a_volunteer_becomes_staff_without_rewriting_the_past(school):
    school.ready(VOLUNTEER)
    lead = {"account": ACCOUNT, "from": LEAD, "to": VOLUNTEER}
    changed = {"person": VOLUNTEER, "kind": "staff", "from": school.ago(days=-7)}
    school.accept("change_person", HEAD, **changed)
    school.refuse("lead_must_be_staff", "transfer_lead", MODERATOR, **lead)
    school.later(days=7).accept("transfer_lead", MODERATOR, **lead)
    early = {
        "runners": [{"person": VOLUNTEER, "role": "lead"}, {"person": RUNNER, "role": "runner"}]
    }
    submission = {"application": "apl-02", "late_reason": "It lay about", **early}
    then = school.ago(days=8)
    school.refuse("insufficient_staff_runners", "submit_application", TEACHER,
                  **{**APPLICATION, **submission}, occurred_at=then)  # fmt: skip
    school.accept("submit_application", TEACHER, **{**APPLICATION, **submission})


def test_a_new_name_is_sealed_and_no_name_comes_back_after_an_erasure(school):
    named = {"person": VOLUNTEER, "name": "Rhodri Ffenestr", "from": school.ago()}
    made = school.accept("change_person", HEAD, **named)
    assert b"Ffenestr" not in school.bodies()
    assert school.under(made, "name") == f"subject:{VOLUNTEER}"
    school.refuse("missing_field", "change_person", HEAD, person=LEAD, **{"from": school.ago()})
    school.request()
    school.decide()
    school.accept("erase_subject", MODERATOR, request="rts-1", subject=VOLUNTEER)
    school.refuse("invalid_field", "change_person", HEAD, **named)


def test_an_office_ends_for_who_holds_it_and_another_may_act(school):
    end = {"person": MODERATOR, "office": "moderator"}
    school.refuse("person_has_no_role", "end_office", HEAD, **{**end, "person": LEAD})
    made = school.accept("end_office", HEAD, **end, reason="Moves to another school")
    assert b"another school" not in school.bodies()
    assert school.under(made, "reason") == f"subject:{MODERATOR}"
    share = {"account": ACCOUNT, "person": LEAD}
    school.refuse("not_moderator", "share_credential", MODERATOR, **share)
    school.accept("share_credential", DEPUTY, **share)


def test_when_all_offices_have_gone_whoever_is_left_names_new_ones(school):
    for person in (HEAD, DEPUTY, CHAIR):
        school.depart(person, by=MODERATOR)
    school.refuse("not_slt", "assign_office", LEAD, person=LEAD, office="slt")
    school.accept("end_office", MODERATOR, person=MODERATOR, office="moderator")
    school.refuse("not_slt", "assign_office", VOLUNTEER, person=LEAD, office="slt")
    school.accept("assign_office", TEACHER, person=LEAD, office="slt")
    school.refuse("not_slt", "assign_office", TEACHER, person=TEACHER, office="slt")


def test_the_last_one_registers_a_successor_before_they_go(opened):
    gone = {"person": HEAD, "reason": "retired"}
    opened.refuse("invalid_field", "record_departure", HEAD, **gone)
    opened.refuse("invalid_field", "suspend_access", HEAD, person=HEAD, **{"from": opened.ago()})
    opened.register(TEACHER, "Catrin Mostyn")
    tomorrow = {"from": opened.ago(days=-1)}
    opened.accept("suspend_access", HEAD, person=TEACHER, **tomorrow, until=opened.ago(days=-2))
    opened.refuse("invalid_field", "record_departure", HEAD, **gone)
    opened.later(days=2).accept("record_departure", HEAD, **gone)
    opened.accept("assign_office", TEACHER, person=TEACHER, office="slt")


def test_only_the_applicant_withdraws_and_only_what_is_pending(school):
    school.apply(application="apl-02", by=TEACHER, done_by=LEAD)
    given = {"application": "apl-02", "reason": "Another page will do"}
    for other in (TEACHER, HEAD, MODERATOR):
        school.refuse("not_slt", "withdraw_application", other, **given)
    made = school.accept("withdraw_application", LEAD, **given)
    assert school.under(made, "reason") == "stream:application/apl-02"
    school.refuse("already_decided", "withdraw_application", LEAD, **given)
    school.refuse("already_decided", "approve_application", DEPUTY, application="apl-02")


def test_nobody_undoes_their_own_suspension(school):
    made = suspend(school, HEAD, by=CHAIR, **{"from": school.ago(days=-1)})
    undo = {"target": made.event_id, "reason": "Not so"}
    school.refuse("approver_is_requester", "annul_entry", HEAD, **undo)
    later = {"set": {"from": school.ago(days=-9)}}
    school.refuse("approver_is_requester", "correct_entry", HEAD, **undo, **later)
    school.accept("correct_entry", DEPUTY, **undo, **later)
    school.later(days=2).accept("assign_office", HEAD, person=LEAD, office="dsp")
    school.accept("annul_entry", DEPUTY, **undo)


def test_a_log_signed_against_the_rules_is_found_out(school):
    """Whoever holds the key can sign what no rule allows; the replay of duties says so."""
    school.apply(application="apl-02", by=LEAD)
    withdrawn = school.accept("withdraw_application", LEAD, application="apl-02")
    barred = suspend(school, RUNNER)
    told = school.incident()
    assert found_in(school, {}) == []
    assert found_in(school, {withdrawn: TEACHER, barred: TEACHER, told: RUNNER}) == [
        ("duty_broken", f"withdraw_application by {TEACHER}: not_slt"),
        ("duty_broken", f"suspend_access by {TEACHER}: not_slt"),
        ("actor_offices", f"{TEACHER} held none"),
        ("duty_actor", f"{RUNNER}: actor_departed"),
    ]


def found_in(school, forged):
    """What the replay finds where these receipts' records name another actor."""
    actors = {receipt.position: actor for receipt, actor in forged.items()}
    records = [e.record for e in school.ledger.entries().all]
    told = [replace(r, actor=actors.get(n, r.actor)) for n, r in enumerate(records)]
    duties = Duties()
    return [(f.code, f.detail) for n, r in enumerate(told) for f in duties.see(n, r)]

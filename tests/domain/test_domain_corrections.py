"""Two times, late entries, corrections (ACTIONS.md section 6)."""

import pytest
from simulator import (
    ACCOUNT,
    CHAIR,
    DEPUTY,
    HASH_A,
    HASH_B,
    HEAD,
    LEAD,
    MODERATOR,
    RUNNER,
    TEACHER,
    VOLUNTEER,
)


def correct(school, target, values, by=MODERATOR, reason="A slip of the pen", **more):
    given = {"target": target.event_id, "set": values, "reason": reason, **more}
    return school.accept("correct_entry", by, **given)


def refuse(school, code, target, values, by=MODERATOR, reason="A slip of the pen"):
    given = {"target": target.event_id, "set": values, "reason": reason}
    return school.refuse(code, "correct_entry", by, **given)


def test_a_correction_stands_beside_the_entry_and_touches_nothing(school):
    made = school.enquiry()
    before = next(school.ledger.raw(made.position, made.position + 1))
    moved = school.later(hours=1).ago(hours=5)
    receipt = correct(school, made, {"occurred_at": moved, "kind": "complaint"}, by=TEACHER)
    assert receipt.stream == "enquiry/enq-1"
    assert receipt.type == "EntryCorrected"
    assert next(school.ledger.raw(made.position, made.position + 1)) == before
    assert school.entry(made).fields["kind"] == "complaint"
    assert school.entry(made).occurred_at == school.clock.at - 5 * 3600
    assert school.entry(made).record.fields["kind"] == "query"


def test_author_moderator_and_slt_correct_and_nobody_else(school):
    made = school.enquiry()
    for who in (TEACHER, MODERATOR, HEAD):
        correct(school, made, {"kind": "complaint"}, by=who)
    for who in (LEAD, CHAIR, VOLUNTEER):
        refuse(school, "not_slt", made, {"kind": "complaint"}, by=who)
    refuse(school, "not_slt", made, {"nonsense": 1}, by=LEAD, reason="")


def test_the_checks_of_a_correction_come_in_order(school):
    made = school.enquiry()
    refuse(school, "invalid_field", made, {}, by=LEAD)
    refuse(school, "invalid_field", made, {"nonsense": 1}, reason=" ")
    refuse(school, "reason_required", made, {"kind": "comment"}, reason=" ")
    refuse(school, "missing_field", made, {}, reason=None)
    school.refuse("missing_field", "correct_entry", TEACHER, set={"kind": "x"}, reason="x")
    school.refuse("unknown_reference", "correct_entry", LEAD, target="0" * 32, set={"a": 1},
                  reason="")  # fmt: skip


def test_a_refused_line_cannot_be_corrected(school):
    refused = school.refuse(
        "not_account_runner", "record_monitoring_check", TEACHER, account=ACCOUNT, result="handled"
    )
    refuse(school, "unknown_reference", refused, {"result": "nothing_found"})


def test_the_key_record_cannot_be_corrected(school):
    first = school.ledger.entries().all[0]
    given = {"target": first.record.id, "set": {"rehearsal": False}, "reason": "x"}
    school.refuse("unknown_reference", "correct_entry", HEAD, **given)


@pytest.mark.parametrize(
    "kind", ["LedgerOpened", "PolicyRatified", "WorkingCalendarAdopted", "SlaRulesAdopted"]
)
def test_what_deadlines_hang_on_is_never_corrected(school, kind):
    days = {"calendar": "england-and-wales", "weekend": ["sat", "sun"], "bank_holidays": []}
    school.accept("adopt_calendar", HEAD, version=1, **days)
    rules = {"takedown": {"hours": 2}}
    start = "2026-09-01T00:00:00+01:00"
    school.accept("adopt_sla_rules", HEAD, version=1, effective_from=start, rules=rules)
    entry = next(school.ledger.entries().of(kind))
    for values in ({"occurred_at": school.ago(hours=1)}, {"version": 2}, {"title": "x"}):
        given = {"target": entry.record.id, "set": values, "reason": "x"}
        school.refuse("invalid_field", "correct_entry", HEAD, **given)


def test_a_correction_is_not_corrected(school):
    made = school.enquiry()
    correction = correct(school, made, {"kind": "complaint"})
    refuse(school, "invalid_field", correction, {"reason": "x"})
    refuse(school, "invalid_field", correction, {"occurred_at": school.ago(hours=1)})


@pytest.mark.parametrize(
    "name", ["actor", "action", "recorded_at", "done_by", "event_id", "position", "target", "set"]
)
def test_only_the_time_and_the_data_are_correctable(school, name):
    made = school.enquiry()
    refuse(school, "invalid_field", made, {name: "stf-014"})


def test_the_id_of_the_own_stream_is_not_correctable(school):
    cases = (
        (school.enquiry(), "enquiry", "enq-9"),
        (school.incident(), "incident", "case-9"),
        (school.register("stf-050", "Al Bo"), "person", "stf-051"),
        (school.train(TEACHER), "course", "other-course"),
        (school.apply(application="apl-02"), "application", "apl-03"),
        (school.request(), "request", "rts-9"),
        (school.accept("share_credential", MODERATOR, account=ACCOUNT, person=LEAD), "account",
         ACCOUNT),
    )  # fmt: skip
    for made, name, value in cases:
        refuse(school, "invalid_field", made, {name: value}, by=HEAD)
        refuse(school, "invalid_field", made, {name: school.entry(made).fields[name]}, by=HEAD)


def test_the_account_of_an_enquiry_is_correctable(school):
    made = school.enquiry(account=None)
    correct(school, made, {"account": ACCOUNT})
    assert school.entry(made).fields["account"] == ACCOUNT
    refuse(school, "unknown_reference", made, {"account": "nothing"})


@pytest.mark.parametrize(
    "values",
    [{"kind": "praise"}, {"kind": ""}, {"kind": None}, {"sender": ""}, {"sender": "Mair"},
     {"channel": 5}, {"occurred_at": "yesterday"}, {"occurred_at": None}, {"enquiry": "enq-1"}],
)  # fmt: skip
def test_a_corrected_value_is_a_value_of_its_field(school, values):
    refuse(school, "invalid_field", school.enquiry(), values)


@pytest.mark.parametrize(
    ("text", "code"),
    [("2026-03-29T01:30", "nonexistent_local_time"), ("2025-10-26T01:30", "ambiguous_local_time")],
)
def test_a_corrected_time_is_one_moment(school, text, code):
    refuse(school, code, school.enquiry(), {"occurred_at": text})


def test_a_corrected_time_has_come(school):
    made = school.enquiry()
    refuse(school, "occurred_in_future", made, {"occurred_at": school.ago(seconds=-301)}, by=LEAD)
    correct(school, made, {"occurred_at": school.ago(seconds=-300)})


def test_the_reason_of_a_correction_is_reason_enough_for_an_old_time(school):
    made = school.enquiry()
    correct(school.later(days=40), made, {"occurred_at": school.ago(days=60)})


def test_the_last_recorded_correction_of_a_field_counts(school):
    made = school.enquiry()
    correct(school, made, {"kind": "complaint", "channel": "email"})
    correct(school, made, {"kind": "journalist"}, occurred_at=school.ago(hours=20))
    fields = school.entry(made).fields
    assert (fields["kind"], fields["channel"]) == ("journalist", "email")


def test_what_is_sealed_stays_sealed_when_corrected(school):
    made = school.incident()
    receipt = correct(school, made, {"summary": "Abuse of Mair Puw"}, by=TEACHER)
    assert school.value(receipt, "set.summary") == "Abuse of Mair Puw"
    assert school.under(receipt, "set.summary") == "stream:incident/case-1"
    assert school.under(receipt, "reason") == "stream:incident/case-1"
    assert b"Mair" not in school.bodies()
    named = school.register("stf-050", "Al Bo")
    receipt = correct(school, named, {"name": "Alys Bowen", "kind": "parent"}, by=HEAD)
    assert school.under(receipt, "set.name") == "subject:stf-050"
    assert school.entry(receipt).fields["set"] == {"kind": "parent"}
    assert b"Alys" not in school.bodies()


def test_a_salt_is_sealed_in_a_correction_too(school):
    given = {"post": "pst-1", "account": ACCOUNT, "topic": "x", "content_hash": HASH_A}
    made = school.accept("request_prepublication_check", LEAD, **given)
    receipt = correct(school, made, {"content_hash": HASH_B}, by=LEAD)
    assert school.entry(made).fields["content_hash"] == "b" * 64
    assert school.value(receipt, "set.content_hash.salt") == "5a18-of-a-test"
    assert b"5a18-of-a-test" not in school.bodies()


def test_a_correction_changes_what_later_commands_meet(school):
    training = school.acknowledge(TEACHER).train(TEACHER, until="2027-09-04")
    runners = [{"person": TEACHER, "role": "lead"}, {"person": RUNNER, "role": "runner"}]
    school.apply(application="apl-02", runners=runners, by=LEAD)
    correct(school, training, {"valid_until": school.ago()[:10]}, by=DEPUTY)
    school.later(days=1)
    school.refuse("runner_not_trained", "approve_application", DEPUTY, application="apl-02")
    correct(school, training, {"valid_until": school.ago()[:10]}, by=DEPUTY)
    school.accept("approve_application", DEPUTY, application="apl-02")
    correct(school, training, {"people": [VOLUNTEER]}, by=DEPUTY)
    given = {"account": "ig-2", "application": "apl-02", "handle": "x"}
    school.refuse("runner_not_trained", "create_account", MODERATOR, **given)
    correct(school, training, {"people": [VOLUNTEER, TEACHER]}, by=DEPUTY)
    school.accept("create_account", MODERATOR, **given)


def test_a_departure_corrected_to_later_lets_the_person_act_until_then(school):
    made = school.depart(LEAD)
    given = {"account": ACCOUNT, "result": "handled"}
    school.later(hours=1).refuse("actor_departed", "record_monitoring_check", LEAD, **given)
    correct(school, made, {"occurred_at": school.ago(seconds=-200)}, by=HEAD)
    school.accept("record_monitoring_check", LEAD, **given)
    school.later(minutes=5).refuse("actor_departed", "record_monitoring_check", LEAD, **given)


def test_a_correction_that_makes_nonsense_is_accepted(school):
    made = school.enquiry()
    answer = {"enquiry": "enq-1", "mode": "full", "automated": False}
    school.later(hours=1).accept("respond_to_enquiry", LEAD, **answer)
    correct(school.later(hours=1), made, {"occurred_at": school.ago()})
    school.refuse("response_before_receipt", "respond_to_enquiry", LEAD, **answer,
                  occurred_at=school.ago(seconds=1))  # fmt: skip


def erased(school, subject=VOLUNTEER):
    school.request(subject=subject)
    school.decide()
    school.accept("erase_subject", MODERATOR, request="rts-1", subject=subject)


def test_an_erased_person_does_not_come_back_by_a_correction(school):
    registered = next(
        e for e in school.ledger.entries().of("PersonRegistered") if e.key == VOLUNTEER
    )
    gone = school.depart(VOLUNTEER)
    erased(school)
    given = {"target": registered.record.id, "set": {"name": "Rhodri Fenn"}, "reason": "x"}
    school.refuse("invalid_field", "correct_entry", HEAD, **given)
    refuse(school, "invalid_field", gone, {"reason": "retired"}, by=HEAD)
    assert school.entry(gone).corrected_at is None


def test_a_correction_can_be_proposed_against_a_version(school):
    made = school.enquiry()
    given = {"target": made.event_id, "set": {"kind": "complaint"}, "reason": "x"}
    school.refuse("stale_stream_version", "correct_entry", HEAD, **given, expected_version=0)
    receipt = school.accept("correct_entry", HEAD, **given, expected_version=1)
    assert receipt.stream_version == 2


def test_a_clearance_corrected_to_a_refusal_permits_nothing(school):
    post = {"post": "pst-1", "account": ACCOUNT}
    school.accept("request_prepublication_check", LEAD, **post, topic="x")
    made = school.accept("decide_prepublication_check", DEPUTY, post="pst-1", decision="cleared")
    correct(school, made, {"decision": "refused", "reason": "Misread"}, by=DEPUTY)
    given = {**post, "pictured": [], "controversial": True, "third_party_material": False}
    school.refuse("prepublication_check_required", "publish_post", LEAD, **given)


def test_a_decision_corrected_from_granted_to_refused_permits_no_erasure(school):
    school.request()
    made = school.decide()
    correct(school, made, {"decision": "refused", "reason": "Misread"}, by=HEAD)
    given = {"request": "rts-1", "subject": VOLUNTEER}
    school.refuse("request_not_approved", "erase_subject", MODERATOR, **given)


def test_an_office_corrected_away_is_not_held(school):
    made = school.register("stf-050", "Al Bo", offices=["moderator"])
    correct(school, made, {"offices": []}, by=HEAD)
    given = {"account": ACCOUNT, "person": LEAD}
    school.refuse("not_moderator", "share_credential", "stf-050", **given)

"""The first failing step decides the code: pairs and chains of simultaneous violations."""

import pytest
from simulator import (
    ACCOUNT,
    APPLICATION,
    CHAIR,
    DEPUTY,
    HEAD,
    LEAD,
    MODERATOR,
    NOBODY,
    POLICY,
    RUNNER,
    TEACHER,
    VOLUNTEER,
    again,
    code_of,
)  # fmt: skip

from ledger.desk import KeyReused


def check(**more):
    return {"account": ACCOUNT, "result": "handled", **more}


def test_the_steps_come_one_after_the_other(school):
    wrong = {
        "account": "nothing-0",
        "result": 5,
        "pin": "1234",
        "occurred_at": school.ago(days=-2),
        "nonsense": 1,
    }
    action = "record_monitoring_check"
    school.refuse("unknown_actor", action, NOBODY, **wrong)
    school.refuse("secret_in_payload", action, TEACHER, **wrong)
    del wrong["pin"]
    school.refuse("occurred_in_future", action, TEACHER, **wrong)
    wrong["occurred_at"] = school.ago(days=2)
    school.refuse("late_reason_required", action, TEACHER, **wrong)
    wrong["late_reason"] = "forgotten"
    del wrong["account"]
    school.refuse("missing_field", action, TEACHER, **wrong)
    wrong["account"] = "nothing-0"
    school.refuse("invalid_field", action, TEACHER, **wrong)
    wrong["result"] = "handled"
    school.refuse("invalid_field", action, TEACHER, **wrong)
    del wrong["nonsense"]
    school.refuse("unknown_reference", action, TEACHER, **wrong)
    wrong["account"] = ACCOUNT
    school.refuse("not_account_runner", action, TEACHER, **wrong)
    school.accept(action, MODERATOR, **wrong)


def test_departure_comes_before_everything_but_being_known(school):
    school.depart(TEACHER)
    school.refuse("actor_departed", "record_monitoring_check", TEACHER, pin="1")


@pytest.mark.parametrize("place", ["occurred_at", "done_by", "event_id", "already_done"])
def test_a_secret_anywhere_in_the_request_is_a_secret(school, place):
    body = {"data": check(), place: {"password": "Gw3nnol"}}
    assert code_of(school.send("record_monitoring_check", LEAD, body)) == "secret_in_payload"


def test_a_secret_beside_the_data_is_a_secret(school):
    body = {"data": check(), "passphrase": "Gw3nnol"}
    assert code_of(school.send("record_monitoring_check", LEAD, body)) == "secret_in_payload"


@pytest.mark.parametrize(
    "name",
    ["password", "Pass_Phrase", "SECRET", "pin", "P-I-N", "token", "recovery_code", "new_password",
     "client-secret", "wifi_passphrase"],
)  # fmt: skip
def test_names_that_are_secrets(school, name):
    school.refuse("secret_in_payload", "record_monitoring_check", LEAD, **check(**{name: ""}))


@pytest.mark.parametrize(
    "name",
    ["recovery_owner", "passwords", "pins", "mypin", "token_id", "secretary", "recovery_codes",
     "access_token", "password_hint"],
)  # fmt: skip
def test_names_that_only_look_like_secrets(school, name):
    school.refuse("invalid_field", "record_monitoring_check", LEAD, **check(**{name: "x"}))


def test_a_recovery_owner_is_no_secret(school):
    given = {"account": ACCOUNT, "credential_version": 1, "vault_ref": "v", "known_by": [LEAD]}
    school.refuse(
        "duplicate_id", "store_credential", MODERATOR, **given, recovery_owner=LEAD, mfa_holder=LEAD
    )


def test_an_empty_list_that_needs_an_item_is_a_missing_field(school):
    for action, field in (
        ("record_training", "people"),
        ("place_legal_hold", "subjects"),
        ("publish_checkpoint", "given_to"),
    ):
        given = {
            "record_training": {"course": "c", "valid_until": "2027-01-01"},
            "place_legal_hold": {"hold": "lh-1", "reason": "x"},
            "publish_checkpoint": {"medium": "x"},
        }[action]
        school.refuse("missing_field", action, HEAD, **given, **{field: []})


def test_an_empty_form_field_is_missing_not_wrong(school):
    for empty in ("", None):
        for name in ("account", "result"):
            school.refuse(
                "missing_field", "record_monitoring_check", LEAD, **check(**{name: empty})
            )


def test_an_optional_field_left_empty_counts_as_absent(school):
    school.accept("record_monitoring_check", LEAD, **check(incident=""))
    school.accept("record_monitoring_check", LEAD, **check(incident=None))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-03-29T01:30", "nonexistent_local_time"),
        ("2026-03-29T01:30:00", "nonexistent_local_time"),
        ("2025-10-26T01:30:00", "ambiguous_local_time"),
        ("2026-02-30T01:30:00+00:00", "invalid_field"),
        ("yesterday", "invalid_field"),
        ("2026-03-29", "invalid_field"),
        (20260329, "invalid_field"),
        ("2026-09-01T25:00:00+01:00", "invalid_field"),
    ],
)
def test_a_time_that_is_none_is_refused_at_step_five(school, text, code):
    school.refuse(code, "record_monitoring_check", LEAD, **check(), occurred_at=text)
    missing = {"account": ACCOUNT, "occurred_at": text}
    school.refuse("missing_field", "record_monitoring_check", LEAD, **missing)
    case = {"incident": "case-1", "kind": "other", "summary": "x", "happened_at": text}
    school.refuse(code, "report_incident", LEAD, **case)


def test_a_local_time_that_exists_once_is_read_as_london(school):
    school.at("2026-10-25T10:00:00+00:00")
    made = school.accept(
        "record_monitoring_check", LEAD, **check(), occurred_at="2026-10-25T00:59:59"
    )
    assert school.entry(made).occurred_at == school.clock.at - 10 * 3600 - 1
    school.refuse(
        "ambiguous_local_time",
        "record_monitoring_check",
        LEAD,
        **check(),
        occurred_at="2026-10-25T01:30",
    )
    school.accept(
        "record_monitoring_check", LEAD, **check(), occurred_at="2026-10-25T01:30:00+01:00"
    )
    school.accept("record_monitoring_check", LEAD, **check(), occurred_at="2026-10-25T02:00:00")


def test_a_day_is_24_hours_across_a_change_of_clocks(school):
    school.at("2026-10-26T09:00:00+00:00")
    given = check(occurred_at="2026-10-25T10:00:00+01:00")
    school.accept("record_monitoring_check", LEAD, **given)
    given = check(occurred_at="2026-10-25T08:59:59+00:00")
    school.refuse("late_reason_required", "record_monitoring_check", LEAD, **given)
    given = check(occurred_at="2026-10-25T09:00:00.999+00:00")
    school.accept("record_monitoring_check", LEAD, **given)
    given = check(occurred_at="2026-10-25T08:59:59.999+00:00")
    school.refuse("late_reason_required", "record_monitoring_check", LEAD, **given)


def test_the_hours_after_which_a_reason_is_due_are_a_rule(school):
    school.accept(
        "adopt_sla_rules",
        HEAD,
        version=1,
        effective_from="2026-09-01T00:00:00+01:00",
        rules={"late_entry": {"reason_required_after_hours": 2}},
    )
    late = check(occurred_at=school.ago(hours=2, seconds=1))
    school.refuse("late_reason_required", "record_monitoring_check", LEAD, **late)
    school.accept("record_monitoring_check", LEAD, **check(occurred_at=school.ago(hours=2)))


@pytest.mark.parametrize("reason", ["", "  ", None, 5])
def test_an_empty_late_reason_is_none(school, reason):
    late = check(occurred_at=school.ago(days=2), late_reason=reason)
    school.refuse("late_reason_required", "record_monitoring_check", LEAD, **late)


# -- step 6 ------------------------------------------------------------------------------


def test_a_submission_names_its_faults_in_order(school):
    def submit(code, **changed):
        school.refuse(code, "submit_application", TEACHER, **{**APPLICATION, **changed})

    one = [{"person": VOLUNTEER, "role": "lead"}]
    submit("unknown_reference", runners=[{"person": NOBODY, "role": "lead"}])
    submit("duplicate_id", runners=one)
    submit("insufficient_staff_runners", application="apl-09", runners=one)
    submit(
        "insufficient_staff_runners",
        application="apl-09",
        runners=[{"person": LEAD, "role": "lead"}, {"person": LEAD, "role": "runner"}],
    )
    staff = [{"person": LEAD, "role": "runner"}, {"person": RUNNER, "role": "runner"}]
    submit("lead_must_be_staff", application="apl-09", runners=staff)
    submit("lead_must_be_staff", application="apl-09", runners=[*staff, *one])
    two = [{"person": p, "role": "lead"} for p in (LEAD, RUNNER)]
    submit("lead_must_be_staff", application="apl-09", runners=two)
    submit("missing_business_case_field", application="apl-09", runners=[])
    submit("missing_business_case_field", application="apl-09", aim=" ", runners=one)
    submit("missing_field", application="", aim="")
    submit("invalid_field", application="apl-09", runners=[{"person": LEAD, "role": "boss"}])
    submit("invalid_field", application="apl-09", platform="myspace")
    school.apply(application="apl-09")


def test_a_refused_submission_does_not_use_up_its_id(school):
    given = {**APPLICATION, "application": "apl-09"}
    school.refuse("missing_business_case_field", "submit_application", LEAD, **{**given, "aim": ""})
    school.accept("submit_application", LEAD, **given)


def test_a_stale_version_is_the_last_of_step_six_but_for_submissions(school):
    one = [{"person": VOLUNTEER, "role": "lead"}]
    given = {**APPLICATION, "runners": one, "expected_version": 9}
    school.refuse("duplicate_id", "submit_application", LEAD, **given)
    given["application"] = "apl-09"
    school.refuse("stale_stream_version", "submit_application", LEAD, **given)


def test_an_incident_id_is_judged_before_what_it_comes_from(school):
    school.incident()
    given = {"kind": "other", "summary": "x", "from_enquiry": "enq-0"}
    school.refuse("duplicate_id", "report_incident", LEAD, incident="case-1", **given)
    school.refuse("unknown_reference", "report_incident", LEAD, incident="case-2", **given)


def test_an_enquiry_names_its_account_before_its_own_id(school):
    school.enquiry()
    given = {"kind": "query", "sender": "ext-1", "channel": "email", "enquiry": "enq-1"}
    school.refuse("unknown_reference", "receive_enquiry", LEAD, account="x", **given)
    school.refuse("duplicate_id", "receive_enquiry", LEAD, account=ACCOUNT, **given)


def test_an_account_id_is_taken_before_the_office_is_asked(school):
    given = {"account": ACCOUNT, "application": "apl-01", "handle": "x"}
    school.refuse("duplicate_id", "create_account", TEACHER, **given)
    given["account"] = "ig-2"
    school.refuse("not_moderator", "create_account", TEACHER, **given)
    school.refuse("duplicate_id", "create_account", MODERATOR, **given)


def test_an_event_id_may_be_proposed_once(school):
    proposed = "0123456789abcdef0123456789abcdef"
    made = school.accept("record_monitoring_check", LEAD, **check(), event_id=proposed)
    assert made.event_id == proposed
    school.refuse("duplicate_id", "record_monitoring_check", LEAD, **check(), event_id=proposed)
    refused = school.refuse(
        "not_account_runner", "record_monitoring_check", TEACHER, **check(), event_id="f" * 32
    )
    assert refused.event_id != "f" * 32
    school.refuse(
        "duplicate_id", "record_monitoring_check", LEAD, **check(), event_id=refused.event_id
    )
    for wrong in ("a b", "", "x" * 65, 5, ["x"]):
        school.refuse("invalid_field", "record_monitoring_check", LEAD, **check(), event_id=wrong)


# -- unknown references are always step 6 ---------------------------------------------------


def test_no_request_to_clear_is_unknown_whoever_asks(school):
    permission = {"post": "pst-1", "holder": "A museum", "scope": "one"}
    school.accept("record_copyright_permission", LEAD, **permission)
    for who in (DEPUTY, TEACHER):
        school.refuse(
            "unknown_reference",
            "decide_prepublication_check",
            who,
            post="pst-1",
            decision="refused",
        )


@pytest.mark.parametrize("who", [MODERATOR, TEACHER])
def test_a_password_that_was_never_stored_is_unknown_whoever_asks(staffed, who):
    staffed.ready(LEAD, RUNNER).apply()
    staffed.accept("approve_application", DEPUTY, application="apl-01")
    given = {"account": ACCOUNT, "application": "apl-01", "handle": "x"}
    staffed.accept("create_account", MODERATOR, **given)
    staffed.refuse("unknown_reference", "share_credential", who, account=ACCOUNT, person=VOLUNTEER)
    given = {"account": ACCOUNT, "credential_version": 9, "vault_ref": "v", "known_by": [VOLUNTEER]}
    staffed.refuse("unknown_reference", "rotate_credential", who, **given, reason="routine")


# -- step 5 or 9 ----------------------------------------------------------------------------


def test_an_empty_reason_waits_for_the_office_and_the_state(school):
    school.apply(application="apl-02", by=HEAD)
    given = {"application": "apl-02", "reason": " "}
    school.refuse("approver_not_slt", "reject_application", TEACHER, **given)
    school.refuse("approver_is_applicant", "reject_application", HEAD, **given)
    school.refuse("reason_required", "reject_application", DEPUTY, **given)
    school.accept("reject_application", DEPUTY, application="apl-02", reason="No")
    school.refuse("already_decided", "reject_application", DEPUTY, **given)
    school.refuse("missing_field", "reject_application", DEPUTY, application="apl-02")


def test_acknowledgements_come_before_training_and_state_before_both(staffed):
    staffed.apply()
    approve = ("approve_application", DEPUTY)
    staffed.refuse("runner_policy_not_acknowledged", *approve, application="apl-01")
    staffed.acknowledge(LEAD)
    staffed.train(RUNNER)
    staffed.refuse("runner_policy_not_acknowledged", *approve, application="apl-01")
    staffed.acknowledge(RUNNER)
    staffed.refuse("runner_not_trained", *approve, application="apl-01")
    staffed.train(LEAD)
    staffed.accept(*approve, application="apl-01")
    staffed.later(days=1).ratify("smp-v5")
    staffed.refuse("already_decided", *approve, application="apl-01")


def test_no_policy_was_ever_acknowledged_before_the_first(opened):
    opened.register(LEAD, "Anwen Tregarth")
    opened.register(RUNNER, "Dylan Ashworth")
    opened.register(DEPUTY, "Iestyn Rowe", offices=["slt", "dsp"])
    opened.apply(by=LEAD)
    opened.refuse(
        "runner_policy_not_acknowledged", "approve_application", DEPUTY, application="apl-01"
    )


def test_roles_are_refused_in_the_order_of_their_row(school):
    def assign(code, person, role="runner", by=MODERATOR):
        given = {"account": ACCOUNT, "person": person, "role": role}
        school.refuse(code, "assign_account_role", by, **given)

    assign("not_moderator", LEAD, "lead", by=HEAD)
    assign("invalid_field", RUNNER)
    assign("invalid_field", VOLUNTEER, "lead")
    given = {"account": ACCOUNT, "person": LEAD, "role": "lead", "reason": "workload"}
    school.accept("end_account_role", MODERATOR, **given)
    school.later(hours=1)
    assign("runner_policy_not_acknowledged", VOLUNTEER, "lead")
    school.acknowledge(VOLUNTEER)
    assign("runner_not_trained", VOLUNTEER, "lead")
    school.train(VOLUNTEER)
    assign("lead_must_be_staff", VOLUNTEER, "lead")
    school.depart(VOLUNTEER)
    assign("lead_must_be_staff", VOLUNTEER, "lead")
    assign("person_has_no_role", VOLUNTEER)
    close = {"account": ACCOUNT, "reason": "x", "audience_told": True}
    school.accept("close_account", MODERATOR, **close)
    assign("account_closed", VOLUNTEER)


def test_the_lead_is_transferred_in_the_order_of_the_row(school):
    def transfer(code, leaving, coming, by=MODERATOR):
        given = {"account": ACCOUNT, "from": leaving, "to": coming}
        school.refuse(code, "transfer_lead", by, **given)

    transfer("not_moderator", RUNNER, TEACHER, by=DEPUTY)
    transfer("person_has_no_role", RUNNER, TEACHER)
    transfer("invalid_field", None, TEACHER)
    transfer("runner_policy_not_acknowledged", LEAD, VOLUNTEER)
    school.acknowledge(VOLUNTEER)
    transfer("runner_not_trained", LEAD, VOLUNTEER)
    school.train(VOLUNTEER)
    transfer("lead_must_be_staff", LEAD, VOLUNTEER)
    school.ready(TEACHER).depart(TEACHER)
    transfer("person_has_no_role", LEAD, TEACHER)
    school.refuse("missing_field", "transfer_lead", MODERATOR, account=ACCOUNT, to=RUNNER)
    school.accept("transfer_lead", MODERATOR, **{"account": ACCOUNT, "from": LEAD, "to": RUNNER})
    school.depart(RUNNER)
    transfer("person_has_no_role", LEAD, LEAD)
    school.accept("transfer_lead", MODERATOR, **{"account": ACCOUNT, "from": None, "to": LEAD})


def test_a_post_is_refused_in_the_order_of_its_row(school):
    post = {
        "post": "pst-1",
        "account": ACCOUNT,
        "pictured": ["pup-1", "pup-7c2"],
        "controversial": True,
        "third_party_material": True,
    }
    given = {"subject": "pup-7c2", "reason_category": "safeguarding"}
    school.accept("add_no_publish", DEPUTY, **given)
    school.refuse("not_account_runner", "publish_post", TEACHER, **post)
    school.refuse("subject_on_no_publish_list", "publish_post", LEAD, **post)
    post["pictured"] = ["pup-1"]
    school.refuse("prepublication_check_required", "publish_post", LEAD, **post)
    post["controversial"] = False
    school.refuse("copyright_permission_missing", "publish_post", LEAD, **post)
    post["third_party_material"] = False
    school.accept("publish_post", LEAD, **post)
    post |= {"pictured": ["pup-7c2"], "controversial": True}
    school.refuse("duplicate_id", "publish_post", LEAD, **post)
    close = {"account": ACCOUNT, "reason": "x", "audience_told": True}
    school.accept("close_account", MODERATOR, **close)
    school.refuse("account_closed", "publish_post", MODERATOR, **post)
    school.refuse("account_closed", "request_prepublication_check", LEAD, post="pst-2",
                  account=ACCOUNT, topic="x")  # fmt: skip


def test_an_erasure_is_refused_in_the_order_of_its_row(school):
    school.request()

    def erase(code, subject=VOLUNTEER, by=MODERATOR):
        school.refuse(code, "erase_subject", by, request="rts-1", subject=subject)

    hold = {"hold": "lh-1", "subjects": ["ext-1", VOLUNTEER], "reason": "x"}
    school.accept("place_legal_hold", HEAD, **hold)
    erase("not_moderator", by=HEAD)
    erase("invalid_field", subject="ext-1")
    erase("under_legal_hold")
    school.decide("granted")
    erase("under_legal_hold")


def test_an_erasure_needs_a_granted_decision_by_somebody_else(school):
    school.request()
    school.accept("assign_office", HEAD, person=DEPUTY, office="moderator")
    school.refuse("request_not_approved", "erase_subject", MODERATOR, request="rts-1",
                  subject=VOLUNTEER)  # fmt: skip
    school.decide("granted", by=DEPUTY)
    given = {"request": "rts-1", "subject": "ext-wrong-1"}
    school.refuse("approver_is_requester", "erase_subject", DEPUTY, **given)
    school.refuse("invalid_field", "erase_subject", MODERATOR, **given)
    school.accept("erase_subject", MODERATOR, request="rts-1", subject=VOLUNTEER)
    school.refuse("already_decided", "erase_subject", MODERATOR, request="rts-1",
                  subject=VOLUNTEER)  # fmt: skip


@pytest.mark.parametrize("kind", ["access", "rectification"])
def test_only_a_request_for_erasure_permits_one(school, kind):
    school.request(kind=kind)
    school.decide("granted")
    given = {"request": "rts-1", "subject": VOLUNTEER}
    school.refuse("request_not_approved", "erase_subject", MODERATOR, **given)


def test_a_refused_request_permits_nothing_and_is_over(school):
    school.request()
    school.refuse("reason_required", "decide_rights_request", HEAD, request="rts-1",
                  decision="refused")  # fmt: skip
    school.decide("refused", reason="Still needed")
    school.refuse("already_decided", "decide_rights_request", HEAD, request="rts-1",
                  decision="refused")  # fmt: skip
    given = {"request": "rts-1", "outcome": "nothing_held"}
    school.refuse("already_decided", "complete_rights_request", MODERATOR, **given)
    given = {"request": "rts-1", "subject": VOLUNTEER}
    school.refuse("request_not_approved", "erase_subject", MODERATOR, **given)


def test_a_request_is_completed_once_and_without_a_decision(school):
    school.request(kind="access")
    given = {"request": "rts-1", "outcome": "disclosed"}
    school.refuse("not_moderator", "complete_rights_request", TEACHER, **given)
    school.accept("complete_rights_request", DEPUTY, **given)
    school.refuse("already_decided", "complete_rights_request", DEPUTY, **given)


# -- policy, rules, people ------------------------------------------------------------------


@pytest.mark.parametrize("day", ["soon", "2026/07/14", "2026-7-14", "9999"])
def test_a_date_that_is_none_is_not_the_future(school, day):
    given = {"policy_version": "smp-v5", "title": "x", "ratified_on": day, "headteacher": HEAD}
    given |= {"chair_of_governors": CHAIR, "review_due": "2027-07-14"}
    school.refuse("invalid_field", "ratify_policy", HEAD, **given)


def test_a_policy_is_ratified_by_today_and_reviewed_later(school):
    school.at("2026-10-01T23:30:00+01:00")
    given = {"policy_version": POLICY, "title": "x", "headteacher": HEAD}
    given |= {"chair_of_governors": CHAIR, "review_due": "2026-10-01"}
    school.refuse("occurred_in_future", "ratify_policy", TEACHER, **given, ratified_on="2026-10-02")
    school.refuse("invalid_field", "ratify_policy", TEACHER, **given, ratified_on="2026-10-01")
    given["review_due"] = "2026-10-02"
    school.refuse("duplicate_id", "ratify_policy", TEACHER, **given, ratified_on="2026-10-01")
    given["policy_version"] = "smp-v5"
    school.refuse("not_slt", "ratify_policy", TEACHER, **given, ratified_on="2026-10-01")
    school.accept("ratify_policy", HEAD, **given, ratified_on="2026-10-01", supersedes=POLICY)


def test_rules_and_calendars_come_in_order_and_reach_back_only_once(school):
    rules = {"takedown": {"hours": 2}}
    past, now = school.ago(hours=1), school.ago()

    def adopt(code, version, when, by=HEAD, **changed):
        given = {"version": version, "effective_from": when, "rules": rules, **changed}
        school.refuse(code, "adopt_sla_rules", by, **given)

    adopt("invalid_field", 2, now)
    adopt("invalid_field", 1, past, rules={"nonsense": {"hours": 2}})
    adopt("invalid_field", 1, past, rules={"takedown": {"weeks": 2}})
    adopt("invalid_field", 1, past, rules={"takedown": {"hours": "2"}})
    adopt("invalid_field", 1, past, rules={"takedown": {"hours": True}})
    adopt("missing_field", 1, past, rules={})
    adopt("not_slt", 5, past, by=MODERATOR)
    school.accept("adopt_sla_rules", HEAD, version=1, effective_from=past, rules=rules)
    adopt("invalid_field", 1, now)
    adopt("invalid_field", 3, now)
    adopt("invalid_field", 2, school.ago(seconds=1))
    school.accept("adopt_sla_rules", HEAD, version=2, effective_from=now, rules=rules)
    days = {"calendar": "england-and-wales", "weekend": ["sat", "sun"], "bank_holidays": []}
    school.refuse("invalid_field", "adopt_calendar", HEAD, **days, version=2)
    school.accept("adopt_calendar", HEAD, **days, version=1, effective_from=past)
    school.refuse("invalid_field", "adopt_calendar", HEAD, **days, version=2, effective_from=past)
    school.refuse("missing_field", "adopt_calendar", HEAD, **{**days, "weekend": []}, version=2)
    school.accept("adopt_calendar", HEAD, **days, version=2)


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ("rowe-1", "Iestyn Rowe"), ("stf-IESTYN-1", "Iestyn Rowe"), ("sian1", "Siân Évans"),
        ("x-evans1", "Siân Évans"), ("obrien1", "Pat O'Brien"), ("staff-1", "Staff Sergeant"),
    ],
)  # fmt: skip
def test_a_person_id_never_tells_the_name(school, person, name):
    given = {"person": person, "name": name, "kind": "staff", "offices": []}
    school.refuse("invalid_field", "register_person", HEAD, **given)


@pytest.mark.parametrize(("person", "name"), [("stf-al1", "Al Bo"), ("stf-050", "Iestyn Rowe")])
def test_an_opaque_id_is_fine(school, person, name):
    school.register(person, name)


def test_a_person_id_is_given_out_once(school):
    school.depart(VOLUNTEER)
    given = {"person": VOLUNTEER, "name": "Mari Puw", "kind": "staff", "offices": []}
    school.refuse("duplicate_id", "register_person", HEAD, **given)
    given["person"] = HEAD
    school.refuse("duplicate_id", "register_person", HEAD, **given)


def test_nobody_acknowledges_for_somebody_else(school):
    for given in ({"person": LEAD}, {"done_by": LEAD}, {"done_by": "unknown"}):
        school.refuse(
            "must_acknowledge_personally",
            "acknowledge_policy",
            TEACHER,
            policy_version=POLICY,
            **given,
        )
    school.refuse("unknown_reference", "acknowledge_policy", TEACHER, policy_version="v0",
                  person=LEAD)  # fmt: skip
    school.accept("acknowledge_policy", TEACHER, policy_version=POLICY, person=TEACHER)
    school.ratify("smp-v5")
    school.refuse("must_acknowledge_personally", "acknowledge_policy", TEACHER,
                  policy_version=POLICY, person=LEAD)  # fmt: skip
    school.refuse("invalid_field", "acknowledge_policy", TEACHER, policy_version=POLICY)


def test_training_that_has_run_out_already_is_none(school):
    given = {"people": [TEACHER], "course": "c"}
    yesterday, today = school.ago(days=1)[:10], school.ago()[:10]
    school.refuse("invalid_field", "record_training", TEACHER, **given, valid_until=yesterday)
    school.accept("record_training", DEPUTY, **given, valid_until=today)
    school.accept(
        "record_training", DEPUTY, **given, valid_until=yesterday, occurred_at=school.ago(days=1)
    )


def test_a_departure_is_recorded_once(school):
    school.depart(LEAD)
    school.refuse("already_decided", "record_departure", HEAD, person=LEAD, reason="retired")
    school.refuse("not_slt", "record_departure", TEACHER, person=LEAD, reason="retired")
    school.refuse("invalid_field", "record_departure", HEAD, person=RUNNER, reason="bored")


def test_an_office_is_held_once(school):
    school.refuse("duplicate_id", "assign_office", HEAD, person=DEPUTY, office="slt")
    school.refuse("not_slt", "assign_office", MODERATOR, person=DEPUTY, office="slt")
    school.refuse("unknown_reference", "assign_office", MODERATOR, person=NOBODY, office="slt")


def test_one_may_check_ones_own_disclaimer(school):
    given = {"names_school": True, "disclaimer_present": True}
    school.accept("record_disclaimer_check", TEACHER, person=TEACHER, **given)
    school.refuse("not_slt", "record_disclaimer_check", TEACHER, person=LEAD, **given)


@pytest.mark.parametrize(
    ("scope", "needed"),
    [("incident", "incident"), ("account", "account"), ("date_range", "from"),
     ("date_range", "to"), ("subject", "subject")],
)  # fmt: skip
def test_an_export_of_a_part_says_which(school, scope, needed):
    school.incident()
    whole = {"incident": "case-1", "account": ACCOUNT, "from": "2026-09-01", "to": "2026-09-02"}
    whole["subject"] = VOLUNTEER
    given = {"export": "exp-1", "scope": scope, "given_to": [CHAIR], **whole}
    del given[needed]
    school.refuse("missing_field", "export_evidence", HEAD, **given)


# -- open_ledger, edit and delete -------------------------------------------------------------


def test_a_ledger_is_opened_once_by_the_system(empty):
    first = {"person": HEAD, "name": "Lowri Gittins", "kind": "staff"}
    given = empty.opening(first)
    empty.refuse("unknown_actor", "open_ledger", HEAD, **given)
    for name in given:
        missing = {k: v for k, v in given.items() if k != name}
        empty.refuse("missing_field", "open_ledger", "system", **missing)
    for changed in (
        {"time_zone": "Europe/Paris"}, {"languages": ["fr"]}, {"school": "x" * 201},
        {"first_person": {**given["first_person"], "kind": "boss"}},
        {"first_person": {**given["first_person"], "person": "gittins-1"}},
        {"first_person": {**given["first_person"], "person": "head"}},
        {"first_person": {**given["first_person"], "more": 1}},
    ):  # fmt: skip
        empty.refuse("invalid_field", "open_ledger", "system", **{**given, **changed})
    empty.refuse("missing_field", "open_ledger", "system", **{**given, "languages": []})
    empty.accept("open_ledger", "system", **given)
    empty.refuse("duplicate_id", "open_ledger", "system", **given)
    empty.refuse("duplicate_id", "open_ledger", HEAD, **given)


@pytest.mark.parametrize("action", ["edit_entry", "delete_entry"])
def test_nothing_is_ever_edited_or_deleted(school, action):
    made = school.enquiry()
    given = {"target": made.event_id, "set": {"occurred_at": school.ago(hours=1)}}
    for who in (TEACHER, HEAD, MODERATOR):
        school.refuse("ledger_is_append_only", action, who, **given)
    school.refuse("unknown_reference", action, HEAD, target="0" * 32)
    school.refuse("missing_field", action, HEAD)
    school.refuse("not_moderator", action, "system", **given)
    refused = school.refuse("ledger_is_append_only", action, HEAD, **given)
    school.refuse("unknown_reference", action, HEAD, target=refused.event_id)


# -- idempotency ------------------------------------------------------------------------------


def test_the_same_key_gives_the_first_answer_and_records_nothing(school):
    data = {"incident": "case-1", "kind": "other", "summary": "x"}
    first = school.ledger.record(again("report_incident", LEAD, data, "key-1"))
    size = school.size
    second = school.ledger.record(again("report_incident", LEAD, data, "key-1"))
    assert (second.position, second.event_id) == (first.position, first.event_id)
    assert school.size == size
    other = school.ledger.record(again("report_incident", RUNNER, data, "key-1"))
    assert code_of(other) == "duplicate_id"


def test_a_refused_command_stays_refused_under_its_key(school):
    data = {"enquiry": "enq-1", "mode": "full", "automated": False}
    first = school.ledger.record(again("respond_to_enquiry", LEAD, data, "key-1"))
    school.enquiry()
    second = school.ledger.record(again("respond_to_enquiry", LEAD, data, "key-1"))
    assert code_of(first) == code_of(second) == "unknown_reference"
    assert first.position == second.position


def test_the_same_key_with_another_body_is_an_error(school):
    data = {"incident": "case-1", "kind": "other", "summary": "x"}
    school.ledger.record(again("report_incident", LEAD, data, "key-1"))
    with pytest.raises(KeyReused):
        school.ledger.record(again("report_incident", LEAD, {**data, "summary": "y"}, "key-1"))
    with pytest.raises(KeyReused):
        school.ledger.record(again("report_incident", LEAD, data, "key-1", nonsense=1))


# -- what has no spelling ---------------------------------------------------------------------


@pytest.mark.parametrize("text", ["a\rb", "a\x00b", "a\x1bb", "a\x7fb", "a\ud800b"])
def test_control_characters_are_refused_and_the_refusal_recorded(school, text):
    given = {"incident": "case-1", "kind": "other", "summary": text}
    assert code_of(school.ask("report_incident", LEAD, **given)) in ("invalid_field", None)


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\tb", "Eira 🌨", "ŵ"])
def test_what_people_write_is_accepted(school, text):
    school.incident(summary=text)


def test_deep_and_odd_payloads_are_refused_and_recorded(school):
    deep = {"a": [[[[[[[[[[1]]]]]]]]]]}
    for odd in (deep, {"ä": 1}, {"a b": 1}, 2**60, 1e300):
        size = school.size
        school.refuse("invalid_field", "record_monitoring_check", LEAD, **check(more=odd))
        assert school.size == size + 1

"""Offices, roles, typists, stand-ins: who was entitled, and when (ACTIONS.md sections 1 to 3)."""

import pytest
from simulator import (
    ACCOUNT,
    CHAIR,
    DEPUTY,
    HEAD,
    LEAD,
    MODERATOR,
    POSTED,
    RUNNER,
    TEACHER,
    VOLUNTEER,
)

CHECK = {"account": ACCOUNT, "result": "handled"}
CASE = {"incident": "case-1"}


# -- done_by --------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["org:local_authority", "org:police", "unknown", "ext-b17", LEAD])
def test_a_fact_may_be_somebody_elses_doing(school, who):
    school.incident()
    made = school.accept("record_post_removed", TEACHER, **CASE, parent="ext-b17", done_by=who)
    assert school.entry(made).record.doneby == who


def test_done_by_the_actor_is_nothing_special(school):
    made = school.accept("record_monitoring_check", LEAD, **CHECK, done_by=LEAD)
    assert school.entry(made).record.doneby is None


@pytest.mark.parametrize("who", ["org:tesco", "org:", "org", "Anwen", "a b1", "", 5, ["x1"]])
def test_done_by_is_an_id_an_organisation_of_the_list_or_unknown(school, who):
    school.refuse("invalid_field", "record_monitoring_check", LEAD, **CHECK, done_by=who)


def test_a_typist_may_enter_what_a_runner_did(school):
    school.accept("record_monitoring_check", TEACHER, **CHECK, done_by=LEAD)
    school.accept("record_monitoring_check", TEACHER, **CHECK, done_by=MODERATOR)
    school.refuse("not_account_runner", "record_monitoring_check", LEAD, **CHECK, done_by=TEACHER)
    school.refuse("not_account_runner", "record_monitoring_check", HEAD, **CHECK, done_by="unknown")


@pytest.mark.parametrize("pair", [(TEACHER, DEPUTY), (DEPUTY, TEACHER), (MODERATOR, DEPUTY)])
def test_a_typist_may_never_enter_a_decision(school, pair):
    typist, decider = pair
    school.incident()
    given = {**CASE, "severity": "low", "done_by": decider}
    school.refuse("assessor_not_slt", "assess_incident", typist, **given)


def test_the_office_is_asked_of_both(school):
    given = {"account": ACCOUNT, "reason": "x", "audience_told": True}
    school.refuse("not_moderator", "close_account", MODERATOR, **given, done_by=TEACHER)
    school.refuse("not_moderator", "close_account", TEACHER, **given, done_by=MODERATOR)
    school.accept("assign_office", HEAD, person=TEACHER, office="moderator")
    school.later(hours=1).accept("close_account", MODERATOR, **given, done_by=TEACHER)


def test_the_applicant_is_who_asked_not_who_typed(school):
    school.apply(application="apl-02", by=DEPUTY, done_by=HEAD)
    given = {"application": "apl-02"}
    school.refuse("approver_is_applicant", "approve_application", HEAD, **given)
    school.refuse("approver_is_applicant", "approve_application", DEPUTY, **given, done_by=HEAD)
    school.refuse("approver_is_applicant", "approve_application", HEAD, **given, done_by=DEPUTY)
    school.accept("approve_application", DEPUTY, **given)


def test_nobody_clears_their_own_post(school):
    given = {"post": "pst-1", "account": ACCOUNT, "topic": "x"}
    school.accept("request_prepublication_check", LEAD, **given, done_by=HEAD)
    given = {"post": "pst-1", "decision": "cleared"}
    school.refuse("approver_is_requester", "decide_prepublication_check", HEAD, **given)
    school.accept("decide_prepublication_check", DEPUTY, **given)
    school.refuse("approver_is_requester", "decide_prepublication_check", HEAD, **given)


# -- when -----------------------------------------------------------------------------------

DECISIONS = {
    "approve_application": ("approver_not_slt", {"application": "apl-02"}),
    "reject_application": ("approver_not_slt", {"application": "apl-02", "reason": "No"}),
    "decide_prepublication_check": ("approver_not_slt", {"post": "pst-1", "decision": "cleared"}),
    "assess_incident": ("assessor_not_slt", {**CASE, "severity": "low"}),
    "close_incident": ("not_slt", {**CASE, "outcome": "resolved"}),
    "decide_rights_request": ("not_slt", {"request": "rts-1", "decision": "granted"}),
}


@pytest.mark.parametrize("action", DECISIONS)
def test_a_decision_needs_the_office_now_and_then(school, action):
    code, given = DECISIONS[action]
    school.apply(application="apl-02", by=LEAD)
    check = {"post": "pst-1", "account": ACCOUNT, "topic": "x"}
    school.accept("request_prepublication_check", LEAD, **check)
    school.incident()
    school.request()
    if action == "close_incident":
        school.assess()
    school.later(hours=2).accept("assign_office", HEAD, person=TEACHER, office="slt")
    school.later(hours=2)
    school.refuse(code, action, TEACHER, **given, occurred_at=school.ago(hours=2, seconds=1))
    school.accept(action, TEACHER, **given, occurred_at=school.ago(hours=2))


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("assign_office", {"person": LEAD, "office": "dsp"}),
        ("refer_parent_to_complaints", {**CASE, "parent": "ext-1", "stage": "A"}),
        ("place_legal_hold", {"hold": "lh-1", "subjects": ["ext-1"], "reason": "x"}),
    ],
)
def test_what_is_no_decision_needs_the_office_now(school, action, given):
    school.incident()
    school.later(hours=2).accept("assign_office", HEAD, person=TEACHER, office="slt")
    school.accept(action, TEACHER, **given, occurred_at=school.ago(hours=1))


def test_who_ran_the_account_is_asked_of_the_time_claimed(school):
    school.later(hours=2)
    end = {"account": ACCOUNT, "person": RUNNER, "role": "runner", "reason": "workload"}
    school.accept("end_account_role", MODERATOR, **end)
    school.refuse("not_account_runner", "record_monitoring_check", RUNNER, **CHECK)
    school.later(hours=2)
    then, at_the_end = school.ago(hours=2, seconds=1), school.ago(hours=2)
    school.accept("record_monitoring_check", RUNNER, **CHECK, occurred_at=then)
    school.refuse("not_account_runner", "record_monitoring_check", RUNNER, **CHECK,
                  occurred_at=at_the_end)  # fmt: skip


@pytest.mark.parametrize("office", ["moderator", "slt"])
def test_an_office_gives_the_right_to_answer_from_its_beginning_only(school, office):
    school.later(hours=1).accept("assign_office", HEAD, person=TEACHER, office=office)
    school.later(hours=1)
    school.accept("record_monitoring_check", TEACHER, **CHECK)
    school.accept("record_monitoring_check", TEACHER, **CHECK, occurred_at=school.ago(hours=1))
    school.refuse("not_account_runner", "record_monitoring_check", TEACHER, **CHECK,
                  occurred_at=school.ago(hours=1, seconds=1))  # fmt: skip


def test_a_departure_ends_roles_and_offices_at_its_second(school):
    school.later(hours=2)
    school.depart(LEAD, occurred_at=school.ago(hours=1))
    given = {**CHECK, "done_by": LEAD}
    last, gone = school.ago(hours=1, seconds=1), school.ago(hours=1)
    school.accept("record_monitoring_check", TEACHER, **given, occurred_at=last)
    school.refuse(
        "not_account_runner", "record_monitoring_check", TEACHER, **given, occurred_at=gone
    )
    school.refuse("actor_departed", "record_monitoring_check", LEAD, **CHECK, occurred_at=last)


def test_a_departure_claimed_for_soon_binds_when_it_comes(school):
    school.depart(LEAD, occurred_at=school.ago(minutes=-4))
    school.accept("record_monitoring_check", LEAD, **CHECK)
    school.later(minutes=4).refuse("actor_departed", "record_monitoring_check", LEAD, **CHECK)


def test_training_counts_to_the_end_of_its_last_day(school):
    school.acknowledge(TEACHER).train(TEACHER, until="2026-10-24")
    given = {"account": ACCOUNT, "person": TEACHER, "role": "runner"}
    school.at("2026-10-25T00:00:00+01:00")
    school.refuse("runner_not_trained", "assign_account_role", MODERATOR, **given)
    last = "2026-10-24T23:59:59+01:00"
    school.accept("assign_account_role", MODERATOR, **given, occurred_at=last)


def test_training_counts_from_when_it_was_given(school):
    school.acknowledge(TEACHER).later(hours=2).train(TEACHER)
    given = {"account": ACCOUNT, "person": TEACHER, "role": "runner"}
    early = school.ago(seconds=1)
    school.refuse("runner_not_trained", "assign_account_role", MODERATOR, **given,
                  occurred_at=early)  # fmt: skip
    school.accept("assign_account_role", MODERATOR, **given)


def test_the_policy_of_the_time_claimed_must_have_been_read(school):
    school.later(days=1).ready(TEACHER).later(hours=1).ratify("smp-v5")
    given = {"account": ACCOUNT, "person": TEACHER, "role": "runner"}
    school.refuse("runner_policy_not_acknowledged", "assign_account_role", MODERATOR, **given)
    early = school.ago(seconds=1)
    school.accept("assign_account_role", MODERATOR, **given, occurred_at=early)


def test_an_account_is_created_after_its_approval_by_those_still_fit(school):
    school.apply(application="apl-02")
    school.later(hours=1).accept("approve_application", DEPUTY, application="apl-02")
    school.later(hours=1)
    given = {"account": "ig-2", "application": "apl-02", "handle": "x"}
    early, exactly = school.ago(hours=1, seconds=1), school.ago(hours=1)
    school.refuse(
        "application_not_approved", "create_account", MODERATOR, **given, occurred_at=early
    )
    school.ratify("smp-v5", occurred_at=school.ago(minutes=30))
    school.refuse("runner_policy_not_acknowledged", "create_account", MODERATOR, **given)
    school.accept("create_account", MODERATOR, **given, occurred_at=exactly)


def test_training_that_ran_out_stops_the_creation(school):
    school.apply(application="apl-02")
    school.accept("approve_application", DEPUTY, application="apl-02")
    school.at("2027-09-05T10:00:00+01:00")
    given = {"account": "ig-2", "application": "apl-02", "handle": "x"}
    school.refuse("runner_not_trained", "create_account", MODERATOR, **given)


def test_a_runner_who_has_left_gets_no_role_and_stops_nobody(school):
    school.apply(application="apl-02")
    school.accept("approve_application", DEPUTY, application="apl-02")
    school.later(hours=1).depart(RUNNER)
    school.ratify("smp-v5")
    school.acknowledge(LEAD, version="smp-v5").later(hours=1)
    given = {"account": "ig-2", "application": "apl-02", "handle": "x"}
    school.accept("create_account", MODERATOR, **given)
    end = {"account": "ig-2", "person": RUNNER, "role": "runner", "reason": "other"}
    school.refuse("person_has_no_role", "end_account_role", MODERATOR, **end)
    school.accept("end_account_role", MODERATOR, **{**end, "person": LEAD, "role": "lead"})


def test_only_an_approved_application_makes_an_account(school):
    school.apply(application="apl-02")
    given = {"account": "ig-2", "application": "apl-02", "handle": "x"}
    school.refuse("application_not_approved", "create_account", MODERATOR, **given)
    school.accept("reject_application", DEPUTY, application="apl-02", reason="No")
    school.refuse("application_not_approved", "create_account", MODERATOR, **given)
    school.refuse("already_decided", "approve_application", DEPUTY, application="apl-02")


def test_a_handle_that_reads_like_an_application_does_not_use_it_up(school):
    for name in ("apl-02", "apl-03"):
        school.apply(application=name)
        school.accept("approve_application", DEPUTY, application=name)
    school.accept("create_account", MODERATOR, account="ig-2", application="apl-02",
                  handle="apl-03")  # fmt: skip
    school.accept("create_account", MODERATOR, account="ig-3", application="apl-03", handle="x")


# -- already done -----------------------------------------------------------------------------

DONE = {"already_done": True, "late_reason": "It had to be done"}


def test_a_second_lead_is_an_invalid_field_even_when_done_already(school):
    given = {"account": ACCOUNT, "person": VOLUNTEER, "role": "lead"}
    school.refuse("invalid_field", "assign_account_role", TEACHER, **given, **DONE)


@pytest.mark.parametrize(
    ("action", "changed", "irregular"),
    [
        ("assign_account_role", {"person": VOLUNTEER, "role": "runner"},
         ("not_moderator", "runner_policy_not_acknowledged", "runner_not_trained")),
        ("close_account", {"reason": "x", "audience_told": False}, ("not_moderator",)),
        ("share_credential", {"person": VOLUNTEER}, ("not_moderator", "person_has_no_role")),
        ("end_account_role", {"person": VOLUNTEER, "role": "runner", "reason": "other"},
         ("not_moderator", "person_has_no_role")),
    ],
)  # fmt: skip
def test_every_other_code_is_kept_in_the_order_of_the_checks(school, action, changed, irregular):
    made = school.accept(action, TEACHER, account=ACCOUNT, **changed, **DONE)
    assert school.entry(made).record.irregular == irregular


def test_a_post_already_out_is_kept_with_all_its_faults(school):
    listed = {"subject": "pup-7c2", "reason_category": "safeguarding"}
    school.accept("add_no_publish", DEPUTY, **listed)
    post = {**POSTED, "post": "pst-1", "pictured": ["pup-7c2"], "controversial": True}
    post["third_party_material"] = True
    made = school.accept("publish_post", TEACHER, **post, **DONE)
    assert school.entry(made).record.irregular == (
        "not_account_runner",
        "subject_on_no_publish_list",
        "prepublication_check_required",
        "copyright_permission_missing",
    )
    school.refuse("duplicate_id", "publish_post", TEACHER, **post, **DONE)


def test_four_codes_refuse_even_what_is_done_already(school):
    school.refuse("duplicate_id", "store_credential", TEACHER, account=ACCOUNT, vault_ref="v",
                  credential_version=1, known_by=[VOLUNTEER], **DONE)  # fmt: skip
    school.refuse("invalid_field", "rotate_credential", TEACHER, account=ACCOUNT, vault_ref="v",
                  credential_version=3, known_by=[], reason="other", **DONE)  # fmt: skip
    school.refuse("unknown_reference", "share_credential", TEACHER, account="x", person=LEAD,
                  **DONE)  # fmt: skip
    school.later(hours=2).enquiry()
    answer = {"enquiry": "enq-1", "mode": "full", "automated": False}
    school.refuse("response_before_receipt", "respond_to_enquiry", TEACHER, **answer, **DONE,
                  occurred_at=school.ago(seconds=1))  # fmt: skip
    school.accept("respond_to_enquiry", TEACHER, **answer, **DONE)


def test_roles_follow_the_fact(school):
    given = {"account": ACCOUNT, "person": VOLUNTEER, "role": "runner"}
    school.accept("assign_account_role", TEACHER, **given, **DONE)
    school.accept("record_monitoring_check", VOLUNTEER, **CHECK)


def test_an_account_that_exists_already_needs_no_application(school):
    given = {"account": "tt-old", "handle": "x"}
    school.refuse("missing_field", "create_account", MODERATOR, **given)
    school.refuse("missing_field", "create_account", MODERATOR, **given, already_done=True)
    made = school.accept("create_account", TEACHER, **given, **DONE)
    assert "application_not_approved" in school.entry(made).record.irregular
    school.accept("record_monitoring_check", MODERATOR, account="tt-old", result="handled")
    school.apply(application="apl-02", existing_account="tt-old")


def test_who_has_left_cannot_even_say_it_is_done_already(school):
    school.depart(TEACHER)
    given = {"account": ACCOUNT, "person": LEAD}
    school.refuse("actor_departed", "share_credential", TEACHER, **given, **DONE)


@pytest.mark.parametrize("value", ["yes", 1, "true", []])
def test_done_already_is_true_or_false(school, value):
    given = {"account": ACCOUNT, "person": LEAD, "already_done": value, "late_reason": "x"}
    school.refuse("invalid_field", "share_credential", MODERATOR, **given)


def test_a_refused_world_act_says_how_it_can_be_recorded(school):
    given = {"account": ACCOUNT, "person": LEAD}
    refused = school.refuse("not_moderator", "share_credential", TEACHER, **given)
    assert refused.details["record_as"]["already_done"] is True
    refused = school.refuse("not_account_runner", "record_monitoring_check", TEACHER, **CHECK)
    assert "record_as" not in refused.details


# -- passwords --------------------------------------------------------------------------------


def test_only_runners_and_moderators_are_given_a_password(school):
    given = {"account": ACCOUNT, "vault_ref": "v", "reason": "routine"}
    for person in (TEACHER, HEAD, CHAIR):
        school.refuse("person_has_no_role", "share_credential", MODERATOR, account=ACCOUNT,
                      person=person)  # fmt: skip
        school.refuse("person_has_no_role", "rotate_credential", MODERATOR, **given,
                      credential_version=2, known_by=[LEAD, person])  # fmt: skip
    school.refuse("invalid_field", "rotate_credential", MODERATOR, **given,
                  credential_version=3, known_by=[TEACHER])  # fmt: skip
    school.accept("rotate_credential", MODERATOR, **given, credential_version=2,
                  known_by=[LEAD, RUNNER, MODERATOR])  # fmt: skip
    school.accept("rotate_credential", MODERATOR, **given, credential_version=3, known_by=[])
    close = {"account": ACCOUNT, "reason": "x", "audience_told": True}
    school.accept("close_account", MODERATOR, **close)
    school.refuse("account_closed", "close_account", MODERATOR, **close)
    school.refuse("account_closed", "rotate_credential", MODERATOR, **given,
                  credential_version=9, known_by=[TEACHER])  # fmt: skip
    school.refuse("account_closed", "share_credential", MODERATOR, account=ACCOUNT, person=LEAD)


def test_an_account_is_closed_from_the_time_claimed(school):
    school.later(hours=2)
    close = {"account": ACCOUNT, "reason": "x", "audience_told": True}
    school.accept("close_account", MODERATOR, **close, occurred_at=school.ago(hours=1))
    given = {"post": "pst-1", **POSTED}
    school.refuse("account_closed", "publish_post", MODERATOR, **given)
    school.accept("publish_post", LEAD, **given, occurred_at=school.ago(hours=1, seconds=1))
    school.enquiry()


# -- stand-ins --------------------------------------------------------------------------------


def test_the_chair_acts_while_nobody_active_is_slt(school):
    school.refuse("not_slt", "assign_office", CHAIR, person=TEACHER, office="dsp")
    school.depart(DEPUTY)
    school.refuse("not_slt", "assign_office", CHAIR, person=TEACHER, office="dsp")
    school.depart(HEAD, by=MODERATOR)
    school.accept("assign_office", CHAIR, person=TEACHER, office="dsp")
    school.incident()
    school.assess(by=CHAIR)
    school.refuse("not_slt", "assign_office", MODERATOR, person=TEACHER, office="dpo")
    school.later(hours=1).accept("assign_office", CHAIR, person=TEACHER, office="slt")
    school.refuse("not_slt", "assign_office", CHAIR, person=LEAD, office="dsp")
    school.accept("assign_office", TEACHER, person=LEAD, office="dsp")


def test_somebody_departed_holds_no_office_even_when_given_one_later(school):
    school.depart(LEAD)
    school.later(hours=1).ask("assign_office", HEAD, person=LEAD, office="slt")
    school.later(hours=1).depart(DEPUTY)
    school.depart(HEAD, by=MODERATOR)
    school.later(hours=1)
    school.accept("assign_office", CHAIR, person=TEACHER, office="slt")


def test_a_departed_moderator_named_again_is_none(school):
    school.depart(MODERATOR)
    school.later(hours=1).ask("assign_office", HEAD, person=MODERATOR, office="moderator")
    school.later(hours=1)
    given = {"account": ACCOUNT, "person": LEAD}
    school.accept("share_credential", HEAD, **given)


def test_the_chair_decides_where_every_slt_is_the_applicant(school):
    school.apply(application="apl-02", by=HEAD)
    school.refuse("approver_not_slt", "approve_application", CHAIR, application="apl-02")
    school.depart(DEPUTY)
    school.refuse("approver_is_applicant", "approve_application", HEAD, application="apl-02")
    school.refuse("approver_not_slt", "approve_application", MODERATOR, application="apl-02")
    school.accept("approve_application", CHAIR, application="apl-02")


def test_the_chair_clears_where_every_slt_has_asked(school):
    school.depart(DEPUTY)
    given = {"post": "pst-1", "account": ACCOUNT, "topic": "x"}
    school.accept("request_prepublication_check", HEAD, **given)
    given = {"post": "pst-1", "decision": "cleared"}
    school.refuse("approver_is_requester", "decide_prepublication_check", HEAD, **given)
    school.accept("decide_prepublication_check", CHAIR, **given)


def test_slt_acts_while_nobody_is_moderator(school):
    given = {"account": ACCOUNT, "person": LEAD}
    school.refuse("not_moderator", "share_credential", HEAD, **given)
    school.depart(MODERATOR)
    school.accept("share_credential", HEAD, **given)
    school.refuse("not_moderator", "share_credential", CHAIR, **given)
    school.refuse("not_moderator", "share_credential", TEACHER, **given)
    school.later(hours=1).accept("assign_office", HEAD, person=TEACHER, office="moderator")
    school.refuse("not_moderator", "share_credential", HEAD, **given)


def test_a_school_with_one_leader_can_start(opened):
    opened.register(MODERATOR, "Huw Penhallow")
    given = {"people": [HEAD], "course": "c", "valid_until": "2027-01-01"}
    opened.accept("record_training", HEAD, **given)
    opened.accept("publish_checkpoint", HEAD, given_to=[HEAD], medium="paper")

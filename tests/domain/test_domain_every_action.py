"""What holds for every action alike: the accepted case and steps 1 to 7 of the checks."""

import pytest
from simulator import ACCOUNT, HEAD, MODERATOR, NOBODY, TEACHER, VALID, VOLUNTEER, code_of

from ledger.domain.catalogue import ACTIONS
from ledger.domain.refusals import REFUSALS
from ledger.outcomes import Receipt

WORLD = {
    "create_account", "assign_account_role", "end_account_role", "transfer_lead", "close_account",
    "store_credential", "share_credential", "rotate_credential", "grant_platform_access",
    "respond_to_enquiry", "publish_post",
}  # fmt: skip
BUSINESS_CASE = {
    "platform", "account_name", "aim", "audience", "promotion", "runners", "visibility"
}  # fmt: skip
OWN_TESTS = {"open_ledger", "correct_entry", "annul_entry", "edit_entry", "delete_entry"}

every = pytest.mark.parametrize("action", VALID)


def prepared(school, action):
    """The actor and data of a command that would be accepted now."""
    actor, data, before = VALID[action]
    more = before(school)
    school.later(minutes=10)
    return actor, {**data, **(more if isinstance(more, dict) else {})}


def test_every_action_of_the_catalogue_is_tested():
    assert set(VALID) | OWN_TESTS == set(ACTIONS)


@every
def test_a_proper_command_is_accepted(school, action):
    actor, data = prepared(school, action)
    receipt = school.accept(action, actor, **data)
    assert receipt.type in ACTIONS[action].events
    after = [entry.type for entry in school.ledger.entries().all[receipt.position + 1 :]]
    # Where keys were destroyed or given away, the wrapping key is replaced at once.
    assert after in ([], ["WrappingKeyReplaced"])


@every
def test_a_stranger_records_nothing_and_is_not_named(school, action):
    _, data = prepared(school, action)
    refused = school.refuse("unknown_actor", action, NOBODY, **data)
    assert NOBODY.encode() not in school.bodies()
    assert school.entry(refused).record.actor == "unknown"


@every
def test_who_has_left_records_nothing(school, action):
    actor, data = prepared(school, action)
    other = MODERATOR if actor == HEAD else HEAD
    school.depart(actor, by=other)
    school.refuse("actor_departed", action, actor, **data)


@every
@pytest.mark.parametrize("name", ["password", "PIN", "recovery-code", "Admin_Password", "to_ken"])
def test_a_secret_is_refused_and_nothing_of_it_is_kept(school, action, name):
    actor, data = prepared(school, action)
    hidden = {"deep": [{name: "Gw3nnol-Gw3nnol"}]}
    refused = school.refuse("secret_in_payload", action, actor, **data, more=hidden)
    entry = school.entry(refused)
    assert entry.fields == {"action": action, "code": "secret_in_payload", "reference_ids": []}
    assert not entry.record.sealed
    assert b"Gw3nnol" not in school.bodies()


@every
def test_what_has_not_happened_yet_is_refused_after_five_minutes(school, action):
    actor, data = prepared(school, action)
    school.refuse("occurred_in_future", action, actor, **data, occurred_at=school.ago(seconds=-301))
    school.accept(action, actor, **data, occurred_at=school.ago(seconds=-300))


@every
def test_exactly_a_day_late_needs_no_reason_and_a_second_more_does(school, action):
    actor, data = prepared(school, action)
    school.later(hours=24)
    if action == "delete_image":
        data["taken_at"] = school.ago(days=2)
    over = {**data, "occurred_at": school.ago(hours=24, seconds=1)}
    school.refuse("late_reason_required", action, actor, **over)
    school.accept(action, actor, **data, occurred_at=school.ago(hours=24))


@every
def test_later_than_a_day_with_a_reason_is_accepted_and_the_reason_sealed(school, action):
    actor, data = prepared(school, action)
    then = school.ago(minutes=5)
    school.later(days=3)
    made = school.accept(action, actor, **data, occurred_at=then, late_reason="Found on Monday")
    assert b"Found on Monday" not in school.bodies()
    assert school.value(made, "late_reason") == "Found on Monday"


def required_fields():
    for action, (_, data, _) in VALID.items():
        for field in ACTIONS[action].fields:
            if field.required:
                assert field.name in data, (action, field.name)
                yield pytest.param(action, field, id=f"{action}-{field.name}")


@pytest.mark.parametrize(("action", "field"), [*required_fields()])
def test_a_required_field_may_not_be_absent(school, action, field):
    actor, data = prepared(school, action)
    del data[field.name]
    point = action == "submit_application" and field.name in BUSINESS_CASE
    code = "missing_business_case_field" if point else "missing_field"
    school.refuse(code, action, actor, **data)


@pytest.mark.parametrize(("action", "field"), [*required_fields()])
def test_an_absent_field_is_said_before_a_wrong_one(school, action, field):
    actor, data = prepared(school, action)
    del data[field.name]
    point = action == "submit_application" and field.name in BUSINESS_CASE
    code = "missing_business_case_field" if point else "missing_field"
    wrong = {n: {"wrong": 1} for n in data}
    school.refuse(code, action, actor, **wrong, nonsense=1)


def all_fields():
    for action in VALID:
        for field in ACTIONS[action].all_fields:
            yield pytest.param(action, field.name, id=f"{action}-{field.name}")


@pytest.mark.parametrize(("action", "field"), [*all_fields()])
def test_a_value_of_the_wrong_type_is_refused(school, action, field):
    actor, data = prepared(school, action)
    for value in ({"a": 1}, 1.5, ["x", 3]):
        school.refuse("invalid_field", action, actor, **{**data, field: value})


@every
def test_an_unknown_field_is_refused(school, action):
    actor, data = prepared(school, action)
    school.refuse("invalid_field", action, actor, **data, nonsense="x")


@every
def test_only_what_happens_in_the_world_can_be_done_already(school, action):
    actor, data = prepared(school, action)
    given = {**data, "already_done": True}
    code = "missing_field" if action in WORLD else "invalid_field"
    school.refuse(code, action, actor, **given)
    given["late_reason"] = "Nobody could ask before"
    if action in WORLD:
        made = school.accept(action, actor, **given)
        assert school.entry(made).record.irregular == ()
    else:
        school.refuse("invalid_field", action, actor, **given)


def references():
    for action in VALID:
        for field in ACTIONS[action].fields:
            if field.refers:
                yield pytest.param(action, field, id=f"{action}-{field.name}")


@pytest.mark.parametrize(("action", "field"), [*references()])
def test_what_is_referred_to_must_exist_whoever_asks(school, action, field):
    actor, data = prepared(school, action)
    data[field.name] = ["nothing-0"] if field.many else "nothing-0"
    school.refuse("unknown_reference", action, actor, **data)
    if action not in ("acknowledge_policy", "acknowledge_document"):
        school.refuse("unknown_reference", action, TEACHER, **data)


@pytest.mark.parametrize("word", ["staff", "slt", "moderator", "headteacher", "en"])
def test_an_office_or_a_code_is_not_a_person_who_could_sign_in(school, word):
    given = {"account": ACCOUNT, "result": "handled"}
    school.refuse("unknown_actor", "record_monitoring_check", word, **given)


@pytest.mark.parametrize("word", ["staff", "slt", "governor", "cy"])
def test_an_office_or_a_code_is_not_a_person_to_refer_to(school, word):
    school.refuse("unknown_reference", "assign_office", HEAD, person=word, office="dsp")


@pytest.mark.parametrize("title", ["Social Media Policy", "Rhyd-y-Gwennol Primary (fictional)"])
def test_a_known_text_where_an_id_belongs_is_refused_and_recorded(school, title):
    refused = school.refuse("invalid_field", "assign_office", HEAD, person=title, office="dsp")
    assert school.entry(refused).fields["reference_ids"] == []


def new_ids():
    for action in VALID:
        for field in ACTIONS[action].fields:
            if field.new:
                yield pytest.param(action, field.name, id=f"{action}-{field.name}")


@pytest.mark.parametrize(("action", "field"), [*new_ids()])
def test_a_new_id_is_new_whoever_asks(school, action, field):
    actor, data = prepared(school, action)
    school.accept(action, actor, **data)
    school.refuse("duplicate_id", action, actor, **data)
    school.refuse("duplicate_id", action, VOLUNTEER, **data)


@pytest.mark.parametrize(("action", "field"), [*new_ids()])
def test_a_new_id_has_a_digit_but_for_accounts(school, action, field):
    actor, data = prepared(school, action)
    data[field] = "garden"
    if field == "account":
        school.accept(action, actor, **data)
    else:
        school.refuse("invalid_field", action, actor, **data)


@pytest.mark.parametrize(
    "value", ["", " ", "a b", "x" * 65, "é1", "a/1", "a:1", "x1\n", None, 1, True]
)
def test_an_id_is_up_to_64_of_a_few_characters(school, value):
    empty = value is None or value == ""
    code = "missing_field" if empty else "invalid_field"
    school.refuse(code, "report_incident", TEACHER, incident=value, kind="other", summary="x")


STEP_7 = {
    "revise_policy": "not_slt",
    "define_response_process": "not_slt",
    "update_post": "not_account_runner",
    "remove_own_post": "not_account_runner",
    "remove_no_publish": "not_slt",
    "assign_investigation_lead": "not_slt",
    "involve_staff": "not_slt",
    "refer_to_disciplinary": "not_slt",
    "decide_content": "not_account_runner",
    "add_note": "not_slt",
    "assign_follow_up": "not_slt",
    "complete_follow_up": "not_slt",
    "reopen_incident": "not_slt",
    "pause_rights_request": "not_slt",
    "resume_rights_request": "not_slt",
    "extend_rights_request": "not_slt",
    "release_legal_hold": "not_slt",
    "run_retention": "not_moderator",
    "destroy_records": "not_moderator",
    "accept_finding": "not_slt",
    "record_review": "not_moderator",
    "link_document": "not_slt",
    "adopt_retention_schedule": "not_slt",
    "adopt_confidential_keys": "not_chair",
    "renew_sealing": "not_slt",
    "ratify_policy": "not_slt",
    "adopt_calendar": "not_slt",
    "adopt_sla_rules": "not_slt",
    "rotate_signing_key": "not_moderator",
    "admit_key": "not_moderator",
    "revoke_key": "not_moderator",
    "declare_key_compromised": "not_moderator",
    "reattest_records": "not_moderator",
    "change_roots": "not_moderator",
    "end_actor_key": "not_slt",
    "adopt_signature_policy": "not_slt",
    "publish_checkpoint": "not_moderator",
    "export_evidence": "not_moderator",
    "register_person": "not_slt",
    "assign_office": "not_slt",
    "end_office": "not_slt",
    "record_absence": "not_slt",
    "suspend_access": "not_slt",
    "record_return": "not_slt",
    "change_person": "not_slt",
    "withdraw_application": "not_slt",
    "change_visibility": "not_moderator",
    "record_platform_list": "not_account_runner",
    "attest_account": "not_account_runner",
    "offer_handover": "not_moderator",
    "accept_handover": "must_acknowledge_personally",
    "record_comment_round": "not_account_runner",
    "record_training": "not_slt",
    "record_departure_notice": "not_slt",
    "record_departure": "not_slt",
    "record_disclaimer_check": "not_slt",
    "approve_application": "approver_not_slt",
    "reject_application": "approver_not_slt",
    "create_account": "not_moderator",
    "assign_account_role": "not_moderator",
    "end_account_role": "not_moderator",
    "transfer_lead": "not_moderator",
    "record_monitoring_check": "not_account_runner",
    "close_account": "not_moderator",
    "store_credential": "not_moderator",
    "share_credential": "not_moderator",
    "rotate_credential": "not_moderator",
    "grant_platform_access": "not_moderator",
    "end_platform_access": "not_moderator",
    "change_recovery_contact": "not_moderator",
    "respond_to_enquiry": "not_account_runner",
    "record_media_policy_check": "not_account_runner",
    "mark_no_response_required": "not_account_runner",
    "decide_prepublication_check": "approver_not_slt",
    "publish_post": "not_account_runner",
    "add_no_publish": "not_slt",
    "assess_incident": "assessor_not_slt",
    "refer_parent_to_complaints": "not_slt",
    "apply_behaviour_policy": "not_slt",
    "close_incident": "not_slt",
    "decide_rights_request": "not_slt",
    "complete_rights_request": "not_moderator",
    "place_legal_hold": "not_slt",
    "erase_subject": "not_moderator",
    "offer_training": "not_slt",
    "judge_image": "not_account_runner",
    "review_account_settings": "not_account_runner",
    "decide_scope": "not_slt",
    "decide_concern": "not_slt",
    "classify_conduct": "assessor_not_slt",
    "take_internal_action": "not_slt",
    "assess_data_breach": "not_slt",
    "assess_policy_impact": "not_slt",
    "remind_confidentiality": "not_slt",
}
WHO = {
    HEAD: {"slt"},
    MODERATOR: {"moderator"},
    "stf-014": {"slt", "dsp"},
    "gov-002": {"auditor", "chair"},
}
KEYS = ("admit_key", "revoke_key", "declare_key_compromised", "reattest_records", "change_roots")
ALLOWED = {
    "destroy_records": {"moderator", "slt"},
    **{action: {"moderator", "slt"} for action in KEYS},
    "record_absence": {"slt", "moderator"},
    "suspend_access": {"slt", "chair"},
    "record_return": {"slt", "moderator"},
    "change_person": {"slt", "moderator"},
    "withdraw_application": set(),
    "change_visibility": {"moderator", "slt"},
    "record_platform_list": {"moderator", "slt"},
    "attest_account": set(),
    "accept_handover": set(),
    "record_comment_round": {"moderator", "slt"},
    "publish_checkpoint": {"moderator", "slt", "auditor"},
    "export_evidence": {"slt", "moderator", "auditor", "investigator"},
    "register_person": {"slt", "moderator"},
    "end_actor_key": {"slt", "moderator"},
    "record_training": {"slt", "dsp"},
    "record_departure_notice": {"slt", "moderator"},
    "record_departure": {"slt", "moderator"},
    "add_no_publish": {"slt", "dsp"},
    "complete_rights_request": {"moderator", "slt"},
    "record_monitoring_check": {"moderator", "slt"},
    "respond_to_enquiry": {"moderator", "slt"},
    "record_media_policy_check": {"moderator", "slt"},
    "mark_no_response_required": {"moderator", "slt"},
    "publish_post": {"moderator", "slt"},
    "update_post": {"moderator", "slt"},
    "remove_own_post": {"moderator", "slt"},
    "remove_no_publish": {"slt", "dsp"},
    "decide_content": {"moderator", "slt"},
    "add_note": {"moderator", "slt"},
    "assign_follow_up": {"moderator", "slt"},
    "complete_follow_up": {"moderator", "slt"},
    "record_review": {"auditor"},
    "offer_training": {"slt", "dsp"},
    "judge_image": {"moderator", "slt"},
    "review_account_settings": {"moderator", "slt"},
    "remind_confidentiality": {"slt", "moderator"},
    "adopt_confidential_keys": {"chair"},
    "renew_sealing": {"slt", "chair"},
}
SYSTEMS = ("publish_checkpoint", "receive_enquiry", "rotate_signing_key", "run_retention", *KEYS)
PERSONAL = {
    *("acknowledge_policy", "acknowledge_document", "confirm_entry", "dispute_entry"),
    "enrol_actor_key",
}


def allowed(action):
    if action not in STEP_7:
        return None
    if action in ALLOWED:
        return ALLOWED[action]
    return {"moderator"} if STEP_7[action] == "not_moderator" else {"slt"}


@pytest.mark.parametrize("action", STEP_7)
@pytest.mark.parametrize("who", [VOLUNTEER, *WHO])
def test_each_office_may_do_what_its_row_says_and_no_more(school, action, who):
    _, data = prepared(school, action)
    if WHO.get(who, set()) & allowed(action):
        if action == "erase_subject":
            school.depart(VOLUNTEER)
        # Nobody but the chair seals anew what somebody else opened; they are told nothing of it.
        others = ("approver_is_requester", "confidential_key_needed")
        assert code_of(school.ask(action, who, **data)) in (None, *others)
    else:
        school.refuse(STEP_7[action], action, who, **data)


@pytest.mark.parametrize("action", sorted(set(VALID) - set(STEP_7) - PERSONAL))
def test_facts_are_for_everybody(school, action):
    _, data = prepared(school, action)
    school.accept(action, VOLUNTEER, **data)


@every
def test_the_system_may_do_little(school, action):
    _, data = prepared(school, action)
    if action in SYSTEMS:
        school.accept(action, "system", **data)
    elif action == "respond_to_enquiry":
        school.refuse("not_account_runner", action, "system", **data)
        school.accept(action, "system", **{**data, "automated": True})
    else:
        school.refuse("not_moderator", action, "system", **data)


@pytest.mark.parametrize("action", sorted(WORLD))
def test_the_system_is_nobody_who_could_say_it_is_done_already(school, action):
    _, data = prepared(school, action)
    given = {**data, "already_done": True, "late_reason": "So it was"}
    code = "not_account_runner" if action == "respond_to_enquiry" else "not_moderator"
    school.refuse(code, action, "system", **given)


@every
def test_the_stream_must_stand_where_it_was_seen(school, action):
    actor, data = prepared(school, action)
    given = {**data, "expected_version": 77}
    school.refuse("stale_stream_version", action, VOLUNTEER, **given)
    made = school.ask(action, actor, **data)
    assert isinstance(made, Receipt)


def test_the_expected_version_counts_the_records_of_the_stream(school):
    given = {"account": ACCOUNT, "result": "handled"}
    version = school.accept("record_monitoring_check", HEAD, **given).stream_version
    school.refuse(
        "stale_stream_version",
        "record_monitoring_check",
        HEAD,
        **given,
        expected_version=version - 1,
    )
    made = school.accept("record_monitoring_check", HEAD, **given, expected_version=version)
    assert made.stream_version == version + 1
    school.accept(
        "report_incident", HEAD, incident="case-9", kind="other", summary="x", expected_version=0
    )


@pytest.mark.parametrize("value", [True, "1", -1, 1.5, [1]])
def test_an_expected_version_is_a_whole_number(school, value):
    given = {"account": ACCOUNT, "result": "handled", "expected_version": value}
    school.refuse("invalid_field", "record_monitoring_check", HEAD, **given)


def test_every_declared_check_has_words_in_both_languages():
    for action in ACTIONS.values():
        for code in (*action.checks, *(c for c in (action.who.code, action.apart) if c)):
            assert REFUSALS[code].en
            assert REFUSALS[code].cy

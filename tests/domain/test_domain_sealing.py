"""What a record shows, what is sealed under which key, what a refusal keeps, what erasure does."""

import json
from hashlib import sha256

import pytest
from simulator import (
    ACCOUNT,
    APPLICATION,
    DEPUTY,
    HEAD,
    LEAD,
    MODERATOR,
    NOBODY,
    RUNNER,
    TEACHER,
    VALID,
    VOLUNTEER,
)

from ledger.proof.encoding import canonical
from ledger.rows import SealedRow, SubjectKey

CASE = {"incident": "case-1"}
WORD = "Zzyzx Mair Puw"

# action: {field: under whose key}; every other text of these actions is clear by section 1.
SEALED = {
    "register_person": {"name": "subject:stf-050"},
    "adopt_sla_rules": {"minute_ref": "stream:ledger"},
    "publish_checkpoint": {"medium": "stream:ledger"},
    "rotate_signing_key": {"reason": "stream:keyring"},
    "submit_application": {
        "aim": "stream:application/apl-02",
        "audience": "stream:application/apl-02",
        "promotion": "stream:application/apl-02",
    },
    "approve_application": {"note": "stream:application/apl-02"},
    "reject_application": {"reason": "stream:application/apl-02"},
    "close_account": {"reason": f"stream:account/{ACCOUNT}"},
    "discover_unapproved_account": {"name": "stream:finding/fnd-1"},
    "store_credential": {"vault_ref": "stream:credential/ig-garden"},
    "rotate_credential": {"vault_ref": f"stream:credential/{ACCOUNT}"},
    "grant_platform_access": {"platform_role": f"stream:credential/{ACCOUNT}"},
    "end_platform_access": {"platform_role": f"stream:credential/{ACCOUNT}"},
    "request_prepublication_check": {"topic": "stream:post/pst-1"},
    "decide_prepublication_check": {"reason": "stream:post/pst-1"},
    "record_copyright_permission": {"holder": "stream:post/pst-1", "scope": "stream:post/pst-1"},
    "publish_post": {"credited": "stream:post/pst-1"},
    "report_incident": {"summary": "stream:incident/case-1", "where": "stream:incident/case-1"},
    "assess_incident": {"reasoning": "stream:incident/case-1"},
    "notify_agency": {"reference": "stream:incident/case-1", "reason": "stream:incident/case-1"},
    "take_down_content": {"where": "stream:incident/case-1"},
    "report_to_platform": {"platform_reference": "subject:ext-e17"},
    "delete_image": {"device": "stream:incident/case-1"},
    "ask_parent_to_remove_post": {"where": "subject:ext-b17"},
    "close_incident": {
        "outcome": "stream:incident/case-1",
        "agency_reason": "stream:incident/case-1",
    },
    "revise_policy": {"changes": "stream:ledger"},
    "remove_own_post": {"reason": "stream:post/pst-1"},
    "record_image_objection": {"reason": "subject:pup-7c2"},
    "involve_staff": {"purpose": "stream:incident/case-1"},
    "refer_to_disciplinary": {"reference": f"subject:{RUNNER}"},
    "add_evidence": {"kept_at": "stream:incident/case-1"},
    "decide_content": {"reason": "stream:incident/case-1"},
    "add_note": {"text": "stream:incident/case-1"},
    "assign_follow_up": {"text": "stream:incident/case-1"},
    "complete_follow_up": {"text": "stream:incident/case-1"},
    "reopen_incident": {"reason": "stream:incident/case-1"},
    "extend_rights_request": {"reason": f"subject:{VOLUNTEER}"},
    "release_legal_hold": {"reason": "stream:hold/lh-1"},
    "register_subject": {"name": "subject:pup-7c2"},
    "record_parent_contact": {"purpose": "subject:ext-b17"},
    "accept_finding": {"reason": "stream:ledger"},
    "record_review": {"note": "stream:ledger"},
    "confirm_entry": {"note": f"subject:{LEAD}"},
    "dispute_entry": {"reason": f"subject:{LEAD}"},
    "record_public_mention": {"where": "stream:mention/mtn-1"},
    "decide_rights_request": {"reason": f"subject:{VOLUNTEER}"},
    "place_legal_hold": {"reason": "stream:hold/lh-1"},
}
CODES = {
    "record_departure": ("reason", "new_post", f"subject:{LEAD}"),
    "end_account_role": ("reason", "workload", f"subject:{RUNNER}"),
    "add_no_publish": ("reason_category", "carer_request", "subject:pup-7c2"),
    "record_parent_meeting": ("outcome", "resolved", "subject:ext-b17"),
    "remove_no_publish": ("reason_category", "carer_request", "subject:pup-7c2"),
    "refer_to_disciplinary": ("person", RUNNER, f"subject:{RUNNER}"),
    "offer_support": ("support", "counselling", f"subject:{LEAD}"),
    "apply_behaviour_policy": ("step", "reflection_time", "subject:pup-9d4"),
}


@pytest.mark.parametrize("action", VALID)
def test_free_text_never_stands_in_a_record(school, action):
    actor, data, before = VALID[action]
    more = before(school)
    school.later(minutes=10)
    texts = SEALED.get(action, {})
    data = {
        **data,
        **(more if isinstance(more, dict) else {}),
        **dict.fromkeys(texts, WORD),
        "late_reason": WORD,
    }
    made = school.accept(action, actor, **data)
    assert b"Zzyzx" not in school.bodies()
    assert {name: school.under(made, name) for name in texts} == texts
    assert all(school.value(made, name) == WORD for name in texts)
    kind, _, key = made.stream.partition("/")
    about_one = kind in ("person", "image-subject", "subject")
    expected = f"subject:{key}" if about_one else f"stream:{made.stream}"
    assert school.under(made, "late_reason") == expected


@pytest.mark.parametrize("action", CODES)
def test_codes_that_tell_about_a_person_are_sealed_under_their_key(school, action):
    actor, data, before = VALID[action]
    before(school)
    made = school.accept(action, actor, **data)
    name, value, under = CODES[action]
    assert name not in school.entry(made).fields
    assert school.under(made, name) == under
    assert school.value(made, name) == value


def test_the_pupil_of_a_behaviour_step_does_not_show(school):
    actor, data, before = VALID["apply_behaviour_policy"]
    before(school)
    school.accept("apply_behaviour_policy", actor, **data)
    assert b"pup-9d4" not in school.bodies()
    school.refuse("not_slt", "apply_behaviour_policy", TEACHER, **data)
    assert b"pup-9d4" not in school.bodies()


def test_no_name_stands_in_any_record(school):
    school.register("stf-050", "Zzyzx Puw")
    for name in (b"Zzyzx", b"Gittins", b"Lowri", b"Rhodri", b"Rowe", b"Glenys"):
        assert name not in school.bodies()


def test_the_first_name_lies_under_the_first_persons_key(school):
    opened = next(school.ledger.entries().of("LedgerOpened"))
    row = school.ledger.store.row(SealedRow, (opened.position, "first_person.name"))
    assert row.subject == f"subject:{HEAD}"
    assert "name" not in opened.fields["first_person"]


def test_a_found_account_is_its_runners_if_one_is_known(school):
    found = {"found": "fnd-1", "platform": "x", "name": WORD, "pupil_images": True}
    made = school.accept("discover_unapproved_account", TEACHER, **found, run_by=RUNNER)
    assert school.under(made, "name") == f"subject:{RUNNER}"


def test_a_hold_about_an_incident_lies_under_the_incidents_key(school):
    school.incident()
    given = {"hold": "lh-1", "incident": "case-1", "subjects": ["ext-1"], "reason": WORD}
    made = school.accept("place_legal_hold", HEAD, **given)
    assert school.under(made, "reason") == "stream:incident/case-1"


@pytest.mark.parametrize(
    ("action", "field"),
    [("record_training", "evidence"), ("request_prepublication_check", "content_hash"),
     ("publish_post", "content_hash"), ("take_down_content", "evidence"),
     ("record_public_mention", "link_hash")],
)  # fmt: skip
def test_a_salt_is_sealed_and_never_beside_its_hash(school, action, field):
    actor, data, before = VALID[action]
    before(school)
    made = school.accept(action, actor, **data, **{field: "5a17cafe$" + "a" * 64})
    assert school.entry(made).fields[field] == "a" * 64
    assert school.value(made, f"{field}.salt") == "5a17cafe"
    assert b"5a17cafe" not in school.bodies()


# -- refusals -------------------------------------------------------------------------------


def test_a_refusal_keeps_ids_that_existed_and_a_hash_and_nothing_else(school):
    school.enquiry()
    data = {
        "incident": "case-7",
        "kind": "other",
        "account": ACCOUNT,
        "summary": WORD,
        "from_enquiry": "enq-1",
        "from_finding": "mair-puw-7",
    }
    refused = school.refuse("unknown_reference", "report_incident", TEACHER, **data)
    entry = school.entry(refused)
    assert entry.type == "CommandRefused"
    assert entry.stream == "refusal"
    assert entry.record.actor == TEACHER
    assert entry.fields.keys() == {"action", "code", "reference_ids", "payload_hash"}
    assert entry.fields["reference_ids"] == ["enq-1", ACCOUNT]
    salt = school.value(refused, "payload_salt")
    assert entry.fields["payload_hash"] == sha256(bytes.fromhex(salt) + canonical(data)).hexdigest()
    assert school.under(refused, "payload_salt") == f"subject:{TEACHER}"
    assert b"mair" not in school.bodies()
    assert b"Zzyzx" not in school.bodies()
    assert json.dumps(entry.fields)


def test_a_refused_application_names_people_and_no_roles(school):
    refused = school.refuse("duplicate_id", "submit_application", TEACHER, **APPLICATION)
    assert school.entry(refused).fields["reference_ids"] == ["apl-01", LEAD, RUNNER]


def test_a_word_typed_where_an_id_belongs_is_not_kept(school):
    refused = school.refuse("invalid_field", "assign_office", HEAD, person=["slt", "staff"],
                            office="slt")  # fmt: skip
    assert school.entry(refused).fields["reference_ids"] == []


@pytest.mark.parametrize("value", ["", " ", None, [], {}])
def test_an_empty_field_is_refused_and_recorded(school, value):
    given = {"account": value, "result": "handled"}
    outcome = school.ask("record_monitoring_check", LEAD, **given)
    assert school.entry(outcome).fields["reference_ids"] == []


def test_a_stranger_keeps_no_key_of_their_own(school):
    refused = school.refuse("unknown_actor", "record_monitoring_check", NOBODY, account=ACCOUNT)
    assert school.under(refused, "payload_salt") == "stream:refusal"


def test_a_refusal_changes_nothing_but_its_own_stream(school):
    known = school.ledger.entries()
    before = known.version(f"account/{ACCOUNT}")
    school.refuse("not_moderator", "close_account", TEACHER,
                  account=ACCOUNT, reason="x", audience_told=True)  # fmt: skip
    assert known.version(f"account/{ACCOUNT}") == before


# -- erasure --------------------------------------------------------------------------------


def erase(school, subject=VOLUNTEER):
    school.request(subject=subject)
    school.decide(reason="No further need")
    return school.accept("erase_subject", MODERATOR, request="rts-1", subject=subject)


def test_erasure_destroys_the_key_and_every_value_under_it(school):
    gone = school.depart(VOLUNTEER)
    made = erase(school)
    assert school.under(gone, "reason") is None
    assert school.ledger.store.row(SubjectKey, (f"subject:{VOLUNTEER}",)) is None
    assert school.entry(made).fields["values_destroyed"] >= 3


def test_an_erased_subject_gets_no_new_key(school):
    school.incident()
    erase(school, "ext-b17")
    given = {**CASE, "parent": "ext-b17", "where": "own profile", "by": "letter"}
    made = school.accept("ask_parent_to_remove_post", TEACHER, **given)
    assert school.under(made, "where") == "stream:incident/case-1"
    assert school.ledger.store.row(SubjectKey, ("subject:ext-b17",)) is None


def test_a_request_and_its_subject_may_have_ids_that_meet(school):
    """The id of an erased request is not an erased person."""
    erase(school, "ext-b17")
    school.accept("receive_rights_request", TEACHER, request="rts-2", kind="erasure",
                  subject="rts-1")  # fmt: skip
    school.decide(request="rts-2")
    school.accept("erase_subject", MODERATOR, request="rts-2", subject="rts-1")


def test_a_hold_on_one_of_several_subjects_blocks_each(school):
    hold = {"hold": "lh-1", "subjects": ["ext-b17", VOLUNTEER], "reason": "x"}
    school.accept("place_legal_hold", HEAD, **hold)
    school.refuse("duplicate_id", "place_legal_hold", HEAD, **hold)
    for request, subject in (("rts-1", VOLUNTEER), ("rts-2", "ext-b17")):
        school.request(request=request, subject=subject)
        school.decide(request=request)
        given = {"request": request, "subject": subject}
        school.refuse("under_legal_hold", "erase_subject", MODERATOR, **given)


def test_who_granted_an_erasure_does_not_carry_it_out_and_somebody_else_can(school):
    school.request()
    school.accept("assign_office", HEAD, person=HEAD, office="moderator")
    school.depart(MODERATOR)
    school.decide(by=HEAD)
    given = {"request": "rts-1", "subject": VOLUNTEER}
    school.refuse("approver_is_requester", "erase_subject", HEAD, **given)
    school.accept("erase_subject", DEPUTY, **given)


def test_a_decision_typed_for_another_binds_both(school):
    school.request()
    school.accept("assign_office", HEAD, person=DEPUTY, office="moderator")
    school.accept("assign_office", HEAD, person=HEAD, office="moderator")
    school.decide(by=HEAD, done_by=DEPUTY)
    given = {"request": "rts-1", "subject": VOLUNTEER}
    for who in (HEAD, DEPUTY):
        school.refuse("approver_is_requester", "erase_subject", who, **given)
    school.refuse("approver_is_requester", "erase_subject", MODERATOR, **given, done_by=DEPUTY)
    school.accept("erase_subject", MODERATOR, **given)

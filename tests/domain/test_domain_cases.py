"""Cases, posts, documents, reviews: what each action of its kind asks for, and when it says no."""

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
    POLICY,
    POSTED,
    RUNNER,
    TEACHER,
    VALID,
    VOLUNTEER,
)

CASE = {"incident": "case-1"}
FOLLOW = {"follow_up": "fup-1", "to": LEAD, "text": "Ring the parent"}


# -- posts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["update_post", "remove_own_post"])
def test_what_was_not_published_is_neither_changed_nor_taken_back(school, action):
    more = {"content_hash": HASH_A} if action == "update_post" else {}
    given = {"post": "pst-1", "account": ACCOUNT, "topic": "The crossing"}
    school.accept("request_prepublication_check", LEAD, **given)
    school.refuse("unknown_reference", action, LEAD, post="pst-1", **more)
    school.accept("publish_post", LEAD, post="pst-1", **POSTED)
    school.refuse("not_account_runner", action, VOLUNTEER, post="pst-1", **more)
    school.accept(action, RUNNER, post="pst-1", **more)


def test_a_post_shows_when_it_was_changed(school):
    school.accept("publish_post", LEAD, post="pst-1", **POSTED, content_hash=HASH_A)
    assert "updated_at" not in school.told("/v1/posts")[0]
    school.later(hours=1).accept("update_post", LEAD, post="pst-1", content_hash=HASH_B)
    assert school.told("/v1/posts")[0]["updated_at"] == [school.ago()]


@pytest.mark.parametrize(
    ("decision", "live"), [("removed", False), ("removed_by_platform", False), ("left_up", True)]
)
def test_a_decision_about_a_post_says_whether_it_is_still_there(school, decision, live):
    school.accept("publish_post", LEAD, post="pst-1", **POSTED)
    school.incident(account=ACCOUNT)
    school.later(hours=3)
    about = {**CASE, "decision": decision, "reason": "So it is", "content": "pst-1"}
    school.accept("decide_content", RUNNER, **about)
    assert school.told("/v1/posts")[0]["live"] is live
    (clock,) = school.told("/v1/sla?rule=takedown")
    assert clock["status"] == "met"


# -- cases ----------------------------------------------------------------------------------


def test_whoever_has_a_part_in_a_case_writes_in_it(school):
    school.incident()
    note = {**CASE, "text": "Seen again"}
    school.accept("add_note", TEACHER, **note)
    for action, given in (("add_note", note), ("assign_follow_up", {**CASE, **FOLLOW})):
        school.refuse("not_slt", action, RUNNER, **given)
    school.accept("involve_staff", HEAD, **CASE, person=RUNNER, purpose="Runs the account")
    school.accept("add_note", RUNNER, **note)
    school.refuse("not_slt", "add_note", RUNNER, **note, done_by=VOLUNTEER)
    school.accept("assign_follow_up", RUNNER, **CASE, **FOLLOW)
    school.accept("add_note", LEAD, **note)


def test_nobody_decides_on_content_or_leads_where_it_is_about_them(school):
    school.incident(account=ACCOUNT, about=[RUNNER, DEPUTY])
    left = {**CASE, "decision": "left_up", "reason": "It is true"}
    for somebody in (RUNNER, DEPUTY):
        school.refuse("not_account_runner", "decide_content", somebody, **left)
    school.accept("decide_content", LEAD, **left)
    school.refuse("assessor_not_slt", "assign_investigation_lead", HEAD, **CASE, lead=DEPUTY)


def test_a_case_about_the_head_is_worked_on_like_any_other_and_shows_nothing(school):
    school.incident("case-9", about=[HEAD])
    case, before = {"incident": "case-9"}, school.size
    school.refuse("not_slt", "assign_investigation_lead", DEPUTY, **case, lead=DEPUTY)
    school.refuse("assessor_not_slt", "assign_investigation_lead", CHAIR, **case, lead=LEAD)
    school.accept("assign_investigation_lead", CHAIR, **case, lead=CHAIR)
    told = {"parent": "ext-b17", "by": "letter", "purpose": "To tell them", "about": "case-9"}
    school.accept("record_parent_contact", CHAIR, **told)
    school.accept("assign_follow_up", CHAIR, **case, **{**FOLLOW, "to": CHAIR})
    school.accept("complete_follow_up", CHAIR, **case, follow_up="fup-1")
    noted = school.accept("add_note", TEACHER, **case, text="I saw it too")
    school.accept("link_entry", CHAIR, **case, target=noted.event_id)
    school.assess("case-9", by=CHAIR)
    school.accept("close_incident", CHAIR, **case, outcome="settled")
    school.refuse("not_slt", "reopen_incident", DEPUTY, **case, reason="x")
    school.accept("reopen_incident", CHAIR, **case, reason="More came")
    seen = school.ledger.entries().all[before:]
    assert {e.type for e in seen} == {"Sealed"}
    assert b"case-9" not in school.bodies()
    assert b"ext-b17" not in school.bodies()


def test_a_follow_up_is_done_once_and_in_its_own_case(school):
    school.incident()
    school.incident("case-2")
    school.accept("assign_follow_up", TEACHER, **CASE, **FOLLOW)
    done = {"follow_up": "fup-1"}
    school.refuse("unknown_reference", "complete_follow_up", HEAD, incident="case-2", **done)
    school.accept("complete_follow_up", LEAD, **CASE, **done, text="Rang, no answer")
    school.refuse("already_decided", "complete_follow_up", LEAD, **CASE, **done)


def test_leadership_leads_and_the_row_says_who(school):
    school.incident()
    assert "lead" not in school.told("/v1/incidents")[0]
    for somebody in (TEACHER, CHAIR, MODERATOR):
        given = {**CASE, "lead": somebody}
        school.refuse("assessor_not_slt", "assign_investigation_lead", HEAD, **given)
    school.accept("assign_investigation_lead", HEAD, **CASE, lead=HEAD)
    school.later(hours=1).accept("assign_investigation_lead", HEAD, **CASE, lead=DEPUTY)
    assert school.told("/v1/incidents")[0]["lead"] == DEPUTY


@pytest.mark.parametrize("action", ["refer_to_disciplinary", "offer_support"])
def test_whom_it_is_about_never_shows(school, action):
    actor, data, before = VALID[action]
    before(school)
    seen = school.bodies().count(data["person"].encode())
    made = school.accept(action, actor, **data)
    assert school.bodies().count(data["person"].encode()) == seen
    assert school.entry(made).fields == CASE
    given = {**data, "person": "stf-999"}
    school.refuse("unknown_reference", action, actor, **given)


def test_what_is_linked_joins_the_story_and_what_does_not_exist_cannot(school):
    made = school.accept("record_monitoring_check", LEAD, account=ACCOUNT, result="handled")
    school.incident()
    school.refuse("unknown_reference", "link_entry", TEACHER, **CASE, target="evt-0")
    school.accept("link_entry", TEACHER, **CASE, target=made.event_id)
    story = [r["action"] for r in school.told("/v1/incidents/case-1/timeline")]
    assert story[0] == "record_monitoring_check"


def test_a_case_is_opened_again_only_after_it_was_closed(school):
    school.incident()
    school.refuse("already_decided", "reopen_incident", HEAD, **CASE, reason="x")
    school.assess()
    close = {**CASE, "outcome": "resolved"}
    school.accept("close_incident", DEPUTY, **close)
    school.accept("reopen_incident", HEAD, **CASE, reason="x")
    school.accept("close_incident", DEPUTY, **close)


@pytest.mark.parametrize(
    ("about", "stream"),
    [("case-1", "incident/case-1"), ("enq-1", "enquiry/enq-1"), ("rts-1", "request/rts-1")],
)
def test_a_parent_is_told_of_a_case_a_message_or_a_request(school, about, stream):
    school.incident()
    school.enquiry()
    school.request()
    told = {"parent": "ext-b17", "about": about, "by": "letter", "purpose": "To tell them"}
    assert school.accept("record_parent_contact", TEACHER, **told).stream == stream
    told["about"] = ACCOUNT
    school.refuse("unknown_reference", "record_parent_contact", TEACHER, **told)


# -- subjects -------------------------------------------------------------------------------


def test_an_id_is_given_out_once_and_tells_no_name(school):
    given = {"kind": "pupil", "name": "Elin Parry"}
    school.refuse("invalid_field", "register_subject", TEACHER, subject="elin-1", **given)
    school.refuse("duplicate_id", "register_subject", TEACHER, subject=LEAD, **given)
    school.accept("register_subject", TEACHER, subject="pup-1", **given)
    assert school.told("/v1/subjects/pup-1")["display_name"] == "Elin Parry"
    school.request(subject="pup-1")
    school.decide()
    school.accept("erase_subject", MODERATOR, request="rts-1", subject="pup-1")
    school.refuse("duplicate_id", "register_subject", TEACHER, subject="pup-1", **given)
    row = school.told("/v1/subjects")[0]
    assert (row["display_name"], row["erased"]) == (None, True)


def test_whoever_was_forgotten_does_not_come_back_by_registering(school):
    school.request(subject="ext-b17")
    school.decide()
    school.accept("erase_subject", MODERATOR, request="rts-1", subject="ext-b17")
    given = {"subject": "ext-b17", "kind": "parent", "name": "Sioned Bevan"}
    school.refuse("duplicate_id", "register_subject", TEACHER, **given)


def test_nobody_is_linked_with_themselves(school):
    given = {"subject": "pup-1", "linked_to": "pup-1", "relation": "same_person"}
    school.refuse("invalid_field", "link_subjects", TEACHER, **given)


# -- policy, documents, findings, reviews ---------------------------------------------------


def test_a_revised_policy_is_the_current_one_and_must_be_read_again(school):
    _, data, _ = VALID["revise_policy"]
    wrong = {**data, "review_due": data["ratified_on"]}
    school.refuse("invalid_field", "revise_policy", HEAD, **wrong)
    later = {**data, "ratified_on": "2030-01-01", "review_due": "2031-01-01"}
    school.refuse("occurred_in_future", "revise_policy", HEAD, **later)
    school.accept("revise_policy", HEAD, **data)
    again = {**data, "policy_version": "smp-v6"}
    school.refuse("invalid_field", "revise_policy", HEAD, **again)
    school.refuse("invalid_field", "acknowledge_policy", TEACHER, policy_version=POLICY)
    school.acknowledge(TEACHER, version="smp-v5")
    assert school.told("/v1/policy")["supersedes"] == POLICY


def test_a_response_process_has_versions_without_a_gap(school):
    _, data, _ = VALID["define_response_process"]
    school.refuse("invalid_field", "define_response_process", HEAD, **{**data, "version": 2})
    for steps in (["Thank", ""], ["Thank", "Thank"], "Thank"):
        school.refuse("invalid_field", "define_response_process", HEAD, **{**data, "steps": steps})
    made = school.accept("define_response_process", HEAD, **data)
    assert school.value(made, "steps") == data["steps"]
    assert b"hand over" not in school.bodies()


def test_a_document_is_acknowledged_in_its_current_version_and_personally(school):
    linked = {"document": "code_of_conduct", "document_sha256": "a" * 64}
    school.accept("link_document", HEAD, **linked, document_version="coc-1")
    school.refuse("duplicate_id", "link_document", HEAD, **linked, document_version="coc-1")
    given = {"document_version": "coc-1"}
    school.refuse("must_acknowledge_personally", "acknowledge_document", HEAD, **given, person=LEAD)
    school.accept("acknowledge_document", LEAD, **given)
    school.later(days=1).accept("link_document", HEAD, **linked, document_version="coc-2")
    school.refuse("invalid_field", "acknowledge_document", TEACHER, **given)
    rows = {r["document_version"]: r for r in school.told("/v1/documents")}
    assert [rows[v]["current"] for v in ("coc-1", "coc-2")] == [False, True]
    assert [a["person"] for a in rows["coc-1"]["acknowledged"]] == [LEAD]


def test_a_finding_is_accepted_until_a_day_to_come(school):
    finding = {"finding": "fewer_than_two_staff", "subject": ACCOUNT, "reason": "Three of us"}
    school.refuse("invalid_field", "accept_finding", HEAD, **finding, review_on="2026-08-31")
    school.refuse(
        "invalid_field",
        "accept_finding",
        HEAD,
        **{**finding, "finding": "x"},
        review_on="2027-01-31",
    )
    school.refuse(
        "unknown_reference",
        "accept_finding",
        HEAD,
        **{**finding, "subject": "ig-nothing"},
        review_on="2027-01-31",
    )
    school.accept("accept_finding", HEAD, **finding, review_on="2027-01-31")


def test_an_acceptance_hides_nothing_and_ends_on_its_date(school):
    ended = {"account": ACCOUNT, "person": RUNNER, "role": "runner", "reason": "workload"}
    school.accept("end_account_role", MODERATOR, **ended)
    ask = "/v1/findings?finding=fewer_than_two_staff"
    before = school.told(ask)
    finding = {"finding": "fewer_than_two_staff", "subject": ACCOUNT, "reason": "Three of us"}
    school.accept("accept_finding", HEAD, **finding, review_on="2026-09-30")
    now = school.told(ask)
    assert now["counts"] == before["counts"]
    assert [r.pop("accepted")["review_on"] for r in now["items"]] == ["2026-09-30"]
    assert now == before
    school.at("2026-10-01T00:00:00+01:00")
    assert "accepted" not in school.told(ask)["items"][0]


def test_a_review_says_up_to_where_it_saw(school):
    given = {"scope": "everything", "outcome": "questions_asked"}
    school.refuse("invalid_field", "record_review", CHAIR, size=school.size + 1, **given)
    school.refuse("not_moderator", "record_review", MODERATOR, size=1, **given)
    seen = school.size
    school.accept("record_review", CHAIR, size=seen, **given)
    school.later(hours=1).incident()
    (row,) = school.told("/v1/reviews")
    # The refusals before it, the review itself, and the incident came after what was seen.
    assert (row["seen_up_to"], row["recorded_since"]) == (seen - 1, 2)

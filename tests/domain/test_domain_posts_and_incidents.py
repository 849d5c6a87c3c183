"""Clearing, publishing, answering, and closing an incident (ACTIONS.md 5.6, 5.7, 5.9)."""

import pytest
from simulator import (
    ACCOUNT,
    DEPUTY,
    HASH_A,
    HASH_B,
    HEAD,
    LEAD,
    MODERATOR,
    POSTED,
    RUNNER,
    TEACHER,
)

POST = {"post": "pst-1", **POSTED, "controversial": True}
CASE = {"incident": "case-1"}


def ask(school, **more):
    given = {"post": "pst-1", "account": ACCOUNT, "topic": "The crossing", **more}
    school.later(minutes=5).accept("request_prepublication_check", LEAD, **given)


def decide(school, decision="cleared", by=DEPUTY, **more):
    given = {"post": "pst-1", "decision": decision, **more}
    school.later(minutes=5).accept("decide_prepublication_check", by, **given)


def test_a_controversial_post_needs_a_clearance_that_still_stands(school):
    school.refuse("prepublication_check_required", "publish_post", LEAD, **POST)
    school.refuse("unknown_reference", "decide_prepublication_check", DEPUTY, post="pst-1",
                  decision="cleared")  # fmt: skip
    ask(school)
    school.refuse("prepublication_check_required", "publish_post", LEAD, **POST)
    school.refuse("reason_required", "decide_prepublication_check", DEPUTY, post="pst-1",
                  decision="refused", reason=" ")  # fmt: skip
    decide(school, "refused", reason="Too soon")
    school.refuse("prepublication_check_required", "publish_post", LEAD, **POST)
    school.refuse("already_decided", "decide_prepublication_check", DEPUTY, post="pst-1",
                  decision="refused")  # fmt: skip
    ask(school)
    school.refuse("prepublication_check_required", "publish_post", LEAD, **POST)
    decide(school)
    school.refuse("already_decided", "decide_prepublication_check", DEPUTY, post="pst-1",
                  decision="refused", reason="x")  # fmt: skip
    school.accept("publish_post", LEAD, **POST)


def test_a_clearance_counts_from_its_time(school):
    ask(school)
    decide(school)
    early = school.ago(seconds=1)
    school.refuse("prepublication_check_required", "publish_post", LEAD, **POST, occurred_at=early)
    school.accept("publish_post", LEAD, **POST, occurred_at=school.ago())


def test_a_clearance_binds_the_wording_it_was_asked_for(school):
    ask(school, content_hash=HASH_A)
    decide(school)
    school.refuse("prepublication_check_required", "publish_post", LEAD, **POST)
    school.refuse(
        "prepublication_check_required", "publish_post", LEAD, **POST, content_hash=HASH_B
    )
    school.accept("publish_post", LEAD, **POST, content_hash=HASH_A)


def test_a_new_wording_that_nobody_cleared_is_not_cleared_by_the_old_clearance(school):
    ask(school, content_hash=HASH_A)
    decide(school)
    ask(school, content_hash=HASH_B)
    school.refuse(
        "prepublication_check_required", "publish_post", LEAD, **POST, content_hash=HASH_B
    )
    decide(school)
    school.accept("publish_post", LEAD, **POST, content_hash=HASH_B)


def test_asking_again_does_not_take_back_the_clearance_of_the_old_wording(school):
    ask(school, content_hash=HASH_A)
    decide(school)
    ask(school, content_hash=HASH_B)
    school.accept("publish_post", LEAD, **POST, content_hash=HASH_A)


def test_an_unbound_new_request_opens_no_door_for_every_wording(school):
    ask(school, content_hash=HASH_A)
    decide(school)
    ask(school)
    school.refuse(
        "prepublication_check_required", "publish_post", LEAD, **POST, content_hash=HASH_B
    )


@pytest.mark.parametrize("value", ["a" * 64, "$" + "a" * 64, "x$" + "a" * 63, "x$" + "G" * 64, 5])
def test_a_hash_without_salt_is_refused(school, value):
    school.refuse("invalid_field", "publish_post", LEAD, **POST, content_hash=value)


def test_a_picture_is_blocked_from_the_time_of_the_listing(school):
    given = {"subject": "pup-1", "reason_category": "own_request"}
    school.later(hours=1).accept("add_no_publish", DEPUTY, **given)
    post = {**POST, "controversial": False, "pictured": ["pup-1"]}
    school.refuse("subject_on_no_publish_list", "publish_post", HEAD, **post)
    school.accept("publish_post", HEAD, **post, occurred_at=school.ago(seconds=1))


def test_permission_for_a_picture_of_others_counts_from_its_time(school):
    post = {**POST, "controversial": False, "third_party_material": True}
    given = {"post": "pst-1", "holder": "A museum", "scope": "one"}
    school.later(hours=1).accept("record_copyright_permission", TEACHER, **given)
    early = school.ago(seconds=1)
    school.refuse("copyright_permission_missing", "publish_post", LEAD, **post, occurred_at=early)
    school.refuse("copyright_permission_missing", "publish_post", LEAD, **{**post, "post": "pst-2"})
    school.accept("publish_post", LEAD, **post)


# -- enquiries ------------------------------------------------------------------------------

ANSWER = {"enquiry": "enq-1", "mode": "full", "automated": False}


def test_an_answer_may_be_of_the_same_second_as_the_message(school):
    school.enquiry()
    early = school.ago(seconds=1)
    school.refuse("response_before_receipt", "respond_to_enquiry", LEAD, **ANSWER,
                  occurred_at=early)  # fmt: skip
    school.refuse("not_account_runner", "respond_to_enquiry", TEACHER, **ANSWER, occurred_at=early)
    made = school.accept("respond_to_enquiry", LEAD, **ANSWER)
    assert made.type == "EnquiryAnswered"
    made = school.accept("respond_to_enquiry", LEAD, **{**ANSWER, "mode": "acknowledge"})
    assert made.type == "EnquiryAcknowledged"


def test_a_journalist_waits_for_the_media_policy(school):
    school.enquiry(kind="journalist")
    early = school.ago(seconds=1)
    for who, given in ((LEAD, ANSWER), ("system", {**ANSWER, "automated": True})):
        school.refuse("response_before_receipt", "respond_to_enquiry", who, **given,
                      occurred_at=early)  # fmt: skip
        school.refuse("media_policy_not_followed", "respond_to_enquiry", who, **given)
    school.later(hours=1)
    check = {"enquiry": "enq-1", "outcome": "no_comment"}
    school.refuse("not_account_runner", "record_media_policy_check", TEACHER, **check)
    school.accept("record_media_policy_check", LEAD, **check)
    school.refuse("media_policy_not_followed", "respond_to_enquiry", LEAD, **ANSWER,
                  occurred_at=school.ago(seconds=1))  # fmt: skip
    school.accept("respond_to_enquiry", LEAD, **ANSWER)


def test_the_media_policy_is_for_journalists(school):
    school.enquiry()
    check = {"enquiry": "enq-1", "outcome": "no_comment"}
    school.refuse("invalid_field", "record_media_policy_check", LEAD, **check)
    school.refuse("not_account_runner", "record_media_policy_check", TEACHER, **check)


def test_an_automated_answer_needs_no_office(school):
    school.enquiry()
    for who in (TEACHER, "system"):
        school.accept("respond_to_enquiry", who, **{**ANSWER, "automated": True})


def test_praise_is_no_reason_not_to_answer(school):
    school.enquiry()
    school.refuse(
        "invalid_field", "mark_no_response_required", TEACHER, enquiry="enq-1", reason="praise"
    )


def test_what_came_through_no_account_is_answered_by_moderator_or_slt(school):
    school.enquiry(account=None)
    school.refuse("not_account_runner", "respond_to_enquiry", LEAD, **ANSWER)
    school.accept("respond_to_enquiry", MODERATOR, **ANSWER)


def test_a_response_process_that_was_never_defined_is_unknown(school):
    school.enquiry()
    given = {**ANSWER, "process_version": 1}
    school.refuse("unknown_reference", "respond_to_enquiry", TEACHER, **given)


# -- incidents ------------------------------------------------------------------------------


def close(school, code=None, by=DEPUTY, **more):
    given = {**CASE, "outcome": "resolved", **more}
    if code is None:
        return school.accept("close_incident", by, **given)
    return school.refuse(code, "close_incident", by, **given)


def block(school, **more):
    school.accept("block_user", TEACHER, **CASE, account=ACCOUNT, subject="ext-e17", **more)


def tell(school, **more):
    given = {**CASE, "account": ACCOUNT, "explanation": "We removed a comment.", **more}
    school.accept("inform_audience", TEACHER, **given)


def test_an_incident_is_closed_when_all_is_done_and_once(school):
    school.incident()
    block(school)
    close(school, "not_slt", by=MODERATOR)
    close(school, "incident_not_assessed")
    school.assess(classification="illegal")
    close(school, "audience_not_informed")
    school.refuse("reason_required", "inform_audience", TEACHER, **CASE, account=ACCOUNT,
                  explanation="  ")  # fmt: skip
    tell(school)
    close(school, "agency_not_notified")
    given = {"agency": "police", "reason": "A crime"}
    school.accept("notify_agency", TEACHER, **CASE, **given)
    close(school)
    close(school, "already_decided")
    close(school, "not_slt", by=TEACHER)
    block(school)


@pytest.mark.parametrize("removal", ["block_user", "take_down_content"])
def test_telling_before_the_first_removal_does_not_count(school, removal):
    school.incident()
    school.assess()
    tell(school)
    school.later(hours=1)
    if removal == "block_user":
        block(school)
    else:
        given = {"content": "cmt-1", "author": "unknown", "content_kind": "image"}
        school.accept("take_down_content", TEACHER, **CASE, **given)
    close(school, "audience_not_informed")
    tell(school, occurred_at=school.ago(seconds=1))
    close(school, "audience_not_informed")
    tell(school, occurred_at=school.ago())
    close(school)


def test_telling_once_after_the_first_removal_is_enough(school):
    school.incident()
    school.assess()
    block(school)
    tell(school.later(hours=1))
    block(school.later(hours=1))
    close(school)


@pytest.mark.parametrize("reason", ["private_message", "police_request"])
def test_a_reason_stands_in_for_telling(school, reason):
    school.incident()
    school.assess()
    block(school)
    close(school, "invalid_field", audience_reason="bored")
    close(school, audience_reason=reason)


def test_a_reason_stands_in_for_the_agency(school):
    school.incident()
    school.assess(classification="illegal")
    close(school, "agency_not_notified", agency_reason=" ")
    close(school, agency_reason="The police knew already")


def test_the_latest_assessment_decides_what_closing_needs(school):
    school.incident()
    school.assess(classification="illegal")
    school.later(hours=1).assess(classification="internal", by=HEAD)
    school.assess(classification="illegal", occurred_at=school.ago(minutes=30))
    close(school)


def test_an_assessment_without_a_word_is_internal(school):
    school.incident()
    school.assess(classification="illegal")
    school.later(hours=1).assess()
    close(school)


def test_an_image_was_taken_before_it_was_deleted(school):
    school.incident()
    given = {**CASE, "image": "pic-1", "device": "tablet", "including_backups": True}
    school.refuse("invalid_field", "delete_image", TEACHER, **given,
                  taken_at=school.ago(seconds=-1))  # fmt: skip
    school.accept("delete_image", TEACHER, **given, taken_at=school.ago())


def test_an_incident_happened_before_it_was_recorded(school):
    given = {**CASE, "kind": "other", "summary": "x"}
    school.refuse("invalid_field", "report_incident", TEACHER, **given,
                  happened_at=school.ago(seconds=-1))  # fmt: skip
    school.refuse("invalid_field", "report_incident", TEACHER, **{**given, "summary": "x" * 301})
    school.accept("report_incident", TEACHER, **given, happened_at=school.ago())


def test_an_offer_may_lie_ahead(school):
    school.incident()
    given = {"parent": "ext-1", "offered_at": school.ago(days=-9)}
    school.accept("invite_parent_to_meeting", RUNNER, **CASE, **given)


def test_a_found_account_is_resolved_once(school):
    found = {"found": "fnd-1", "platform": "x", "name": "Dosbarth", "pupil_images": True}
    school.accept("discover_unapproved_account", TEACHER, **found)
    given = {"found": "fnd-1", "resolution": "owner_declined"}
    school.accept("resolve_unapproved_account", TEACHER, **given)
    school.refuse("already_decided", "resolve_unapproved_account", TEACHER, **given)


def test_a_pseudonym_has_a_digit_and_only_an_author_may_be_unknown(school):
    school.incident()
    given = {**CASE, "account": ACCOUNT}
    for subject in ("unknown", "mair", "ext b1"):
        school.refuse("invalid_field", "block_user", TEACHER, **given, subject=subject)
    given = {**CASE, "content": "cmt-1", "content_kind": "post"}
    school.refuse("invalid_field", "take_down_content", TEACHER, **given, author="mair")
    school.accept("take_down_content", TEACHER, **given, author="unknown")

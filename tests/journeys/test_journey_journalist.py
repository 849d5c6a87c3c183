"""A journalist rang and was answered: the media policy first, and what happened said as it was."""

import pytest
from simulator import DEPUTY, HEAD, LEAD, TEACHER, School

ASKED = {"enquiry": "enq-20"}


@pytest.fixture
def school(tmp_path):
    made = School(tmp_path / "school")
    made.running().at("2026-10-06T11:05:00+01:00")
    yield made
    made.close()


def rings(school):
    """A reporter rings the office: it came through no account of the school's."""
    given = {**ASKED, "kind": "journalist", "sender": "ext-j01", "channel": "telephone"}
    school.accept("receive_enquiry", TEACHER, **given)


def test_the_media_policy_is_followed_and_the_answer_given(school):
    linked = {"document": "media_policy", "document_version": "mp-v2", "document_sha256": "e" * 64}
    school.accept("link_document", HEAD, **linked)
    school.accept("acknowledge_document", LEAD, document_version="mp-v2")
    steps = {"version": 1, "steps": ["Check the media policy", "Answer"]}
    school.accept("define_response_process", HEAD, **steps, effective_from=school.ago())
    rings(school)
    answer = {**ASKED, "mode": "acknowledge", "automated": False, "channel": "telephone"}
    school.refuse("media_policy_not_followed", "respond_to_enquiry", HEAD, **answer)
    school.accept("record_media_policy_check", HEAD, **ASKED, outcome="headteacher_to_answer")
    school.accept("respond_to_enquiry", HEAD, **answer, process_version=1)
    school.refuse("unknown_reference", "respond_to_enquiry", HEAD, **answer, process_version=2)
    (clock,) = school.told("/v1/sla?rule=enquiry_response")
    assert (clock["status"], clock["basis"]) == ("met", "R")
    (document,) = school.told("/v1/documents")
    assert [a["person"] for a in document["acknowledged"]] == [LEAD]
    assert school.told("/v1/policy")["response_processes"][0]["version"] == 1


def test_who_answered_at_once_says_so_afterwards(school):
    rings(school)
    school.later(minutes=2)
    done = {**ASKED, "mode": "full", "automated": False, "channel": "telephone"}
    made = school.accept(
        "respond_to_enquiry", TEACHER, **done, already_done=True, late_reason="Taken unawares"
    )
    irregular = school.entry(made).record.irregular
    assert irregular == ("not_account_runner", "media_policy_not_followed")
    named = {f["finding"] for f in school.told("/v1/findings")["items"]}
    assert {"irregular", "response_by_unentitled"} <= named

    # Handed over afterwards all the same; the press office answers for the school.
    school.accept(
        "record_media_policy_check", DEPUTY, **ASKED, outcome="council_press_office_to_answer"
    )
    school.accept("mark_no_response_required", DEPUTY, **ASKED, reason="handed_to_press_office")

    # The head accepts the finding until spring, with a reason: it hides nothing.
    finding = {"finding": "irregular", "subject": "enq-20"}
    school.accept(
        "accept_finding", HEAD, **finding, reason="Training is booked", review_on="2027-02-01"
    )
    (row,) = school.told("/v1/findings?finding=irregular")["items"]
    assert (row["accepted"]["person"], row["accepted"]["reason_given"]) == (HEAD, True)
    school.at("2027-02-02T00:00:00+00:00")
    (row,) = school.told("/v1/findings?finding=irregular")["items"]
    assert "accepted" not in row

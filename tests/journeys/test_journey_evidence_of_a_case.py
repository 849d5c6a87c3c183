"""An evidence file of everything a case, a picture and a request leave behind, checked offline."""

import copy

import pytest
from simulator import ACCOUNT, CHAIR, DEPUTY, HEAD, LEAD, MODERATOR, POSTED, TEACHER, School

from ledger.domain.replay import Duties
from ledger.evidence import export_complete
from ledger.proof.policy import Policy
from ledger.proof.verify import verify
from projections.semantics import AnswersCheck, all_answers

CASE = {"incident": "case-1"}


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    made = School(tmp_path_factory.mktemp("evidence") / "school")
    lived(made.running())
    yield made
    made.close()


def lived(school):
    child = {"subject": "pup-7c2"}
    school.accept("register_subject", TEACHER, **child, kind="pupil", name="Elin Parry")
    school.accept("record_image_consent", TEACHER, **child, scope="website", given_by="carer")
    posted = school.accept(
        "publish_post", LEAD, post="pst-1", **{**POSTED, "pictured": ["pup-7c2"]}
    )
    school.accept("confirm_entry", LEAD, target=posted.event_id, done_by="pup-7c2")
    school.later(hours=1).accept("record_image_objection", TEACHER, **child)
    school.incident(account=ACCOUNT)
    school.accept("link_entry", TEACHER, **CASE, target=posted.event_id)
    follow = {"follow_up": "fup-1", "to": MODERATOR, "text": "Take it down"}
    school.accept("assign_follow_up", TEACHER, **CASE, **follow)
    removed = {"decision": "removed", "content": "pst-1", "reason": "She asked"}
    school.accept("decide_content", HEAD, **CASE, **removed)
    school.request()
    school.accept("pause_rights_request", HEAD, request="rts-1", reason="identity")
    finding = {"finding": "irregular", "subject": ACCOUNT, "reason": "x", "review_on": "2026-12-31"}
    school.accept("accept_finding", HEAD, **finding)
    linked = {"document": "media_policy", "document_version": "mp-v2", "document_sha256": "e" * 64}
    school.accept("link_document", HEAD, **linked)
    school.later(days=3).accept("resume_rights_request", HEAD, request="rts-1")
    school.assess()
    school.accept("close_incident", DEPUTY, **CASE, outcome="resolved")
    school.accept("reopen_incident", HEAD, **CASE, reason="It came back")
    school.accept("record_review", CHAIR, size=20, scope="incidents", outcome="nothing_to_note")
    school.accept("run_retention", MODERATOR, schedule_version=1, keys_destroyed=0)


def checked(school, out, answers):
    export_complete(school.ledger, out, answers, ("all",))
    trust = Policy(logs=(school.ledger.key,), witnesses={}, groups={}, quorum=None)
    return verify(out, trust, checks=(Duties(), AnswersCheck()))


def test_it_is_valid_and_its_answers_are_those_of_the_records(school, tmp_path):
    report = checked(school, tmp_path / "case.zip", all_answers)
    assert (report.verdict, report.answers, report.findings) == ("VALID", "recomputed", ())
    said = all_answers([e.record for e in school.ledger.entries().all])["answers"]
    assert said["/v1/subjects/pup-7c2"]["answer"]["display_name"] is None
    assert said["/v1/image-subjects"]["answer"][0]["state"] == "objected"


@pytest.mark.parametrize(
    ("path", "change", "where"),
    [
        ("/v1/image-subjects", lambda a: a[0].update(state="given"), "[0].state"),
        ("/v1/subjects/pup-7c2", lambda a: a["records"].pop(), ".records[4]"),
        ("/v1/open-items", lambda a: a.update(follow_ups=[]), ".follow_ups[0]"),
        ("/v1/requests", lambda a: a[0].update(paused_since="x"), "[0].paused_since"),
        ("/v1/reviews", lambda a: a[0].update(size=21), "[0].size"),
        (
            "/v1/retention",
            lambda a: a["runs"][0].update(keys_destroyed=1),
            ".runs[0].keys_destroyed",
        ),
        ("/v1/incidents/case-1/timeline", lambda a: a[0].pop("confirmed_by"), "[0].confirmed_by"),
    ],
)
def test_one_changed_answer_is_invalid_and_named(school, tmp_path, path, change, where):
    def told(records):
        answers = copy.deepcopy(all_answers(records))
        change(answers["answers"][path]["answer"])
        return answers

    report = checked(school, tmp_path / "case.zip", told)
    assert report.verdict == "INVALID"
    (finding,) = report.findings
    assert finding.detail.startswith(path)
    assert finding.detail.endswith(where)

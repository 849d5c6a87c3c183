"""Every passage of the policy, with what a period shows of it."""

import pytest

from projections.asking import BadQuestion
from projections.semantics import all_answers

MONDAY, TUESDAY = "2026-11-02T09:00:00+00:00", "2026-11-03T09:00:00+00:00"


def lines(story, target="/v1/policy-coverage", now=None):
    return {item["passage"]: item for item in story.ask(target, now)["items"]}


def test_every_passage_is_there_and_the_silent_ones_are_named(story):
    said = story.ask("/v1/policy-coverage")
    assert len(said["items"]) > 140
    assert said["evidenced"] + len(said["silent"]) == len(said["items"])
    assert "mon.respond" in said["silent"]
    assert "scope.staff" not in said["silent"]


def test_a_record_evidences_the_passages_its_fields_speak_of(story):
    story.at(MONDAY)
    copied = story.incident("case-1", "copyright")
    bullied = story.incident("case-2", "bullying")
    seen = lines(story)
    assert seen["legal.copyright"]["positions"] == [story.records.index(copied)]
    assert seen["dont.derogatory"]["positions"] == [story.records.index(bullied)]
    assert seen["beh.reported"]["count"] == 2
    assert seen["beh.reported"]["actions"] == {"report_incident": 2}


def test_a_list_and_a_flag_speak_too(story):
    story.at(MONDAY)
    said = {"programme": "osk", "groups": ["year_5"], "topics": ["privacy", "safe_use"]}
    story.tell("PupilEducationDelivered", "pupil-education/osk", said)
    settings = {"account": "fb-1", "tagging": "off", "connections_reviewed": True}
    story.tell("AccountSettingsReviewed", "account/fb-1", settings)
    seen = lines(story)
    assert seen["own.information"]["count"] == 1
    assert seen["own.footprint"]["count"] == 0
    assert seen["own.connections"]["count"] == 1


def test_a_period_is_local_days_both_included(story):
    # In summer time the day ends at 23:00 UTC.
    for hour in ("2026-09-30T22:59:59Z", "2026-09-30T23:00:00Z", "2026-10-01T23:00:00Z"):
        story.at(hour).tell("PublicMentionRecorded", "mention/mtn-1", {"mention": "mtn-1"})
    for period, count in (
        ("from=2026-10-01&to=2026-10-01", 1),
        ("from=2026-09-30&to=2026-10-01", 2),
        ("from=2026-10-02&to=2026-10-02", 1),
        ("to=2026-09-30", 1),
        ("from=2026-10-03", 0),
    ):
        seen = lines(story, f"/v1/policy-coverage?{period}", "2026-10-05T09:00:00Z")
        assert seen["public.monitor"]["count"] == count, period


@pytest.mark.parametrize("period", ["from=2026-10-02&to=2026-10-01", "from=soon", "to=2026-02-30"])
def test_a_period_that_cannot_be_is_said(story, period):
    with pytest.raises(BadQuestion):
        story.ask(f"/v1/policy-coverage?{period}")


def test_what_was_annulled_is_no_evidence_and_what_was_corrected_is_read_anew(story):
    story.at(MONDAY)
    wrong = story.incident("case-1", "copyright")
    other = story.incident("case-2", "copyright")
    story.at(TUESDAY).annul(wrong)
    story.correct(other, kind="bullying", occurred_at="2026-11-01T09:00:00Z")
    assert lines(story)["legal.copyright"]["count"] == 0
    sunday = lines(story, "/v1/policy-coverage?from=2026-11-01&to=2026-11-01")
    assert sunday["dont.derogatory"]["positions"] == [story.records.index(other)]
    before = lines(story, "/v1/policy-coverage?known_at=2026-11-02T09:00:00Z")
    assert before["legal.copyright"]["count"] == 2


def test_a_refusal_shows_that_a_rule_was_kept(story):
    story.at(MONDAY)
    said = {"action": "submit_application", "code": "insufficient_staff_runners"}
    refused = story.tell("CommandRefused", "refusal", {**said, "reference_ids": []})
    seen = lines(story)
    assert seen["new.runners"]["refusals"] == [story.records.index(refused)]
    assert seen["new.runners"]["count"] == 0
    assert seen["new.case"]["refusals"] == []


def test_the_evidence_is_every_position_named(story):
    story.at(MONDAY).incident("case-1", "copyright")
    said = story.whole("/v1/policy-coverage")
    named = {p for i in said.answer["items"] for p in (*i["positions"], *i["refusals"])}
    assert set(said.evidence) == named


def test_the_sample_term_answers_most_of_the_policy_and_it_is_in_the_evidence(term):
    coverage = all_answers(term.records)["answers"]["/v1/policy-coverage"]
    assert coverage["answer"]["evidenced"] > 70
    assert "/v1/policy-coverage" not in all_answers(term.records, 1)["answers"]

"""A class list in a public post: noticed, judged, told to the ICO in time, and shown afterwards."""

from simulator import ACCOUNT, CHAIR, DEPUTY, HEAD, LEAD, MODERATOR, RUNNER, TEACHER

from projections.history import Histories
from projections.questions import answer, split

CASE = {"incident": "case-2026-007"}


def ask(school, target):
    log = Histories(entry.record for entry in school.ledger.entries().all)
    return answer(*split(target), log, school.clock.at).answer


def clock(school, rule):
    (row,) = ask(school, f"/v1/sla?rule={rule}")
    return row["status"], row["due_at"]


def test_a_class_list_in_a_public_post(school):
    school.ready(LEAD, RUNNER).apply()
    school.accept("approve_application", DEPUTY, application="apl-01")
    given = {"account": ACCOUNT, "application": "apl-01", "handle": "Ysgol"}
    school.accept("create_account", MODERATOR, **given)

    # Friday evening: the runner sees the own mistake, says so, and asks what to do.
    school.at("2026-10-02T19:40:00+01:00")
    mistake = {"mistake": "mst-1", "kind": "confidential_detail", "put_right": False}
    school.accept("report_mistake", RUNNER, **mistake, account=ACCOUNT, what="The list of Year 4")
    school.accept("seek_advice", RUNNER, advice="adv-1", asked="senior_leader", account=ACCOUNT)
    school.incident("case-2026-007", kind="data_breach", account=ACCOUNT)
    removed = {"account": ACCOUNT, "content": "post-118", "author": RUNNER}
    school.later(minutes=5)
    school.accept("take_down_content", RUNNER, **CASE, **removed, content_kind="post")

    # Saturday: leadership judges it. The 72 hours run from Friday evening, not from today.
    school.at("2026-10-03T10:00:00+01:00")
    aware = {"aware_at": "2026-10-02T19:40:00+01:00"}
    judged = {**CASE, **aware, "risk": "high_risk", "reportable": True, "people_affected": 31}
    school.refuse("not_slt", "assess_data_breach", RUNNER, **judged)
    school.accept("assess_data_breach", HEAD, **judged, reasoning="Addresses were legible")
    assert clock(school, "personal_data_breach") == ("open", "2026-10-05T19:40:00+01:00")
    assert clock(school, "breach_subjects_informed") == ("open", "2026-10-06T10:00:00+01:00")
    school.accept("record_advice", HEAD, advice="adv-1", followed=True)

    # Monday: the ICO and the families are told, the conduct is classified, a word is had.
    school.at("2026-10-05T16:00:00+01:00")
    school.accept("notify_agency", HEAD, **CASE, agency="ico", reason="Reportable breach")
    school.accept("inform_data_subjects", TEACHER, **CASE, by="letter", people_informed=31)
    school.assess("case-2026-007", by=HEAD)
    school.accept("classify_conduct", HEAD, **CASE, conduct="unacceptable")
    close = {**CASE, "outcome": "closed", "audience_reason": "would_identify_child"}
    school.accept("take_internal_action", HEAD, **CASE, step="guidance", person=RUNNER)
    school.accept("close_incident", DEPUTY, **close)
    assert clock(school, "personal_data_breach")[0] == "met"
    assert clock(school, "breach_subjects_informed")[0] == "met"
    assert ask(school, "/v1/findings?finding=conduct_without_consequence")["items"] == []

    # The governors ask what the policy's passages have to show for that week.
    week = ask(school, "/v1/policy-coverage?from=2026-10-02&to=2026-10-08")
    counted = {item["passage"]: item["count"] for item in week["items"]}
    assert counted["legal.data"] == 4
    assert counted["do.mistakes"] == counted["do.advice"] - 1 == 1
    assert counted["beh.internal"] == 2
    assert "pupil.follow" in week["silent"]

    # Nothing of what was said stands in the log, nor who had to be spoken to.
    for words in (b"Year 4", b"legible", b"Reportable"):
        assert words not in school.bodies()
    (taken,) = school.ledger.entries().of("InternalActionTaken")
    assert RUNNER not in taken.fields.values()
    school.refuse("not_slt", "assess_policy_impact", CHAIR, policy_version="smp-v4", **IMPACT)


IMPACT = {"impact": "equality", "outcome": "no_adverse_impact"}

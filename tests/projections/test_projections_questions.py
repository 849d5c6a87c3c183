"""Asking: what is no question is a problem that names the parameter. Never a guess."""

import json

import pytest

from projections.questions import ROUTES, BadQuestion, NotFound, answer, nobody, split

NOON = "2026-11-02T12:00:00%2B00:00"
TIMELINE, WHAT_IF = "/v1/incidents/case-2026-001/timeline", "/v1/enquiries/enq-2026-001/what-if"
CHECKS = "/v1/accounts/fb-main/monitoring"
NONE = "2026-03-29T01:30"
TWICE = "2026-10-25T01:30"


@pytest.mark.parametrize(
    ("target", "code", "parameter", "status"),
    [
        ("/v1/nothing", "unknown_question", "path", 404),
        ("/v1/accounts/none/roles", "unknown_reference", "account", 404),
        ("/v1/people/nobody", "unknown_reference", "person", 404),
        ("/v1/departures/nobody", "unknown_reference", "person", 404),
        ("/v1/incidents/none/timeline", "unknown_reference", "incident", 404),
        ("/v1/enquiries/none/what-if?rule_version=1", "unknown_reference", "enquiry", 404),
        (f"/v1/exposures?at={NONE}", "nonexistent_local_time", "at", 400),
        (f"/v1/exposures?known_at={TWICE}", "ambiguous_local_time", "known_at", 400),
        (f"{TIMELINE}?until={TWICE}", "ambiguous_local_time", "until", 400),
        ("/v1/exposures?at=yesterday", "invalid_field", "at", 400),
        ("/v1/exposures?at=", "invalid_field", "at", 400),
        ("/v1/exposures?known_at=2026-08-31T00:00:00Z", "invalid_field", "known_at", 400),
        ("/v1/sla?at=9999-12-31T23:59:59Z", "invalid_field", "at", 400),
        ("/v1/exposures?colour=red", "unknown_parameter", "colour", 400),
        (f"/v1/exposures?at={NOON}&at={NOON}", "invalid_field", "at", 400),
        ("/v1/sla?rule=none", "invalid_field", "rule", 400),
        ("/v1/sla?status=late", "invalid_field", "status", 400),
        ("/v1/sla?account=none", "unknown_reference", "account", 400),
        ("/v1/sla?subject=none", "unknown_reference", "subject", 400),
        ("/v1/sla?limit=0", "invalid_field", "limit", 400),
        ("/v1/sla?limit=ten", "invalid_field", "limit", 400),
        ("/v1/sla?after=abc", "invalid_field", "after", 400),
        ("/v1/sla?after=MS4yLjM", "invalid_field", "after", 400),
        ("/v1/posts?live=perhaps", "invalid_field", "live", 400),
        ("/v1/findings?finding=none", "invalid_field", "finding", 400),
        (WHAT_IF, "missing_field", "rule_version", 400),
        (f"{WHAT_IF}?rule_version=9", "unknown_reference", "rule_version", 400),
        (f"{WHAT_IF}?rule_version=-1", "invalid_field", "rule_version", 400),
        (f"{CHECKS}?from=2026-02-30", "invalid_field", "from", 400),
        (f"{CHECKS}?from=20260201", "invalid_field", "from", 400),
        (f"{CHECKS}?from=2026-11-02&to=2026-11-01", "invalid_field", "to", 400),
    ],
)  # fmt: skip
def test_a_problem_names_the_parameter(term, target, code, parameter, status):
    with pytest.raises(BadQuestion) as problem:
        answer(*split(target), term, term.last)
    said = problem.value
    assert (said.code, said.parameter, said.status) == (code, parameter, status)
    assert said.detail
    assert isinstance(said, NotFound) == (status == 404)


IDS = {
    "account": "fb-main",
    "person": "stf-027",
    "incident": "case-2026-003",
    "subject": "pup-7c2",
}


def target_of(route):
    path = route.path.format(**IDS, enquiry="enq-2027-001")
    return f"{path}?rule_version=1" if path.endswith("what-if") else path


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: r.path)
@pytest.mark.parametrize("moment", ["", "at", "known_at"])
def test_every_question_has_an_answer_in_plain_json(term, route, moment):
    path, params = split(target_of(route))
    params |= {moment: "2026-12-13T12:00:00+00:00"} if moment else {}
    said = answer(path, params, term, term.last)
    assert json.loads(json.dumps(said.answer)) == said.answer
    assert said.at == (
        "2026-12-13T12:00:00+00:00" if moment == "at" else "2027-01-15T15:00:00+00:00"
    )
    assert said.known_at[:4] == ("2026" if moment == "known_at" else "2027")
    assert said.size == 125


def test_what_was_not_known_yet_is_no_unknown_id(term):
    early = {"known_at": "2026-09-02T00:00:00+01:00"}
    for path in ("roles", "credentials", "access"):
        assert answer(f"/v1/accounts/ig-garden/{path}", early, term, term.last).answer == []
    assert answer("/v1/incidents/case-2027-001/timeline", early, term, term.last).answer == []


@pytest.mark.parametrize("path", ["/v1/sla", "/v1/refusals", "/v1/findings"])
def test_pages_together_are_the_whole_list(term, path):
    def rows(said):
        return said.answer["items"] if isinstance(said.answer, dict) else said.answer

    whole = rows(answer(path, {"limit": "5000"}, term, term.last))
    found, after = [], {}
    while True:
        said = answer(path, {"limit": "7", **after}, term, term.last)
        assert len(rows(said)) <= 7
        found += rows(said)
        if said.next is None:
            break
        after = {"after": said.next}
    assert found == whole
    assert len(whole) > 7


def test_the_next_page_is_of_the_same_moment_as_the_first(term):
    first = answer("/v1/sla", {"limit": "3"}, term, term.last)
    second = answer("/v1/sla", {"limit": "3", "after": first.next}, term, term.last + 99)
    assert (second.at, second.known_at) == (first.at, first.known_at)


def test_a_page_of_a_list_with_counts_keeps_the_counts(term):
    said = answer("/v1/refusals", {"limit": "2"}, term, term.last)
    assert len(said.answer["items"]) == 2
    assert sum(said.answer["counts"].values()) == 15


def test_filters_narrow_the_clocks(term):
    def asked(**params):
        return answer("/v1/sla", {"limit": "5000", **params}, term, term.last).answer

    every = asked()
    assert asked(account="ig-garden") == [
        r for r in every if "ig-garden" in (r.get("account"), r["subject"])
    ]
    assert asked(rule="enquiry_response", status="waived") == [
        r for r in every if r["rule"] == "enquiry_response" and r["status"] == "waived"
    ]
    assert {r["subject"] for r in asked(subject="rts-2026-02")} == {"rts-2026-02"}


def test_posts_by_subject_and_whether_they_are_live(term):
    def posts(**params):
        return [p["post"] for p in answer("/v1/posts", params, term, term.last).answer]

    assert posts() == ["pst-201", "pst-202"]
    assert posts(subject="pup-3a8") == ["pst-201"]
    assert posts(live="false") == []


def test_the_path_may_end_in_a_slash_and_ids_may_be_escaped(term):
    said = answer("/v1/accounts/fb%2Dmain/roles/", {}, term, term.last)
    assert len(said.answer) == 3


def test_replay_and_readiness_tell_the_state_of_everything(term):
    at = {"at": "2026-12-12T20:00:00+00:00"}
    state = answer("/v1/replay", at, term, term.last).answer
    assert state["policy_version"] == "smp-v4"
    assert [a["id"] for a in state["accounts"]] == ["fb-main", "ig-garden"]
    assert {"account": "ig-garden", "person": "stf-032", "role": "runner"} in state["roles"]
    assert state["open_items"]["accounts_without_lead"] == ["ig-garden"]
    ready = {r["person"]: r for r in answer("/v1/readiness", at, term, term.last).answer}
    assert ready["stf-035"]["ready"]
    assert not ready["stf-014"]["ready"]
    assert "vol-003" not in ready
    rules = answer("/v1/rules", {}, term, term.last).answer
    assert rules["calendar"]["version"] == 1
    assert rules["rules"][0]["rule_version"] == 2
    assert rules["rules"][0]["basis"] == "P-altered"


def test_nobody_knows_no_names():
    assert nobody("stf-001") is None

"""Every expected answer of the sample term, asked as a person would ask it.

`REQUESTS` is the mapping from the kind of question to the request, readable as a table; how the
answers are compared follows: times within a second, keys that end in "seconds" within one, and
a row may say more than was asked.
"""

import json
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from projections.questions import answer, split

ANSWERS = Path(__file__).resolve().parents[1] / "vectors/autumn_term_answers.json"
EXPECTED = json.loads(ANSWERS.read_text("utf-8"))
END = EXPECTED["conventions"]["default_as_of"]
QUERIES = [q for q in EXPECTED["queries"] if q["kind"] != "counts"]

# kind of question → the requests, in `{…}` the parameters of the question (END: 15 January, 17:00)
REQUESTS = {
    "roles_at": ["/v1/accounts/{account}/roles?at={at}"],
    "roles_at_known": ["/v1/accounts/{account}/roles?at={at}&known_at={known_at}"],
    "role_intervals": ["/v1/accounts/{account}/roles"],
    "person_roles": ["/v1/people/{person}/roles"],
    "gaps": ["/v1/accounts/{account}/gaps?at={as_of}"],
    "gaps_known": ["/v1/accounts/{account}/gaps?at={as_of}&known_at={known_at}"],
    "credential_intervals": ["/v1/accounts/{account}/credentials"],
    "could_post": ["/v1/accounts/{account}/could-have-posted?at={at}"],
    "could_post_known": ["/v1/accounts/{account}/could-have-posted?at={at}&known_at={known_at}"],
    "exposures": ["/v1/exposures?at={as_of}"],
    "sla_rotation": ["/v1/sla?rule=credential_rotation&at=END"],
    "sla_handover": ["/v1/sla?rule=lead_handover&account={account}&at=END"],
    "enquiry_sla_all": ["/v1/sla?rule=enquiry_response&at={as_of}"],
    "enquiry_sla_known": [
        "/v1/sla?rule=enquiry_response&subject={enquiry}&at={known_at}&known_at={known_at}"
    ],
    "enquiry_sla_summary": ["/v1/sla/summary?at={as_of}"],
    "what_if": ["/v1/enquiries/{enquiry}/what-if?rule_version={rule_version}&at=END"],
    "incident_timeline": ["/v1/incidents/{incident}/timeline"],
    "sla_incidents": [
        "/v1/sla?rule=incident_assessment&at={as_of}",
        "/v1/sla?rule=takedown&at={as_of}",
        "/v1/sla?rule=audience_informed&at={as_of}",
        "/v1/sla?rule=compromising_image_deletion&at={as_of}",
    ],
    "open_items": ["/v1/open-items?at={at}&known_at={known_at}"],
    "sla_rights": ["/v1/sla?rule=rights_request&at=END"],
    "monitoring_days": ["/v1/accounts/{account}/monitoring?from={from}&to={to}"],
    "training_lapse": ["/v1/training-lapses?at=END"],
    "applications": ["/v1/applications"],
    "refusals": ["/v1/refusals"],
    "late_entries": ["/v1/late-entries"],
    "accounts_active": ["/v1/accounts?at={*}"],
    "erasure": ["/v1/people/{person}?at={at}", "/v1/people/{person}/roles"],
}
# What an answer of the file calls by another name than the interface does.
SLA_NAMES = {
    "enquiry": "subject",
    "request": "subject",
    "received_at": "started_at",
    "first_response_at": "stopped_at",
    "done_at": "stopped_at",
    "lost_access_at": "started_at",
    "rotated_at": "stopped_at",
    "handed_over_at": "stopped_at",
    "lead_left": "person",
    "first_response_seq": "stopped_position",
}
UNSAID = ("responses_counted",)  # counted in /v1/enquiries


def requests_of(query):
    params = {k: quote(str(v), safe="") for k, v in query["params"].items()}
    targets = [t.replace("END", quote(END, safe="")) for t in REQUESTS[query["kind"]]]
    if query["kind"] == "accounts_active":
        return [
            t.replace("{*}", quote(moment, safe="")) for t in targets for moment in query["answer"]
        ]
    return [t.format(**params) for t in targets]


def sla_rows(rows):
    """Rows of the answer file in the words of /v1/sla."""
    return [{SLA_NAMES.get(k, k): v for k, v in row.items() if k not in UNSAID} for row in rows]


def incident_rows(query, got):
    """(expected, got) pairs: for each incident and rule its row, or that there is none."""
    names = ("assessment", "takedown", "audience_informed", "image_deletion")
    for said in query["answer"]:
        for name, rows in zip(names, got, strict=True):
            found = [r for r in rows if r["subject"] == said["incident"]]
            yield (sla_rows([said[name]]) if name in said else []), found


def pairs(query, got):
    """(expected, got) pairs that must be the same."""
    kind, said = query["kind"], query["answer"]
    one = got[0]
    if kind.startswith("sla_incidents"):
        yield from incident_rows(query, got)
    elif kind == "sla_handover":
        yield sla_rows([said]), [r for r in one if r["person"] == said["lead_left"]]
    elif kind.startswith(("sla_r", "enquiry_sla_a", "enquiry_sla_k")):
        yield sla_rows(said if isinstance(said, list) else [said]), one
    elif kind == "incident_timeline":
        yield [{("position" if k == "seq" else k): v for k, v in r.items()} for r in said], one
    elif kind == "monitoring_days":
        yield said, one["missing"]
    elif kind == "applications":
        yield said, {r["application"]: r for r in one}
        yield sorted(said), [r["application"] for r in one]
    elif kind == "refusals":
        yield said, one["counts"]
        yield sum(said.values()), len(one["items"])
    elif kind == "late_entries":
        yield (
            said,
            [
                {"seq": r["position"], "action": r["action"], "lag_hours": r["lag_seconds"] // 3600}
                for r in one["items"]
            ],
        )
    elif kind == "accounts_active":
        yield list(said.values()), [[row["id"] for row in rows] for rows in got]
    elif kind == "erasure":
        yield said, {**one, "intervals": got[1]}
    else:
        yield said, one


def moment(text):
    try:
        return datetime.fromisoformat(text) if len(text) > 15 else None
    except ValueError:
        return None


def same(want, got, key=""):
    if isinstance(want, dict):
        return isinstance(got, dict) and all(same(v, got.get(k), k) for k, v in want.items())
    if isinstance(want, list):
        return len(want) == len(got) and all(
            same(w, g, key) for w, g in zip(want, got, strict=True)
        )
    if isinstance(want, str) and isinstance(got, str) and moment(want) and moment(got):
        return abs((moment(want) - moment(got)).total_seconds()) <= 1
    if type(want) is int and type(got) is int:
        return abs(want - got) <= (1 if key.endswith("seconds") else 0)
    return want == got


@pytest.mark.parametrize("query", QUERIES, ids=[f"{q['id']}-{q['kind']}" for q in QUERIES])
def test_the_sample_term_is_answered_as_expected(term, query):
    got = [answer(*split(t), term, term.last).answer for t in requests_of(query)]
    for want, found in pairs(query, got):
        # `order` is compared by the position in the list, except where the file has another one.
        assert same(by_order(query, want), by_order(query, found)), (want, found)


def by_order(query, rows):
    """Rotations are listed by account in the file, and by start in the interface."""
    if query["kind"] != "sla_rotation":
        return rows
    return sorted(rows, key=lambda r: (r["account"], r["person"]))


def test_the_comparison_can_fail(term):
    assert not same([{"a": 1}], [{"a": 2}])
    assert not same("2026-10-25T01:10:00+01:00", "2026-10-25T01:10:02+01:00")
    assert same({"late_by_seconds": 3}, {"late_by_seconds": 4, "more": True})


def test_every_position_of_evidence_is_one_of_the_log(term):
    for query in QUERIES:
        for target in requests_of(query):
            said = answer(*split(target), term, term.last)
            assert list(said.evidence) == sorted(set(said.evidence))
            assert set(said.evidence) <= set(range(said.size))


def test_a_corrected_receipt_is_evidenced_by_its_correction(term):
    said = answer(
        "/v1/sla", {"rule": "enquiry_response", "subject": "enq-2026-004"}, term, term.last
    )
    assert {61, 62, 64} <= set(said.evidence)
    assert said.answer[0]["grade"] == "corrected"

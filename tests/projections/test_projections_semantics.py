"""The answers of an evidence file: recomputed, compared, and the first that differs is named."""

import copy
import json

import pytest
from small import sample

from ledger.proof.errors import Newer
from ledger.proof.report import INVALID
from projections.semantics import SEMANTICS, AnswersCheck, all_answers, difference


@pytest.fixture(scope="module")
def claimed(term):
    return all_answers(term.records)


def verdict(records, claimed):
    check = AnswersCheck()
    check.begin({"answers": claimed})
    found = [f for n, record in enumerate(records) for f in check.see(n, record)]
    return [*found, *check.done()]


def test_the_same_records_give_the_same_bytes(term, claimed):
    again = json.dumps(all_answers(list(term.records)))
    assert again == json.dumps(claimed)
    assert claimed["semantics"] == SEMANTICS == 2
    assert claimed["size"] == len(term.records)
    assert verdict(term.records, json.loads(again)) == []


def test_they_hold_the_main_answers(claimed):
    for path in (
        "/v1/accounts/fb-main/roles",
        "/v1/accounts/ig-garden/gaps",
        "/v1/accounts/fb-main/access",
        "/v1/sla",
        "/v1/refusals",
        "/v1/exposures",
        "/v1/incidents/case-2026-003/timeline",
        "/v1/departures/stf-027",
    ):
        assert claimed["answers"][path]["evidence"]


def test_one_changed_due_time_is_invalid_and_named(term, claimed):
    changed = copy.deepcopy(claimed)
    changed["answers"]["/v1/sla"]["answer"][4]["due_at"] = "2026-10-07T12:20:01+01:00"
    (finding,) = verdict(term.records, changed)
    assert (finding.code, finding.verdict) == ("answer_differs", INVALID)
    assert finding.detail == "/v1/sla.answer[4].due_at"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda c: c["answers"].pop("/v1/refusals"), "/v1/refusals"),
        (lambda c: c["answers"].update({"/v1/more": 1}), "/v1/more"),
        (lambda c: c["answers"]["/v1/exposures"]["answer"].pop(), "/v1/exposures.answer[2]"),
        (
            lambda c: c["answers"]["/v1/exposures"]["evidence"].append(3),
            "/v1/exposures.evidence[6]",
        ),
        (lambda c: c.update(size=float(c["size"])), "size"),
        (lambda c: c.update(semantics=True), "semantics"),
    ],
)
def test_whatever_differs_is_named(term, claimed, change, where):
    changed = copy.deepcopy(claimed)
    change(changed)
    (finding,) = verdict(term.records, changed)
    assert finding.detail == where


@pytest.mark.parametrize("claimed", [None, [], {}, "answers", {"semantics": None}])
def test_what_is_no_set_of_answers_differs(term, claimed):
    (finding,) = verdict(term.records, claimed)
    assert finding.code == "answer_differs"


def test_where_nothing_is_claimed_nothing_is_found(story):
    story.tell("AccountRoleAssigned", "account/fb-main", {"nonsense": 1})
    check = AnswersCheck()
    check.begin({})
    assert [*check.see(0, story.records[-1]), *check.done()] == []


def test_what_is_found_is_short_however_long_a_claimed_name_is(term, claimed):
    (finding,) = verdict(term.records, {**claimed, "x" * 1_000_000: 1})
    assert finding.detail == "x" * 200


def test_answers_of_a_later_edition_are_newer_than_this_verifier(term):
    with pytest.raises(Newer):
        verdict(term.records, {"semantics": SEMANTICS + 1})


def test_records_whose_fields_make_no_sense_are_invalid_and_no_traceback(story):
    story.tell("AccountRoleAssigned", "account/fb-main", {"nonsense": 1})
    (finding,) = verdict(story.records, {})
    assert finding.code == "answer_differs"


def test_no_name_and_no_sealed_value_is_in_them(claimed):
    text = json.dumps(claimed, ensure_ascii=False)
    for line in sample():
        person = line["data"].get("first_person", line["data"])
        assert "name" not in person or person["name"] not in text
        for field in ("late_reason", "reason_category", "summary", "vault_ref"):
            assert field not in line["data"] or line["data"][field] not in text


def test_equal_values_have_no_difference():
    assert difference({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}) is None
    assert difference(1, True) == "/"
    assert difference([1], [1, 2], "x") == "x[1]"


def test_an_empty_log_has_answers_too():
    assert all_answers([])["answers"]["/v1/accounts"] == {"answer": [], "evidence": []}

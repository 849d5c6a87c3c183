"""The trace from the policy to the records: complete, and naming only what there is."""

import pytest

from ledger.domain.catalogue import ACTIONS
from ledger.domain.clock_rules import RULES
from ledger.domain.refusals import REFUSALS
from ledger.domain.trace import PASSAGES, ROWS
from ledger.domain.trace.row import row
from projections.findings import NAMES
from projections.routes import ROUTES

KEYS = [passage.key for passage in PASSAGES]
each = pytest.mark.parametrize("key", KEYS)
RAISED = {c for a in ACTIONS.values() for c in (*a.checks, a.who.code, a.apart)}
ALWAYS = {"late_reason_required", "secret_in_payload", "invalid_field", "reason_required"}


def unknown(traced):
    """What a row names that does not exist: evidence, rules, clocks, questions."""
    found = [r for r in traced.rules if r not in NAMES and r not in (RAISED | ALWAYS)]
    found += [c for c in traced.clocks if c not in RULES]
    found += [q for q in traced.asks if q not in {route.path for route in ROUTES}]
    return found + [str(e) for e in traced.evidence if not exists(e)]


def exists(evidence):
    """Whether there is such an action, with such a clear field, that may have such a value."""
    if evidence.action not in ACTIONS or not evidence.field:
        return evidence.action in ACTIONS
    fields = {f.name: f for f in ACTIONS[evidence.action].fields if not f.sealed}
    field = fields.get(evidence.field)
    if field is None or not evidence.values:
        return False
    allowed = ("true", "false") if field.kind == "boolean" else field.allowed
    return set(evidence.values) <= set(allowed)


def test_every_passage_has_a_row_and_every_row_a_passage():
    assert len(KEYS) == len(set(KEYS)) > 140
    assert set(KEYS) == set(ROWS)


@each
def test_a_passage_leads_to_something_that_exists(key):
    traced = ROWS[key]
    assert traced.evidence
    assert traced.asks
    assert unknown(traced) == []
    assert len(set(traced.evidence)) == len(traced.evidence)


@pytest.mark.parametrize(
    "wrong",
    [
        row("publish_nothing", "/v1/posts"),
        row("publish_post(mood=good)", "/v1/posts"),
        row("report_incident(kind=boredom)", "/v1/incidents"),
        row("report_incident(summary=x)", "/v1/incidents"),
        row("publish_post", "/v1/moods"),
        row("publish_post", "/v1/posts", "not_allowed"),
        row("publish_post", "/v1/posts", "", "eternity"),
    ],
)
def test_a_planted_error_is_found(wrong):
    """The test itself can fail."""
    assert unknown(wrong) != []


def test_every_action_that_the_policy_asks_for_stands_in_the_table():
    named = {e.action for traced in ROWS.values() for e in traced.evidence}
    assert {a.name for a in ACTIONS.values() if a.mark == "P"} - named == set()


def test_every_clock_and_every_refusal_about_people_has_a_passage():
    assert set(RULES) - {c for traced in ROWS.values() for c in traced.clocks} == set()
    rules = {r for traced in ROWS.values() for r in traced.rules}
    assert {"insufficient_staff_runners", "agency_not_notified", "uncredited"} <= rules
    assert {r for r in rules if r not in NAMES} <= set(REFUSALS)


def test_only_a_few_words_of_the_policy_are_kept():
    assert max(len(passage.words) for passage in PASSAGES) < 100

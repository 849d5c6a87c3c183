"""Every word of the catalogue and of the answers has its words, in both languages."""

import re

import pytest

from api import may
from api.pages import words
from ledger.domain import retention
from ledger.domain.catalogue import ACTIONS, OWN_TYPES, TYPES
from ledger.domain.clock_rules import RULES
from ledger.domain.entries import GONE
from ledger.domain.finding_names import FINDINGS
from projections import applications, clocks, handovers
from projections.credentials import PASSWORD, PLATFORM, RECOVERY, SESSION
from projections.deadlines import DAY_BRANCH, HOURS_BRANCH

FIELDS = {(a.name, f) for a in ACTIONS.values() for f in a.all_fields}
STREAMS = {a.stream.partition("/")[0] for a in ACTIONS.values() if a.stream}
HANDOVERS = (
    handovers.TRANSFER, handovers.ROTATION, handovers.ACCEPTANCE,
    handovers.COMPLETE, handovers.REPLACED, handovers.CLOSED,
)  # fmt: skip
VALUES = {
    *(str(v) for rule in RULES.values() for v in rule.default.values() if type(v) is str),
    *(rule.basis for rule in RULES.values()),
    *(PASSWORD, PLATFORM, RECOVERY, SESSION, HOURS_BRANCH, DAY_BRANCH, "P-altered", "R"),
}


def missing(table, names):
    return sorted(set(names) - set(table))


def test_every_action_and_type_has_words():
    assert missing(words.ACTIONS, ACTIONS) == []
    assert set(words.ACTIONS) == set(ACTIONS), "words for an action that is none"
    assert missing(words.EVENTS, OWN_TYPES) == []
    assert set(words.EVENTS) <= {*TYPES, *OWN_TYPES, GONE}


def test_every_field_has_words():
    assert missing(words.FIELDS, {f.name for _, f in FIELDS}) == []
    own = {name for name in words.FIELDS if "." in name}
    assert own <= {f"{action}.{f.name}" for action, f in FIELDS}


def test_every_code_has_words():
    allowed = {c for _, f in FIELDS if f.name != "finding" for c in f.allowed}
    assert missing(words.VALUES, allowed | VALUES) == []


def test_every_word_of_an_answer_has_words():
    assert missing(words.RULES, RULES) == []
    assert missing(words.PARAMETERS, {p for r in RULES.values() for p in r.parameters}) == []
    assert missing(words.FINDINGS, FINDINGS) == []
    statuses = {*clocks.STATUSES, *applications.STATUS.values(), "pending", "closed", *HANDOVERS}
    states = next(f.allowed for _, f in FIELDS if f.name == "state")
    assert missing(words.STATUSES, statuses | set(states) - {"regained"}) == []
    assert missing(words.GRADES, ("live", "after_the_fact", "corrected", "corroborated")) == []
    assert missing(words.THINGS, STREAMS | set(retention.DEFAULT) | set(retention.RECORDS)) == []


def test_every_office_role_and_right_has_words():
    assert missing(words.OFFICES, may.OF_OFFICE) == []
    assert missing(words.ROLES, (*may.ROLES, "lead", "runner")) == []
    assert missing(words.WHO, {a.who.words for a in ACTIONS.values()}) == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Approve an application", "Next lead", "Open to everybody", "Headteacher")),
        ("cy", ("Cymeradwyo cais", "Arweinydd nesaf", "Ar agor i bawb", "Pennaeth")),
    ],
)
def test_they_are_told_in_the_readers_language(term, language, said):
    client, _, _ = term
    with client.application.test_request_context(headers={"Accept-Language": language}):
        assert said == (
            words.action("approve_application"),
            words.field("to", "transfer_lead"),
            words.code("open", "visibility"),
            words.code("headteacher", "offices"),
        )
        assert words.event("AccountApplicationApproved") == said[0]
        assert words.code("esafety-2026", "course") == "esafety-2026"


def test_no_words_are_a_code():
    tables = (words.ACTIONS, words.FIELDS, words.VALUES, words.RULES, words.FINDINGS)
    told = [str(text) for table in tables for text in table.values()]
    assert [t for t in told if re.search(r"[a-z]_[a-z]", t)] == []

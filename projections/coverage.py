"""Every passage of the policy with the records of a period that evidence it.

Standard library only (CONTRACT 3, `/v1/policy-coverage`). Which records those are is data, in
`ledger.domain.trace`. A record counts on the local day it happened, a refusal on the day it was
made: it shows that the rule was kept. What is sealed as a whole shows nothing here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache

from ledger.domain.catalogue import TYPES
from ledger.domain.entries import Entry
from ledger.domain.school_time import local_date
from ledger.domain.trace import PASSAGES, ROWS, Evidence, Passage
from projections.history import History
from projections.told import Row as Line
from projections.told import Told, told


@cache
def _by_action() -> dict[str, list[tuple[str, Evidence]]]:
    """Action → the (passage, evidence) it may stand for."""
    found: dict[str, list[tuple[str, Evidence]]] = {}
    for key, row in ROWS.items():
        for evidence in row.evidence:
            found.setdefault(evidence.action, []).append((key, evidence))
    return found


def evidenced(entry: Entry) -> set[str]:
    """The passages that one entry, as it reads now, is evidence of."""
    action = entry.record.action
    candidates = _by_action().get(action, ()) if entry.type in TYPES else ()
    return {key for key, evidence in candidates if evidence.shown_by(action, entry.fields)}


def coverage(history: History, first: date, last: date, at: int) -> Told:
    """`{from, to, evidenced, silent, items: [{passage, heading, words, count, …}]}`.

    `first` and `last` are local dates, both included; only what had happened by `at` counts.
    """
    shown, refused = _sorted(history, first, last, at)
    items = [_line(p, shown.get(p.key, []), refused.get(p.key, [])) for p in PASSAGES]
    silent = [item["passage"] for item in items if not item["count"]]
    answer = {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "evidenced": len(items) - len(silent),
        "silent": silent,
        "items": items,
    }
    return told(answer, *({e.position for e in es} for es in (*shown.values(), *refused.values())))


Found = dict[str, list[Entry]]


def _sorted(history: History, first: date, last: date, at: int) -> tuple[Found, Found]:
    """Passage → its entries of the period, and the refusals of its rules."""
    shown: Found = {}
    refused: Found = {}
    for entry in _of_period(history, first, last, at):
        if entry.type == "CommandRefused":
            for key in _kept(entry):
                refused.setdefault(key, []).append(entry)
        else:
            for key in evidenced(entry):
                shown.setdefault(key, []).append(entry)
    return shown, refused


def _of_period(history: History, first: date, last: date, at: int) -> Iterator[Entry]:
    for entry in history.happened(history.entries.all, at):
        if not entry.annulled and first <= local_date(entry.occurred_at) <= last:
            yield entry


def _kept(refusal: Entry) -> set[str]:
    """The passages whose rule a refusal kept: code and action are both in their row."""
    candidates = _by_action().get(str(refusal.fields["action"]), ())
    return {key for key, _ in candidates if refusal.fields["code"] in ROWS[key].rules}


def _line(passage: Passage, shown: list[Entry], refused: list[Entry]) -> Line:
    return {
        "passage": passage.key,
        "heading": passage.heading,
        "words": passage.words,
        "count": len(shown),
        "actions": dict(sorted(Counter(e.record.action for e in shown).items())),
        "positions": sorted(e.position for e in shown),
        "refusals": sorted(e.position for e in refused),
        "asks": list(ROWS[passage.key].asks),
    }

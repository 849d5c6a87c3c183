"""Who ran an account without valid training, and who is ready to run one.

Standard library only. Training covers `[occurred_at, end of valid_until]`, an inclusive local
date; a lapse ends no role (ACTIONS.md section 7, Training lapse).
"""

from __future__ import annotations

from ledger.domain import fitness
from ledger.domain.school_time import end_of_day, parse_date
from projections import offices, roles
from projections.duty_records import trainings
from projections.history import History, remembered
from projections.spans import Span, minus
from projections.told import Row, Told, interval, listed, shown

OFFERS = {
    "TrainingOffered": "training_offered_at",
    "TrainingAttended": "training_attended_at",
}


@remembered
def covered(history: History, until: int) -> dict[str, list[Span]]:
    """Person → the spans their training covers, of trainings by `until`."""
    found: dict[str, list[Span]] = {}
    for entry in history.of(until, "TrainingCompleted"):
        end = end_of_day(parse_date(entry.fields["valid_until"])) + 1
        if entry.occurred_at < end:
            span = Span(entry.occurred_at, end, entry.position, entry.position)
            for person in entry.fields["people"]:
                found.setdefault(person, []).append(span)
    return found


@remembered
def lapse_spans(history: History, at: int) -> list[tuple[str, str, Span]]:
    """(person, account, span) of every lapse that had begun by `at`."""
    held: dict[tuple[str, str], list[Span]] = {}
    for account, person, _, span in roles.all_roles(history, at):
        held.setdefault((person, account), []).append(span)
    trained = covered(history, at)
    return [
        (person, account, Span(s.start, s.end if s.until <= at else None, s.began, s.ended))
        for (person, account), spans in held.items()
        for s in minus(spans, trained.get(person, ()))
        if s.start <= at
    ]


def training_lapses(history: History, at: int) -> Told:
    """`[{person, account, from, to}]`, by start, then person, then account."""
    rows = sorted((s.start, p, a, s) for p, a, s in lapse_spans(history, at))
    return listed(({"person": p, "account": a, **interval(s)}, s.evidence) for _, p, a, s in rows)


def readiness(history: History, at: int) -> Told:
    """Everybody here at `at`: whether they have acknowledged, until when they are trained."""
    here = (p for p in sorted(offices.people(history)) if not offices.departure(history, p, at))
    rows = ((p, _ready(history, p, at)) for p in here)
    return listed((row, evidence) for _, (row, evidence) in rows)


def _ready(history: History, person: str, at: int) -> tuple[Row, set[int]]:
    version = fitness.current_policy(history.entries, at)
    read = [
        e
        for e in history.stream(f"person/{person}", at, "PolicyAcknowledged")
        if e.fields["policy_version"] == version
    ]
    trained = covered(history, at).get(person, [])
    until = max((s.end for s in trained if s.end is not None), default=None)
    held = roles.all_roles(history, at)
    now = bool(until and until > at)
    offered = trainings(history, person, at)
    row = {
        "person": person,
        "kind": offices.kind_of(history, person, at),
        "accounts": sorted({a for a, p, _, s in held if p == person and s.holds(at)}),
        "policy_version": version,
        "acknowledged_at": shown(read[0].occurred_at) if read else None,
        "trained_until": shown(until - 1) if until else None,
        "trained": now,
        "ready": bool(read) and now,
        **{OFFERS[type_]: shown(e.occurred_at) for type_, e in offered.items()},
    }
    entries = (*read, *offered.values())
    return row, {*(e.position for e in entries), *(s.began for s in trained)}

"""Who is here when: departures, absences, suspensions, and which kind of person somebody is.

Standard library only (ACTIONS.md 5.2, 5.13). Absences and suspensions begin when `from` says,
whenever it was told; an end that is only planned is none yet. Roles and offices stay, but who is
away counts for no staffing rule.
"""

from __future__ import annotations

from ledger.domain import presence
from ledger.domain.presence import SUSPENSION, Away
from projections.history import History, remembered
from projections.spans import Holding, Span, both, minus


@remembered
def away_spans(history: History, person: str, at: int, *types: str) -> list[Span]:
    """The absences and suspensions (or those of `types`) that had begun by `at`, by start."""
    found = presence.aways(history.entries, person, *types)
    return sorted(_begun(away, at) for away in found if away.start <= at)


def _begun(away: Away, at: int) -> Span:
    if away.end is None or away.ended_by is None or away.end > at:
        return Span(away.start, None, away.by.position)
    return Span(away.start, away.end, away.by.position, away.ended_by.position)


def suspensions(history: History, person: str, at: int) -> list[Span]:
    """When the person's access was suspended."""
    return away_spans(history, person, at, SUSPENSION)


def here(history: History, person: str, spans: list[Span], at: int) -> list[Span]:
    """The parts of the spans in which the person was not away."""
    gone = away_spans(history, person, at)
    return minus(spans, gone) if gone else spans


@remembered
def gone_spans(history: History, person: str, until: int) -> list[Span]:
    """From each departure to the return after it."""
    holding: Holding[str] = Holding()
    for entry in history.of(until, *presence.LEAVING):
        if entry.fields["person"] == person:
            move = holding.start if entry.type == "PersonDeparted" else holding.stop
            move(person, entry)
    return [span for _, span in holding.spans()]


def of_kind(history: History, person: str, kind: str, spans: list[Span]) -> list[Span]:
    """The parts of the spans in which the person was of this kind: staff, volunteer …"""
    changes = presence.kind_changes(history.entries, person)
    if not changes:
        return spans if presence.kind_of(history.entries, person) == kind else []
    starts = [(0, changes[0][1].position), *((start, e.position) for start, e in changes)]
    ends: list[tuple[int | None, int | None]] = [*starts[1:], (None, None)]
    frames = [Span(s, e, b, n) for (s, b), (e, n) in zip(starts, ends)]
    ours = [f for f in frames if presence.kind_of(history.entries, person, f.start) == kind]
    return both(spans, ours)

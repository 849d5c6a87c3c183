"""Who is here: who has left, who is away or suspended, who is back, and of which kind they are.

Standard library only, as known now (ACTIONS.md 5.2, 5.13). Intervals are half-open and begin when
`from` says, whenever it was told; a return ends what was running, `until` what was planned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.domain.entries import Entries, Entry
from ledger.domain.school_time import LATEST, parse_instant

ABSENCE, SUSPENSION = "AbsenceRecorded", "AccessSuspended"
AWAY = (ABSENCE, SUSPENSION)
LEAVING = ("PersonDeparted", "ReturnRecorded")
REGISTRATIONS = ("LedgerOpened", "PersonRegistered")


@dataclass(frozen=True)
class Away:
    """An absence or suspension: `start` to `end` (None: not yet over), seconds UTC.

    `by` is the entry that says so, `ended_by` the return, or `by` itself where it named the end.
    """

    start: int
    end: int | None
    by: Entry
    ended_by: Entry | None = None

    def holds(self, at: int) -> bool:
        """Whether the instant lies in it."""
        return self.start <= at and (self.end is None or at < self.end)


def registered(entries: Entries, person: str) -> bool:
    """Whether the id was ever registered. An id is given out once and for ever."""
    return next(entries.naming("person", person, *REGISTRATIONS), None) is not None


def everybody(entries: Entries) -> frozenset[str]:
    """The ids of all persons registered."""
    named = entries.of(*REGISTRATIONS)
    return frozenset(str(e.fields.get("first_person", e.fields)["person"]) for e in named)


def departed(entries: Entries, person: str, at: int) -> bool:
    """Whether the last departure of the person with `occurred_at` ≤ `at` saw no return since."""
    moves = (e for e in entries.naming("person", person, *LEAVING) if e.occurred_at <= at)
    last = max(moves, key=lambda e: e.order, default=None)
    return last is not None and last.type == "PersonDeparted"


def aways(entries: Entries, person: str, *types: str) -> Iterator[Away]:
    """The absences and suspensions of the person (or of these types), as recorded."""
    for entry in entries.naming("person", person, *(types or AWAY)):
        start = parse_instant(entry.fields["from"])
        ends = [
            (e.occurred_at, e.position, e)
            for e in entries.naming("person", person, "ReturnRecorded")
            if e.order > (start, entry.position)
        ]
        if "until" in entry.fields:
            ends.append((parse_instant(entry.fields["until"]), entry.position, entry))
        end = min(ends, key=lambda e: e[:2], default=None)
        yield Away(start, end[0] if end else None, entry, end[2] if end else None)


def away(entries: Entries, person: str, at: int) -> bool:
    """Whether the person is absent or suspended at the instant."""
    return any(a.holds(at) for a in aways(entries, person))


def suspended(entries: Entries, person: str, at: int) -> bool:
    """Whether the person's access is suspended at the instant."""
    return any(a.holds(at) for a in aways(entries, person, SUSPENSION))


def active(entries: Entries, person: str, at: int) -> bool:
    """Whether a command of the person would be heard: registered, not departed, not suspended."""
    gone = departed(entries, person, at) or suspended(entries, person, at)
    return registered(entries, person) and not gone


def nobody_left(entries: Entries, person: str, since: int) -> bool:
    """Whether, from `since` on and without `person`, there is ever nobody who could act."""
    others = everybody(entries) - {person}
    edges = {since} | {
        moment
        for other in others
        for moment in (
            *(e.occurred_at for e in entries.naming("person", other, *LEAVING)),
            *(a.start for a in aways(entries, other, SUSPENSION)),
        )
        if moment > since
    }
    return any(not any(active(entries, other, at) for other in others) for at in edges)


def kind_of(entries: Entries, person: str, at: int = LATEST) -> str:
    """`staff`, `volunteer`, `parent`, `governor` or `external` at the instant; empty for nobody.

    As registered, until a change says otherwise from its own time on.
    """
    first = next(entries.naming("person", person, *REGISTRATIONS), None)
    if first is None:
        return ""
    changed = [c for c in kind_changes(entries, person) if c[0] <= at]
    said = changed[-1][1] if changed else first
    return str(said.fields.get("first_person", said.fields)["kind"])


def kind_changes(entries: Entries, person: str) -> list[tuple[int, Entry]]:
    """(from when, entry) of each change of the person's kind, in order of time."""
    found = [
        (parse_instant(e.fields["from"]), e.position, e)
        for e in entries.naming("person", person, "PersonChanged")
        if "kind" in e.fields
    ]
    return [(start, entry) for start, _, entry in sorted(found, key=lambda f: f[:2])]

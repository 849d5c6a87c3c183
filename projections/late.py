"""Entries recorded more than 24 hours after they happened, and what they changed.

Standard library only (ACTIONS.md section 6, 7-10). The lag is told by the uncorrected times; an
entry that turned a breach into a met is named, and so is a correction or annulment that did.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.domain.entries import Entry
from projections.clocks import BREACHED, LATE_RECORDED, MET, judge
from projections.history import FOREVER, META, OWN, History, remembered
from projections.sla import moved_by
from projections.told import Row, Told, shown, told, who

LATE_SECONDS = 24 * 3600
Key = tuple[str, str, str, int]


@dataclass(frozen=True)
class Turned:
    """A clock that an entry turned from breached to met."""

    rule: str
    subject: str


def lag(entry: Entry) -> int:
    """Seconds from the time first claimed to the recording."""
    return entry.record.time - entry.record.occurredat


def late_entries(history: History, until: int) -> list[Entry]:
    """The accepted entries that were recorded late, in the log's order."""
    return [
        e
        for e in history.entries.all
        if e.type not in OWN and not e.annulled and lag(e) > LATE_SECONDS and e.record.time <= until
    ]


@remembered
def turned(history: History) -> dict[int, tuple[Turned, ...]]:
    """Position of a late entry, correction or annulment → the clocks it turned when recorded."""
    found: dict[int, tuple[Turned, ...]] = {}
    so_far = History()
    for entry in history.entries.all:
        stream = _moves(so_far, entry)
        if stream is None:
            so_far.see(entry.record)
            continue
        now = entry.record.time
        before = _statuses(so_far, stream, now)
        so_far.see(entry.record)
        after = _statuses(so_far, stream, now)
        better = [
            Turned(key[0], key[1])
            for key, status in after.items()
            if status in (MET, LATE_RECORDED) and before.get(key) == BREACHED
        ]
        if better:
            found[entry.position] = tuple(better)
    return found


def _moves(so_far: History, entry: Entry) -> str | None:
    """The stream whose clocks an entry may turn; None where it is neither late nor meta."""
    if entry.type in META:
        target = so_far.entries.by_id(entry.fields["target"])
        return target.stream if target else None
    late = entry.type not in OWN and lag(entry) > LATE_SECONDS
    return entry.stream if late else None


def _statuses(history: History, stream: str, at: int) -> dict[Key, str]:
    """Clock → status; clocks of the same rule, subject and person are told apart by order."""
    found: dict[Key, str] = {}
    for clock in moved_by(history, stream, at):
        key = (clock.rule, clock.subject, str(clock.about.get("person", "")))
        order = sum(1 for k in found if k[:3] == key)
        found[(*key, order)] = judge(clock, at)[0]
    return found


def answer(history: History, until: int = FOREVER) -> Told:
    """`{items, by_person, corrections}` (CONTRACT 3, `/v1/late-entries`)."""
    late = late_entries(history, until)
    changed = turned(history)
    rows = [
        {
            "position": e.position,
            "action": e.record.action,
            **who(e),
            "occurred_at": shown(e.record.occurredat),
            "recorded_at": shown(e.record.time),
            "lag_seconds": lag(e),
            "turned_breach_into_met": e.position in changed,
        }
        for e in late
    ]
    better = [e for e in history.entries.all if e.type in META and e.position in changed]
    corrections = [_correction(e, changed[e.position]) for e in better if e.record.time <= until]
    by_person = [row for row, _ in by_typist(history, late)]
    said: Row = {"items": rows, "by_person": by_person, "corrections": corrections}
    return told(said, (e.position for e in (*late, *better)))


def by_typist(history: History, late: list[Entry]) -> list[tuple[Row, set[int]]]:
    """`{person, entries, median_lag_seconds, turned}` of whoever typed them, with the positions."""
    changed = turned(history)
    found: dict[str, list[Entry]] = {}
    for entry in late:
        found.setdefault(entry.record.actor, []).append(entry)
    return [(_person(p, e, changed), {x.position for x in e}) for p, e in sorted(found.items())]


def median(seconds: Iterable[int]) -> int:
    """The middle one of at least one number of seconds, or halfway between the middle two."""
    ordered = sorted(seconds)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) // 2


def _correction(entry: Entry, clocks: tuple[Turned, ...]) -> Row:
    return {
        "position": entry.position,
        "action": entry.record.action,
        **who(entry),
        "recorded_at": shown(entry.record.time),
        "turned_breach_into_met": True,
        "clocks": [{"rule": c.rule, "subject": c.subject} for c in clocks],
    }


def _person(person: str, late: list[Entry], changed: dict[int, tuple[Turned, ...]]) -> Row:
    return {
        "person": person,
        "entries": len(late),
        "median_lag_seconds": median(lag(e) for e in late),
        "turned": sum(e.position in changed for e in late),
    }

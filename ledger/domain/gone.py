"""Records whose bytes were destroyed: what stands in their places, and which record says so.

Standard library only. A record past retention leaves its position, stream, version, event id and
leaf hash; nothing of what it said. So every fold meets a placeholder there, which counts as
annulled: it is passed over wherever entries are read, and still counts as a version of its stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.domain.entries import GONE, Entries, Entry, is_gone
from ledger.proof.form import DESTROYED_TYPE
from ledger.proof.record import Record
from ledger.proof.report import in_words

DESTROYED = DESTROYED_TYPE


def placeholder(source: str, event_id: str, stream: str, version: int, time: int) -> Record:
    """What stands in the place of a destroyed record; `time` is that of the record before it."""
    return Record(
        id=event_id,
        source=source,
        type=GONE,
        subject=stream,
        time=time,
        streamversion=version,
        action="",
        actor="system",
        occurredat=time,
        fields={},
        sealed={},
        rules={},
        catalogue=1,
    )


def positions_in(entry: Entry) -> Iterator[int]:
    """The positions that a `RecordsDestroyed` names."""
    return (p for first, last in entry.record.fields["positions"] for p in range(first, last + 1))


def destroyers(known: Entries) -> dict[int, Entry]:
    """Position → the entry that says the record there was destroyed."""
    return {p: entry for entry in known.of(DESTROYED) for p in positions_in(entry)}


def holes(known: Entries) -> list[int]:
    """The positions of the records whose bytes are gone."""
    return [entry.position for entry in known.all if is_gone(entry.record)]


def unexplained(known: Entries) -> list[int]:
    """Those of them that no record says were destroyed: damage."""
    said = destroyers(known)
    return [p for p in holes(known) if p not in said or said[p].position <= p]


def ranges(positions: Iterable[int]) -> list[list[int]]:
    """Positions as `[first, last]`, ascending, none next to another."""
    found: list[list[int]] = []
    for position in sorted(set(positions)):
        if found and position == found[-1][1] + 1:
            found[-1][1] = position
        else:
            found.append([position, position])
    return found


def words(known: Entries, positions: Iterable[int]) -> str:
    """Which of these were destroyed by which record, in the words of the verifier."""
    said, by = destroyers(known), dict[int, list[int]]()
    for position in sorted(positions):
        if position in said:
            by.setdefault(said[position].position, []).append(position)
    return "; ".join(
        f"records {in_words(gone)} destroyed by record {n} under retention"
        for n, gone in sorted(by.items())
    )

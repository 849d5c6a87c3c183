"""What the ledger has been told so far: entries, read with the corrections known by now.

Standard library only. A fold over records in the order of the log; the same in the service and
in the auditor's verifier. It never forgets what was signed: `Entry.record` stays as it was,
`Entry.fields` and `Entry.occurred_at` are what a correction has made of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ledger.domain.school_time import parse_instant
from ledger.proof.record import Record


@dataclass
class Entry:
    """One record as it is read now (ACTIONS.md section 6).

    `position` is its 0-based leaf index; times are seconds since 1970, UTC.
    """

    position: int
    record: Record
    fields: dict[str, Any]
    occurred_at: int
    annulled: bool = False
    corrected_at: int | None = None
    sealed: frozenset[str] = field(default_factory=frozenset)

    @property
    def type(self) -> str:
        return self.record.type

    @property
    def stream(self) -> str:
        return self.record.subject

    @property
    def key(self) -> str:
        """What stands after the stream's kind: the id of the application, account, person …"""
        return self.record.subject.partition("/")[2]

    @property
    def doer(self) -> str:
        """Who did it: `done_by` where that was not the actor."""
        return self.record.doneby or self.record.actor

    @property
    def order(self) -> tuple[int, int]:
        """Entries are read by `occurred_at`, then by position (ACTIONS.md section 6.1)."""
        return self.occurred_at, self.position


class Entries:
    """Every entry known, found by position, event id, stream, type, or a value it names."""

    def __init__(self) -> None:
        self.all: list[Entry] = []
        self._by_id: dict[str, Entry] = {}
        self._by_stream: dict[str, list[Entry]] = defaultdict(list)
        self._by_type: dict[str, list[Entry]] = defaultdict(list)
        self._naming: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        self._mentioned: set[str] = set()

    def see(self, record: Record) -> Entry:
        """Take in the next record of the log and apply what it says of earlier ones."""
        entry = Entry(
            position=len(self.all),
            record=record,
            fields=dict(record.fields),
            occurred_at=record.occurredat,
            sealed=frozenset(record.sealed),
        )
        self.all.append(entry)
        self._by_id[record.id] = entry
        self._by_stream[record.subject].append(entry)
        self._by_type[record.type].append(entry)
        self._index(entry)
        if record.type == "EntryCorrected":
            self._correct(self._by_id[record.fields["target"]], entry)
        elif record.type == "EntryAnnulled":
            self._by_id[record.fields["target"]].annulled = True
        return entry

    def _index(self, entry: Entry) -> None:
        names = {*names_in(entry.fields)}
        self._mentioned |= names | {entry.key, entry.record.id}
        for value in names:
            found = self._naming[entry.type, value]
            if entry not in found[-1:]:
                found.append(entry)

    def _correct(self, target: Entry, by: Entry) -> None:
        changed = dict(by.fields["set"])
        if "occurred_at" in changed:
            target.occurred_at = parse_instant(changed.pop("occurred_at"))
        target.fields = {**target.fields, **changed}
        target.sealed |= {p.partition(".")[2] for p in by.sealed if p.startswith("set.")}
        target.corrected_at = by.record.time
        self._index(target)

    def by_id(self, event_id: str) -> Entry | None:
        return self._by_id.get(event_id)

    def stream(self, stream: str) -> list[Entry]:
        """The entries of a stream, annulled ones left out, in order of the log."""
        return [e for e in self._by_stream.get(stream, ()) if not e.annulled]

    def of(self, *types: str) -> Iterator[Entry]:
        """The entries of these types, annulled ones left out."""
        return (e for t in types for e in self._by_type.get(t, ()) if not e.annulled)

    def naming(self, value: str, *types: str) -> Iterator[Entry]:
        """The entries of these types whose fields name `value` (an id) now."""
        for kind in types:
            for entry in self._naming.get((kind, value), ()):
                if not entry.annulled and value in names_in(entry.fields):
                    yield entry

    def mentions(self, name: str) -> bool:
        """Whether any record says this word in clear already, as its own id or another's."""
        return name in self._mentioned

    def version(self, stream: str) -> int:
        """How many records the stream has: its `streamversion` now."""
        return len(self._by_stream.get(stream, ()))


def names_in(value: Any) -> Iterator[str]:
    """Every text in a structure of fields: what an index can be asked for."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from names_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from names_in(part)

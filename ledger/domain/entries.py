"""What the ledger has been told so far: entries, read with the corrections known by now.

Standard library only. A fold over records in the order of the log; the same in the service and
in the auditor's verifier. It never forgets what was signed: `Entry.record` stays as it was,
`Entry.fields` and `Entry.occurred_at` are what a correction has made of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.domain.catalogue import ACTIONS, TYPES
from ledger.domain.school_time import parse_instant
from ledger.proof.record import Record

# The event that opens each kind of stream which has one: a stream named by a new id.
OPENINGS = {
    action.stream.partition("/")[0]: action.events[0]
    for action in ACTIONS.values()
    if any(f.new and f.name == action.stream_field for f in action.fields)
    and action.name != "register_person"  # the first person of a ledger is opened by it
}

# The type of what stands in the place of a destroyed record; none that was signed has it.
GONE = "Destroyed"


def is_gone(record: Record) -> bool:
    """Whether a record's bytes were destroyed, and this only stands in its place."""
    return record.type == GONE


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
    """Every entry known, found by position, event id, stream, type, or an id in a field."""

    def __init__(self) -> None:
        self.all: list[Entry] = []
        self._by_id: dict[str, Entry] = {}
        self._by_stream: dict[str, list[Entry]] = defaultdict(list)
        self._by_type: dict[str, list[Entry]] = defaultdict(list)
        self._by_field: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
        self._mentioned: set[str] = set()

    def see(self, record: Record) -> Entry:
        """Take in the next record of the log and apply what it says of earlier ones."""
        return self._take(len(self.all), record)

    def _take(self, position: int, record: Record) -> Entry:
        entry = Entry(
            position=position,
            record=record,
            fields=dict(record.fields),
            occurred_at=record.occurredat,
            sealed=frozenset(record.sealed),
            annulled=is_gone(record),
        )
        self.all.append(entry)
        self._by_id[record.id] = entry
        self._by_stream[record.subject].append(entry)
        self._by_type[record.type].append(entry)
        self._index(entry)
        if record.type in ("EntryCorrected", "EntryAnnulled"):
            self._amend(entry)
        return entry

    def _amend(self, by: Entry) -> None:
        target = self._by_id[by.fields["target"]]
        if is_gone(target.record):
            return  # what it said is gone, and so is what was said of it
        if by.type == "EntryCorrected":
            self._correct(target, by)
        else:
            target.annulled = True

    def _index(self, entry: Entry) -> None:
        self._mentioned |= {entry.key, entry.record.id}
        for name, value in ids_in(entry.type, entry.fields):
            self._mentioned.add(value)
            found = self._by_field[entry.type, name, value]
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

    def at(self, position: int) -> Entry:
        """The entry at a 0-based leaf index."""
        return self.all[position]

    def whole(self, stream: str) -> list[Entry]:
        """Every entry of a stream, annulled ones too, in order of the log."""
        return list(self._by_stream.get(stream, ()))

    def stream(self, stream: str) -> list[Entry]:
        """The entries of a stream, annulled ones left out, in order of the log.

        A stream that one entry opens is empty while that entry is annulled, and begins anew with
        the next that opens it: an annulled id is free again (ACTIONS.md section 6.6).
        """
        entries = [e for e in self._by_stream.get(stream, ()) if not e.annulled]
        opening = OPENINGS.get(stream.partition("/")[0])
        if opening is None:
            return entries
        starts = [n for n, e in enumerate(entries) if e.type == opening]
        return entries[starts[-1] :] if starts else []

    def of(self, *types: str) -> Iterator[Entry]:
        """The entries of these types, annulled ones left out."""
        return (e for t in types for e in self._by_type.get(t, ()) if not e.annulled)

    def some(self, *types: str) -> Iterator[Entry]:
        """The same in any order, for who asks whether there is one such, and need not see all."""
        return self.of(*types)

    def naming(self, field: str, value: str, *types: str) -> Iterator[Entry]:
        """The entries of these types whose `field` is or holds the id `value` now.

        The first person of a ledger is its `person`. An id of one kind may be spelt like one of
        another, or like a code, so a field is always named.
        """
        for kind in types:
            for entry in self._by_field.get((kind, field, value), ()):
                if not entry.annulled and (field, value) in ids_in(kind, entry.fields):
                    yield entry

    def mentions(self, name: str) -> bool:
        """Whether any record holds this id in clear already, as its own or another's."""
        return name in self._mentioned

    def version(self, stream: str) -> int:
        """How many records the stream has: its `streamversion` now."""
        return len(self._by_stream.get(stream, ()))


def ids_in(kind: str, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(field, id) of every id in the fields of an event type: what an index can be asked for."""
    for declared in TYPES[kind].fields if kind in TYPES else ():
        value = fields.get(declared.name)
        if value is None:
            continue
        if declared.kind == "first_person":
            yield "person", value["person"]
        elif declared.kind == "runners":
            yield from ((declared.name, runner["person"]) for runner in value)
        elif declared.kind == "id":
            yield from ((declared.name, item) for item in (value if declared.many else [value]))

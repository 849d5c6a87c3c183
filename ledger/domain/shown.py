"""The entries that a file shows, where it does not show all: what an answer rests on, and whether
that is all there is.

Standard library only. Nothing can be said of what rests on a stream of which entries may be
missing, neither that it holds nor that it is broken; so whoever asks is watched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from ledger.domain.catalogue import OWN_TYPES, TYPES
from ledger.domain.entries import Entries, Entry
from ledger.proof.completeness import NOBODY
from ledger.proof.record import Record

# What a fold raises where the fields of a record make no sense.
SENSELESS = (
    LookupError,
    TypeError,
    ValueError,
    ArithmeticError,
    AttributeError,
    AssertionError,
)
# All streams of a kind.
EVERY = "*"
# What every file shows whole, or what there is nothing of.
ALWAYS = ("ledger", "keyring", f"ledger/{EVERY}", *(f"person/{actor}" for actor in NOBODY))


class Shown(Entries):
    """Entries with holes. `watched` collects the streams that were asked for."""

    def __init__(self, before: Iterable[Entry] = ()) -> None:
        super().__init__()
        self._asked: set[str] = set()
        self._at: dict[int, Entry] = {}
        self._hidden = -1
        for entry in before:
            self.see_at(entry.position, entry.record)

    def see_at(self, position: int, record: Record) -> Entry:
        """Take in a record that is shown, at its place in the log."""
        self._at[position] = entry = self._take(position, record)
        return entry

    def at(self, position: int) -> Entry:
        return self._at[position]

    def hide(self, position: int) -> None:
        """Take note of a record that is not shown."""
        self._hidden = position

    def next_version(self, stream: str) -> int | None:
        """The version that the next record of the stream has, if all before it are shown.

        None where one between those that are shown is missing: no later record makes up for it.
        """
        shown = self._by_stream.get(stream, ())
        dense = not shown or shown[-1].record.streamversion == len(shown)
        return len(shown) + 1 if dense else None

    def nothing_hidden_since(self, stream: str) -> bool:
        """Whether all records of the stream so far are shown, as far as its last one tells."""
        shown = self._by_stream.get(stream, ())
        since = shown[-1].position if shown else -1
        return self._hidden <= since and self.next_version(stream) is not None

    @contextmanager
    def watched(self) -> Iterator[set[str]]:
        """Collect the streams that are asked for within: `kind/id`, or `kind/*` for any of them."""
        before, self._asked = self._asked, set()
        try:
            yield self._asked
        finally:
            self._asked = before

    def stream(self, stream: str) -> list[Entry]:
        self._asked.add(stream)
        return super().stream(stream)

    def version(self, stream: str) -> int:
        self._asked.add(stream)
        return super().version(stream)

    def of(self, *types: str) -> Iterator[Entry]:
        self._asked |= set(map(_streams, types))
        return super().of(*types)

    def some(self, *types: str) -> Iterator[Entry]:
        for entry in super().of(*types):
            self._asked.add(entry.stream)
            yield entry
        self._asked |= set(map(_streams, types))

    def naming(self, field: str, value: str, *types: str) -> Iterator[Entry]:
        for streams in map(_streams, types):
            own = (streams, field) == (f"person/{EVERY}", "person")
            self._asked.add(f"person/{value}" if own else streams)
        return super().naming(field, value, *types)

    def by_id(self, event_id: str) -> Entry | None:
        found = super().by_id(event_id)
        # One that is not there may be anywhere.
        self._asked.add(found.stream if found is not None else EVERY)
        return found

    def mentions(self, name: str) -> bool:
        self._asked.add(EVERY)
        return super().mentions(name)

    def _amend(self, by: Entry) -> None:
        # What it amends need not be shown.
        if by.fields["target"] in self._by_id:
            super()._amend(by)


def rests_on_all_there_is(asked: Collection[str], whole: Collection[str]) -> bool:
    """Whether every stream asked for is among those of which nothing is missing.

    `whole` are streams, or `kind/*` for all of a kind.
    """
    return all(
        name in ALWAYS or name in whole or f"{name.partition('/')[0]}/{EVERY}" in whole
        for name in asked
    )


def _streams(event_type: str) -> str:
    """The streams that entries of this type lie in, as `kind/*`."""
    if event_type in TYPES:
        return f"{TYPES[event_type].stream.partition('/')[0] or EVERY}/{EVERY}"
    # What no edition so far has is nowhere: a file that had one would be newer.
    return f"{EVERY}/{EVERY}" if event_type in OWN_TYPES else f"ledger/{EVERY}"

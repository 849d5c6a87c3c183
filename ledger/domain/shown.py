"""The entries that a file shows, where it does not show all: what an answer rests on, and whether
that is all there is.

Standard library only. Nothing can be said of what rests on a stream of which entries may be
missing, neither that it holds nor that it is broken; so whoever asks is watched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from ledger.domain.catalogue import TYPES
from ledger.domain.entries import Entries, Entry
from ledger.proof.record import Record

# A person, by the field that names them; else everybody, or everything of a kind.
EVERY = "*"


class Shown(Entries):
    """Entries with holes. `watched` collects the streams that were asked for."""

    def __init__(self, before: Iterable[Entry] = ()) -> None:
        super().__init__()
        self._asked: set[str] = set()
        for entry in before:
            self.see_at(entry.position, entry.record)

    def see_at(self, position: int, record: Record) -> Entry:
        """Take in a record that is shown, at its place in the log."""
        return self._take(position, record)

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
        self._asked |= {f"{_kind(t)}/{EVERY}" for t in types}
        return super().of(*types)

    def naming(self, field: str, value: str, *types: str) -> Iterator[Entry]:
        for kind in map(_kind, types):
            alone = kind == field == "person"
            self._asked.add(f"person/{value}" if alone else f"{kind}/{EVERY}")
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
        name.partition("/")[0] in ("ledger", "keyring")
        or name in whole
        or f"{name.partition('/')[0]}/{EVERY}" in whole
        for name in asked
    )


def _kind(event_type: str) -> str:
    return TYPES[event_type].stream.partition("/")[0] if event_type in TYPES else EVERY

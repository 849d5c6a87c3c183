"""The records of a store that have no bytes, beside what the records say was destroyed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ledger.domain.gone import DESTROYED
from ledger.proof.record import Record


@dataclass
class Holes:
    """`positions` have no bytes; `said` is `(first, last, by)` of what records say, ascending."""

    positions: set[int] = field(default_factory=set)
    said: list[tuple[int, int, int]] = field(default_factory=list)
    _versions: dict[Any, int] = field(default_factory=dict)

    def fits(self, stream: Any, version: Any) -> bool:
        """Take in the next row; whether its version is the next of its stream."""
        before = self._versions.get(stream, 0)
        self._versions[stream] = version if type(version) is int else before
        return type(version) is int and version == before + 1

    def see(self, position: int, record: Record) -> None:
        """Take in the next record that can be read."""
        if record.type == DESTROYED:
            named = record.fields.get("positions", ())
            self.said = sorted([*self.said, *((a, b, position) for a, b in named)])

    def unexplained(self) -> Iterator[tuple[int, str]]:
        """(position, what is wrong) where bytes are gone without a record, or are still there."""
        named = {p for first, last, _ in self.said for p in range(first, last + 1)}
        for position in sorted(self.positions - named):
            yield position, "its bytes are gone, and no record says that they were destroyed"
        for position in sorted(named - self.positions):
            yield position, "its bytes were destroyed by a record, and are still there"

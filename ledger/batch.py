"""A batch: what one transaction appends. Thrown away whole on any failure."""

from __future__ import annotations

from dataclasses import dataclass, field

from ledger.domain.events import Recorded
from ledger.proof.merkle import leaf_hash
from ledger.proof.record import Record
from ledger.rows import Erasure, Row, SealedRow, SubjectKey
from ledger.tree import Edge


@dataclass(frozen=True)
class NewRecord:
    """A record that has been signed and has its place in the log."""

    position: int
    record: Record
    event: Recorded
    state: bytes
    leaf: bytes


@dataclass
class Batch:
    """Records in the order decided, and the rows beside them in the order made."""

    edge: Edge
    records: list[NewRecord] = field(default_factory=list)
    beside: list[Row] = field(default_factory=list)
    keys: dict[str, SubjectKey] = field(default_factory=dict)

    def append(self, record: Record, event: Recorded, state: bytes) -> NewRecord:
        """Give the record the next position and leaf."""
        new = NewRecord(self.edge.size, record, event, state, leaf_hash(state))
        self.records.append(new)
        self.beside.extend(self.edge.append(new.leaf))
        return new

    def add_key(self, key: SubjectKey) -> None:
        self.keys[key.subject] = key
        self.beside.append(key)

    def under(self) -> dict[str, list[int]]:
        """Key → the positions of the values of this batch under it that it does not destroy."""
        found: dict[str, list[int]] = {}
        for row in self.beside:
            if isinstance(row, SealedRow):
                found.setdefault(str(row.subject), []).append(row.position)
            elif isinstance(row, Erasure):
                found.pop(row.subject, None)
        return found

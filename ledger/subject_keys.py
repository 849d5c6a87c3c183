"""The keys of data subjects and streams, as they stand inside one batch.

A key is made when something is first sealed under it, and destroyed by the record that says so;
both in the transaction of the batch. A key destroyed here is none any more for what follows, and
a stream of which more is told gets a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ledger.batch import Batch
from ledger.ports import Ports
from ledger.rows import Erasure, SubjectKey
from ledger.store import Recorder


@dataclass
class SubjectKeys:
    """Names are `subject:ID` or `stream:STREAM`; `erased` are those destroyed in this batch.

    `epoch` is that of the wrapping key under which new ones are kept.
    """

    store: Recorder
    batch: Batch
    ports: Ports
    epoch: int
    erased: set[str] = field(default_factory=set)

    def key(self, under: str) -> bytes:
        """The 32 octets of a key, made if there is none."""
        row = self.batch.keys.get(under)
        if row is None and under not in self.erased:  # of a destroyed key the store does not know
            row = self.store.row(SubjectKey, (under,))
        if row is not None:
            return self.ports.wrapper(row.epoch).unwrap(row.wrapped, under)
        key = self.ports.chance(32)
        wrapper = self.ports.wrapper(self.epoch)
        self.batch.add_key(SubjectKey(under, wrapper.epoch, wrapper.wrap(key, under)))
        return key

    def destroy(self, name: str, position: int) -> None:
        """Destroy a key and everything under it, by the record at `position`."""
        self.batch.keys.pop(name, None)
        self.batch.beside.append(Erasure(name, position))
        self.erased.add(name)

    def values_under(self, name: str) -> int:
        """How many values lie under a key."""
        stored = 0
        if name not in self.erased:
            with self.store.reading() as c:
                c.execute("SELECT count(*) FROM sealed_values WHERE subject = ?", (name,))
                stored = int(c.fetchone()[0])
        return stored + len(self.batch.under().get(name, ()))

    def last_under(self) -> list[tuple[str, int]]:
        """Every key there is, with the position of the last value that lies under it."""
        with self.store.reading() as c:
            c.execute(
                "SELECT subject, max(position) AS last FROM sealed_values "
                "WHERE subject IS NOT NULL GROUP BY subject"
            )
            stored = {row["subject"]: int(row["last"]) for row in c.fetchall()}
        kept = {name: last for name, last in stored.items() if name not in self.erased}
        new = {name: max(positions) for name, positions in self.batch.under().items()}
        return sorted({**kept, **new}.items())

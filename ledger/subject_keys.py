"""The keys of data subjects and streams, as they stand inside one batch.

A key is made when something is first sealed under it, and destroyed by the record that says so;
both in the transaction of the batch. A key destroyed here is none any more for what follows, and
a stream of which more is told gets a new one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from ledger.batch import Batch
from ledger.confidential import EPOCH, Keys, Opener, again, opened, sealed_key
from ledger.ports import Ports
from ledger.rows import Destruction, Erasure, Renewed, SubjectKey
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
    renewed: bool = False
    _lent: dict[str, bytes] = field(default_factory=dict)  # of sealed acts, until the commit

    def confide(self, under: str, keys: Keys, chair: bool) -> None:
        """Make the key of a sealed act, which nobody here can open once the batch is gone."""
        key = self._lent[under] = self.ports.chance(32)
        self.batch.add_key(sealed_key(self.ports, keys, key, under, chair))

    def give_away(self, keys: Keys, hidden: Collection[int]) -> None:
        """Seal to `keys` what so far lay under the wrapping key, which opens it no more.

        `hidden` are positions of acts that the chair's key must not open.
        """
        with self.store.reading() as c:
            c.execute(
                "SELECT k.subject, k.epoch, k.wrapped, v.position FROM subject_keys AS k "
                "JOIN sealed_values AS v ON v.subject = k.subject "
                "WHERE k.subject LIKE 'stream:sealed/%' AND k.epoch <> ?",
                (EPOCH,),
            )
            rows = [(SubjectKey(*row[:3]), int(row[3])) for row in c.fetchall()]
        for row, position in rows:
            with suppress(ValueError):  # damaged: `fsck` says so, and it opens nothing
                key = self.ports.wrapper(row.epoch).unwrap(row.wrapped, row.subject)
                made = sealed_key(self.ports, keys, key, row.subject, position not in hidden)
                self.batch.beside.append(Renewed(made))
        self.renewed = True

    def renew(self, keys: Keys, opener: Opener) -> None:
        """Seal the keys of all sealed acts anew, to the keys in force, as far as `opener` can."""
        with self.store.reading() as c:
            c.execute("SELECT subject, epoch, wrapped FROM subject_keys WHERE epoch = ?", (EPOCH,))
            rows = [SubjectKey.from_columns(row) for row in c.fetchall()]
        self.batch.beside.extend(Renewed(again(row, opener, keys, self.ports)) for row in rows)
        self.renewed = True

    def seen_by(self, under: str, opener: Opener | None) -> bool:
        """Whether what lies under the key can be read here: also after this batch is gone."""
        if under not in self._lent:
            return True
        return opener is not None and self._lent[under] in opened(self.batch.keys[under], opener)

    def key(self, under: str) -> bytes:
        """The 32 octets of a key, made if there is none."""
        if under in self._lent:
            return self._lent[under]
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

    def values_in(self, ranges: Sequence[Sequence[int]]) -> int:
        """How many values are still sealed in the records at these positions."""
        asked = (
            "SELECT count(*) FROM sealed_values "
            "WHERE ciphertext IS NOT NULL AND position BETWEEN ? AND ?"
        )
        found = 0
        with self.store.reading() as c:
            for pair in ranges:
                c.execute(asked, tuple(pair))
                found += int(c.fetchone()[0])
        return found

    def destroy_records(self, ranges: Sequence[Sequence[int]], position: int) -> None:
        """Destroy the bytes of records with all that is sealed in them, by the one at `position`.

        The keys stay: other values may lie under them, and they have a period of their own.
        """
        self.batch.beside.append(Destruction(ranges, position))

"""Epochs: the key that wraps the keys of data subjects is replaced after every erasure.

A copy of the database holds the wrapped key of whoever was erased after it was taken. It opens
nothing once the wrapping key of its epoch is gone, and so no backup shows them again. The order,
each step on the disk before the next: the new wrapping key in the vault; every key wrapped anew,
and the record of it, in one transaction; every key opened under the new one; only then is the old
one destroyed. Stopped anywhere, nothing is lost, and the next start goes on: the log says which
epoch is in force, the vault which keys there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ledger.confidential import ADOPTED
from ledger.domain.entries import Entries
from ledger.ports import Wrappers
from ledger.proof.disclosed import ERASING
from ledger.proof.form import REPLACED_TYPE
from ledger.rows import Renewed, SubjectKey
from ledger.store import Recorder

FIRST = 1
SINCE = 3  # the edition of the catalogue: what older ones destroyed is for `keys epoch` to follow


class KeysDiffer(Exception):
    """A key does not open under the wrapping key in force: the old one is not destroyed."""


def in_force(known: Entries) -> int:
    """The epoch under which keys are wrapped, by the log."""
    return max((e.fields["epoch"] for e in known.of(REPLACED_TYPE)), default=FIRST)


def is_due(known: Entries) -> bool:
    """Whether something was destroyed, or given away, that a copy from before could still show."""
    last = max((e.position for e in known.of(REPLACED_TYPE)), default=-1)
    return any(
        e.position > last and e.record.catalogue >= SINCE and e.fields.get("values_destroyed", 1)
        for e in known.of(*ERASING, ADOPTED)
    )


def objection(known: Entries, held: Collection[int]) -> str:
    """Why the vault is not that of this database; empty where it is."""
    epoch = in_force(known)
    if epoch in held:
        return ""
    if max(held, default=0) > epoch:
        return (
            f"the database is older than an erasure: its keys are wrapped under epoch {epoch}, "
            f"which was destroyed, and the vault holds epoch {max(held)}; "
            "bring back a copy of the database of that epoch"
        )
    return f"the vault holds no wrapping key of epoch {epoch}; bring back the vault that does"


def rewrapped(store: Recorder, wrapper: Wrappers, epoch: int) -> list[Renewed]:
    """Every key of an earlier epoch, wrapped under this one. Raises KeyMissing, ValueError.

    Keys that are not wrapped under a key of the vault have no epoch from 1 on: they stay.
    """
    new = wrapper(epoch)
    return [
        Renewed(SubjectKey(row.subject, epoch, new.wrap(_opened(wrapper, row), row.subject)))
        for row in _wrapped(store)
        if row.epoch < epoch
    ]


def check(store: Recorder, wrapper: Wrappers, epoch: int) -> None:
    """Raise KeysDiffer, KeyMissing or ValueError unless every key opens under this epoch."""
    for row in _wrapped(store):
        if row.epoch != epoch:
            raise KeysDiffer(f"the key of {row.subject} is wrapped under epoch {row.epoch}")
        _opened(wrapper, row)


def _wrapped(store: Recorder) -> Iterator[SubjectKey]:
    with store.reading() as c:
        c.execute(
            "SELECT subject, epoch, wrapped FROM subject_keys WHERE epoch >= ? ORDER BY subject",
            (FIRST,),
        )
        rows = c.fetchall()
    return map(SubjectKey.from_columns, map(tuple, rows))


def _opened(wrapper: Wrappers, row: SubjectKey) -> bytes:
    return wrapper(row.epoch).unwrap(row.wrapped, row.subject)

"""Opening what lies beside the log: sealed values, under keys that are wrapped."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ledger import confidential
from ledger.confidential import Opener
from ledger.ports import Clock, KeyMissing, Wrappers
from ledger.proof.record import Record
from ledger.rows import SealedRow, SubjectKey
from ledger.sealing import Place, SealBroken, unseal
from ledger.store import Recorder

IDLE = 900.0  # seconds without use, after which a private key that was lent is forgotten
ACT = "act"  # the path of the one blob of a sealed act


def open_row(
    store: Recorder, wrapper: Wrappers, origin: str, event_id: str, row: SealedRow
) -> tuple[bytes, Any]:
    """Salt and value of a sealed row that was not erased. Raises ValueError when it is damaged."""
    assert row.subject is not None
    assert row.ciphertext is not None
    key = store.row(SubjectKey, (row.subject,))
    if key is None:
        raise SealBroken(f"the key of {row.subject} is missing")
    try:
        unwrapped = wrapper(key.epoch).unwrap(key.wrapped, row.subject)
    except KeyMissing as error:
        raise SealBroken(str(error)) from error
    return unseal(Place(origin, event_id, row.path), row.ciphertext, unwrapped)


def open_act(
    store: Recorder, wrapper: Wrappers, record: Record, position: int, opener: Opener | None = None
) -> Any:
    """What lies in a sealed act; None for any other record, and where it cannot be opened.

    `opener` is the private key that was lent for acts sealed to one (ledger/confidential.py).

    What was destroyed or damaged stays a `Sealed` record like any other: `fsck` says which.
    """
    if record.type != "Sealed":
        return None
    row = store.row(SealedRow, (position, ACT))
    if row is None or row.ciphertext is None or row.subject is None:
        return None
    key = store.row(SubjectKey, (row.subject,))
    if key is None or not confidential.is_confidential(key):
        with suppress(ValueError):
            return open_row(store, wrapper, record.source, record.id, row)[1]
        return None
    for found in confidential.opened(key, opener) if opener else ():
        with suppress(ValueError):
            return unseal(Place(record.source, record.id, ACT), row.ciphertext, found)[1]
    return None


@dataclass
class Opening:
    """A private key that somebody lent for a while; nowhere but in memory."""

    clock: Clock
    opener: Opener | None = None
    person: str = ""
    _used: float = 0.0

    def begin(self, opener: Opener, person: str) -> None:
        self.opener, self.person, self._used = opener, person, self.clock.running()

    def end(self) -> None:
        self.opener, self.person = None, ""

    def is_over(self) -> bool:
        """Whether it was used too long ago."""
        return self.opener is not None and self.clock.running() - self._used >= IDLE

    def used(self, by: str) -> str | None:
        """Who lent it, if anybody did; used again where that is `by`."""
        if self.opener is None:
            return None
        if by == self.person:
            self._used = self.clock.running()
        return self.person

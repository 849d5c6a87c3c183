"""Opening what lies beside the log: sealed values, under keys that are wrapped."""

from __future__ import annotations

from typing import Any

from ledger.ports import KeyMissing, Wrappers
from ledger.proof.record import Record
from ledger.rows import SealedRow, SubjectKey
from ledger.sealing import Place, SealBroken, unseal
from ledger.store import Recorder

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


def open_act(store: Recorder, wrapper: Wrappers, record: Record, position: int) -> Any:
    """What lies in a sealed act; None for any other record, and where it cannot be opened.

    What was destroyed or damaged stays a `Sealed` record like any other: `fsck` says which.
    """
    if record.type != "Sealed":
        return None
    row = store.row(SealedRow, (position, ACT))
    if row is None or row.ciphertext is None or row.subject is None:
        return None
    try:
        return open_row(store, wrapper, record.source, record.id, row)[1]
    except ValueError:
        return None

"""The record keys of the log, by its key records: which signs where (docs/format.md 6).

Standard library only. Whether a key record holds is for `ledger.proof.keyring` to say; here they
are those that this ledger wrote itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledger.domain.entries import Entries, Entry
from ledger.proof.dsse import keyid
from ledger.proof.encoding import b64decode
from ledger.proof.keyrecords import ROTATED
from ledger.proof.record import KEYRING, Record


@dataclass(frozen=True)
class RecordKey:
    """A key and the positions that it signs: `since` … `last`; None where it still does."""

    key_id: str
    public_key: str
    since: int
    last: int | None = None


def record_keys(known: Entries) -> list[RecordKey]:
    """Every record key there was, in the order in which they were admitted."""
    told = list(known.stream(KEYRING))
    ends = [*(entry.position for entry in told[1:]), None]
    return [
        RecordKey(keyid("record", b64decode(text)), text, _since(entry), last)
        for entry, last in zip(told, ends, strict=True)
        for text in brought_by(entry.record)
    ]


def signing_at(known: Entries, position: int) -> list[RecordKey]:
    """The keys that may sign the record at a position, or the manifest of as many records."""
    return [
        key
        for key in record_keys(known)
        if key.since <= position and (key.last is None or position <= key.last)
    ]


def brought_by(record: Record) -> list[str]:
    """The public keys, in base64, of the record keys that a key record admits."""
    if record.type == ROTATED:
        return [record.fields["public_key"]]
    return [key["public_key"] for key in record.fields["admitted"] if key["purpose"] == "record"]


def is_known(known: Entries, key_id: str) -> bool:
    """Whether a record key of that id would be a key the log has had, for whatever purpose."""
    texts = (text for entry in known.stream(KEYRING) for text in _named(entry.record.fields))
    return any(keyid("record", b64decode(text)) == key_id for text in texts)


def _since(entry: Entry) -> int:
    # The record that hands over is still the old key's; the first one is signed by its own.
    return entry.position + (entry.type == ROTATED)


def _named(fields: dict[str, Any]) -> Iterator[str]:
    if "public_key" in fields:
        yield fields["public_key"]
    for admitted in fields.get("admitted", ()):
        yield admitted["public_key"]
    yield from fields.get("roots", {}).get("keys", ())

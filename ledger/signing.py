"""Who signs: the log says which record key is in force at a position, never a setting."""

from __future__ import annotations

from ledger.domain.entries import Entries
from ledger.domain.signing_keys import brought_by, signing_at
from ledger.outcomes import WritesRefused
from ledger.ports import KeyMissing, RecordSigners
from ledger.proof.dsse import Signer, keyid
from ledger.proof.encoding import b64decode
from ledger.proof.keyrecords import ROTATED
from ledger.proof.record import Record


def signers(known: Entries, find: RecordSigners, record: Record) -> list[Signer]:
    """The keys that sign the next record of a log: one, or two where one hands over to the next.

    Raises WritesRefused where the key in force cannot be had.
    """
    if not known.all:  # the first record is signed by a key that it admits
        ids = [keyid("record", b64decode(text)) for text in brought_by(record)]
        return [_first(ids, find)]
    old = manifest_signer(known, find, len(known.all))
    return [old, find(record.fields["new_key_id"])] if record.type == ROTATED else [old]


def manifest_signer(known: Entries, find: RecordSigners, size: int) -> Signer:
    """The record key valid at position `size`: it signs that record, and a manifest of that size.

    Raises WritesRefused where it cannot be had.
    """
    return _first([key.key_id for key in signing_at(known, size)], find)


def _first(ids: list[str], find: RecordSigners) -> Signer:
    """Any of the keys that may sign will do: the first that is there."""
    missing = "the log admits no record key"
    for key_id in ids:
        try:
            return find(key_id)
        except KeyMissing as error:
            missing = str(error)
    raise WritesRefused(f"nothing can be signed: {missing}")

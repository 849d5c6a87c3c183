"""Who signs: the log says which record key is in force at a position, never a setting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ledger.domain.signing_keys import in_force
from ledger.outcomes import WritesRefused
from ledger.ports import KeyMissing, PostQuantumSigners, RecordSigners
from ledger.proof.checkpoint import Checkpoint, format_checkpoint
from ledger.proof.dsse import Signer, SignerGone, keyid
from ledger.proof.encoding import b64decode
from ledger.proof.keyrecords import ADMITTED, ROTATED
from ledger.proof.keyring import Keyring
from ledger.proof.note import signature_line
from ledger.proof.postquantum import line, may_be_named
from ledger.proof.record import Record


def signers(keyring: Keyring, find: RecordSigners, record: Record, position: int) -> list[Signer]:
    """The keys that sign the record at `position`: one, or two where one hands over to the next.

    A key that the roots admit signs its own admission where none in force can be had. Raises
    WritesRefused where there is none.
    """
    if not keyring.count:  # the first record is signed by a key that it admits
        return [_first(_brought(record.fields["admitted"]), find)]
    try:
        old = manifest_signer(keyring, find, position)
    except WritesRefused:
        if record.type != ADMITTED or not _brought([record.fields]):
            raise
        return [_first(_brought([record.fields]), find)]
    return [old, find(record.fields["new_key_id"])] if record.type == ROTATED else [old]


def manifest_signer(keyring: Keyring, find: RecordSigners, size: int) -> Signer:
    """The newest record key valid at position `size` that is there: it signs that record, and a
    manifest of that size.

    Raises WritesRefused where none can be had.
    """
    return _first(in_force(keyring, "record", size), find)


def checkpoint_note(keyring: Keyring, find: RecordSigners, checkpoint: Checkpoint) -> bytes:
    """The checkpoint signed by all keys in force for its size that are there, the newest first.

    Whoever knows only an older one can still check. Raises SignerGone where none is there.
    """
    text, lines = format_checkpoint(checkpoint), []
    gone = SignerGone("the log has no checkpoint key in force")
    for key_id in in_force(keyring, "checkpoint", checkpoint.size):
        try:
            lines.append(signature_line(text, checkpoint.origin, find(key_id)))
        except (KeyMissing, SignerGone) as error:
            gone = SignerGone(str(error))
    if not lines:
        raise gone
    return text.encode("utf-8") + b"\n" + b"".join(lines)


def post_quantum_lines(keyring: Keyring, find: PostQuantumSigners, checkpoint: Checkpoint) -> bytes:
    """Its lines by the log's post-quantum keys in force that are there: often none, for no
    verifier calls for one (docs/format.md 7)."""
    made = b""
    for key in keyring.post_quantum_keys(checkpoint.size):
        with suppress(KeyMissing, SignerGone):
            made += line(checkpoint, find(key)) if may_be_named(checkpoint.origin) else b""
    return made


def _brought(admitted: list[dict[str, Any]]) -> list[str]:
    keys = [one["public_key"] for one in admitted if one["purpose"] == "record"]
    return [keyid("record", b64decode(key)) for key in keys]


@contextmanager
def answering(else_: str) -> Iterator[None]:
    """Where the private key is gone for now: raise WritesRefused, which says `else_` and why."""
    try:
        yield
    except SignerGone as gone:
        raise WritesRefused(f"{else_}: {gone}") from gone


def _first(ids: list[str], find: RecordSigners) -> Signer:
    """Any of the keys that may sign will do: the first that is there."""
    missing = "the log has no record key in force"
    for key_id in ids:
        try:
            return find(key_id)
        except KeyMissing as error:
            missing = str(error)
    raise WritesRefused(f"nothing can be signed: {missing}")

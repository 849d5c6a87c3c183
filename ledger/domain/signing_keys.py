"""The keys of the log, by its key records: which there are, and what may be said of them.

Standard library only. Whether a key record holds is for `ledger.proof.keyring` to say; here it is
said in the words of a refusal, before anything is recorded (docs/format.md 6).
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from ledger.domain.acts import Refusal
from ledger.domain.entries import Entries
from ledger.proof.dsse import keyid
from ledger.proof.encoding import b64decode, b64encode
from ledger.proof.keyrecords import (
    ADMITTED,
    COMPROMISED,
    ED25519,
    REATTESTED,
    REVOKED,
    ROOTS_CHANGED,
    check_approved,
    read_roots,
)
from ledger.proof.keyring import Keyring
from ledger.proof.note import VerifierKey, verifier_key
from ledger.proof.record import KEYRING, Record

NOT_APPROVED, LAST = "roots_have_not_approved", "last_key_in_force"


@dataclass(frozen=True)
class KeyOfLog:
    """A key and its interval: `since` … `last` (None: to this day); of a root key, of record 0 on.

    `trusted_until` is the position before which it is trusted, where it was compromised.
    """

    key_id: str
    purpose: str
    algorithm: str
    public_key: str
    since: int
    last: int | None = None
    trusted_until: int | None = None

    @property
    def state(self) -> str:
        """`in_force`, `ended` or `compromised`."""
        if self.trusted_until is not None:
            return "compromised"
        return "in_force" if self.last is None else "ended"


def listed(known: Entries, keyring: Keyring) -> list[KeyOfLog]:
    """Every key there was: the roots, then the others in the order in which they were admitted."""
    found = [
        KeyOfLog(
            key_id,
            key.said.purpose,
            key.said.algorithm,
            b64encode(key.said.key),
            key.since,
            key.last,
            key.trusted_until,
        )
        for key_id, key in keyring.keys.items()
    ]
    return [*_roots(known), *found]


def _roots(known: Entries) -> list[KeyOfLog]:
    since: dict[str, int] = {}
    last: dict[str, int] = {}
    for position, keys in _root_sets(known):
        last.update({text: position for text in since if text not in keys and text not in last})
        since.update({text: position for text in keys if text not in since})
    return [
        KeyOfLog(keyid("root", b64decode(text)), "root", ED25519, text, at, last.get(text))
        for text, at in since.items()
    ]


def _root_sets(known: Entries) -> Iterator[tuple[int, list[str]]]:
    for entry in known.stream(KEYRING):
        said = entry.fields.get("roots", entry.fields if entry.type == ROOTS_CHANGED else {})
        if said:
            yield entry.position, said["keys"]


def in_force(keyring: Keyring, purpose: str, at: int) -> list[str]:
    """The ids of the Ed25519 keys for records or checkpoints at a position or size, newest first.

    Of a log without a record, none.
    """
    found = [
        (key.since, key_id)
        for key_id, key in keyring.keys.items()
        if (key.said.purpose, key.said.algorithm) == (purpose, ED25519) and key.covers(at)
    ]
    return [key_id for _, key_id in sorted(found, key=lambda one: -one[0])]


def checkpoint_keys(keyring: Keyring) -> list[VerifierKey]:
    """Every Ed25519 checkpoint key that the log ever admitted: any may have signed what is kept."""
    found = (key.said for key in keyring.keys.values())
    kind = ("checkpoint", ED25519)
    return [verifier_key(keyring.origin, k) for p, k, a in found if (p, a) == kind]


def is_known(known: Entries, key_id: str, *purposes: str) -> bool:
    """Whether a key for one of the purposes, or else for records, of that id would be a key that
    the log has had, for whatever purpose."""
    texts = [text for entry in known.stream(KEYRING) for text in _named(entry.record.fields)]
    asked = purposes or ("record",)
    return any(keyid(one, b64decode(text)) == key_id for text in texts for one in asked)


def _named(fields: dict[str, Any]) -> Iterator[str]:
    if "public_key" in fields:
        yield fields["public_key"]
    for admitted in fields.get("admitted", ()):
        yield admitted["public_key"]
    yield from fields.get("roots", fields).get("keys", ())


def objections(keyring: Keyring, record: Record, position: int, root: str) -> Iterator[Refusal]:
    """Why a record that roots approve may not change the keys at `position`.

    `root` is the tree hash of the records that it re-attests, hex; empty where there are none.
    """
    # What no approval could mend comes first, so that nobody is asked in vain.
    yield from _of_reference(keyring, record)
    yield from _of_state(keyring, record, position, root)
    more = [read_roots(record.fields)] if record.type == ROOTS_CHANGED else []
    try:
        check_approved(record, keyring.roots, *more)
    except ValueError as error:
        yield Refusal(NOT_APPROVED, {"fields": ["approvals"], "reason": str(error)})
    try:
        deepcopy(keyring).admit(position, record, [""])
    except ValueError as error:
        yield Refusal("invalid_field", {"fields": ["data"], "reason": str(error)})


def _of_reference(keyring: Keyring, record: Record) -> Iterator[Refusal]:
    fields = record.fields
    if record.type in (REVOKED, COMPROMISED):
        key = keyring.keys.get(fields["key_id"])
        if key is None or key.said.purpose != fields["purpose"]:
            yield Refusal("unknown_reference", {"fields": ["key_id"]})
    if record.type == ADMITTED and keyring.knows(b64decode(fields["public_key"])):
        yield Refusal("duplicate_id", {"fields": ["public_key"]})
    if record.type == ROOTS_CHANGED:
        new = set(map(b64decode, fields["keys"])) - set(keyring.roots.keys)
        if any(map(keyring.knows, new)):
            yield Refusal("duplicate_id", {"fields": ["keys"]})


def _of_state(keyring: Keyring, record: Record, position: int, root: str) -> Iterator[Refusal]:
    fields = record.fields
    if record.type in (REVOKED, COMPROMISED):
        key, others = keyring.keys[fields["key_id"]], in_force(keyring, fields["purpose"], position)
        if record.type == REVOKED and key.last is not None:
            yield Refusal("already_decided", {"fields": ["key_id"]})
        if others == [fields["key_id"]] and not is_freeze(record):
            yield Refusal(LAST, {"fields": ["key_id"]})
    if record.type == COMPROMISED and fields["trusted_until"] > position:
        yield Refusal("invalid_field", {"fields": ["trusted_until"], "size": position})
    if record.type == REATTESTED:
        if fields["to"] > position:
            yield Refusal("invalid_field", {"fields": ["to"], "size": position})
        if any(a < fields["to"] and fields["from"] < b for a, b, *_ in keyring.reattested):
            yield Refusal("already_decided", {"fields": ["from", "to"]})
        if fields["root"] != root:
            yield Refusal("invalid_field", {"fields": ["root"]})


def is_freeze(record: Record) -> bool:
    """Whether it may end the last key of its kind: a stolen record key, until the roots admit one
    that signs its own admission. Without a checkpoint key nothing could be proven."""
    return (record.type, record.fields["purpose"]) == (COMPROMISED, "record")

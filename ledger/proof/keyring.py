"""Which key was valid at which position, folded from the key records of the log (format 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Collection, Dict, List, Optional, Sequence, Set, Tuple

from .dsse import Envelope, check_signature, envelope_from_value, keyid
from .ed25519 import check_public_key
from .encoding import b64decode, b64encode, canonical, parse_canonical
from .errors import Invalid, Malformed, Newer
from .form import ROOT_TYPE, is_origin
from .note import VerifierKey, verifier_key
from .record import KEYRING, Record, root_statement

REHEARSAL = "rehearsal"
OPENED, ROTATED = "KeyringOpened", "SigningKeyRotated"
ROTATED_SINCE = 2  # the edition of the catalogue that brought it
MAX_ROOTS = 16


def origin_of(host: str, slug: str, keys: Sequence[bytes], threshold: int) -> str:
    """Return the name of the log whose first root set is `keys`, each 32 octets (format 2)."""
    roots = {"keys": sorted(map(b64encode, keys)), "threshold": threshold}
    return f"{host}/{slug}/{sha256(canonical(roots)).hexdigest()[:32]}"


@dataclass
class Keyring:
    """The keys of one log. Each is valid over an interval of positions, never of time."""

    origin: str = ""
    count: int = 0
    rehearsal: bool = False
    roots: Tuple[bytes, ...] = ()
    threshold: int = 0
    # Key id → key, the position from which on it is valid, and the last one, where there is one.
    _record_keys: Dict[str, Tuple[bytes, int, Optional[int]]] = field(default_factory=dict)
    # Public key, and the position from which on it is valid.
    _checkpoint_keys: List[Tuple[bytes, int]] = field(default_factory=list)
    # Every key of the log, whatever for: none ever serves again.
    _used: Set[bytes] = field(default_factory=set)

    def admit(self, position: int, record: Record, signed_by: Collection[str] = ()) -> None:
        """Apply a key record that the keys `signed_by` signed; other streams change nothing.

        Raises Malformed or Invalid when it may not change the keys, Newer when its type is
        unknown: key records can never be passed over.
        """
        if record.subject != KEYRING:
            return
        if record.type == OPENED:
            self._open(position, record)
        elif record.type == ROTATED:
            self._rotate(position, record, signed_by)
        else:
            raise Newer(f"key record of type {record.type} is newer than this verifier")
        self.count += 1

    def record_key(self, keyid: str, position: int) -> bytes:
        """Return the record key of that id; raise Invalid unless it is valid at `position`."""
        key, since, last = self._record_keys.get(keyid, (b"", 0, None))
        if not key or position < since or (last is not None and position > last):
            raise Invalid(f"no record key {keyid} is valid at position {position}")
        return key

    def signing_key(self, ident: str, position: int, envelope: Envelope) -> bytes:
        """Return the key of that id if it may sign this record: valid there, or handed over to.

        Raises Invalid. A key handed over to never signs alone: the other signature is then that
        of a key valid there, for each key signs once.
        """
        new = _handed_to(envelope) if len(envelope.signatures) == 2 else b""
        if new and keyid("record", new) == ident:
            return new
        return self.record_key(ident, position)

    def checkpoint_keys(self, size: int) -> List[VerifierKey]:
        """Return the keys that may sign a checkpoint of a tree of `size`."""
        return [verifier_key(self.origin, k) for k, since in self._checkpoint_keys if since < size]

    def _open(self, position: int, record: Record) -> None:
        if position != 0 or self.count:
            raise Invalid(f"keyring opened at position {position}")
        roots, threshold = _roots(record.fields)
        admitted = _admitted(record.fields)
        if {key for _, key in admitted} & set(roots):
            raise Invalid("a root key is admitted for another purpose")
        _check_origin(record, roots, threshold)
        if (record.action, record.actor) != ("open_keyring", "system"):
            raise Invalid(f"keyring opened by {record.actor} with action {record.action}")
        check_approved(record, roots, threshold)
        self.origin, self.roots, self.threshold = record.source, tuple(roots), threshold
        self.rehearsal = record.fields["rehearsal"]
        for purpose, key in admitted:
            if purpose == "record":
                self._record_keys[keyid(purpose, key)] = (key, position, None)
            else:
                self._checkpoint_keys.append((key, position))
        self._used = {*roots, *(key for _, key in admitted)}

    def _rotate(self, position: int, record: Record, signed_by: Collection[str]) -> None:
        """From the next position on the new key is the only record key."""
        if not self.count:
            raise Invalid("a record key is changed before the keyring is opened")
        new = _rotation(record)
        ident = keyid("record", new)
        if record.fields["new_key_id"] != ident:
            raise Invalid(f"key {ident} is named {ascii(record.fields['new_key_id'])[:40]}")
        if new in self._used:
            raise Invalid(f"key {ident} is a key of this log already")
        if len(signed_by) != 2 or ident not in signed_by:
            raise Invalid("change of the record key that old and new key did not both sign")
        for other in set(signed_by) - {ident}:
            self.record_key(other, position)
        for other, (key, since, last) in self._record_keys.items():
            ends = position if last is None else last
            self._record_keys[other] = (key, since, ends)
        self._record_keys[ident] = (new, position + 1, None)
        self._used.add(new)


def check_approved(record: Record, roots: Sequence[bytes], threshold: int) -> None:
    """Raise Invalid unless at least `threshold` of the `roots` approved the record (format 6)."""
    by_id = {keyid("root", key): key for key in roots}
    statement = root_statement(record)
    # The form of a record allows one approval a key id, so that no key counts twice.
    for value in record.approvals:
        envelope = envelope_from_value(value, ROOT_TYPE, 1)
        signature = envelope.signatures[0]
        if signature.keyid not in by_id:
            raise Invalid(f"approval by {signature.keyid}, which is no root key")
        if envelope.body != statement:
            raise Invalid("approval of another record")
        check_signature(envelope, signature, by_id[signature.keyid])
    if len(record.approvals) < threshold:
        raise Invalid(f"{len(record.approvals)} approvals, {threshold} are called for")


def check_signed_by_admitted(envelope: Envelope) -> None:
    """Raise Malformed or Invalid unless a first record is signed by keys that it lists itself.

    It says nothing of the record but that it is whole, in case it is newer than this verifier.
    """
    body = parse_canonical(envelope.body)
    try:
        keys = [_key(item["public_key"]) for item in body["data"]["fields"]["admitted"]]
    except (TypeError, KeyError):
        raise Malformed("first record without admitted keys") from None
    by_id = {keyid("record", key): key for key in keys}
    for signature in envelope.signatures:
        if signature.keyid not in by_id:
            raise Invalid(f"first record signed by {signature.keyid}, which it does not admit")
        check_signature(envelope, signature, by_id[signature.keyid])


def _handed_to(envelope: Envelope) -> bytes:
    """The key that a record says it hands over to; none where it does not, or says it badly."""
    try:
        body = parse_canonical(envelope.body)
        if (body["subject"], body["type"]) == (KEYRING, ROTATED):
            return _key(body["data"]["fields"]["public_key"])
    except (TypeError, KeyError, Malformed):
        pass  # without that key its signature is none, and that is what is noted
    return b""


def _rotation(record: Record) -> bytes:
    """The new key of a record whose form is that of a change of the record key."""
    if record.catalogue < ROTATED_SINCE:
        raise Invalid(f"{ROTATED} under edition {record.catalogue}, which has none")
    if record.action != "rotate_signing_key":
        raise Invalid(f"record key changed with action {record.action}")
    if record.approvals:
        raise Invalid("change of the record key with approvals, which it does not have")
    if record.fields.keys() != {"new_key_id", "public_key"}:
        raise Malformed("change of the record key whose fields are not new_key_id and public_key")
    return _key(record.fields["public_key"])


def _check_origin(record: Record, roots: Sequence[bytes], threshold: int) -> None:
    # A record's form has made sure of two slashes.
    host, slug, _ = record.source.split("/")
    if not is_origin(record.source) or record.source != origin_of(host, slug, roots, threshold):
        raise Invalid(f"origin {record.source} does not hash its roots")
    if record.fields["rehearsal"] is not (host == REHEARSAL):
        raise Invalid(f"rehearsal is {record.fields['rehearsal']} on host {host}")


def _roots(fields: Dict[str, Any]) -> Tuple[List[bytes], int]:
    if fields.keys() != {"admitted", "rehearsal", "roots"} or type(fields["rehearsal"]) is not bool:
        raise Malformed("keyring whose fields are not admitted, rehearsal and roots")
    roots = fields["roots"]
    if type(roots) is not dict or roots.keys() != {"keys", "threshold"}:
        raise Malformed("roots are not keys and threshold")
    keys, threshold = roots["keys"], roots["threshold"]
    if type(keys) is not list or not 1 <= len(keys) <= MAX_ROOTS:
        raise Malformed(f"roots are not a list of 1 to {MAX_ROOTS} keys")
    if type(threshold) is not int or not 1 <= threshold <= len(keys):
        raise Malformed(f"threshold {ascii(threshold)[:20]} of {len(keys)} root keys")
    parsed = list(map(_key, keys))
    if keys != sorted(set(keys)):
        raise Malformed("root keys not sorted, or one twice")
    return parsed, threshold


def _admitted(fields: Dict[str, Any]) -> List[Tuple[str, bytes]]:
    items = fields["admitted"]
    if type(items) is not list:
        raise Malformed("admitted is not a list")
    admitted = list(map(_admission, items))
    # Sorted as they are spelt: by purpose, then by the key's base64.
    spelt = [(item["purpose"], item["public_key"]) for item in items]
    if spelt != sorted(spelt) or len({key for _, key in admitted}) != len(admitted):
        raise Malformed("admitted keys not sorted, or one twice")
    if {purpose for purpose, _ in admitted} != {"record", "checkpoint"}:
        raise Malformed("admitted keys do not serve both purposes")
    return admitted


def _admission(item: Any) -> Tuple[str, bytes]:
    if type(item) is not dict or item.keys() != {"public_key", "purpose"}:
        raise Malformed("admitted key is not public_key and purpose")
    if item["purpose"] not in ("record", "checkpoint"):
        raise Malformed(f"admitted key of purpose {ascii(item['purpose'])[:40]}")
    return item["purpose"], _key(item["public_key"])


def _key(text: Any) -> bytes:
    if type(text) is not str:
        raise Malformed("key that is not text")
    key = b64decode(text)
    check_public_key(key)
    return key

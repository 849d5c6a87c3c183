"""What the key records say, each of a closed form, and who approved them (format 6)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from .dsse import Envelope, check_signature, envelope_from_value, keyid
from .ed25519 import check_public_key
from .encoding import b64decode, b64encode, canonical, hex_bytes, parse_canonical
from .errors import Invalid, Malformed, Newer
from .form import ROOT_TYPE
from .record import KEYRING, Record

OPENED, ROTATED, ADMITTED = "KeyringOpened", "SigningKeyRotated", "KeyAdmitted"
REVOKED, COMPROMISED = "KeyRevoked", "KeyCompromised"
REATTESTED, ROOTS_CHANGED = "RecordsReattested", "RootsChanged"
# Type → the action that makes it, and the edition of the catalogue that brought it.
ACTIONS = {
    OPENED: ("open_keyring", 1),
    ROTATED: ("rotate_signing_key", 2),
    ADMITTED: ("admit_key", 3),
    REVOKED: ("revoke_key", 3),
    COMPROMISED: ("declare_key_compromised", 3),
    REATTESTED: ("reattest_records", 3),
    ROOTS_CHANGED: ("change_roots", 3),
}
REASONS = ("retired", "lost", "left")
ED25519, ML_DSA_44, ML_DSA_44_SIZE = "ed25519", "ml-dsa-44", 1312
MAX_ROOTS = 16
_STATED = ("id", "source", "streamversion", "subject", "type")


class Roots(NamedTuple):
    """A set of root keys, and how many of them must approve."""

    keys: Tuple[bytes, ...]
    threshold: int


class Admission(NamedTuple):
    """A key of 32 octets, of ML-DSA-44 1,312, and what it is for: `record` or `checkpoint`."""

    purpose: str
    key: bytes
    algorithm: str = ED25519


def origin_of(host: str, slug: str, keys: Sequence[bytes], threshold: int) -> str:
    """Return the name of the log whose first root set is `keys`, each 32 octets (format 2)."""
    roots = {"keys": sorted(map(b64encode, keys)), "threshold": threshold}
    return f"{host}/{slug}/{sha256(canonical(roots)).hexdigest()[:32]}"


def check_kind(record: Record) -> None:
    """Raise Invalid for an edition without that type, or another action; Newer for another type."""
    if record.type not in ACTIONS:
        raise Newer(f"key record of type {record.type} is newer than this verifier")
    action, since = ACTIONS[record.type]
    if record.catalogue < since:
        raise Invalid(f"{record.type} under edition {record.catalogue}, which has none")
    if record.action != action:
        raise Invalid(f"{record.type} with action {record.action}")


def check_approved(record: Record, *sets: Roots) -> None:
    """Raise Invalid unless enough roots of each of the `sets` approved the record (format 6)."""
    body = {name: getattr(record, name) for name in _STATED}
    _check_approvals(record.approvals, {**body, "fields": record.fields}, sets)


def _check_approvals(approvals: Any, body: Dict[str, Any], sets: Sequence[Roots]) -> None:
    by_id = {keyid("root", key): key for roots in sets for key in roots.keys}
    statement, approved, last = canonical(body), set(), ""
    for value in approvals:
        envelope = envelope_from_value(value, ROOT_TYPE, 1)
        signature = envelope.signatures[0]
        if signature.keyid <= last:
            raise Malformed("approvals not sorted, or one twice")
        last = signature.keyid
        if signature.keyid not in by_id:
            raise Invalid(f"approval by {signature.keyid}, which is no root key")
        if envelope.body != statement:
            raise Invalid("approval of another record")
        check_signature(envelope, signature, by_id[signature.keyid])
        approved.add(by_id[signature.keyid])
    for keys, threshold in sets:
        if len(approved.intersection(keys)) < threshold:
            raise Invalid(f"{len(approved.intersection(keys))} approvals, {threshold} called for")


def self_admitted(envelope: Envelope, roots: Roots) -> bytes:
    """Return the record key that a record, approved by the roots, admits; none of another."""
    try:
        body = parse_canonical(envelope.body)
        data = body["data"]
        if (body["subject"], body["type"], data["fields"]["purpose"]) == (
            KEYRING,
            ADMITTED,
            "record",
        ):
            stated = {name: body[name] for name in _STATED}
            _check_approvals(data["approvals"], {**stated, "fields": data["fields"]}, [roots])
            return key_of(data["fields"]["public_key"])
    except (TypeError, KeyError, ValueError):
        pass  # without that key its signature is none, and that is what is noted
    return b""


def handed_to(envelope: Envelope) -> bytes:
    """Return the key that a record hands over to; none where it does not, or says it badly."""
    try:
        body = parse_canonical(envelope.body)
        if (body["subject"], body["type"]) == (KEYRING, ROTATED):
            return key_of(body["data"]["fields"]["public_key"])
    except (TypeError, KeyError, Malformed):
        pass
    return b""


def check_signed_by_admitted(envelope: Envelope) -> None:
    """Raise Malformed or Invalid unless a first record is signed by keys that it lists itself.

    It says nothing of the record but that it is whole, in case it is newer than this verifier.
    """
    body = parse_canonical(envelope.body)
    try:
        keys = [key_of(item["public_key"]) for item in body["data"]["fields"]["admitted"]]
    except (TypeError, KeyError):
        raise Malformed("first record without admitted keys") from None
    by_id = {keyid("record", key): key for key in keys}
    for signature in envelope.signatures:
        if signature.keyid not in by_id:
            raise Invalid(f"first record signed by {signature.keyid}, which it does not admit")
        check_signature(envelope, signature, by_id[signature.keyid])


def read_roots(roots: Any) -> Roots:
    """Return a root set; raise Malformed for what is none."""
    if type(roots) is not dict or roots.keys() != {"keys", "threshold"}:
        raise Malformed("roots are not keys and threshold")
    keys, threshold = roots["keys"], roots["threshold"]
    if type(keys) is not list or not 1 <= len(keys) <= MAX_ROOTS:
        raise Malformed(f"roots are not a list of 1 to {MAX_ROOTS} keys")
    if type(threshold) is not int or not 1 <= threshold <= len(keys):
        raise Malformed(f"threshold {ascii(threshold)[:20]} of {len(keys)} root keys")
    parsed = tuple(map(key_of, keys))
    if keys != sorted(set(keys)):
        raise Malformed("root keys not sorted, or one twice")
    return Roots(parsed, threshold)


def read_opened(fields: Dict[str, Any]) -> Tuple[Roots, List[Admission]]:
    """Return the first roots, and the keys they admit; raise Malformed for another form."""
    if fields.keys() != {"admitted", "rehearsal", "roots"} or type(fields["rehearsal"]) is not bool:
        raise Malformed("keyring whose fields are not admitted, rehearsal and roots")
    roots, items = read_roots(fields["roots"]), fields["admitted"]
    if type(items) is not list:
        raise Malformed("admitted is not a list")
    admitted = [_admission(item) for item in items]
    # Sorted as they are spelt: by purpose, then by the key's base64.
    spelt = [(item["purpose"], item["public_key"]) for item in items]
    if spelt != sorted(spelt) or len({one.key for one in admitted}) != len(admitted):
        raise Malformed("admitted keys not sorted, or one twice")
    if {one.purpose for one in admitted} != {"record", "checkpoint"}:
        raise Malformed("admitted keys do not serve both purposes")
    return roots, admitted


def read_admitted(fields: Dict[str, Any]) -> Admission:
    """Return the key that a record admits; raise Malformed for another form."""
    if "algorithm" not in fields:
        return _admission(fields)
    if fields.keys() != {"algorithm", "public_key", "purpose"}:
        raise Malformed("admitted key is not algorithm, public_key and purpose")
    if (fields["algorithm"], fields["purpose"]) != (ML_DSA_44, "checkpoint"):
        raise Malformed(f"admitted key of algorithm {ascii(fields['algorithm'])[:40]}")
    if type(fields["public_key"]) is not str:
        raise Malformed("key that is not text")
    key = b64decode(fields["public_key"])
    if len(key) != ML_DSA_44_SIZE:
        raise Malformed(f"ml-dsa-44 key of {len(key)} octets")
    return Admission("checkpoint", key, ML_DSA_44)


def read_rotated(record: Record) -> bytes:
    """Return the new key of a change of the record key; raise Malformed or Invalid."""
    if record.approvals:
        raise Invalid("change of the record key with approvals, which it does not have")
    if record.fields.keys() != {"new_key_id", "public_key"}:
        raise Malformed("change of the record key whose fields are not new_key_id and public_key")
    new = key_of(record.fields["public_key"])
    if record.fields["new_key_id"] != keyid("record", new):
        raise Invalid(f"new record key is named {ascii(record.fields['new_key_id'])[:40]}")
    return new


def read_ended(fields: Dict[str, Any], last: str) -> Any:
    """Return the member `last` of the end of a key; raise Malformed for another form."""
    if fields.keys() != {"key_id", "purpose", last}:
        raise Malformed(f"end of a key whose fields are not key_id, purpose and {last}")
    return fields[last]


def read_reattested(fields: Dict[str, Any]) -> Tuple[int, int, bytes]:
    """Return from where up to where, and the root; raise Malformed for another form."""
    if fields.keys() != {"from", "root", "to"} or type(fields["root"]) is not str:
        raise Malformed("re-attestation whose fields are not from, root and to")
    start, stop = fields["from"], fields["to"]
    if not (type(start) is type(stop) is int and 0 <= start < stop):
        raise Malformed("re-attestation of no range")
    return start, stop, hex_bytes(fields["root"], 32)


def key_of(text: Any) -> bytes:
    """Return the Ed25519 public key in base64; raise Malformed for what is none, or a weak one."""
    if type(text) is not str:
        raise Malformed("key that is not text")
    key = b64decode(text)
    check_public_key(key)
    return key


def _admission(item: Any) -> Admission:
    if type(item) is not dict or item.keys() != {"public_key", "purpose"}:
        raise Malformed("admitted key is not public_key and purpose")
    if item["purpose"] not in ("record", "checkpoint"):
        raise Malformed(f"admitted key of purpose {ascii(item['purpose'])[:40]}")
    return Admission(item["purpose"], key_of(item["public_key"]))

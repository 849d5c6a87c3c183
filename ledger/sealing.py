"""Sealed values: committed to in the record, kept encrypted beside it (docs/format.md 5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ledger.proof.encoding import b64decode, b64encode, canonical, parse_canonical
from ledger.proof.record import commitment

SIZES = (256, 1024, 4096, 16384)
INFO = b"handledger/seal/v1\n"


class SealBroken(ValueError):
    """The ciphertext does not open under the subject's key at this place."""


class TooLong(ValueError):
    """The value does not fit into the largest size."""


@dataclass(frozen=True)
class Place:
    """Where a sealed value belongs: the ledger's origin, the event's id, the path of the field."""

    source: str
    event_id: str
    path: str

    def bound(self) -> bytes:
        return canonical({"id": self.event_id, "path": self.path, "source": self.source})


@dataclass(frozen=True)
class Sealed:
    """What stands in the record for a value, and the ciphertext that lies beside it."""

    in_record: dict[str, str]
    ciphertext: bytes


def seal(
    place: Place,
    value: Any,
    key: bytes,
    chance: Callable[[int], bytes],
    least: int = 0,
    salt: bytes | None = None,
) -> Sealed:
    """Seal a JSON value under the 32 octets of a subject's key, in `least` octets or more.

    The salt is drawn unless it is given. Raises TooLong.
    """
    salt = chance(32) if salt is None else salt
    plain = _padded(canonical({"salt": b64encode(salt), "value": value}), least)
    nonce = chance(12)
    ciphertext = nonce + AESGCM(_field_key(key, place)).encrypt(nonce, plain, place.bound())
    committed = commitment(place.source, place.event_id, place.path, salt, value)
    names = {"ciphertext": sha256(ciphertext).hexdigest(), "commitment": committed.hex()}
    return Sealed(names, ciphertext)


def unseal(place: Place, ciphertext: bytes, key: bytes) -> tuple[bytes, Any]:
    """The salt and the value again. Raises SealBroken."""
    try:
        nonce, rest = ciphertext[:12], ciphertext[12:]
        plain = AESGCM(_field_key(key, place)).decrypt(nonce, rest, place.bound())
        opened = parse_canonical(plain.rstrip(b" "))
        return b64decode(opened["salt"]), opened["value"]
    except (InvalidTag, ValueError, KeyError, TypeError) as error:
        raise SealBroken(f"sealed value {place.path} of event {place.event_id}") from error


def _field_key(key: bytes, place: Place) -> bytes:
    # A key of its own for each field, so that no nonce can ever meet another under one key.
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=INFO + place.bound())
    return derive.derive(key)


def _padded(plain: bytes, least: int) -> bytes:
    for size in SIZES:
        if len(plain) <= size >= least:
            return plain.ljust(size)
    raise TooLong(f"{len(plain)} octets, at most {SIZES[-1]}")

"""X.509 certificates (RFC 5280), as far as one can vouch for a timestamp."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Dict, List, Mapping, Optional, Tuple

from . import der
from .encoding import b64decode
from .errors import Invalid, Malformed
from .publickey import Algorithm, Key, check, read_algorithm, read_key

MAX_PEM = 65_536
MAX_NAME = 64

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")
_ID_CE = bytes.fromhex("551d")
_KEY_USAGE, _BASIC, _POLICIES, _EXTENDED = (_ID_CE + bytes([n]) for n in (15, 19, 32, 37))
_READ = {_KEY_USAGE, _BASIC, _POLICIES, _EXTENDED}
_STAMPING = der.encode(der.OID, bytes.fromhex("2b06010505070308"))
_NAMES = [der.encode(der.OID, bytes([0x55, 4, n])) for n in (3, 10)]  # common name, organisation
_SIGNS, _BINDS, _CERTIFIES = 0x80, 0x40, 0x04  # in the first octet of a key usage

# Object identifier → whether it is critical, and what it says.
Extensions = Mapping[bytes, Tuple[bool, bytes]]


@dataclass(frozen=True)
class Certificate:
    """Whose key is whose. `algorithm` is None where its own signature is of a kind not read here.

    `issuer`, `subject` and `serial` are values of DER; `begins` and `ends` seconds since 1970.
    """

    whole: bytes
    signed: bytes
    issuer: bytes
    serial: bytes
    subject: bytes
    begins: int
    ends: int
    key: Key
    extensions: Extensions
    algorithm: Optional[Algorithm]
    signature: bytes

    @property
    def fingerprint(self) -> str:
        """Return its SHA-256 in hex."""
        return sha256(self.whole).hexdigest()

    @property
    def name(self) -> str:
        """Return what it calls its holder: the common name, or the organisation."""
        for oid in _NAMES:
            _, there, value = self.subject.rpartition(oid)
            if there and len(value) > 2:
                return value[2 : 2 + min(value[1], MAX_NAME)].decode("utf-8", "replace")
        return "without a name"

    def is_valid_at(self, time: int) -> bool:
        """Tell whether it was in force."""
        return self.begins <= time <= self.ends

    def may_stamp(self) -> bool:
        """Tell whether its key is for timestamps, and for nothing else (RFC 3161, 2.3)."""
        alone = der.encode(der.SEQUENCE, _STAMPING)
        return self._uses(_SIGNS | _BINDS) and self.extensions.get(_EXTENDED) == (True, alone)

    def may_certify(self, between: int) -> bool:
        """Tell whether it may certify, with so many certificates `between` it and the last."""
        _, said = self.extensions.get(_BASIC, (False, b"0\0"))
        reader = der.Reader(der.only(said, der.SEQUENCE).data)
        is_authority = der.is_true(reader.maybe(der.BOOLEAN))
        most = reader.maybe(der.INTEGER)
        reader.end()
        return (
            is_authority and self._uses(_CERTIFIES) and (not most or der.integer(most) >= between)
        )

    def check_signed_by(self, other: Certificate) -> None:
        """Raise Invalid unless the other names its holder as issuer, and signed it."""
        if self.issuer != other.subject or self.algorithm is None:
            raise Invalid("a certificate by another issuer")
        check(other.key, self.algorithm, self.signature, self.signed)

    def _uses(self, usage: int) -> bool:
        """Tell whether the key may be used so: no usage named is any usage."""
        if _KEY_USAGE not in self.extensions:
            return True
        named = der.only(self.extensions[_KEY_USAGE][1], der.BITS).data
        return len(named) > 1 and bool(named[1] & usage)


@lru_cache(maxsize=64)
def read_certificate(whole: bytes) -> Certificate:
    """Return a certificate of version 3, nothing about it checked yet; raise Malformed for none."""
    outer = der.Reader(der.only(whole, der.SEQUENCE).data)
    signed = outer.take(der.SEQUENCE)
    kind, signature = outer.take(der.SEQUENCE), der.bits(outer.take(der.BITS))
    outer.end()
    inside = der.Reader(signed.data)
    if inside.take(der.INSIDE).data != b"\2\1\2":
        raise Malformed("a certificate that is not of version 3")
    serial = inside.take(der.INTEGER).whole
    if inside.take(der.SEQUENCE) != kind:
        raise Malformed("a certificate that names two algorithms")
    issuer = inside.take(der.SEQUENCE).whole
    period = inside.inside()
    begins, ends = (der.seconds(period.take(der.UTC_TIME, der.TIME)) for _ in range(2))
    period.end()
    subject, key = inside.take(der.SEQUENCE).whole, read_key(inside)
    inside.maybe(0x81)
    inside.maybe(0x82)
    said = read_extensions(inside.take(der.INSIDE + 3).data)
    inside.end()
    return Certificate(
        signed=signed.whole,
        whole=whole,
        issuer=issuer,
        serial=serial,
        subject=subject,
        begins=begins,
        ends=ends,
        key=key,
        extensions=said,
        algorithm=_algorithm(kind),
        signature=signature,
    )


def read_extensions(data: bytes) -> Extensions:
    """Return the extensions in a value; raise Malformed for one that is critical and not known."""
    found: Dict[bytes, Tuple[bool, bytes]] = {}
    for value in der.decode(der.only(data, der.SEQUENCE).data):
        reader = der.Reader(value.data)
        oid = reader.take(der.OID).data
        critical = der.is_true(reader.maybe(der.BOOLEAN))
        said = reader.take(der.OCTETS).data
        reader.end()
        if value.tag != der.SEQUENCE or oid in found or (critical and oid not in _READ):
            raise Malformed("an extension that is there twice, or critical and not known")
        found[oid] = critical, said
    return found


def read_pem(data: bytes) -> List[Certificate]:
    """Return the certificates in a PEM file, at least one; raise Malformed for any other file."""
    found = _PEM.findall(data.decode("ascii", "replace"))
    if not found:
        raise Malformed("no certificate in it (PEM)")
    return [read_certificate(b64decode("".join(text.split()))) for text in found]


def _algorithm(kind: der.Value) -> Optional[Algorithm]:
    # Of a root nobody asks it: it may have been signed as was the custom of its year.
    try:
        return read_algorithm(der.Reader(kind.whole))
    except Malformed:
        return None

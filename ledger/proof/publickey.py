"""RSA (PKCS #1 v1.5) and ECDSA (P-256, P-384) with SHA-256, -384 and -512: what authorities use.

Keys, algorithms and signatures are read strictly, and by the same code, before anybody is asked
whether a signature holds: `cryptography`, or, where that is not there, plain Python.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Callable, Optional, Tuple, Union

from . import der, weierstrass
from .errors import Invalid, Malformed
from .weierstrass import P256, P384, Curve

_SHA = {
    bytes.fromhex("6086480165030402") + bytes([number]): name
    for number, name in ((1, "sha256"), (2, "sha384"), (3, "sha512"))
}
_RSA = bytes.fromhex("2a864886f70d0101")  # and 1: rsaEncryption, 11-13: with SHA-256, -384, -512
_EC = bytes.fromhex("2a8648ce3d0201")
_ECDSA = bytes.fromhex("2a8648ce3d0403")  # and 2-4
_CURVES = {
    bytes.fromhex("2a8648ce3d030107"): P256,
    bytes.fromhex("2b81040022"): P384,
}
_SIGNING = {
    **{_RSA + bytes([11 + n]): ("rsa", name) for n, name in enumerate(_SHA.values())},
    **{_ECDSA + bytes([2 + n]): ("ec", name) for n, name in enumerate(_SHA.values())},
}
SMALLEST, LARGEST = 2_048, 8_192  # bits of an RSA modulus


@dataclass(frozen=True)
class RsaKey:
    """Modulus and exponent."""

    n: int
    e: int


@dataclass(frozen=True)
class EcKey:
    """A point of a curve."""

    curve: Curve
    x: int
    y: int


Key = Union[RsaKey, EcKey]
# `rsa` or `ec`, and the name of the hash.
Algorithm = Tuple[str, str]
HoldsRsa = Callable[[RsaKey, str, bytes, bytes], bool]
HoldsEc = Callable[[EcKey, str, Tuple[int, int], bytes], bool]


def read_hash(reader: der.Reader) -> str:
    """Return the name of the hash that comes next, with or without a NULL behind it."""
    inside = reader.inside()
    name = _SHA.get(inside.take(der.OID).data)
    _null(inside.maybe(der.NULL))
    inside.end()
    if name is None:
        raise Malformed("a hash that is not SHA-256, SHA-384 or SHA-512")
    return name


def read_algorithm(reader: der.Reader, digest: str = "") -> Algorithm:
    """Return the algorithm that comes next; plain RSA is taken to be with `digest`, if given."""
    inside = reader.inside()
    oid = inside.take(der.OID).data
    found = ("rsa", digest) if digest and oid == _RSA + b"\1" else _SIGNING.get(oid)
    if found is None:
        raise Malformed("a signature of a kind that is not read here")
    if found[0] == "rsa":
        _null(inside.take(der.NULL))
    inside.end()
    return found


def read_key(reader: der.Reader) -> Key:
    """Return the key that comes next (SubjectPublicKeyInfo). Raises Malformed for other kinds."""
    outer = reader.inside()
    inside, data = outer.inside(), der.bits(outer.take(der.BITS))
    outer.end()
    oid = inside.take(der.OID).data
    if oid == _RSA + b"\1":
        _null(inside.take(der.NULL))
        key: Key = _rsa(data)
    elif oid == _EC:
        key = point(_CURVES.get(inside.take(der.OID).data), data)
    else:
        raise Malformed("a public key that is neither RSA nor of a curve")
    inside.end()
    return key


def check(key: Key, algorithm: Algorithm, signature: bytes, message: bytes) -> None:
    """Raise Invalid unless `signature` is the key's over `message`."""
    kind, digest = algorithm
    if isinstance(key, RsaKey):
        fits = kind == "rsa" and len(signature) == (key.n.bit_length() + 7) // 8
        good = fits and _holds_rsa(key, digest, signature, message)
    else:
        pair = _pair(signature, key.curve.n) if kind == "ec" else None
        good = pair is not None and _holds_ec(key, digest, pair, message)
    if not good:
        raise Invalid("a signature that does not fit its key")


def _rsa(data: bytes) -> RsaKey:
    reader = der.Reader(der.only(data, der.SEQUENCE).data)
    n, e = reader.integer(), reader.integer()
    reader.end()
    if n < 0 or not SMALLEST <= n.bit_length() <= LARGEST or not 3 <= e < 2**32 or not n & e & 1:
        raise Malformed("an RSA key that is too small, too large, or none")
    return RsaKey(n, e)


def point(curve: Optional[Curve], data: bytes) -> EcKey:
    """Return the key of an uncompressed point; raise Malformed unless it lies on its curve."""
    if curve is None or len(data) != 1 + 2 * curve.size or data[0] != 4:
        raise Malformed("a public key that is no plain point of P-256 or P-384")
    x, y = (int.from_bytes(data[at : at + curve.size], "big") for at in (1, 1 + curve.size))
    if not curve.has(x, y):
        raise Malformed("a public key that is not on its curve")
    return EcKey(curve, x, y)


def _pair(signature: bytes, n: int) -> Optional[Tuple[int, int]]:
    """Return r and s, or None where they are not spelt so, or not from 1 to n-1."""
    try:
        reader = der.Reader(der.only(signature, der.SEQUENCE).data)
        r, s = reader.integer(), reader.integer()
        reader.end()
    except Malformed:
        return None
    return (r, s) if 0 < r < n and 0 < s < n else None


def _null(value: Optional[der.Value]) -> None:
    if value is not None and value.data:
        raise Malformed("der with a null that holds something")


def _plain_rsa(key: RsaKey, digest: str, signature: bytes, message: bytes) -> bool:
    number, size = int.from_bytes(signature, "big"), len(signature)
    [oid] = [oid for oid, name in _SHA.items() if name == digest]
    kind = der.encode(der.SEQUENCE, der.encode(der.OID, oid) + der.encode(der.NULL, b""))
    said = hashlib.new(digest, message).digest()
    info = der.encode(der.SEQUENCE, kind + der.encode(der.OCTETS, said))
    padded = b"\0\1" + b"\xff" * (size - 3 - len(info)) + b"\0" + info
    return number < key.n and pow(number, key.e, key.n).to_bytes(size, "big") == padded


def _plain_ec(key: EcKey, digest: str, pair: Tuple[int, int], message: bytes) -> bool:
    said = hashlib.new(digest, message).digest()
    return weierstrass.holds(key.curve, key.x, key.y, said, *pair)


def _openssl() -> Tuple[HoldsRsa, HoldsEc]:
    """Return what asks OpenSSL; raise ImportError where it cannot be asked."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

    curves = {P256: ec.SECP256R1(), P384: ec.SECP384R1()}
    known = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}

    def holds_rsa(key: RsaKey, digest: str, signature: bytes, message: bytes) -> bool:
        public = rsa.RSAPublicNumbers(key.e, key.n).public_key()
        try:
            public.verify(signature, message, padding.PKCS1v15(), known[digest])
        except InvalidSignature:
            return False
        return True

    def holds_ec(key: EcKey, digest: str, pair: Tuple[int, int], message: bytes) -> bool:
        public = ec.EllipticCurvePublicNumbers(key.x, key.y, curves[key.curve]).public_key()
        signature = utils.encode_dss_signature(*pair)
        try:
            public.verify(signature, message, ec.ECDSA(known[digest]))
        except InvalidSignature:
            return False
        return True

    return holds_rsa, holds_ec


def _backend() -> Tuple[HoldsRsa, HoldsEc]:
    try:
        return _openssl()
    except ImportError:
        return _plain_rsa, _plain_ec


_holds_rsa, _holds_ec = _backend()

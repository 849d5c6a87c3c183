"""Timestamp tokens (RFC 3161, RFC 5816): reading one, and asking whether its authority signed it.

What is not protected by the signature is bound by the hash of the whole answer on record.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from hashlib import sha256
from typing import Callable, Dict, List, Optional, Tuple

from . import der
from .certificate import Certificate, read_certificate, read_extensions
from .errors import Invalid, Malformed
from .publickey import Algorithm, check, read_algorithm, read_hash

MAX_ANSWER = 65_535  # octets
MAX_CERTIFICATES = 8
GRANTED = (0, 1)  # granted, granted with modifications

_PKCS9 = bytes.fromhex("2a864886f70d0109")  # and 3: what is signed, 4: its hash, 16: S/MIME
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_TST_INFO = _PKCS9 + b"\x10\1\4"
_WHAT, _DIGEST = _PKCS9 + b"\3", _PKCS9 + b"\4"
_CERTIFICATE, _CERTIFICATE_V2 = _PKCS9 + b"\x10\2\x0c", _PKCS9 + b"\x10\2\x2f"


@dataclass(frozen=True)
class Token:
    """What a token says: the SHA-256 it is of, its nonce, its time in seconds since 1970.

    `signer` is the certificate it was made with, `others` are those that came along; the rest is
    what the signature is over: the attributes, of which some must say what `info` is.
    """

    digest: bytes
    nonce: Optional[int]
    time: int
    signer: Certificate
    others: Tuple[Certificate, ...]
    info: bytes
    attributes: bytes
    hash: str
    algorithm: Algorithm
    signature: bytes


def read_token(answer: bytes) -> Token:
    """Return the token in a TimeStampResp that was granted, its signature not checked yet.

    Raises Malformed for any other, and for what no authority here is known to write.
    """
    if len(answer) > MAX_ANSWER:
        raise Malformed(f"an answer of {len(answer)} octets, at most {MAX_ANSWER}")
    response = der.Reader(der.only(answer, der.SEQUENCE).data)
    if response.inside().integer() not in GRANTED:
        raise Malformed("the authority refused")
    content = response.inside()
    response.end()
    signed = der.Reader(_content(content, _SIGNED_DATA, der.SEQUENCE))
    if signed.integer() != 3:
        raise Malformed("signed data of another version")
    signed.take(der.SET)
    info = _content(signed.inside(), _TST_INFO, der.OCTETS)
    certificates = _certificates(signed.take(der.INSIDE).data)
    signed.maybe(der.INSIDE + 1)
    signer = der.Reader(der.only(signed.take(der.SET).data, der.SEQUENCE).data)
    signed.end()
    return _signed(info, certificates, signer)


def check_token(token: Token) -> None:
    """Raise Invalid, or Malformed, unless the key in the certificate signed it, and might."""
    signer, said = token.signer, _attributes(token.attributes)
    if said.get(_WHAT) != der.encode(der.OID, _TST_INFO):
        raise Invalid("what is signed is said to be something else")
    digest = hashlib.new(token.hash, token.info).digest()
    if said.get(_DIGEST) != der.encode(der.OCTETS, digest):
        raise Invalid("what is signed has another hash")
    _check_certificate(signer, said)
    if not signer.may_stamp():
        raise Invalid("the certificate is not for timestamps alone")
    if not signer.is_valid_at(token.time):
        raise Invalid("the certificate was not in force at that time")
    signed = der.encode(der.SET, token.attributes)
    check(signer.key, token.algorithm, token.signature, signed)


def is_token(answer: bytes) -> bool:
    """Tell whether an answer holds a token that its authority signed."""
    try:
        check_token(read_token(answer))
    except (Malformed, Invalid):
        return False
    return True


def _content(reader: der.Reader, kind: bytes, tag: int) -> bytes:
    """Return the content of a ContentInfo, which must be of that kind."""
    found = reader.take(der.OID).data
    inside = reader.take(der.INSIDE).data
    reader.end()
    if found != kind:
        raise Malformed("signed data that holds something else")
    return der.only(inside, tag).data


def _certificates(data: bytes) -> List[Certificate]:
    """Return those that can be read, in whatever order: OpenSSL does not sort them."""
    found: List[Certificate] = []
    for value in der.decode(data)[:MAX_CERTIFICATES]:
        try:
            read = read_certificate(value.whole)
        except Malformed:
            continue
        if read not in found:
            found.append(read)
    return found


def _signed(info: bytes, certificates: List[Certificate], reader: der.Reader) -> Token:
    """Return what a SignerInfo and the information together say."""
    if reader.integer() != 1:
        raise Malformed("a signer of another version")
    whose = reader.inside()
    issuer, serial = whose.take(der.SEQUENCE).whole, whose.take(der.INTEGER).whole
    whose.end()
    own = [c for c in certificates if (c.issuer, c.serial) == (issuer, serial)]
    if len(own) != 1:
        raise Malformed("the signer's certificate is not in it, or cannot be read")
    digest = read_hash(reader)
    attributes = reader.take(der.INSIDE).data
    algorithm = read_algorithm(reader, digest)
    signature = reader.take(der.OCTETS).data
    reader.maybe(der.INSIDE + 1)
    reader.end()
    if algorithm[1] != digest:
        raise Malformed("a signer with two hashes")
    _attributes(attributes)
    others = tuple(c for c in certificates if c not in own)
    said = _info(der.Reader(der.only(info, der.SEQUENCE).data))
    return Token(*said, own[0], others, info, attributes, digest, algorithm, signature)


def _info(reader: der.Reader) -> Tuple[bytes, Optional[int], int]:
    """Return hash, nonce and time of a TSTInfo."""
    version = reader.integer()
    reader.take(der.OID)
    imprint = reader.inside()
    kind, digest = read_hash(imprint), imprint.take(der.OCTETS).data
    imprint.end()
    reader.integer()
    time = der.seconds(reader.take(der.TIME))
    reader.maybe(der.SEQUENCE)
    der.is_true(reader.maybe(der.BOOLEAN))
    nonce = reader.maybe(der.INTEGER)
    reader.maybe(der.INSIDE)
    extensions = reader.maybe(der.INSIDE + 1)
    reader.end()
    if version != 1 or kind != "sha256" or len(digest) != 32:
        raise Malformed("a timestamp of another version, or not over a SHA-256")
    if extensions is not None:
        read_extensions(der.encode(der.SEQUENCE, extensions.data))
    return digest, der.integer(nonce) if nonce is not None else None, time


def _attributes(data: bytes) -> Dict[bytes, bytes]:
    """Return the one value of each signed attribute; raise Malformed for one that is there twice.

    Of an attribute with more values, or none, there is no value.
    """
    found: Dict[bytes, bytes] = {}
    for value in der.decode(data):
        reader = der.Reader(value.data)
        kind, values = reader.take(der.OID).data, der.decode(reader.take(der.SET).data)
        reader.end()
        if kind in found or value.tag != der.SEQUENCE:
            raise Malformed("signed attributes with one twice")
        found[kind] = values[0].whole if len(values) == 1 else b""
    return found


def _check_certificate(signer: Certificate, said: Dict[bytes, bytes]) -> None:
    """Raise Invalid unless the signed attributes name the certificate (RFC 2634, RFC 5035)."""
    names: Dict[bytes, Callable[[der.Reader], str]] = {
        _CERTIFICATE: lambda reader: "sha1",
        _CERTIFICATE_V2: _hash_of_name,
    }
    there = [kind for kind in names if kind in said]
    for kind in there:
        outer = der.Reader(der.only(said[kind], der.SEQUENCE).data)
        first = outer.inside().inside()
        named = hashlib.new(names[kind](first), signer.whole, usedforsecurity=False).digest()
        if first.take(der.OCTETS).data != named:
            raise Invalid("what is signed names another certificate")
        _check_issuer(signer, first.maybe(der.SEQUENCE))
    if not there:
        raise Invalid("what is signed names no certificate")


def _hash_of_name(reader: der.Reader) -> str:
    return read_hash(reader) if reader.has(der.SEQUENCE) else "sha256"


def _check_issuer(signer: Certificate, said: Optional[der.Value]) -> None:
    directory = der.encode(der.INSIDE + 4, signer.issuer)
    right = der.encode(der.SEQUENCE, directory) + signer.serial
    if said is not None and said.data != right:
        raise Invalid("what is signed names another issuer")


def imprint(text: str) -> bytes:
    """Return what is timestamped of a checkpoint: the SHA-256 of its text."""
    return sha256(text.encode("utf-8")).digest()

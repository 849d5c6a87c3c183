"""RFC 3161: asking for a timestamp, and reading what was answered. DER only, definite lengths.

Whether the authority's signature holds is not asked here: `openssl ts -verify` says so, to whoever
has the authority's certificate (docs/operations.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

INTEGER, OCTETS, NULL, OID, TIME, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x18, 0x30
BOOLEAN, INSIDE = 0x01, 0xA0  # the latter: [0], constructed

SHA256 = bytes.fromhex("608648016503040201")
SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
TST_INFO = bytes.fromhex("2a864886f70d0109100104")
GRANTED = (0, 1)  # granted, granted with modifications

_TIME = re.compile(rb"([0-9]{14})(?:\.[0-9]*[1-9])?Z")


class BadAnswer(Exception):
    """What the authority answered is no timestamp of what was asked."""


@dataclass(frozen=True)
class Value:
    """A value of DER: its tag, and its octets."""

    tag: int
    data: bytes


@dataclass(frozen=True)
class Stamp:
    """What a token says: the hash it is of, the nonce it was asked with, seconds since 1970."""

    digest: bytes
    nonce: int | None
    time: int


def request(digest: bytes, nonce: int) -> bytes:
    """The query for a SHA-256; the certificate is wanted in the answer."""
    algorithm = encode(SEQUENCE, encode(OID, SHA256) + encode(NULL, b""))
    imprint = encode(SEQUENCE, algorithm + encode(OCTETS, digest))
    number = nonce.to_bytes(nonce.bit_length() // 8 + 1, "big")
    one, yes = encode(INTEGER, b"\1"), encode(BOOLEAN, b"\xff")
    return encode(SEQUENCE, one + imprint + encode(INTEGER, number) + yes)


def read_answer(answer: bytes, digest: bytes, nonce: int) -> Stamp:
    """What a TimeStampResp says; raise BadAnswer unless it was granted, for this hash and nonce."""
    try:
        stamp = _answer(answer)
    except (ValueError, IndexError) as error:
        raise BadAnswer(f"the answer is no timestamp: {error}") from None
    if (stamp.digest, stamp.nonce) != (digest, nonce):
        raise BadAnswer("the timestamp is of something else than was asked")
    return stamp


def encode(tag: int, data: bytes) -> bytes:
    """One value in DER, of at most 65,535 octets."""
    size = len(data)
    if size < 128:
        return bytes([tag, size]) + data
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 + len(length)]) + length + data


def decode(data: bytes) -> Iterator[Value]:
    """The values that lie one after the other; raise ValueError for what is not DER."""
    while data:
        tag, first, at = data[0], data[1], 2
        if tag & 31 == 31 or first == 128 or first > 131:
            raise ValueError("a tag or length that is not expected here")
        size = first
        if first > 128:
            at += first - 128
            size = int.from_bytes(data[2:at], "big")
            if size < 128 or data[2] == 0:
                raise ValueError("a length that is not the shortest")
        if at + size > len(data):
            raise ValueError("a value that is cut off")
        yield Value(tag, data[at : at + size])
        data = data[at + size :]


def _answer(answer: bytes) -> Stamp:
    status, *token = _in(_only(answer), SEQUENCE)
    [code, *_] = _in(status, SEQUENCE)
    if int.from_bytes(code.data, "big", signed=True) not in GRANTED or len(token) != 1:
        raise BadAnswer("the authority refused")
    kind, content = _in(token[0], SEQUENCE)
    signed = _only(_expected(content, INSIDE).data)
    encapsulated = list(_in(signed, SEQUENCE))[2]
    what, inside = _in(encapsulated, SEQUENCE)
    if (kind, what) != (Value(OID, SIGNED_DATA), Value(OID, TST_INFO)):
        raise ValueError("it holds something else")
    info = _expected(_only(_expected(inside, INSIDE).data), OCTETS)
    return _info(_only(info.data))


def _info(info: Value) -> Stamp:
    version, _, imprint, _, moment, *more = _in(info, SEQUENCE)
    algorithm, digest = _in(imprint, SEQUENCE)
    [kind, *_] = _in(algorithm, SEQUENCE)
    if version != Value(INTEGER, b"\1") or kind != Value(OID, SHA256):
        raise ValueError("of another version, or not over a SHA-256")
    nonces = [int.from_bytes(v.data, "big", signed=True) for v in more if v.tag == INTEGER]
    nonce = nonces[0] if nonces else None
    return Stamp(_expected(digest, OCTETS).data, nonce, _seconds(_expected(moment, TIME).data))


def _seconds(text: bytes) -> int:
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError("a time that is not of its form")
    moment = datetime.strptime(match[1].decode("ascii"), "%Y%m%d%H%M%S")
    return int(moment.replace(tzinfo=UTC).timestamp())


def _in(value: Value, tag: int) -> Iterator[Value]:
    return decode(_expected(value, tag).data)


def _only(data: bytes) -> Value:
    [value] = decode(data)
    return value


def _expected(value: Value, tag: int) -> Value:
    if value.tag != tag:
        raise ValueError(f"tag {value.tag:02x} in place of {tag:02x}")
    return value

"""DER (X.690), as far as timestamps and certificates are written in it; one spelling each.

Lengths are definite and the shortest there is, tags have one octet. So a value that was read can
be written again, and gives the same octets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import List, Optional

from .errors import Malformed
from .instants import parse_instant

BOOLEAN, INTEGER, BITS, OCTETS, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
UTC_TIME, TIME, SEQUENCE, SET = 0x17, 0x18, 0x30, 0x31
INSIDE = 0xA0  # [0], constructed; [n] is INSIDE + n

_TIME = re.compile(
    rb"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})(\.[0-9]*[1-9])?Z"
)


@dataclass(frozen=True)
class Value:
    """A value of DER: its tag, and its octets."""

    tag: int
    data: bytes

    @property
    def whole(self) -> bytes:
        """Return the value as it was read."""
        return encode(self.tag, self.data)


class Reader:
    """Values that lie one after the other, taken in order. Raises Malformed for any others."""

    def __init__(self, data: bytes) -> None:
        self._left = decode(data)[::-1]

    def take(self, *tags: int) -> Value:
        """Return the next value, which must have one of these tags."""
        if not self._left or self._left[-1].tag not in tags:
            found = f"{self._left[-1].tag:02x}" if self._left else "nothing"
            raise Malformed(f"der with {found} in place of {tags[0]:02x}")
        return self._left.pop()

    def maybe(self, tag: int) -> Optional[Value]:
        """Return the next value if it has this tag, else None."""
        return self.take(tag) if self.has(tag) else None

    def has(self, tag: int) -> bool:
        """Tell whether the next value has this tag."""
        return bool(self._left) and self._left[-1].tag == tag

    def inside(self, tag: int = SEQUENCE) -> Reader:
        """Return what reads the next value from within."""
        return Reader(self.take(tag).data)

    def integer(self) -> int:
        """Return the next value, which must be an integer."""
        return integer(self.take(INTEGER))

    def end(self) -> None:
        """Raise Malformed when there is another value."""
        if self._left:
            raise Malformed("der with a value too many")


def encode(tag: int, data: bytes) -> bytes:
    """Return one value, of less than 2^24 octets."""
    size = len(data)
    if size < 128:
        return bytes([tag, size]) + data
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 + len(length)]) + length + data


def decode(data: bytes) -> List[Value]:
    """Return the values that lie one after the other; raise Malformed for what is not DER."""
    found, at = [], 0
    while at < len(data):
        head = data[at : at + 2]
        if len(head) < 2 or head[0] & 31 == 31 or head[1] == 128 or head[1] > 131:
            raise Malformed("der with a tag or length that is not expected here")
        at, size = at + 2, head[1]
        if size > 128:
            length = data[at : at + size - 128]
            at, size = at + len(length), int.from_bytes(length, "big")
            if size < 128 or length[0] == 0:
                raise Malformed("der with a length that is not the shortest")
        if at + size > len(data):
            raise Malformed("der that is cut off")
        found.append(Value(head[0], data[at : at + size]))
        at += size
    return found


def only(data: bytes, tag: int) -> Value:
    """Return the one value in `data`; raise Malformed unless it has this tag."""
    reader = Reader(data)
    value = reader.take(tag)
    reader.end()
    return value


def integer(value: Value) -> int:
    """Return a whole number; raise Malformed unless it is spelt with as few octets as it can be."""
    number = int.from_bytes(value.data, "big", signed=True)
    shorter = len(value.data) - 1
    if shorter < 0 or (shorter and -(1 << 8 * shorter - 1) <= number < 1 << 8 * shorter - 1):
        raise Malformed("der with an integer that is not the shortest")
    return number


def is_true(value: Optional[Value]) -> bool:
    """Tell whether an optional boolean is there; raise Malformed for one that is false."""
    if value is not None and value.data != b"\xff":
        raise Malformed("der with a boolean that is not left out, nor true")
    return value is not None


def bits(value: Value) -> bytes:
    """Return the octets of a string of whole octets of bits; raise Malformed for another."""
    if value.data[:1] != b"\0":
        raise Malformed("der with bits that are no octets")
    return value.data[1:]


def seconds(value: Value) -> int:
    """Return a time as seconds since 1970, fractions cut off; raise Malformed for none."""
    text = value.data
    if value.tag == UTC_TIME:
        text = (b"20" if text < b"5" else b"19") + text
    match = _TIME.fullmatch(text)
    if match is None or (value.tag == UTC_TIME and match[7]):
        raise Malformed(f"der with a time that is none: {ascii(text)[:40]}")
    year, month, day, hour, minute, second = (part.decode() for part in match.groups()[:6])
    return parse_instant(f"{year}-{month}-{day}T{hour}:{minute}:{second}Z")

"""Disclosed values: what lies under the commitments of a record (formats 5 and 9)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Dict, Iterable, Iterator, Optional, Tuple

from .encoding import MAX_INTEGER, b64decode, canonical, parse_canonical
from .errors import Invalid, Malformed
from .record import Record, commitment

# A sealed plaintext has at most 16,384 octets, salt included; the rest is frame.
MAX_LINE = 20_000


@dataclass(frozen=True)
class Disclosure:
    """The value at `path` of the record at `position`, with the salt of its commitment.

    Where it no longer exists: the position of the record that destroyed it.
    """

    position: int
    path: str
    salt: bytes = b""
    value: Any = None
    erased_by: Optional[int] = None


def disclosure_lines(disclosures: Iterable[Dict[str, Any]]) -> bytes:
    """Return the member `disclosures.jsonl` of `{path, position, salt, value}`, salt in base64.

    Of a value that no longer exists: `{erased_by, path, position}`.

    Raises Malformed when one is not of that form, or stands twice.
    """
    ordered = sorted(disclosures, key=lambda item: (item["position"], item["path"]))
    data = b"".join(canonical(item) + b"\n" for item in ordered)
    for _ in read_disclosures(data):
        pass
    return data


def read_disclosures(data: bytes) -> Iterator[Disclosure]:
    """Give the disclosures in order; raise Malformed, naming the line, when one is out of form."""
    last: Optional[Tuple[int, str]] = None
    # Line by line, never split at once: a list of empty lines would be many times as large.
    stream = io.BytesIO(data)
    lines = iter(lambda: stream.readline(MAX_LINE + 1), b"")
    for number, line in enumerate(lines, 1):
        try:
            item = _disclosure(line)
            if last is not None and (item.position, item.path) <= last:
                raise Malformed("not after the line before it")
        except Malformed as error:
            raise Malformed(f"disclosure in line {number}: {error}") from None
        last = (item.position, item.path)
        yield item


def check_disclosure(disclosure: Disclosure, record: Record) -> None:
    """Raise Invalid unless the record committed to the value, or, erased, to any at that path."""
    sealed = record.sealed.get(disclosure.path)
    if sealed is None:
        raise Invalid(f"record seals nothing at {disclosure.path!a}")
    if disclosure.erased_by is not None:
        return
    given = commitment(record.source, record.id, disclosure.path, disclosure.salt, disclosure.value)
    if given.hex() != sealed["commitment"]:
        raise Invalid(f"value at {disclosure.path} does not give its commitment")


def _disclosure(line: bytes) -> Disclosure:
    if not line.endswith(b"\n"):
        raise Malformed(f"line of more than {MAX_LINE} octets, or without a line feed")
    item = parse_canonical(line[:-1])
    gone = type(item) is dict and "erased_by" in item
    names = {"erased_by", "path", "position"} if gone else {"path", "position", "salt", "value"}
    if type(item) is not dict or item.keys() != names:
        raise Malformed("not path, position, salt and value, or erased_by in their place")
    position, path, salt = item["position"], item["path"], item.get("salt", "")
    if type(position) is not int or not 0 <= position <= MAX_INTEGER:
        raise Malformed("position that is none")
    if type(path) is not str or type(salt) is not str:
        raise Malformed("path or salt that is not text")
    if gone:
        by = item["erased_by"]
        if type(by) is not int or not position < by <= MAX_INTEGER:
            raise Malformed("erased by a record that is not after it")
        return Disclosure(position, path, erased_by=by)
    raw = b64decode(salt)
    if len(raw) != 32:
        raise Malformed(f"salt of {len(raw)} octets")
    return Disclosure(position, path, raw, item["value"])

"""The sealed acts of a log in a file of their own, to be opened elsewhere with a private key.

Nothing in the file can be read without one. A line of canonical JSON for each: `position`, the
`record` as it lies in the log, the `ciphertext` and the `key` beside it, all octets in base64;
where they are gone, null.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ledger.confidential import Opener, is_confidential, opened
from ledger.history import Ledger
from ledger.inside import READING, record_of
from ledger.opening import ACT
from ledger.proof.encoding import b64decode, b64encode, canonical, parse_canonical
from ledger.proof.errors import Malformed
from ledger.proof.record import Record, parse_record
from ledger.rows import SealedRow, SubjectKey
from ledger.sealing import Place, unseal
from ledger.unjudged import TYPE


class NoCopy(ValueError):
    """The file does not hold sealed acts in this form; the text names the line."""


@dataclass(frozen=True)
class Act:
    """One sealed act: its record, and what lies inside; None where this key does not open it.

    `damaged`: the octets beside the record are gone, or are not those that it names.
    """

    position: int
    record: Record
    inside: Any
    damaged: bool

    @property
    def kind(self) -> str:
        """`record`, `unjudged`, `reading`, `cover`, `closed` or `damaged`."""
        if self.damaged or self.inside is None:
            return "damaged" if self.damaged else "closed"
        said = self.inside.get("type") if isinstance(self.inside, dict) else None
        if said in (READING, TYPE):
            return str(said)
        return "cover" if record_of(self.record, self.inside) is None else "record"


def lines(ledger: Ledger) -> Iterator[bytes]:
    """The file, line by line."""
    for entry in ledger.entries().of("Sealed"):
        row = ledger.store.row(SealedRow, (entry.position, ACT))
        under = row.subject if row and row.subject else ""
        key = ledger.store.row(SubjectKey, (under,))
        line = {
            "ciphertext": b64encode(row.ciphertext) if row and row.ciphertext else None,
            "key": b64encode(key.wrapped) if key and is_confidential(key) else None,
            "position": entry.position,
            "record": b64encode(next(iter(ledger.raw(entry.position, entry.position + 1)))),
        }
        yield canonical(line) + b"\n"


def read(data: bytes, opener: Opener) -> Iterator[Act]:
    """The acts of a file, as far as a private key opens them. Raises NoCopy."""
    for number, line in enumerate(data.splitlines(), 1):
        try:
            yield _act(parse_canonical(line), opener)
        except (Malformed, KeyError, TypeError, ValueError) as error:
            raise NoCopy(f"line {number} is no sealed act") from error


def _act(line: Any, opener: Opener) -> Act:
    record, _ = parse_record(b64decode(line["record"]))
    place = Place(record.source, record.id, ACT)
    said = record.sealed[ACT]["ciphertext"]
    ciphertext = b64decode(line["ciphertext"]) if line["ciphertext"] else b""
    damaged = sha256(ciphertext).hexdigest() != said
    if damaged or not line["key"]:
        return Act(line["position"], record, None, damaged)
    row = SubjectKey(f"stream:{record.subject}", 0, b64decode(line["key"]))
    found = (_opened(place, ciphertext, key) for key in opened(row, opener))
    inside = next((value for value in found if value is not None), None)
    return Act(line["position"], record, inside, damaged=False)


def _opened(place: Place, ciphertext: bytes, key: bytes) -> Any:
    try:
        return unseal(place, ciphertext, key)[1]
    except ValueError:
        return None

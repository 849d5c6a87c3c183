"""Of which records a file is the evidence: its SHA-256 in a record, plain or salted (format 5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from .record import Record
from .report import Finding

SALT = ".salt"

_HEX64 = re.compile(r"[0-9a-f]{64}")
_CHUNK = 2**20


@dataclass(frozen=True)
class Hash:
    """A hash in a record. `salted` tells that its salt is sealed; `salt` is None if not disclosed.

    `field` is its path in `data.fields`: names joined by points, indexes in brackets.
    """

    position: int
    type: str
    stream: str
    field: str
    digest: str
    salted: bool
    salt: Optional[str]

    @property
    def is_disclosed(self) -> bool:
        """Tell whether a file can be compared with it."""
        return not self.salted or self.salt is not None


@dataclass(frozen=True)
class FoundFile:
    """A file, its SHA-256 in hex, the hashes that are its own, and those nobody here can tell."""

    name: str
    sha256: str
    evidence_of: Tuple[Hash, ...]
    not_disclosed: Tuple[Hash, ...]


class Hashes:
    """Collects the hashes of every record that is well signed: a check that finds no fault."""

    name = "files"
    open: Sequence[int] = ()

    def __init__(self) -> None:
        self._all: List[Hash] = []

    def begin(self, claims: Mapping[str, Any]) -> None:
        """Nothing that a file claims is asked for."""

    def see(self, position: int, record: Record) -> Iterable[Finding]:
        """Find no fault."""
        return ()

    def skip(self, position: int) -> None:
        """A record that is not shown is the evidence of nothing."""

    def done(self) -> Iterable[Finding]:
        """Find no fault."""
        return ()

    def read(self, position: int, record: Record, disclosed: Mapping[str, Any]) -> None:
        """Take a record, and the values disclosed of it that give their commitments, by path."""
        for field, digest in _hashes(record.fields, ""):
            salt = disclosed.get(field + SALT)
            self._all.append(
                Hash(
                    position,
                    record.type,
                    record.subject,
                    field,
                    digest,
                    field + SALT in record.sealed,
                    salt if type(salt) is str else None,
                )
            )

    def look_up(self, path: str) -> FoundFile:
        """Return of which records the file at `path` is the evidence; raise OSError, unreadable.

        It is read once, in chunks; a salted hash is SHA-256 of the salt's characters and the file.
        """
        return self.match(path, _digests(path, ["", *self.salts]))

    @property
    def salts(self) -> List[str]:
        """Every disclosed salt that a file has to be hashed with."""
        return sorted({h.salt for h in self._all if h.salted and h.salt is not None})

    def match(self, name: str, digests: Mapping[str, str]) -> FoundFile:
        """Return the same for a file hashed already: salt → SHA-256 in hex, and "" for no salt."""
        own = [h for h in self._all if h.is_disclosed and digests.get(h.salt or "") == h.digest]
        closed = [h for h in self._all if not h.is_disclosed]
        return FoundFile(name, digests[""], tuple(own), tuple(closed))


def _hashes(value: Any, path: str) -> Iterator[Tuple[str, str]]:
    """Give path and text of every SHA-256 in hex among the fields."""
    if type(value) is str and _HEX64.fullmatch(value):
        yield path, value
    elif type(value) is dict:
        for name, item in value.items():
            yield from _hashes(item, f"{path}.{name}" if path else name)
    elif type(value) is list:
        for index, item in enumerate(value):
            yield from _hashes(item, f"{path}[{index}]")


def _digests(path: str, salts: Iterable[str]) -> Dict[str, str]:
    with open(path, "rb") as file:
        return digests_of(file, salts)


def digests_of(file: IO[bytes], salts: Iterable[str]) -> Dict[str, str]:
    """Return salt → SHA-256 in hex of that salt's characters and the file, read once."""
    running = {salt: sha256(salt.encode("utf-8")) for salt in salts}
    for chunk in iter(lambda: file.read(_CHUNK), b""):
        for digest in running.values():
            digest.update(chunk)
    return {salt: digest.hexdigest() for salt, digest in running.items()}

"""Rows beside the records: subject keys, sealed values, answers already given.

Each carries a SHA-256 of its other columns, so that damage in any of them is seen without a key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256
from typing import Any, ClassVar, Protocol

from eventsourcing.sqlite import SQLiteCursor


def digest(*columns: Any) -> bytes:
    """SHA-256 over the columns, each with its kind and length, so that no two rows share one."""
    made = sha256()
    for value in columns:
        data = value if isinstance(value, bytes) else str(value).encode()
        made.update(f"{type(value).__name__} {len(data)}\n".encode() + data)
    return made.digest()


class Row(Protocol):
    """One row that can be written in the writer's transaction."""

    SELECT: ClassVar[str]

    def write(self, c: SQLiteCursor) -> None: ...

    @classmethod
    def from_columns(cls, columns: Any) -> Any: ...


@dataclass(frozen=True)
class SubjectKey:
    """The wrapped key of a data subject or stream (`subject:ID`, `stream:STREAM`)."""

    subject: str
    epoch: int
    wrapped: bytes

    SELECT: ClassVar[str] = "SELECT subject, epoch, wrapped FROM subject_keys WHERE subject = ?"

    def write(self, c: SQLiteCursor) -> None:
        row = astuple(self)
        c.execute("INSERT INTO subject_keys VALUES (?,?,?,?)", (*row, digest(*row)))

    @classmethod
    def from_columns(cls, columns: Any) -> SubjectKey:
        return cls(*columns)


@dataclass(frozen=True)
class Renewed:
    """The same key, wrapped anew: what stood there is gone."""

    key: SubjectKey

    SELECT: ClassVar[str] = ""

    def write(self, c: SQLiteCursor) -> None:
        row = astuple(self.key)
        c.execute(
            "UPDATE subject_keys SET epoch = ?, wrapped = ?, digest = ? WHERE subject = ?",
            (self.key.epoch, self.key.wrapped, digest(*row), self.key.subject),
        )

    @classmethod
    def from_columns(cls, columns: Any) -> Renewed:
        raise TypeError("it is read as the key that it is")


@dataclass(frozen=True)
class SealedRow:
    """A ciphertext and under whose key it lies; both gone once `erased_by` names a record."""

    position: int
    path: str
    subject: str | None
    ciphertext: bytes | None
    erased_by: int | None = None

    SELECT: ClassVar[str] = (
        "SELECT position, path, subject, ciphertext, erased_by FROM sealed_values "
        "WHERE position = ? AND path = ?"
    )

    def write(self, c: SQLiteCursor) -> None:
        row = astuple(self)
        c.execute("INSERT INTO sealed_values VALUES (?,?,?,?,?,?)", (*row, digest(*row)))

    @classmethod
    def from_columns(cls, columns: Any) -> SealedRow:
        return cls(*columns)


@dataclass(frozen=True)
class Answered:
    """That a request with an idempotency key was answered, by the record at `position`."""

    actor: str
    key_mac: bytes
    body_mac: bytes
    position: int
    details: str

    SELECT: ClassVar[str] = (
        "SELECT actor, key_mac, body_mac, position, details FROM answered "
        "WHERE actor = ? AND key_mac = ?"
    )

    def write(self, c: SQLiteCursor) -> None:
        row = astuple(self)
        c.execute("INSERT INTO answered VALUES (?,?,?,?,?,?)", (*row, digest(*row)))

    @classmethod
    def from_columns(cls, columns: Any) -> Answered:
        return cls(*columns)


@dataclass(frozen=True)
class Tile:
    """A complete tile of 256 hashes (C2SP tlog-tiles); partial ones are cut from the leaves."""

    level: int
    number: int
    hashes: bytes

    SELECT: ClassVar[str] = "SELECT level, number, hashes FROM tiles WHERE level = ? AND number = ?"

    def write(self, c: SQLiteCursor) -> None:
        c.execute("INSERT INTO tiles VALUES (?,?,?)", astuple(self))

    @classmethod
    def from_columns(cls, columns: Any) -> Tile:
        return cls(*columns)


@dataclass(frozen=True)
class Erasure:
    """Destroys a subject's key and every ciphertext under it, in the transaction that says so."""

    subject: str
    position: int

    SELECT: ClassVar[str] = ""

    def write(self, c: SQLiteCursor) -> None:
        empty_values(c, "subject = ?", (self.subject,), self.position)
        c.execute("DELETE FROM subject_keys WHERE subject = ?", (self.subject,))

    @classmethod
    def from_columns(cls, columns: Any) -> Erasure:
        raise TypeError("an erasure leaves no row")


@dataclass(frozen=True)
class Emptied:
    """What is left of a record whose bytes were destroyed."""

    event_id: str
    stream: str
    version: int
    leaf: bytes

    SELECT: ClassVar[str] = (
        "SELECT event_id, originator_id, originator_version, leaf FROM stored_events "
        "WHERE position = ? AND length(state) = 0"
    )

    def write(self, c: SQLiteCursor) -> None:
        raise TypeError("a record is emptied by a destruction")

    @classmethod
    def from_columns(cls, columns: Any) -> Emptied:
        return cls(*columns)


@dataclass(frozen=True)
class Destruction:
    """Destroys the bytes of records, and every value sealed in them, in the transaction of the
    record at `position`, which names them: `ranges` of positions, `[first, last]` each."""

    ranges: Sequence[Sequence[int]]
    position: int

    SELECT: ClassVar[str] = ""

    def write(self, c: SQLiteCursor) -> None:
        for first, last in self.ranges:
            c.execute("INSERT INTO destroyed VALUES (?,?,?)", (first, last, self.position))
            empty_values(c, "position BETWEEN ? AND ?", (first, last), self.position)
            c.execute("DELETE FROM answered WHERE position BETWEEN ? AND ?", (first, last))
            c.execute(
                "UPDATE stored_events SET topic = '', state = x'' WHERE position BETWEEN ? AND ?",
                (first, last),
            )

    @classmethod
    def from_columns(cls, columns: Any) -> Destruction:
        raise TypeError("a destruction leaves no row")


def empty_values(c: SQLiteCursor, where: str, values: tuple[Any, ...], position: int) -> None:
    """Take the ciphertexts out of the sealed values that are meant: erased by that record."""
    meant = f"SELECT position, path FROM sealed_values WHERE ciphertext IS NOT NULL AND {where}"
    c.execute(meant, values)
    for at, path in c.fetchall():
        row = (at, path, None, None, position)
        c.execute(
            "UPDATE sealed_values SET subject = NULL, ciphertext = NULL, erased_by = ?, "
            "digest = ? WHERE position = ? AND path = ?",
            (position, digest(*row), at, path),
        )

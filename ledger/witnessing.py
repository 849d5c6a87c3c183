"""A witness of somebody else's log (C2SP tlog-witness): it never signs two histories of one.

What it knows of each log is the last checkpoint that it cosigned. Looking at that, and putting the
next in its place, is one transaction, on the disk before the cosignature is made.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger.proof.checkpoint import Checkpoint, parse_checkpoint
from ledger.proof.dsse import Signer
from ledger.proof.encoding import b64decode, decimal
from ledger.proof.errors import Invalid, Malformed
from ledger.proof.merkle import EMPTY_ROOT, check_consistency
from ledger.proof.note import (
    MAX_NOTE,
    VerifierKey,
    cosignature_line,
    open_note,
    parse_note,
)

MOST_HASHES = 63
MOST_OCTETS = MAX_NOTE + 64 * (MOST_HASHES + 1)
WAIT = 10.0  # seconds for another request's turn

_TABLES = (
    "CREATE TABLE IF NOT EXISTS seen (origin TEXT PRIMARY KEY, size INTEGER, root BLOB, note BLOB)",
    "CREATE TABLE IF NOT EXISTS refused (origin TEXT, size INTEGER, root BLOB, note BLOB, "
    "PRIMARY KEY (origin, size, root))",
)


class Refused(Exception):
    """Why there is no cosignature: the status and text of the answer.

    `forked` is the checkpoint of a history that is not the one seen before, if that is why.
    """

    def __init__(self, status: int, text: str, forked: Checkpoint | None = None) -> None:
        super().__init__(text)
        self.status, self.text, self.forked = status, text, forked


@dataclass(frozen=True)
class Submission:
    """What a log sends: a checkpoint, and the path from the size that the witness saw before."""

    old: int
    path: tuple[bytes, ...]
    note: bytes
    text: str
    checkpoint: Checkpoint


def parse_submission(body: bytes) -> Submission:
    """Return what is submitted; raise Malformed for any other form."""
    lines, blank, note = body.partition(b"\n\n")
    first, *hashes = lines.decode("ascii", "replace").split("\n")
    if not blank or not first.startswith("old ") or len(hashes) > MOST_HASHES:
        raise Malformed("not an old size, at most 63 hashes, an empty line and a checkpoint")
    path = tuple(map(b64decode, hashes))
    if any(len(each) != 32 for each in path):
        raise Malformed("proof with a hash that is not 32 octets")
    text = parse_note(note).text
    return Submission(decimal(first[4:]), path, note, text, _checkpoint(text))


class Witness:
    """One key, the logs it watches, and what it has seen of each."""

    def __init__(
        self,
        database: Path,
        name: str,
        signer: Signer,
        logs: Sequence[VerifierKey],
        now: Callable[[], int],
    ) -> None:
        """Open what was seen, kept in `database`; `now` gives seconds since 1970."""
        self._database, self._name, self._signer, self._now = database, name, signer, now
        self._logs = tuple(logs)

    def add_checkpoint(self, body: bytes) -> bytes:
        """Return the cosignature line of the submitted checkpoint; raise Refused."""
        try:
            given = parse_submission(body)
        except Malformed as error:
            raise Refused(400, str(error)) from None
        self._check_signed(given)
        if given.old > given.checkpoint.size:
            raise Refused(400, "the old size is larger than the checkpoint's")
        with self._deciding() as database:
            _decide(database, given)
        # Seen for good. A crash here costs an answer, which is given to whoever asks again.
        return cosignature_line(given.text, self._name, self._signer, self._now())

    def _check_signed(self, given: Submission) -> None:
        keys = [key for key in self._logs if key.name == given.checkpoint.origin]
        if not keys:
            raise Refused(404, "this witness does not watch that log")
        try:
            open_note(given.note, keys)
        except Invalid as error:
            raise Refused(403, str(error)) from None

    @contextmanager
    def _deciding(self) -> Iterator[sqlite3.Connection]:
        with _opened(self._database) as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except Refused:
                database.execute("COMMIT")  # a history that was refused is kept
                raise
            database.execute("COMMIT")


def create_database(path: Path) -> None:
    """Make the empty table of what was seen; raise FileExistsError, for it is never made anew."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    with _opened(path) as database:
        for table in _TABLES:
            database.execute(table)


def seen(path: Path) -> list[Checkpoint]:
    """Return the last checkpoint of each log that was cosigned."""
    with _opened(path) as database:
        rows = database.execute("SELECT origin, size, root FROM seen ORDER BY origin")
        return [Checkpoint(*row) for row in rows]


def refused(path: Path) -> list[tuple[Checkpoint, bytes]]:
    """Return the checkpoints of other histories that were refused, with their signed notes."""
    with _opened(path) as database:
        rows = database.execute("SELECT origin, size, root, note FROM refused ORDER BY rowid")
        return [(Checkpoint(*row[:3]), row[3]) for row in rows]


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    # mode=rw: a database that went missing is never made anew by opening it.
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(uri, WAIT, uri=True, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous=EXTRA")
        yield database


def _decide(database: sqlite3.Connection, given: Submission) -> None:
    """Put the submitted checkpoint in the place of the last one; raise Refused."""
    new = given.checkpoint
    last = _last(database, new.origin)
    if given.old != last.size:
        raise Refused(409, f"{last.size}\n")
    if new.size == last.size and new.root != last.root:
        _keep(database, "refused", given)
        raise Refused(409, f"{last.size}\n", forked=new)
    try:
        check_consistency(last.size, new.size, last.root, new.root, given.path)
    except Invalid as error:
        _keep(database, "refused", given)
        raise Refused(422, str(error), forked=new) from None
    _keep(database, "seen", given)


def _last(database: sqlite3.Connection, origin: str) -> Checkpoint:
    row = database.execute("SELECT size, root FROM seen WHERE origin = ?", (origin,)).fetchone()
    return Checkpoint(origin, *(row or (0, EMPTY_ROOT)))


def _keep(database: sqlite3.Connection, table: str, given: Submission) -> None:
    point = given.checkpoint
    values = (point.origin, point.size, point.root, given.note)
    database.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?)", values)


def _checkpoint(text: str) -> Checkpoint:
    """Extension lines, which our own logs never have, are another log's right."""
    origin, size, root, *more = text[:-1].split("\n") + [""] * 2
    if "" in more[:-2]:
        raise Malformed("checkpoint with an empty line")
    return parse_checkpoint(f"{origin}\n{size}\n{root}\n")

"""Recompute everything in the store from the stored bytes, and say where it differs.

It needs no secret and trusts no column: a record is what its bytes say under the keys that the log
admits, and every other row is compared with what follows from the records.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from ledger import epochs
from ledger.confidential import ADOPTED, is_confidential
from ledger.domain.replay import Duties
from ledger.domain.signing_keys import checkpoint_keys
from ledger.history import DATABASE
from ledger.holes import Holes
from ledger.kept import KeptCheckpoint
from ledger.proof.disclosed import ERASING
from ledger.proof.errors import Malformed
from ledger.proof.form import REPLACED_TYPE
from ledger.proof.history import History
from ledger.proof.journal import Journal
from ledger.proof.manifest import SCOPE
from ledger.proof.merkle import Frontier, leaf_hash
from ledger.proof.note import VerifierKey
from ledger.proof.record import Record, parse_record
from ledger.rows import SubjectKey, digest
from ledger.store import SCHEMA
from ledger.tree import Edge

# Every way in which a row is looked up.
KEYS = (
    ("stored_events", ("position",)),
    ("stored_events", ("event_id",)),
    ("stored_events", ("originator_id", "originator_version")),
    ("destroyed", ("first",)),
    ("tree", ("one",)),
    ("tiles", ("level", "number")),
    ("subject_keys", ("subject",)),
    ("sealed_values", ("position", "path")),
    ("answered", ("actor", "key_mac")),
)


@dataclass(frozen=True)
class Damage:
    """Something in the store that is not what the records make it; `position` where it has one."""

    what: str
    position: int | None = None


class Text(bytes):
    """A TEXT value as it lies in the file, so that one turned into a BLOB is told apart."""


def fsck(directory: Path, key: VerifierKey) -> list[Damage]:
    """Check the store in `directory`. `key` is the log's, from the trust file.

    Returns what is damaged, the first bad position first; nothing where all is well.
    """
    database = directory / DATABASE
    if not database.is_file():
        return [Damage(f"there is no database {database.name}")]
    checked = _Check(key.name)
    try:
        with closing(_open(database)) as connection:
            checked.run(connection)
    except (sqlite3.Error, OverflowError, UnicodeError, ValueError) as error:
        checked.damaged.append(Damage(f"the database cannot be read: {error}"))
    checked.damaged.extend(_kept(directory, key, checked))
    placed = [d for d in checked.damaged if d.position is not None]
    placed.sort(key=lambda d: d.position or 0)
    return placed + [d for d in checked.damaged if d.position is None]


def names_confidential_keys(directory: Path) -> bool:
    """Whether a record names keys that alone open restricted reports."""
    with closing(_open(directory / DATABASE)) as connection:
        found = connection.execute("SELECT 1 FROM stored_events WHERE topic = ?", (ADOPTED,))
        return found.fetchone() is not None


def _open(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
    connection.text_factory = Text
    return connection


def _kept(directory: Path, key: VerifierKey, checked: _Check) -> Iterator[Damage]:
    """The kept checkpoint against what was found."""
    last = KeptCheckpoint(directory, (key, *checked.checkpoint_keys)).last()
    size = len(checked.leaves)
    if last is None:
        if size:
            yield Damage("no kept checkpoint lies beside the database")
    elif last.size > size:
        yield Damage(f"the kept checkpoint has {last.size} records, the database {size}", size)
    elif Frontier().extend(checked.leaves[: last.size]).root() != last.root:
        yield Damage(f"the first {last.size} records are not those of the kept checkpoint")


class _Check:
    """One pass over the store. Rows are compared with their types, text as octets."""

    def __init__(self, origin: str) -> None:
        self.damaged: list[Damage] = []
        self.leaves: list[bytes] = []
        self._journal = Journal()
        self._history = History(origin, b"", (Duties(),), self._journal, {"scope": SCOPE})
        self._holes = Holes()
        self._records: list[Record | None] = []
        self._edge = Edge(Frontier(), [])
        self._tiles: list[tuple[int, int, bytes]] = []
        self._subjects: set[Any] = set()
        self._gone: dict[Any, int] = {}

    @property
    def checkpoint_keys(self) -> list[VerifierKey]:
        """Every checkpoint key that the records admit."""
        return checkpoint_keys(self._history.keyring)

    def run(self, db: sqlite3.Connection) -> None:
        self._schema(db)
        for table, key in KEYS:
            self._found_by_key(db, table, key)
        for number, row in enumerate(db.execute("SELECT * FROM stored_events NOT INDEXED")):
            self._record(number, row)
        self._history.finish()
        for found in self._journal.findings():
            self.damaged.append(Damage(f"{found.code}: {found.detail}", found.position))
        self._destroyed(db)
        self._tree(db)
        self._sealed(db)
        self._keys(db)
        self._answered(db)

    def _add(self, holds: bool, what: str, position: int | None = None) -> None:
        if not holds:
            self.damaged.append(Damage(what, position))

    def _schema(self, db: sqlite3.Connection) -> None:
        with closing(sqlite3.connect(":memory:")) as fresh:
            fresh.text_factory = Text
            for statement in SCHEMA:
                fresh.execute(statement)
            self._add(_schema(db) == _schema(fresh), "the schema is not the one that was made")

    def _found_by_key(self, db: sqlite3.Connection, table: str, key: tuple[str, ...]) -> None:
        """Each row that a scan shows must be the one that its key finds.

        A damaged index or inner page hides rows from whoever asks for them by name, and a scan
        alone would not notice. Damage to space that holds nothing changes neither, and is left
        alone: the library's own integrity check would report that as well.
        """
        where = " AND ".join(f"{column} = ?" for column in key)
        names = [column[1].decode() for column in db.execute(f"PRAGMA table_info({table})")]
        places = [names.index(column) for column in key]
        for row in db.execute(f"SELECT * FROM {table} NOT INDEXED"):
            values = [_bindable(row[place]) for place in places]
            found = db.execute(f"SELECT * FROM {table} WHERE {where}", values).fetchall()
            position = row[0] if names[0] == "position" and type(row[0]) is int else None
            self._add(_same(found, [row]), f"a row of {table} is not found by its key", position)

    def _record(self, number: int, row: tuple[Any, ...]) -> None:
        position, event_id, stream, version, topic, state, leaf = row
        self._add(_is(position, number), f"a record stands at {position!r}", number)
        self._add(self._holes.fits(stream, version), "a version is not the next one", number)
        if type(state) is bytes and not state:
            self._hole(number, topic, leaf)
            return
        data = bytes(state) if isinstance(state, bytes) else b""
        self._add(type(state) is bytes, "a record's bytes are of another type", number)
        record: Record | None = None
        self._leaf(leaf_hash(data))
        self._add(_is(leaf, leaf_hash(data)), "the leaf is not the record's", number)
        self._history.see(number, data)
        try:
            record, _ = parse_record(data)
        except Malformed:
            pass  # noted by the history, with its position
        else:
            said = (
                _text(record.id),
                _text(record.subject),
                record.streamversion,
                _text(record.type),
            )
            columns = (event_id, stream, version, topic)
            self._add(_all(columns, said), "the columns are not the record's", number)
            self._holes.see(number, record)
        self._records.append(record)

    def _hole(self, number: int, topic: Any, leaf: Any) -> None:
        """A record whose bytes were destroyed: its leaf hash is in the tree still."""
        sound = type(leaf) is bytes and len(leaf) == 32 and _is(topic, Text())
        self._add(sound, "the row of a destroyed record was changed", number)
        self._leaf(leaf if sound else bytes(32))
        self._history.skip(number)
        self._records.append(None)
        self._holes.positions.add(number)

    def _leaf(self, leaf: bytes) -> None:
        self.leaves.append(leaf)
        self._tiles.extend((t.level, t.number, t.hashes) for t in self._edge.append(leaf))

    def _destroyed(self, db: sqlite3.Connection) -> None:
        """What has no bytes must have been destroyed by a record that names it, and the reverse."""
        rows = list(db.execute("SELECT first, last, by FROM destroyed ORDER BY first"))
        self._add(_same(rows, self._holes.said), "what was destroyed is not what records say")
        for position, what in self._holes.unexplained():
            self._add(False, what, position)

    def _tree(self, db: sqlite3.Connection) -> None:
        frontier = self._edge.frontier
        kept = list(db.execute("SELECT * FROM tree"))
        expected = [(1, frontier.size, frontier.to_bytes())]
        self._add(_same(kept, expected if frontier.size else kept), "the tree is not the records'")
        kept = list(db.execute("SELECT level, number, hashes FROM tiles ORDER BY level, number"))
        self._add(_same(kept, sorted(self._tiles)), "the tiles are not the records'")

    def _sealed(self, db: sqlite3.Connection) -> None:
        self._gone = {
            f"subject:{r.fields.get('subject')}": n
            for n, r in enumerate(self._records)
            if r and r.type == "SubjectErased"
        }
        rows = db.execute("SELECT * FROM sealed_values ORDER BY position, path")
        kept = {(p, _plain(path)): (s, c, e, d) for p, path, s, c, e, d in rows}
        erased: dict[int, int] = {}
        for position, record in enumerate(self._records):
            for path, said in sorted(record.sealed.items()) if record else ():
                row = kept.pop((position, path), None)
                if row is None:
                    self._add(False, f"sealed value {path} is missing", position)
                    continue
                self._value(position, path, said, row, erased)
        for (position, name), row in kept.items():
            if position in self._holes.positions:
                self._value(position, name, {"ciphertext": None}, row, erased)
            else:
                self._add(False, f"sealed value {name} of no record", _place(position))
        self._erasures(erased)

    def _value(self, position: int, path: str, said: Any, row: Any, erased: dict[int, int]) -> None:
        subject, ciphertext, erased_by, kept = row
        sum_ = digest(position, path, _plain(subject), ciphertext, erased_by)
        self._add(_is(kept, sum_), f"the row of sealed value {path} was changed", position)
        if type(erased_by) is int and subject is None and ciphertext is None:
            erased[erased_by] = erased.get(erased_by, 0) + 1
            return
        intact = type(ciphertext) is bytes and sha256(ciphertext).hexdigest() == said["ciphertext"]
        self._add(intact and type(subject) is Text, f"sealed value {path} was changed", position)
        by = self._gone.get(_plain(subject))
        self._add(
            by is None, f"sealed value {path} is there, which record {by} destroyed", position
        )
        if type(subject) is Text:
            self._subjects.add(_plain(subject))

    def _erasures(self, erased: dict[int, int]) -> None:
        """What is gone must have been erased by a record that says how many values it destroyed."""
        said = {
            n: r.fields.get("values_destroyed")
            for n, r in enumerate(self._records)
            if r and r.type in ERASING
        }
        for position in sorted({*said, *erased}):
            holds = said.get(position) == erased.get(position, 0)
            self._add(holds, "values are gone that no erasure destroyed", position)

    def _keys(self, db: sqlite3.Connection) -> None:
        held = set()
        said = (r for r in self._records if r and r.type == REPLACED_TYPE)
        in_force = max((r.fields["epoch"] for r in said), default=epochs.FIRST)
        adopted = any(r and r.type == ADOPTED for r in self._records)
        for subject, epoch, wrapped, kept in db.execute("SELECT * FROM subject_keys"):
            name = _plain(subject)
            holds = _is(kept, digest(name, epoch, wrapped)) and type(subject) is Text
            self._add(holds, f"the key of {name} was changed")
            old = type(epoch) is int and epochs.FIRST <= epoch != in_force
            self._add(not old, f"the key of {name} is not wrapped under epoch {in_force}")
            by = self._gone.get(name)
            self._add(by is None, f"the key of {name} is there, which record {by} destroyed")
            if holds and adopted and name.startswith("stream:sealed/"):
                sealed = is_confidential(SubjectKey(name, epoch, wrapped))
                self._add(sealed, f"the key of {name} is not sealed to the keys adopted")
            held.add(name)
        for lost in self._subjects - held:
            self._add(False, f"the key of {lost} is missing")

    def _answered(self, db: sqlite3.Connection) -> None:
        answered = set()
        for actor, key, body, position, details, kept in db.execute("SELECT * FROM answered"):
            sum_ = digest(_plain(actor), key, body, position, _plain(details))
            typed = type(actor) is Text and type(details) is Text
            self._add(typed and _is(kept, sum_), "the row of an answered request was changed")
            answered.add(position)
        caused = {n for n, r in enumerate(self._records) if r and r.causedby}
        for position in caused ^ answered:
            self._add(False, "the answered request of this record is missing", _place(position))


def _plain(value: Any) -> Any:
    """Text as a string; anything else, which should have been text, as it is."""
    return value.decode("utf-8", "replace") if type(value) is Text else value


def _place(position: Any) -> int | None:
    return position if type(position) is int else None


def _bindable(value: Any) -> Any:
    return value.decode("utf-8", "surrogateescape") if type(value) is Text else value


def _schema(db: sqlite3.Connection) -> list[Any]:
    made = db.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
    ).fetchall()
    numbers = [db.execute(f"PRAGMA {p}").fetchone() for p in ("user_version", "application_id")]
    return [made, numbers]


def _text(value: str) -> Text:
    return Text(value.encode())


def _is(value: Any, expected: Any) -> bool:
    return type(value) is type(expected) and value == expected


def _all(values: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
    return len(values) == len(expected) and all(map(_is, values, expected))


def _same(rows: list[Any], expected: list[Any]) -> bool:
    return len(rows) == len(expected) and all(map(_all, rows, expected))

"""The tables of the views, in one SQLite file: what was so, and what was known of it when.

Standard library only. Each row has two times: `valid_from`, `valid_to` are seconds UTC;
`known_from`, `known_to` positions of the log, the record that told it and the one that told
otherwise. Whoever knows `n` records knows the rows with known_from < n ≤ known_to.
Thrown away at any time: the log is the truth, and `projections.following` writes them again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from ledger.domain.entries import Entry, is_gone
from ledger.proof.record import Record
from projections.views import VIEWS, Row, View

EDITION = 2
LOG = "records"  # the list of records, followed like a view
WAIT = 30.0  # seconds, for another process that is following


def _schema() -> Iterator[str]:
    yield (
        "CREATE TABLE followed (view TEXT PRIMARY KEY, size INTEGER NOT NULL, last TEXT NOT NULL, "
        "stopped TEXT NOT NULL) WITHOUT ROWID"
    )
    yield (
        f"CREATE TABLE {LOG} (position INTEGER PRIMARY KEY, recorded_at INTEGER NOT NULL, "
        "occurred_at INTEGER NOT NULL, type TEXT NOT NULL, stream TEXT NOT NULL, "
        "actor TEXT NOT NULL)"
    )
    for column in ("type", "stream", "actor"):
        yield f"CREATE INDEX {LOG}_{column} ON {LOG} ({column}, position)"
    for view in VIEWS:
        columns = ", ".join(f"{c} TEXT NOT NULL" for c in view.columns)
        key = ", ".join(view.columns)
        yield (
            f"CREATE TABLE {view.name} ({columns}, valid_from INTEGER NOT NULL, "
            "valid_to INTEGER, began TEXT NOT NULL, ended TEXT NOT NULL, "
            "known_from INTEGER NOT NULL, known_to INTEGER, "
            f"PRIMARY KEY ({key}, valid_from, known_from)) WITHOUT ROWID"
        )
        if "person" in view.columns[1:]:
            yield f"CREATE INDEX {view.name}_person ON {view.name} (person)"
    yield "CREATE TABLE gone (records INTEGER NOT NULL)"
    yield "INSERT INTO gone VALUES (0)"
    for name in (LOG, *(view.name for view in VIEWS)):
        yield f"INSERT INTO followed VALUES ('{name}', 0, '', '')"
    yield f"PRAGMA user_version = {EDITION}"


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The tables in the file, made where there are none or those of another edition.

    A file that is no database any more is thrown away. Raises sqlite3.OperationalError where it
    cannot be read or written just now.
    """
    try:
        db = _connected(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)
        db = _connected(path)
    with closing(db):
        yield db


def _connected(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
    try:
        db.execute("PRAGMA secure_delete = ON")  # what is taken out leaves no bytes in free pages
        if _edition(db) != EDITION:
            with writing(db):
                if _edition(db) != EDITION:  # unless another process has made them meanwhile
                    _make(db)
    except BaseException:
        db.close()
        raise
    return db


def _edition(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def writing(db: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing; one process at a time."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _make(db: sqlite3.Connection) -> None:
    kept = "SELECT name FROM sqlite_master WHERE type = 'table'"
    for (name,) in db.execute(kept).fetchall():
        db.execute(f'DROP TABLE "{name}"')
    for statement in _schema():
        db.execute(statement)


def sizes(db: sqlite3.Connection, records: Sequence[Record]) -> dict[str, int]:
    """View → how many records it has followed, of those that are not stopped.

    Tables that tell of other records than these, because the log was restored from an older copy
    or because some were destroyed since, are made anew first. To be called while writing.
    """
    gone = sum(map(is_gone, records))
    if (gone,) != db.execute("SELECT records FROM gone").fetchone():
        _make(db)
        db.execute("UPDATE gone SET records = ?", (gone,))
    rows = db.execute("SELECT view, size, last FROM followed").fetchall()
    for _, size, last in rows:
        if size > len(records) or (size and records[size - 1].id != last):
            _make(db)
            db.execute("UPDATE gone SET records = ?", (gone,))
            break
    going = db.execute("SELECT view, size FROM followed WHERE stopped = ''")
    return {str(view): int(size) for view, size in going}


def stopped(db: sqlite3.Connection) -> dict[str, str]:
    """View → why it stopped, in words that name the position; empty where all follow."""
    rows = db.execute("SELECT view, stopped FROM followed WHERE stopped <> '' ORDER BY view")
    return dict(rows.fetchall())


def stop(db: sqlite3.Connection, view: str, why: str) -> None:
    db.execute("UPDATE followed SET stopped = ? WHERE view = ?", (why, view))


def go_on(db: sqlite3.Connection) -> None:
    """Let every view that stopped try again."""
    db.execute("UPDATE followed SET stopped = '' WHERE stopped <> ''")


def reached(db: sqlite3.Connection, views: Iterable[str], size: int, last: str) -> None:
    """The views have followed `size` records, the last of which has the id `last`."""
    db.executemany(
        "UPDATE followed SET size = ?, last = ? WHERE view = ?",
        [(size, last, view) for view in views],
    )


def listed(db: sqlite3.Connection, entry: Entry) -> None:
    """Add an entry to the list of records."""
    record = entry.record
    row = (entry.position, record.time, record.occurredat)
    db.execute(
        f"INSERT INTO {LOG} VALUES (?, ?, ?, ?, ?, ?)",
        (*row, record.type, record.subject, record.actor),
    )


def told(db: sqlite3.Connection, view: View, scope: str, rows: set[Row], position: int) -> None:
    """From `position` on the rows of a scope are these: what is no more so ends, what is new
    begins to be known."""
    before = set(_rows(db, view, f"{view.columns[0]} = ? AND known_to IS NULL", (scope,)))
    keys = " AND ".join(f"{c} = ?" for c in view.columns)
    for row in sorted(before - rows, key=_order):
        db.execute(
            f"UPDATE {view.name} SET known_to = ? "
            f"WHERE {keys} AND valid_from = ? AND known_to IS NULL",
            (position, *row.key, row.start),
        )
    marks = ", ".join("?" * (len(view.columns) + 6))
    for row in sorted(rows - before, key=_order):
        evidence = json.dumps(row.began), json.dumps(row.ended)
        db.execute(
            f"INSERT INTO {view.name} VALUES ({marks})",
            (*row.key, row.start, row.end, *evidence, position, None),
        )


def known(db: sqlite3.Connection, view: View, column: str, name: str, size: int) -> list[Row]:
    """The rows whose `column` is `name`, as known by whoever knows `size` records; by key."""
    where = f"{column} = ? AND known_from < ? AND (known_to IS NULL OR known_to >= ?)"
    return sorted(_rows(db, view, where, (name, size, size)), key=_order)


def positions(
    db: sqlite3.Connection, wanted: dict[str, str | int], after: int, limit: int
) -> list[int]:
    """Positions of records after a position that fit all that is wanted, in order.

    `wanted` names columns of the list of records; of a time it is the latest that fits.
    """
    tests = "".join(f" AND {c} {'<=' if c.endswith('_at') else '='} ?" for c in wanted)
    found = db.execute(
        f"SELECT position FROM {LOG} WHERE position > ?{tests} ORDER BY position LIMIT ?",
        (after, *wanted.values(), limit),
    )
    return [position for (position,) in found]


def _rows(
    db: sqlite3.Connection, view: View, where: str, values: tuple[str | int, ...]
) -> Iterator[Row]:
    columns = ", ".join(view.columns)
    query = f"SELECT {columns}, valid_from, valid_to, began, ended FROM {view.name} WHERE {where}"
    for *key, start, end, began, ended in db.execute(query, values):
        yield Row(tuple(key), start, end, tuple(json.loads(began)), tuple(json.loads(ended)))


def _order(row: Row) -> tuple[tuple[str, ...], int]:
    return row.key, row.start

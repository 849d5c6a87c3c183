"""SQLite: event rows, log positions, leaf hashes, tree and sealed values commit together.

Our own recorder for `eventsourcing` 9.5.6. The position in the log is a column of ours, given by
us: rowids are reused after a delete and sequences have gaps (docs/decisions/0003). Rows of records
can be neither changed nor deleted, but for one way: what a `RecordsDestroyed` names loses its bytes
and its type, and keeps all else (docs/decisions/0023). What lies beside them can be erased.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from eventsourcing.persistence import Notification, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteFactory,
)

from ledger.domain.gone import DESTROYED
from ledger.proof.merkle import leaf_hash
from ledger.rows import Emptied, Row

APPEND_ONLY = "records are never changed or deleted"

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS stored_events ("
    "position INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, originator_id TEXT NOT NULL, "
    "originator_version INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL, "
    "leaf BLOB NOT NULL, UNIQUE (originator_id, originator_version))",
    "CREATE TRIGGER IF NOT EXISTS stored_events_dense BEFORE INSERT ON stored_events "
    "WHEN NEW.position <> (SELECT coalesce(max(position) + 1, 0) FROM stored_events) "
    "BEGIN SELECT RAISE(ABORT, 'positions are dense'); END",
    # What it was called while no row could be changed at all.
    "DROP TRIGGER IF EXISTS stored_events_no_update",
    "CREATE TRIGGER IF NOT EXISTS stored_events_only_emptied BEFORE UPDATE ON stored_events "
    "WHEN NEW.position <> OLD.position OR NEW.event_id <> OLD.event_id "
    "OR NEW.originator_id <> OLD.originator_id "
    "OR NEW.originator_version <> OLD.originator_version OR NEW.leaf <> OLD.leaf "
    "OR NEW.topic <> '' OR NEW.state <> x'' OR NOT EXISTS "
    "(SELECT 1 FROM destroyed WHERE OLD.position BETWEEN first AND last) "
    f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END",
    "CREATE TRIGGER IF NOT EXISTS stored_events_no_delete BEFORE DELETE ON stored_events "
    f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END",
    "CREATE TABLE IF NOT EXISTS destroyed ("
    "first INTEGER PRIMARY KEY, last INTEGER NOT NULL, by INTEGER NOT NULL)",
    "CREATE TRIGGER IF NOT EXISTS destroyed_by_record BEFORE INSERT ON destroyed "
    "WHEN NEW.first > NEW.last OR NEW.last >= NEW.by OR NOT EXISTS "
    f"(SELECT 1 FROM stored_events WHERE position = NEW.by AND topic = '{DESTROYED}') "
    f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END",
    "CREATE TRIGGER IF NOT EXISTS destroyed_no_update BEFORE UPDATE ON destroyed "
    f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END",
    "CREATE TRIGGER IF NOT EXISTS destroyed_no_delete BEFORE DELETE ON destroyed "
    f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END",
    "CREATE TABLE IF NOT EXISTS tree ("
    "one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, frontier BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS tiles ("
    "level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL, "
    "PRIMARY KEY (level, number)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS subject_keys ("
    "subject TEXT NOT NULL PRIMARY KEY, epoch INTEGER NOT NULL, wrapped BLOB NOT NULL, "
    "digest BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS sealed_values ("
    "position INTEGER NOT NULL, path TEXT NOT NULL, subject TEXT, ciphertext BLOB, "
    "erased_by INTEGER, digest BLOB NOT NULL, PRIMARY KEY (position, path)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS answered ("
    "actor TEXT NOT NULL, key_mac BLOB NOT NULL, body_mac BLOB NOT NULL, "
    "position INTEGER NOT NULL, details TEXT NOT NULL, digest BLOB NOT NULL, "
    "PRIMARY KEY (actor, key_mac)) WITHOUT ROWID",
)
PRAGMAS = (
    "PRAGMA synchronous=FULL",  # a receipt is only given for what survives a power cut
    "PRAGMA secure_delete=ON",  # an erased value leaves no bytes in free pages
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
)


class Pool(SQLiteConnectionPool):
    """The library's pool, with durability said aloud rather than left to the build."""

    def _create_connection(self) -> SQLiteConnection:
        connection = super()._create_connection()
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(pragma)
        return connection


class Datastore(SQLiteDatastore):
    def __init__(self, db_name: str, lock_timeout: int = 30) -> None:
        super().__init__(db_name, originator_id_type="text")
        self.pool.close()
        self.pool = Pool(db_name=db_name, lock_timeout=lock_timeout, pool_timeout=60.0)


class Recorder(SQLiteApplicationRecorder):
    """Records, and everything that must be committed with them."""

    datastore: Datastore

    def __init__(
        self, datastore: SQLiteDatastore, events_table_name: str = "stored_events"
    ) -> None:
        super().__init__(datastore, events_table_name)
        self._open = threading.local()

    def construct_create_table_statements(self) -> list[str]:
        return list(SCHEMA)

    @contextmanager
    def writing(self) -> Iterator[SQLiteCursor]:
        """The one writer: takes the lock first, so that what is decided inside stays true.

        Commits at the end, or rolls everything back. `insert_events` within joins in.
        """
        with self.datastore.get_connection(commit=True) as connection:
            cursor = connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            self._open.cursor = cursor
            try:
                yield cursor
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
            finally:
                self._open.cursor = None

    @contextmanager
    def reading(self) -> Iterator[SQLiteCursor]:
        """One consistent view; within `writing`, the writer's own."""
        cursor = getattr(self._open, "cursor", None)
        if cursor is not None:
            yield cursor
            return
        with self.datastore.transaction(commit=False) as fresh:
            yield fresh

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Append what was decided in the transaction now open (the library's way in)."""
        cursor = getattr(self._open, "cursor", None)
        assert cursor is not None, "records are only appended by the one writer"
        return self._insert_events(cursor, stored_events, **kwargs)

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int]:
        batch = kwargs["batch"]
        assert len(stored_events) == len(batch.records)
        for new, stored in zip(batch.records, stored_events, strict=True):
            row = (new.position, new.record.id, stored.originator_id)
            rest = (stored.originator_version, stored.topic, stored.state, new.leaf)
            c.execute("INSERT INTO stored_events VALUES (?,?,?,?,?,?,?)", (*row, *rest))
        for row_ in batch.beside:
            row_.write(c)
        frontier = batch.edge.frontier
        tree = (1, frontier.size, frontier.to_bytes())
        c.execute("INSERT OR REPLACE INTO tree VALUES (?,?,?)", tree)
        return [new.position + 1 for new in batch.records]

    def select_events(
        self,
        originator_id: Any,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        where = "originator_id = ? AND originator_version > ? AND originator_version <= ?"
        order = f"ORDER BY originator_version {'DESC' if desc else 'ASC'} LIMIT ?"
        bounds = (originator_id, gt or 0, lte or 2**62, -1 if limit is None else limit)
        with self.reading() as c:
            c.execute(f"SELECT * FROM stored_events WHERE {where} {order}", bounds)
            return [StoredEvent(*_columns(row)) for row in c.fetchall()]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Records in order of the log; a notification's id is its position plus one."""
        first = 0 if start is None else start - (1 if inclusive_of_start else 0)
        last = 2**62 if stop is None else stop - 1
        chosen = f" AND topic IN ({','.join('?' * len(topics))})" if topics else ""
        with self.reading() as c:
            c.execute(
                f"SELECT * FROM stored_events WHERE position BETWEEN ? AND ?{chosen} "
                "ORDER BY position LIMIT ?",
                (first, last, *topics, limit),
            )
            return [Notification(*_columns(row), row["position"] + 1) for row in c.fetchall()]

    def _max_notification_id(self, c: SQLiteCursor) -> int:
        c.execute("SELECT coalesce(max(position) + 1, 0) FROM stored_events")
        return int(c.fetchone()[0])

    def size(self) -> int:
        """How many records there are."""
        with self.reading() as c:
            return self._max_notification_id(c)

    def states(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes of the records at positions start … stop-1, read a page at a time."""
        for begin in range(start, stop, 256):
            with self.reading() as c:
                end = min(begin + 256, stop)
                c.execute(
                    "SELECT state FROM stored_events WHERE position >= ? AND position < ? "
                    "ORDER BY position",
                    (begin, end),
                )
                rows = c.fetchall()
            yield from (bytes(row["state"]) for row in rows)

    def leaves(self, start: int, stop: int) -> Iterator[bytes]:
        """The leaf hashes at positions start … stop-1, of the stored bytes; where these were
        destroyed, what is kept of them."""
        for position, state in enumerate(self.states(start, stop), start):
            yield leaf_hash(state) if state else self.row(Emptied, (position,)).leaf

    def heads(self, size: int) -> list[tuple[str, int, bytes]]:
        """(stream, version, leaf hash) of the last record of each stream, of the first `size`."""
        last = (
            "SELECT originator_id, max(originator_version) AS version FROM stored_events "
            "WHERE position < ? GROUP BY originator_id"
        )
        with self.reading() as c:
            c.execute(
                f"SELECT e.originator_id, e.originator_version, e.leaf FROM ({last}) AS h "
                "JOIN stored_events AS e ON e.originator_id = h.originator_id "
                "AND e.originator_version = h.version",
                (size,),
            )
            return [(row[0], row[1], bytes(row[2])) for row in c.fetchall()]

    def row(self, table: type[Row], key: tuple[Any, ...]) -> Any:
        """One row beside the records by its key, or None."""
        with self.reading() as c:
            c.execute(table.SELECT, key)
            found = c.fetchone()
        return None if found is None else table.from_columns(found)

    def truncate_log(self) -> None:
        """Empty the write-ahead log, so that erased bytes are gone from the file beside it too."""
        with self.datastore.get_connection(commit=False) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _columns(row: Any) -> tuple[str, int, str, bytes]:
    return (
        row["originator_id"],
        row["originator_version"],
        row["topic"],
        bytes(row["state"]),
    )


class Factory(SQLiteFactory):
    """Makes our datastore and recorder; named in the application's environment."""

    application_recorder_class = Recorder

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.datastore.close()
        name = self.env.get(self.SQLITE_DBNAME)
        assert name is not None
        self.datastore = Datastore(name)


__all__ = ["SCHEMA", "Datastore", "Factory", "Recorder"]

"""Following the log: each record tells each view once, in one transaction with its position.

Standard library only. A record that a view cannot be told of stops that view alone, with a
message; it tries again when the next process opens the tables, or when they are rebuilt.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from ledger.domain.entries import Entry
from ledger.proof.record import Record
from projections import tables
from projections.history import History
from projections.views import Row, view_named

TABLES = "views.db"
PAGE = 1000  # records in one transaction


class ViewStopped(Exception):
    """A view met a record that it could not be told of: what it would say is not known."""


class Follower:
    """Keeps the tables in one file up with the log, and the history they were told from."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.history = History()
        self._tried = False
        self._lock = Lock()

    def follow(self, records: Sequence[Record]) -> History:
        """Follow up to the last of `records`, the log from its beginning; returns its history.

        Another process may follow at the same time: whoever comes second finds it done.
        """
        with self._lock, tables.opened(self.path) as db:
            if not self._tried:
                with tables.writing(db):
                    tables.go_on(db)
                self._tried = True
            while not self._page(db, records):
                pass
            return self.history

    def rows(self, size: int, view: str, column: str, name: str) -> list[Row]:
        """The rows of a view whose `column` is `name`, as known by whoever knows `size` records.

        Raises ViewStopped.
        """
        with tables.opened(self.path) as db:
            why = tables.stopped(db).get(view)
            if why is not None:
                raise ViewStopped(f"{view}: {why}")
            return tables.known(db, view_named(view), column, name, size)

    def positions(self, wanted: dict[str, str | int], after: int, limit: int) -> list[int]:
        """Positions of records, as `tables.positions`."""
        with tables.opened(self.path) as db:
            return tables.positions(db, wanted, after, limit)

    def stopped(self) -> dict[str, str]:
        """View → why it stopped."""
        with tables.opened(self.path) as db:
            return tables.stopped(db)

    def _page(self, db: sqlite3.Connection, records: Sequence[Record]) -> bool:
        """Follow a page of records; whether that was the last."""
        with tables.writing(db):
            sizes = tables.sizes(db, records)
            told = len(self.history.entries.all)
            if told > min([*sizes.values(), len(records)]):
                # Not all of it was committed, or a view tries again: the story from its beginning.
                self.history, told = History(), 0
            for record in records[told : told + PAGE]:
                entry = self.history.see(record)
                for view, size in sizes.items():
                    if size == entry.position and _tell(db, view, self.history, entry):
                        sizes[view] += 1
            told = len(self.history.entries.all)
            if told:
                there = [view for view, size in sizes.items() if size == told]
                tables.reached(db, there, told, records[told - 1].id)
        return told >= len(records)


def _tell(db: sqlite3.Connection, name: str, history: History, entry: Entry) -> bool:
    """Tell a view of an entry; whether it could be told. What it cannot be told changes nothing."""
    if name == tables.LOG:
        tables.listed(db, entry)
        return True
    view = view_named(name)
    try:
        changed = {s: view.fold(history, s) for s in sorted(view.concerns(history, entry))}
    except Exception as error:
        # Whatever a record holds that the fold did not expect: the other views go on.
        why = f"the record at position {entry.position} cannot be told: {type(error).__name__}"
        tables.reached(db, [name], entry.position, _last(history))
        tables.stop(db, name, why)
        return False
    for scope, rows in changed.items():
        tables.told(db, view, scope, rows, entry.position)
    return True


def _last(history: History) -> str:
    """The id of the record before the last one; empty where there is none."""
    return history.entries.all[-2].record.id if len(history.entries.all) > 1 else ""


def rebuild(path: Path, records: Sequence[Record]) -> dict[str, str]:
    """Make the tables anew from the log; the same log, the same bytes. Returns what stopped.

    They are made beside the old ones and take their place when they are whole: a crash before
    that leaves the old ones, and a part that the next rebuild throws away.
    """
    part, packed = path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.packed")
    for left in (part, packed, part.with_name(f"{part.name}-journal")):
        left.unlink(missing_ok=True)
    Follower(part).follow(records)
    with tables.opened(part) as db:
        halted = tables.stopped(db)
        # Packed: a layout that does not depend on how the pages came to be filled.
        db.execute("VACUUM INTO ?", (str(packed),))
    with packed.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(packed, path)
    part.unlink()
    return halted

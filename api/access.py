"""`access.db`: who may come in. It lies beside the ledger, for nothing of it belongs in the log."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ACCESS = "access.db"


def prepare(path: Path, schema: str) -> None:
    """Make the file where it is missing, readable by its owner alone, and the tables in it."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    with database(path) as db:
        db.executescript(schema)


def add_column(path: Path, table: str, column: str, kind: str) -> None:
    """Give a table made by an earlier release a column that came later; empty in old rows."""
    with database(path) as db:
        db.execute("BEGIN IMMEDIATE")
        if column not in [row["name"] for row in db.execute(f"PRAGMA table_info({table})")]:
            db.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")


@contextmanager
def database(path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction: all of it is kept, or none."""
    db = sqlite3.connect(path, timeout=30)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA secure_delete = ON")  # what is deleted leaves no bytes in free pages
    try:
        with db:
            yield db
    finally:
        db.close()

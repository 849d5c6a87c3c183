"""`access.db`: who may come in. It lies beside the ledger, for nothing of it belongs in the log."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def prepare(path: Path, schema: str) -> None:
    """Make the file where it is missing, readable by its owner alone, and the tables in it."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    with database(path) as db:
        db.executescript(schema)


@contextmanager
def database(path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction: all of it is kept, or none."""
    db = sqlite3.connect(path, timeout=30)
    db.row_factory = sqlite3.Row
    try:
        with db:
            yield db
    finally:
        db.close()

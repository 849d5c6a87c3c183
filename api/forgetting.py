"""What lies beside the ledger about people who were erased: their ways in, their tokens."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from api.access import database

PERSON = "person"


def forget(path: Path, people: Collection[str]) -> None:
    """Delete every row of `access.db` that is of one of them: tokens and calendar feeds, sessions,
    password, second factor, invitation, identities, happenings. Nothing where it is not there."""
    if not people or not path.is_file():
        return
    with database(path) as db:
        tables = [
            row["name"]
            for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if PERSON in (c["name"] for c in db.execute(f"PRAGMA table_info({row['name']})"))
        ]
        for table in tables:
            db.executemany(f"DELETE FROM {table} WHERE person = ?", [(p,) for p in sorted(people)])

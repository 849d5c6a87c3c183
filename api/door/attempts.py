"""Limits on attempts: who fails often waits, longer each time, and never for ever.

A wait is a quarter of an hour at most. A person's own browser, where they have signed in before,
is counted by itself: whoever guesses from elsewhere does not keep them out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from hashlib import sha256

from flask import request

from api.door import csrf
from api.door.store import Door, the_door

FREE = {"person": 5, "browser": 5, "address": 50}  # a school's people share one address
FIRST, MOST = 30, 15 * 60  # seconds
FORGOTTEN = 24 * 3600
KNOWN = 180 * 86400


def names(person: str) -> tuple[str, ...]:
    """Under which names an attempt as this person counts: the same whether they exist or not."""
    if knows(the_door(), csrf.browser(), person):
        return (_name("browser", csrf.browser() + person),)
    return (_name("person", person), _name("address", request.remote_addr or ""))


def wait(door: Door, counted: Sequence[str]) -> int:
    """Seconds to wait; 0 where this attempt may be made, which then counts as a failure.

    It is counted before it is judged, so that many at once are no way around the limit.
    """
    now = door.now()
    with door.database() as db:
        db.execute("BEGIN IMMEDIATE")
        db.execute("DELETE FROM door_attempts WHERE last < ?", (now - FORGOTTEN,))
        longest = max(_wait(db, name, now) for name in counted)
        if not longest:
            for name in counted:
                _count(db, name, now)
    return longest


def undo(door: Door, counted: Sequence[str]) -> None:
    """The last attempt was good: it does not count, and those before it still do."""
    with door.database() as db:
        for name in counted:
            db.execute("UPDATE door_attempts SET failures = failures - 1 WHERE name = ?", (name,))


def succeeded(door: Door, counted: Sequence[str]) -> None:
    """Somebody is in: the person's failures are forgotten, the address's are not."""
    with door.database() as db:
        for name in counted:
            if not name.startswith("address"):
                db.execute("DELETE FROM door_attempts WHERE name = ?", (name,))


def remember(door: Door, browser: str, person: str) -> None:
    """The person signed in with that browser."""
    now = door.now()
    with door.database() as db:
        db.execute("DELETE FROM door_browsers WHERE last < ?", (now - KNOWN,))
        db.execute("INSERT OR REPLACE INTO door_browsers VALUES (?,?,?)", (browser, person, now))


def knows(door: Door, browser: str, person: str) -> bool:
    """Whether the person signed in with that browser in the last half year."""
    asked = "SELECT 1 FROM door_browsers WHERE browser = ? AND person = ? AND last > ?"
    with door.database() as db:
        return db.execute(asked, (browser, person, door.now() - KNOWN)).fetchone() is not None


def _name(kind: str, whose: str) -> str:
    # What strangers type is not kept: a password lands in the wrong box easily.
    return f"{kind}:{sha256(whose.encode()).hexdigest()}"


def _wait(db: sqlite3.Connection, name: str, now: int) -> int:
    row = db.execute("SELECT * FROM door_attempts WHERE name = ?", (name,)).fetchone()
    over = row["failures"] - FREE[name.partition(":")[0]] if row else -1
    if over < 0:
        return 0
    return int(max(0, row["last"] + min(MOST, FIRST * 2 ** min(over, 10)) - now))


def _count(db: sqlite3.Connection, name: str, now: int) -> None:
    db.execute(
        "INSERT INTO door_attempts VALUES (?, 1, ?) "
        "ON CONFLICT (name) DO UPDATE SET failures = failures + 1, last = excluded.last",
        (name, now),
    )

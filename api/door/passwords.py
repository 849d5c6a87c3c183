"""Passwords: long ones, of any composition, kept as slow hashes (scrypt)."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib.resources import files

from werkzeug.security import check_password_hash, generate_password_hash

from api.door import sessions
from api.door.store import Door, tell

SHORTEST, LONGEST = 12, 256  # characters


def refusal(password: str, person: str, school: str) -> str | None:
    """Why a password cannot be taken: `short`, `long`, `common`, `named`; None where it can.

    There are no rules of composition: length is what counts (NIST SP 800-63B, 3.1.1.2).
    """
    words = _normal(password)
    if not SHORTEST <= len(words) <= LONGEST:
        return "short" if len(words) < SHORTEST else "long"
    plain = words.casefold()
    if len(set(plain)) < 5 or plain in _common() or plain.rstrip("0123456789!.?") in _common():
        return "common"
    own = [w for w in (person, school) if len(w) >= 4 and w.casefold() in plain]
    return "named" if own and len(plain) - max(map(len, own)) < 8 else None


def take(door: Door, person: str, password: str, what: str, by: str) -> None:
    """Give the person a password; all their sessions end. What may not be taken is asked first."""
    hashed, now = generate_password_hash(_normal(password), door.cost), door.now()
    with door.database() as db:
        db.execute(
            "INSERT INTO door_people (person, password, changed) VALUES (?,?,?) ON CONFLICT "
            "(person) DO UPDATE SET password = excluded.password, changed = excluded.changed",
            (person, hashed, now),
        )
        sessions.end_in(db, now, person)
        tell(db, now, person, what, by)


def right(door: Door, person: str, password: str) -> bool:
    """Whether it is the person's password. Of somebody unknown it takes as long to say no."""
    with door.database() as db:
        asked = "SELECT password FROM door_people WHERE person = ?"
        row = db.execute(asked, (person,)).fetchone()
    kept = row["password"] if row else None
    same = check_password_hash(kept or _nobodys(door.cost), _normal(password)[:LONGEST])
    return same and kept is not None


def has_one(door: Door, person: str) -> bool:
    with door.database() as db:
        asked = "SELECT 1 FROM door_people WHERE person = ? AND password IS NOT NULL"
        return db.execute(asked, (person,)).fetchone() is not None


def everybody(door: Door) -> list[str]:
    """Who has, or had, a password or a second factor here."""
    with door.database() as db:
        return [row["person"] for row in db.execute("SELECT person FROM door_people")]


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@lru_cache(4)
def _nobodys(cost: str) -> str:
    return generate_password_hash("nobody's", cost)


@lru_cache(1)
def _common() -> frozenset[str]:
    text = files("api.door").joinpath("common.txt").read_text("utf-8")
    return frozenset(text.split("\n")) - {""}

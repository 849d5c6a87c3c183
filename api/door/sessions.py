"""Sessions: 256 random bits in a cookie, kept as a hash, with an end that nobody can put off.

A session begins anew, with another secret, whenever what it is good for changes, so a secret that
somebody planted before is worth nothing after. What the person may do is asked of the ledger at
each request, never kept here.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import g, request

from api.door import cookies, csrf
from api.door.store import Door, digest, the_door
from api.tokens import SCOPES, Token

IDLE = 30 * 60  # seconds
LONGEST = 12 * 3600
HALF = 10 * 60  # between the password and the second factor
FRESH = 15 * 60  # for what lets others in
A_WHILE = 60  # `seen` is not written more often
KEEP_ROWS = 30 * 86400  # for the person's own list, and to know whose the ended cookie was
HALFWAY, INSIDE = "second", "inside"
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Session:
    """One browser of one person. `csrf` goes into every form of it; times in seconds UTC."""

    id: str
    person: str
    csrf: str
    stage: str
    way: str  # password, oidc or practice
    begun: int
    seen: int
    ended: int | None = None

    def open_at(self, now: int) -> bool:
        """Whether it is good at the moment: neither ended nor idle nor too old."""
        if self.ended is not None:
            return False
        longest = LONGEST if self.stage == INSIDE else HALF
        return now < self.begun + longest and now < self.seen + IDLE


def begin(door: Door, person: str, stage: str, way: str, old: Session | None = None) -> str:
    """A new session, which replaces `old`; the secret is returned once, for the cookie."""
    secret, now = secrets.token_urlsafe(32), door.now()
    row = (secrets.token_hex(6), digest(secret), person, stage, way, now, now, None, None)
    with door.database() as db:
        if old is not None:
            _end(db, now, "id = ?", old.id)
        db.execute("DELETE FROM door_sessions WHERE begun < ?", (now - KEEP_ROWS,))
        db.execute("INSERT INTO door_sessions VALUES (?,?,?,?,?,?,?,?,?)", row)
    return secret


def find(door: Door, secret: str) -> Session | None:
    """The session of a secret, ended ones too."""
    with door.database() as db:
        wanted = "SELECT * FROM door_sessions WHERE secret_sha256 = ?"
        row = db.execute(wanted, (digest(secret),)).fetchone()
    return _session(row, csrf.token_of(secret)) if row else None


def touch(door: Door, session: Session) -> None:
    """Note that the session is used."""
    now = door.now()
    if now - session.seen >= A_WHILE:
        with door.database() as db:
            db.execute("UPDATE door_sessions SET seen = ? WHERE id = ?", (now, session.id))


def of(door: Door, person: str) -> list[Session]:
    """The open sessions of a person, the last used first. Their `csrf` is not told."""
    with door.database() as db:
        rows = db.execute(
            "SELECT * FROM door_sessions WHERE person = ? ORDER BY seen DESC", (person,)
        ).fetchall()
    return [s for s in (_session(row, "") for row in rows) if s.open_at(door.now())]


def last_seen(door: Door) -> dict[str, int]:
    """When each person was last inside."""
    with door.database() as db:
        rows = db.execute(
            "SELECT person, max(seen) FROM door_sessions WHERE stage = ? GROUP BY person", (INSIDE,)
        )
        return dict(rows.fetchall())


def end(door: Door, session_id: str, person: str) -> bool:
    """End one session of that person; False where there was none."""
    with door.database() as db:
        return _end(db, door.now(), "id = ? AND person = ?", session_id, person) == 1


def end_all(door: Door, person: str, but: str = "") -> int:
    """End all sessions of a person (`but` one); how many."""
    with door.database() as db:
        return end_in(db, door.now(), person, but)


def end_in(db: sqlite3.Connection, now: int, person: str, but: str = "") -> int:
    """The same, within a transaction of somebody else's."""
    return _end(db, now, "person = ? AND id != ?", person, but)


def _end(db: sqlite3.Connection, now: int, which: str, *values: str) -> int:
    asked = f"UPDATE door_sessions SET ended = ?, pending = NULL WHERE ended IS NULL AND {which}"
    return db.execute(asked, (now, *values)).rowcount


def pending(door: Door, session: Session, make: Callable[[], bytes]) -> bytes:
    """What a session keeps until it is confirmed, sealed; made where there is nothing yet."""
    with door.database() as db:
        db.execute("BEGIN IMMEDIATE")
        asked = "SELECT pending FROM door_sessions WHERE id = ?"
        held: bytes | None = db.execute(asked, (session.id,)).fetchone()["pending"]
        if held is None:
            held = make()
            db.execute("UPDATE door_sessions SET pending = ? WHERE id = ?", (held, session.id))
    return held


def current() -> Session | None:
    """The open session of the running request, signed in fully."""
    found = presented()
    good = found is not None and found.stage == INSIDE and found.open_at(the_door().now())
    return found if good else None


def fresh() -> bool:
    """Whether whoever is in signed in a short while ago."""
    session = current()
    return session is not None and the_door().now() < session.begun + FRESH


def halfway() -> Session | None:
    """The session of somebody who gave their password and not yet the second factor."""
    found = presented()
    good = found is not None and found.stage == HALFWAY and found.open_at(the_door().now())
    return found if good else None


def forms_token() -> str:
    """What the forms of a page carry: the session's token, or the visitor's."""
    session = current() or halfway()
    return session.csrf if session else csrf.visitor_token()


def presented() -> Session | None:
    """The session whose cookie came with the request, ended or not."""
    if "door_session" not in g:
        secret = request.cookies.get(cookies.name("session"), "")
        g.door_session = find(the_door(), secret) if secret else None
    held: Session | None = g.door_session
    return held


def token_of_request() -> Token | None:
    """Who asks, by the cookie: for what only reads, and for what brought the session's `csrf`."""
    session = current()
    if session is None or (request.method not in SAFE and not csrf.passes(session.csrf)):
        return None
    touch(the_door(), session)
    return Token(session.id, session.person, SCOPES)


def _session(row: sqlite3.Row, forms: str) -> Session:
    names: Iterable[str] = ("stage", "way", "begun", "seen", "ended")
    return Session(row["id"], row["person"], forms, *(row[name] for name in names))

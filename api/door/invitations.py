"""Invitations: how somebody comes in first, or again who lost everything."""

from __future__ import annotations

import secrets

from api.door import passwords, sessions
from api.door.store import Door, digest, tell

SECONDS = 72 * 3600


def invite(door: Door, person: str, by: str) -> str:
    """The secret of a new invitation, good once; earlier ones of the person are void."""
    secret, now = secrets.token_urlsafe(32), door.now()
    with door.database() as db:
        db.execute("DELETE FROM door_invitations WHERE person = ? OR expires <= ?", (person, now))
        row = (digest(secret), person, now + SECONDS)
        db.execute("INSERT INTO door_invitations VALUES (?,?,?)", row)
        tell(db, now, person, "invited", by)
    return secret


def invited(door: Door, secret: str) -> str | None:
    """Who is invited by it; None where it is used, void, too old or none of ours."""
    with door.database() as db:
        asked = "SELECT person FROM door_invitations WHERE secret_sha256 = ? AND expires > ?"
        row = db.execute(asked, (digest(secret), door.now())).fetchone()
    return row["person"] if row else None


def waiting(door: Door) -> dict[str, int]:
    """Who has an invitation not yet used, and until when it is good."""
    with door.database() as db:
        asked = "SELECT person, expires FROM door_invitations WHERE expires > ?"
        return {row["person"]: row["expires"] for row in db.execute(asked, (door.now(),))}


def use(door: Door, secret: str, password: str) -> str | None:
    """Set the password and forget the second factor; who it was, None where it is not good.

    Of two who use it at once, one does.
    """
    person = invited(door, secret)
    with door.database() as db:
        asked = "DELETE FROM door_invitations WHERE secret_sha256 = ? AND expires > ?"
        if db.execute(asked, (digest(secret), door.now())).rowcount != 1 or person is None:
            return None
        db.execute("UPDATE door_people SET factor = NULL, step = 0 WHERE person = ?", (person,))
        db.execute("DELETE FROM door_recovery WHERE person = ?", (person,))
    passwords.take(door, person, password, "password_set", person)
    return person


def shut_out(door: Door, person: str, by: str) -> int:
    """Void the person's invitation and end all their sessions; how many were ended."""
    now = door.now()
    with door.database() as db:
        db.execute("DELETE FROM door_invitations WHERE person = ?", (person,))
        ended = sessions.end_in(db, now, person)
        tell(db, now, person, "ended", by)
    return ended

"""Which person an identity of the provider is: said by a member of the SLT, never guessed."""

from __future__ import annotations

import sqlite3

from api.door import sessions
from api.door.oidc import Identity
from api.door.store import Door, tell

KEPT = 30 * 86400  # seconds that a stranger is remembered
MOST = 200


def person_of(door: Door, who: Identity) -> str | None:
    """The person, where somebody said so."""
    with door.database() as db:
        asked = "SELECT person FROM door_identities WHERE issuer = ? AND subject = ?"
        row = db.execute(asked, (who.issuer, who.subject)).fetchone()
    return row["person"] if row else None


def note(door: Door, who: Identity) -> None:
    """Somebody whom nobody has mapped signed in over there: shown to the SLT for a month."""
    now = door.now()
    with door.database() as db:
        db.execute("DELETE FROM door_strangers WHERE seen < ?", (now - KEPT,))
        values = (who.issuer, who.subject, who.shown, now)
        db.execute("INSERT OR REPLACE INTO door_strangers VALUES (?,?,?,?)", values)
        db.execute(
            "DELETE FROM door_strangers WHERE rowid NOT IN "
            "(SELECT rowid FROM door_strangers ORDER BY seen DESC LIMIT ?)",
            (MOST,),
        )


def strangers(door: Door) -> list[sqlite3.Row]:
    """Who signed in over there and is nobody here (`issuer`, `subject`, `shown`, `seen`)."""
    with door.database() as db:
        return db.execute("SELECT * FROM door_strangers ORDER BY seen DESC").fetchall()


def mapped(door: Door) -> list[sqlite3.Row]:
    """Every identity with its person (`issuer`, `subject`, `person`, `mapped`)."""
    with door.database() as db:
        return db.execute("SELECT * FROM door_identities ORDER BY person, subject").fetchall()


def map_to(door: Door, issuer: str, subject: str, person: str, by: str) -> bool:
    """A stranger is that person; False where no such stranger came, or it is somebody already."""
    now = door.now()
    with door.database() as db:
        asked = "DELETE FROM door_strangers WHERE issuer = ? AND subject = ?"
        if db.execute(asked, (issuer, subject)).rowcount != 1:
            return False
        row = (issuer, subject, person, now)
        made = db.execute("INSERT OR IGNORE INTO door_identities VALUES (?,?,?,?)", row)
        if made.rowcount == 1:
            tell(db, now, person, "mapped", by)
        return made.rowcount == 1


def unmap(door: Door, issuer: str, subject: str, by: str) -> str | None:
    """The identity is nobody any more, and that person's sessions end; who it was."""
    now = door.now()
    with door.database() as db:
        asked = "DELETE FROM door_identities WHERE issuer = ? AND subject = ? RETURNING person"
        row = db.execute(asked, (issuer, subject)).fetchone()
        if row is None:
            return None
        sessions.end_in(db, now, row["person"])
        tell(db, now, row["person"], "unmapped", by)
    return str(row["person"])

"""API tokens: 256 random bits, shown once, kept as a hash in `access.db` beside the ledger.

A thief of `access.db` learns who has tokens, not the tokens. A token stands for a person; what the
person may record is decided by the ledger.
"""

from __future__ import annotations

import base64
import os
import sqlite3
import time
import zlib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from api.access import add_column, database, prepare

SCOPES = ("read", "record")
FEED = "calendar"  # good for one's calendar feed, and for nothing else
DAYS = 90
A_WHILE = 60  # seconds: `used` is not written more often
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS tokens (id TEXT PRIMARY KEY, person TEXT NOT NULL, "
    "secret_sha256 BLOB NOT NULL, scopes TEXT NOT NULL, created INTEGER NOT NULL, "
    "expires INTEGER NOT NULL, revoked INTEGER)"
)


@dataclass(frozen=True)
class Token:
    """Who is asking, and for what the token is good. `used`: when it last was, None: never."""

    id: str
    person: str
    scopes: tuple[str, ...]
    expires: int = 0
    revoked: bool = False
    local: bool = False  # the command line on the ledger's own machine, as the auditor role
    created: int = 0
    used: int | None = None

    def good_at(self, now: float) -> bool:
        """Whether it is neither revoked nor expired."""
        return not self.revoked and self.expires >= now


class Tokens:
    """The tokens of one ledger."""

    def __init__(self, path: Path) -> None:
        self.path = path
        prepare(path, SCHEMA)
        add_column(path, "tokens", "used", "INTEGER")

    def issue(self, person: str, scopes: tuple[str, ...] = SCOPES, days: int = DAYS) -> str:
        """Make a token for a person; the text is returned once and kept nowhere."""
        token_id, secret = os.urandom(6).hex(), os.urandom(32)
        now = int(time.time())
        row = (token_id, person, _hash(secret), " ".join(scopes), now, now + days * 86400)
        with database(self.path) as db:
            db.execute(
                "INSERT INTO tokens (id, person, secret_sha256, scopes, created, expires) "
                "VALUES (?,?,?,?,?,?)",
                row,
            )
        body = f"hl_{token_id}_{base64.urlsafe_b64encode(secret).decode().rstrip('=')}"
        return f"{body}_{zlib.crc32(body.encode()):08x}"

    def find(self, text: str) -> Token | None:
        """The token, unless it is unknown, expired or revoked."""
        parts = _parse(text)
        if parts is None:
            return None
        token_id, secret = parts
        with database(self.path) as db:
            row = db.execute("SELECT * FROM tokens WHERE id = ?", (token_id,)).fetchone()
        if row is None or row["secret_sha256"] != _hash(secret):
            return None
        token, now = _token(row), int(time.time())
        if not token.good_at(time.time()):
            return None
        self._note_use(token, now)
        return token

    def _note_use(self, token: Token, now: int) -> None:
        if token.used is None or now - token.used >= A_WHILE:
            with database(self.path) as db:
                db.execute("UPDATE tokens SET used = ? WHERE id = ?", (now, token.id))

    def all(self) -> list[Token]:
        with database(self.path) as db:
            return [_token(row) for row in db.execute("SELECT * FROM tokens ORDER BY created, id")]

    def of(self, person: str) -> list[Token]:
        """The tokens of a person that are in force, the newest first."""
        mine = [t for t in self.all() if t.person == person and t.good_at(time.time())]
        return mine[::-1]

    def revoke(self, token_id: str) -> bool:
        """Whether there was such a token in force; it is good for nothing from now on."""
        with database(self.path) as db:
            done = db.execute(
                "UPDATE tokens SET revoked = ? WHERE id = ? AND revoked IS NULL",
                (int(time.time()), token_id),
            )
            return done.rowcount == 1


def _token(row: sqlite3.Row) -> Token:
    return Token(
        id=row["id"],
        person=row["person"],
        scopes=tuple(row["scopes"].split()),
        expires=row["expires"],
        revoked=row["revoked"] is not None,
        created=row["created"],
        used=row["used"],
    )


def _hash(secret: bytes) -> bytes:
    # 256 random bits cannot be guessed: a slow hash would only slow us (ASVS 6.5.2).
    return sha256(secret).digest()


def _parse(text: str) -> tuple[str, bytes] | None:
    body, _, check = text.rpartition("_")
    parts = body.split("_", 2)
    if len(parts) != 3 or parts[0] != "hl" or f"{zlib.crc32(body.encode()):08x}" != check:
        return None
    try:
        return parts[1], base64.urlsafe_b64decode(parts[2] + "=")
    except ValueError:
        return None

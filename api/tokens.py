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

from api.access import database, prepare

SCOPES = ("read", "record")
DAYS = 90
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS tokens (id TEXT PRIMARY KEY, person TEXT NOT NULL, "
    "secret_sha256 BLOB NOT NULL, scopes TEXT NOT NULL, created INTEGER NOT NULL, "
    "expires INTEGER NOT NULL, revoked INTEGER)"
)


@dataclass(frozen=True)
class Token:
    """Who is asking, and for what the token is good."""

    id: str
    person: str
    scopes: tuple[str, ...]
    expires: int = 0
    revoked: bool = False
    local: bool = False  # the command line on the ledger's own machine, as the auditor role


class Tokens:
    """The tokens of one ledger."""

    def __init__(self, path: Path) -> None:
        self.path = path
        prepare(path, SCHEMA)

    def issue(self, person: str, scopes: tuple[str, ...] = SCOPES, days: int = DAYS) -> str:
        """Make a token for a person; the text is returned once and kept nowhere."""
        token_id, secret = os.urandom(6).hex(), os.urandom(32)
        now = int(time.time())
        row = (token_id, person, _hash(secret), " ".join(scopes), now, now + days * 86400, None)
        with database(self.path) as db:
            db.execute("INSERT INTO tokens VALUES (?,?,?,?,?,?,?)", row)
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
        if row["revoked"] is not None or row["expires"] < time.time():
            return None
        return _token(row)

    def all(self) -> list[Token]:
        with database(self.path) as db:
            return [_token(row) for row in db.execute("SELECT * FROM tokens ORDER BY created, id")]

    def revoke(self, token_id: str) -> bool:
        """Whether there was such a token in force; it is good for nothing from now on."""
        with database(self.path) as db:
            done = db.execute(
                "UPDATE tokens SET revoked = ? WHERE id = ? AND revoked IS NULL",
                (int(time.time()), token_id),
            )
            return done.rowcount == 1


def _token(row: sqlite3.Row) -> Token:
    scopes = tuple(row["scopes"].split())
    return Token(row["id"], row["person"], scopes, row["expires"], row["revoked"] is not None)


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

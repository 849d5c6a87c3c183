"""What the door keeps in `access.db`, and what it needs to judge: a clock and a keyed hash.

Who reads the file learns who comes in, never how: secrets of 256 bits are kept as hashes,
passwords as slow hashes, second factors and recovery codes under a key of the vault.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from flask import current_app

from api.access import database, prepare
from api.door.kept import Kept

COST = "scrypt:32768:8:3"  # 32 MiB and three rounds: what OWASP asks of scrypt
SCHEMA = """
CREATE TABLE IF NOT EXISTS door_sessions (
  id TEXT PRIMARY KEY, secret_sha256 BLOB NOT NULL UNIQUE, person TEXT NOT NULL,
  stage TEXT NOT NULL, way TEXT NOT NULL, begun INTEGER NOT NULL, seen INTEGER NOT NULL,
  ended INTEGER, pending BLOB);
CREATE TABLE IF NOT EXISTS door_people (
  person TEXT PRIMARY KEY, password TEXT, changed INTEGER NOT NULL, factor BLOB,
  step INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS door_recovery (
  person TEXT NOT NULL, code BLOB NOT NULL, PRIMARY KEY (person, code));
CREATE TABLE IF NOT EXISTS door_invitations (
  secret_sha256 BLOB PRIMARY KEY, person TEXT NOT NULL, expires INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS door_attempts (
  name TEXT PRIMARY KEY, failures INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS door_browsers (
  browser TEXT NOT NULL, person TEXT NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (browser, person));
CREATE TABLE IF NOT EXISTS door_flows (
  state_sha256 BLOB PRIMARY KEY, browser TEXT NOT NULL, nonce TEXT NOT NULL,
  verifier TEXT NOT NULL, next TEXT NOT NULL, expires INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS door_identities (
  issuer TEXT NOT NULL, subject TEXT NOT NULL, person TEXT NOT NULL, mapped INTEGER NOT NULL,
  PRIMARY KEY (issuer, subject));
CREATE TABLE IF NOT EXISTS door_strangers (
  issuer TEXT NOT NULL, subject TEXT NOT NULL, shown TEXT NOT NULL, seen INTEGER NOT NULL,
  PRIMARY KEY (issuer, subject));
CREATE TABLE IF NOT EXISTS door_happenings (
  at INTEGER NOT NULL, person TEXT NOT NULL, what TEXT NOT NULL, by TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Provider:
    """An OpenID provider, as the school set it. `issuer` is the only one believed."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class Door:
    """The door of one ledger. `address` is how people reach the pages (`https://…`), if set."""

    path: Path
    mac: Callable[[bytes], bytes]
    address: str = ""
    provider: Provider | None = None
    clock: Callable[[], float] = time.time
    cost: str = COST
    kept: Kept = field(default_factory=Kept)

    def __post_init__(self) -> None:
        prepare(self.path, SCHEMA)

    def database(self) -> AbstractContextManager[sqlite3.Connection]:
        return database(self.path)

    def now(self) -> int:
        return int(self.clock())

    @property
    def secure(self) -> bool:
        """Whether browsers come by https, so that cookies can be bound to it."""
        return self.address.startswith("https://")

    def tag(self, what: str, *parts: str) -> bytes:
        """A keyed hash of these words for one use; 32 octets."""
        return self.mac("\0".join(("door", what, *parts)).encode())


def the_door() -> Door:
    """The door of the running application."""
    held: Door = current_app.extensions["handledger.door"]
    return held


def digest(secret: str) -> bytes:
    # 256 random bits cannot be guessed: a slow hash would only slow us (ASVS 6.5.2).
    return sha256(secret.encode()).digest()


def tell(db: sqlite3.Connection, at: int, person: str, what: str, by: str) -> None:
    """Note what happened to somebody's way in; they see it on their own page."""
    db.execute("INSERT INTO door_happenings VALUES (?,?,?,?)", (at, person, what, by))


def told(door: Door, person: str, most: int = 20) -> list[sqlite3.Row]:
    """What happened to the person's way in (`at`, `what`, `by`), newest first."""
    wanted = (
        "SELECT at, what, by FROM door_happenings WHERE person = ? "
        "ORDER BY at DESC, rowid DESC LIMIT ?"
    )
    with door.database() as db:
        return db.execute(wanted, (person, most)).fetchall()

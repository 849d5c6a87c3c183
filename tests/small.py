"""Small real ledgers for tests: keys from fixed seeds, and a clock that is set."""

import hmac
import json
import os
import sqlite3
from collections.abc import Callable, Collection
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from api.wrapping_keys import WrappingKeys
from keys.confidential import seal_to
from keys.signer import FileSigner
from keys.wrapping import Wrapper
from ledger import genesis
from ledger.desk import Asked
from ledger.domain.acts import Command
from ledger.domain.school_time import parse_timestamp
from ledger.history import Ledger
from ledger.ports import KeyMissing, Ports, nothing_kept
from ledger.proof.dsse import keyid

SAMPLE = Path(__file__).resolve().parent.parent / "api/sample/autumn_term.jsonl"
OFFICES = ["slt", "headteacher", "moderator", "dsp"]
OPENING = {
    "school": "Ysgol Fach",
    "time_zone": "Europe/London",
    "languages": ["en", "cy"],
    "first_person": {
        "person": "stf-011",
        "name": "Lowri Gittins",
        "kind": "staff",
        "offices": OFFICES,
    },
}
TEACHER = {"person": "stf-014", "name": "Iestyn Rowe", "kind": "staff", "offices": ["slt"]}


@dataclass
class SetClock:
    """A clock that stands where it was set; `leap` moves the wall clock alone."""

    at: int = parse_timestamp("2026-09-01T08:15:00+01:00")
    leapt: int = 0

    def now(self) -> int:
        return self.at + self.leapt

    def running(self) -> float:
        return float(self.at)


@dataclass
class World:
    """One ledger directory; `open` it as often as there are processes to play."""

    directory: Path
    host: str = "rehearsal"
    clock: SetClock = field(default_factory=SetClock)
    root: FileSigner = field(default_factory=lambda: FileSigner("root", b"r" * 32))
    record_key: FileSigner = field(default_factory=lambda: FileSigner("record", b"k" * 32))
    later_keys: list[FileSigner] = field(default_factory=list)
    log_key: FileSigner = field(default_factory=lambda: FileSigner("checkpoint", b"c" * 32))
    forget: Callable[[Collection[str]], None] = nothing_kept
    wrapping_keys: WrappingKeys | None = None  # without them the wrapping key stays the first

    @property
    def ports(self) -> Ports:
        keys = self.wrapping_keys
        return Ports(
            self.find,
            self.log_key,
            keys or (lambda epoch: Wrapper(epoch, b"w" * 32)),
            mac,
            self.clock,
            os.urandom,
            seal_to,
            wrapping_keys=keys,
            forget=self.forget,
        )

    def find(self, key_id: str) -> FileSigner:
        """The record key of that id, as the vault of a service would find it."""
        held = {keyid("record", key.public_key): key for key in (self.record_key, *self.later_keys)}
        if key_id not in held:
            raise KeyMissing(f"record key {key_id} is not here")
        return held[key_id]

    @property
    def origin(self) -> str:
        return genesis.origin_for(self.host, "school", [self.root], 1)

    def open(self, clock_ok: bool = False) -> Ledger:
        return Ledger(self.directory, self.ports, self.origin, clock_ok)

    def found(self) -> Ledger:
        """A new ledger with its first record."""
        ledger = self.open()
        keys = [self.record_key, self.log_key]
        ledger.open_keyring(
            lambda now, event_id: genesis.keyring_opened(
                self.origin, [self.root], 1, keys, now, event_id
            )
        )
        return ledger

    def open_school(self) -> Ledger:
        """A new ledger of a school with one person, who holds every office needed."""
        ledger = self.found()
        ledger.record(asked("open_ledger", OPENING, actor="system"))
        return ledger

    def play(self, ledger: Ledger, count: int | None = None) -> list:
        """The sample term, or its first `count` lines."""
        outcomes, ids = [], {}
        for line in sample()[:count]:
            self.clock.at = parse_timestamp(line["at"])
            data = dict(line["data"])
            if "target_seq" in data:
                data["target"] = ids[data.pop("target_seq")]
            command = Command(line["action"], line["actor"], data, line.get("occurred_at"))
            outcomes.append(ledger.record(Asked(command)))
            ids[line["seq"]] = outcomes[-1].event_id
        return outcomes

    def rows(self, table: str) -> int:
        with self.database() as db:
            return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]

    @contextmanager
    def database(self):
        """The database, as somebody with file access would open it."""
        db = sqlite3.connect(self.directory / "ledger.db")
        try:
            with db:
                yield db
        finally:
            db.close()


def mac(message: bytes) -> bytes:
    return hmac.digest(b"m" * 32, message, "sha256")


def sample() -> list[dict]:
    return [json.loads(text) for text in SAMPLE.read_text("utf-8").splitlines()]


def asked(action: str, data: dict, actor: str = "stf-011", key: str | None = None, **rest) -> Asked:
    return Asked(Command(action, actor, data, **rest), key)


def person(number: int) -> dict:
    return {"person": f"stf-{number:03}", "name": "Nobody", "kind": "staff", "offices": []}

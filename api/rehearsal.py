"""A practice ledger: commands from a file, the clock set by each line (ACTIONS.md section 10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api import requests, wiring
from api.config import Config
from keys.vault import REHEARSAL_COST
from ledger.domain.catalogue import ACTIONS
from ledger.domain.school_time import TimeRefused, parse_timestamp
from ledger.genesis import REHEARSAL
from ledger.history import Ledger
from ledger.outcomes import Outcome, Receipt
from ledger.proof.encoding import read_json
from ledger.proof.errors import Malformed

# Who can be tried out in the sample term, and what they are.
SAMPLE_ROLES = {
    "stf-011": "headteacher, SLT",
    "stf-014": "SLT, DSP",
    "stf-021": "administrator/moderator",
    "stf-032": "staff, runs fb-main; moderator",
    "gov-002": "chair of governors, auditor",
}
OURS = ("seq", "at", "actor", "action", "expect")


class BadLine(Exception):
    """A line that is not a command: nothing after it was processed."""


@dataclass(frozen=True)
class Line:
    """One command of the file, and what its writer expects."""

    seq: int
    at: int
    actor: str
    action: str
    body: dict[str, Any]
    expect: Any


@dataclass(frozen=True)
class Played:
    """What became of a line."""

    line: Line
    outcome: Outcome

    @property
    def code(self) -> str | None:
        """The refusal code; None where it was accepted."""
        return None if isinstance(self.outcome, Receipt) else self.outcome.code

    @property
    def as_expected(self) -> bool:
        expect = self.line.expect
        return self.code is None if expect == "accepted" else expect == {"rejected": self.code}

    def as_json(self) -> dict[str, Any]:
        outcome: dict[str, Any] = {"seq": self.line.seq, "outcome": "accepted"}
        if self.code is not None:
            outcome |= {"outcome": "refused", "code": self.code}
        return {**outcome, "position": self.outcome.position, "event_id": self.outcome.event_id}


def read_lines(path: Path) -> list[Line]:
    """The commands of a file, one JSON object a line. Raises BadLine with the line's number."""
    lines = []
    for number, text in enumerate(path.read_bytes().split(b"\n"), 1):
        if not text.strip():
            continue
        try:
            lines.append(_line(read_json(text)))
        except (Malformed, TimeRefused, KeyError, TypeError) as error:
            raise BadLine(f"line {number}: {_why(error)}") from None
    return lines


def _why(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)


def _line(value: Any) -> Line:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    if value["action"] not in ACTIONS:
        raise TypeError("action: there is no such action")
    if type(value["seq"]) is not int or not isinstance(value["actor"], str):
        raise TypeError("seq is a number, actor an id")
    if not isinstance(value.get("data", {}), dict):
        raise TypeError("data: not an object")
    at = parse_timestamp(value["at"] if isinstance(value["at"], str) else "")
    body = {k: v for k, v in value.items() if k not in OURS}
    expect = value.get("expect", "accepted")
    return Line(value["seq"], at, value["actor"], value["action"], body, expect)


def start(config: Config, lines: list[Line]) -> tuple[Ledger, wiring.RehearsalClock]:
    """A fresh practice ledger whose first record carries the first line's time."""
    clock = wiring.RehearsalClock(lines[0].at)
    secret = wiring.passphrase(config, make=True)
    token = wiring.token_of(config)
    ledger = wiring.create(config.data, REHEARSAL, "school", secret, clock, REHEARSAL_COST, token)
    return ledger, clock


def play(ledger: Ledger, clock: wiring.RehearsalClock, lines: list[Line]) -> Iterator[Played]:
    """Process the lines in order; a line number in `target_seq` becomes the event id."""
    ids: dict[int, str] = {}
    for line in lines:
        clock.at = line.at
        asked = requests.asked(line.action, line.actor, _targeted(line.body, ids))
        outcome = ledger.record(asked)
        ids[line.seq] = outcome.event_id
        yield Played(line, outcome)


def _targeted(body: dict[str, Any], ids: dict[int, str]) -> dict[str, Any]:
    data = dict(body.get("data", {}))
    if "target_seq" in data:
        seq = data.pop("target_seq")
        data["target"] = ids.get(seq, f"line-{seq}") if type(seq) is int else seq
    return {**body, "data": data}

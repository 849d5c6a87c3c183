"""What becomes of a command: a receipt, a recorded refusal, or the reason nothing was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ledger.desk import Answer


class WritesRefused(Exception):
    """The store does not agree with the kept checkpoint, or the key that must sign is not there.

    Reads go on, nothing is recorded.
    """


class NotAll(Exception):
    """Not every command could be accepted, so nothing was recorded: what each came to."""

    def __init__(self, answers: list[Answer]) -> None:
        super().__init__("not every command was accepted; nothing was recorded")
        self.answers = answers


@dataclass(frozen=True)
class Receipt:
    """Proof that something was recorded: the answer to a POST, which verifies by itself."""

    position: int
    event_id: str
    type: str
    stream: str
    stream_version: int
    recorded_at: int
    proof: str
    incident: str | None = None  # the ledger's own id of a restricted incident just reported


@dataclass(frozen=True)
class Declined:
    """A refusal, itself recorded at `position`."""

    code: str
    details: dict[str, Any]
    position: int
    event_id: str


Outcome = Receipt | Declined

"""Asked again: an idempotency key is good for one body, and gives the first answer again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.domain.acts import Command, Refusal
from ledger.ports import Ports
from ledger.proof.encoding import canonical
from ledger.recent import Recent
from ledger.restricted import Restricted
from ledger.rows import Answered
from ledger.store import Recorder


class KeyReused(Exception):
    """The idempotency key was used by this actor for another body."""


@dataclass(frozen=True)
class Asked:
    """A command and the caller's idempotency key, if there is one.

    `counted` are fields that nobody asked for: what the service itself counted.
    """

    command: Command
    key: str | None = None
    counted: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> bytes:
        """What must be the same for the same key: everything that was asked."""
        c = self.command
        parts: dict[str, Any] = {"action": c.action, "data": c.data, "occurred_at": c.occurred_at}
        parts |= {"done_by": c.done_by, "already_done": c.already_done}
        parts |= {"expected_version": c.expected_version, "event_id": c.event_id}
        parts |= {"extra": c.extra, "approvals": c.approvals}
        # Left out where they are not: what was asked before there were any has the same body.
        given = {"salts": c.salts, "intent": c.intent}
        parts |= {name: value for name, value in given.items() if value is not None}
        return json.dumps(parts, sort_keys=True, default=repr).encode()


Recorded = int | tuple[int, Refusal]


@dataclass
class Answers:
    """The answers given so far, in this batch and before it."""

    ports: Ports
    store: Recorder
    restricted: Restricted
    recent: Recent
    _fresh: dict[tuple[str, bytes], Answered] = field(default_factory=dict)

    def before(self, asked: Asked) -> Recorded | None:
        """The first answer to the same request; None for a new one. Raises KeyReused."""
        if asked.key is None:
            return None
        name = (asked.command.actor, self.mac("key", asked))
        row = self._fresh.get(name) or self.restricted.answered(*name)
        row = row or self.recent.answered(*name)
        row = row or self.store.row(Answered, name)
        if row is None:
            return None
        if row.body_mac != self.mac("body", asked, asked.body()):
            raise KeyReused("this idempotency key was used for another body")
        if not row.details:
            return int(row.position)
        said = json.loads(row.details)
        return row.position, Refusal(said["code"], said["details"])

    def given(self, asked: Asked, position: int, refusal: Refusal | None) -> Answered:
        """The row that keeps an answer: accepted at `position`, or refused there."""
        body_mac = self.mac("body", asked, asked.body())
        row = Answered(
            asked.command.actor, self.mac("key", asked), body_mac, position, _said(refusal)
        )
        self._fresh[row.actor, row.key_mac] = row
        return row

    def kept(self, asked: Asked, position: int, refusal: Refusal | None) -> Answered | None:
        """The same for a sealed act that nobody here can open: it is kept in memory alone."""
        return None if asked.key is None else self.given(asked, position, refusal)

    def inside(self, asked: Asked, refusal: Refusal | None = None) -> dict[str, Any]:
        """The same for a sealed act, where it lies inside: a row would tell who recorded it."""
        if asked.key is None:
            return {}
        key, body = self.mac("key", asked), self.mac("body", asked, asked.body())
        return {"asked": {"key": key.hex(), "body": body.hex(), "details": _said(refusal)}}

    def caused(self, asked: Asked) -> str | None:
        """What its record says of the caller's key; None where there is none."""
        return self.mac("causedby", asked).hex() if asked.key is not None else None

    def mac(self, purpose: str, asked: Asked, more: bytes = b"") -> bytes:
        """A keyed hash of the caller's key: a plain one could be guessed."""
        words = canonical([purpose, asked.command.actor, asked.key or ""])
        return self.ports.mac(words + more)


def _said(refusal: Refusal | None) -> str:
    """A refusal as it is kept for whoever asks again; empty where it was none."""
    if refusal is None:
        return ""
    return json.dumps({"code": refusal.code, "details": dict(refusal.details)})

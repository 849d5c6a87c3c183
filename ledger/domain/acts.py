"""A command as it arrives, the act it becomes, and the refusal it may meet.

Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.domain.catalogue import EDITION, Action


@dataclass(frozen=True)
class Command:
    """What somebody asks to have recorded: `data` and times exactly as they were sent.

    `extra` is whatever else the request held: refused, but first looked through for secrets.
    """

    action: str
    actor: str
    data: Mapping[str, Any]
    occurred_at: Any = None
    done_by: Any = None
    already_done: Any = None
    expected_version: Any = None
    event_id: Any = None
    salts: Any = None
    intent: Any = None
    approvals: Any = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Act:
    """A command read and understood: fields normalised, times in seconds UTC.

    The same shape is made from a record when duties are replayed; sealed fields are absent then,
    and no rule of office or separation asks for them. `edition` is that of the catalogue it is
    judged by: a rule that came later says nothing about an older record. `signed`: the actor
    signed it themself; whether that signature holds is asked elsewhere.
    """

    action: Action
    actor: str
    doer: str
    recorded_at: int
    occurred_at: int
    fields: Mapping[str, Any]
    already_done: bool = False
    edition: int = EDITION
    signed: bool = False


@dataclass(frozen=True)
class Refusal:
    """Why not: a code of ACTIONS.md section 4, and ids, fields or counts that explain it."""

    code: str
    details: Mapping[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """A rule said no. Nothing of the command is recorded but the refusal itself."""

    def __init__(self, code: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.details = dict(details or {})


def refuse_first(reasons: Iterable[Refusal]) -> None:
    """Raise Refused for the first reason, if there is one."""
    for reason in reasons:
        raise Refused(reason.code, reason.details)

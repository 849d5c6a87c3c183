"""What lies inside a sealed act, written and read: the one place that knows its shape.

A blob is a JSON object, the members of a record that would have been written in clear, and what
belongs to it (docs/format.md 4, "A sealed act"). Nothing of it stands anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ledger.domain.acts import Command, Refusal
from ledger.domain.catalogue import TYPES
from ledger.domain.decide import Decided
from ledger.domain.school_time import format_instant, parse_instant
from ledger.proof.record import Record

# In place of an intent where none is asked for: whoever signed would show.
NOT_ASKED: Mapping[str, Any] = {}
READING = "reading"  # what a blob is that says who read


@dataclass(frozen=True)
class Inside:
    """A command about a restricted incident, with the ids that the ledger deals.

    `incident` is the ledger's id of it; `called` what the client called the new ones, by field;
    `admitted` whether the actor may take part; `judged` is false where nobody here can say.
    """

    command: Command
    incident: str
    admitted: bool = True
    called: Mapping[str, str] = field(default_factory=dict)
    judged: bool = True


@dataclass(frozen=True)
class Who:
    """The actor of a sealed act and the offices they hold."""

    actor: str
    offices: tuple[str, ...]


def accepted(inside: Inside, decided: Decided, who: Who, version: int) -> dict[str, Any]:
    """The blob of an accepted act; `version` is its place within its stream, inside."""
    act = _act(inside, who, decided.type, decided.stream, version, decided.action.name)
    act |= {"fields": dict(decided.fields), "occurred_at": format_instant(decided.occurred_at)}
    act["values"] = {value.path: value.value for value in decided.sealed}
    return {**act, "done_by": decided.done_by} if decided.done_by else act


def refused(inside: Inside, refusal: Refusal, who: Who, now: int) -> dict[str, Any]:
    """The blob of a refusal: the code, the action, and the incident it was about."""
    about = [inside.incident] if inside.incident else []
    fields = {"action": inside.command.action, "code": refusal.code, "reference_ids": about}
    act = _act(inside, who, "CommandRefused", "refusal", 1, "refuse")
    return {**act, "fields": fields, "occurred_at": format_instant(now), "values": {}}


def reading(incident: str, person: str) -> dict[str, Any]:
    """The blob that says that somebody read a restricted incident; its record says when."""
    return {"actor": person, "incident": incident, "type": READING}


def _act(
    inside: Inside, who: Who, type_: str, stream: str, version: int, action: str
) -> dict[str, Any]:
    return {
        "action": action,
        "actor": who.actor,
        "actor_offices": list(who.offices),
        "called": dict(inside.called),
        "incident": inside.incident,
        "stream": stream,
        "stream_version": version,
        "type": type_,
    }


def record_of(outer: Record, act: Any) -> Record | None:
    """The record that lies inside `outer`: same id and time. None where it holds no act of ours."""
    known = isinstance(act, Mapping) and act.get("type") in (*TYPES, "CommandRefused")
    if not known or outer.type != "Sealed":
        return None
    return replace(
        outer,
        type=act["type"],
        subject=act["stream"],
        streamversion=act["stream_version"],
        action=act["action"],
        actor=act["actor"],
        actoroffices=tuple(act["actor_offices"]),
        doneby=act.get("done_by"),
        occurredat=parse_instant(act["occurred_at"]),
        fields=dict(act["fields"]),
        sealed={path: {} for path in act["values"]},
    )

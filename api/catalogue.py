"""The catalogue of actions as JSON: from the declarations, for clients and documents."""

from __future__ import annotations

from typing import Any

from ledger.domain.catalogue import ACTIONS, Action
from ledger.domain.fields import Field


def catalogue() -> list[dict[str, Any]]:
    """Every action, as `GET /v1/actions` gives it."""
    return [describe(action) for action in ACTIONS.values()]


def describe(action: Action) -> dict[str, Any]:
    return {
        "name": action.name,
        "stream": action.stream or "that of the target",
        "events": list(action.events),
        "fields": [_field(f) for f in action.all_fields],
        "who": action.who.words,
        "kind": action.kind,
        "mark": action.mark,
        "policy": action.policy,
        "checks": list(action.checks),
    }


def _field(field: Field) -> dict[str, Any]:
    made: dict[str, Any] = {"name": field.name, "type": _type(field), "required": field.required}
    if field.allowed:
        made["allowed"] = list(field.allowed)
    if field.sealed:
        made["sealed"] = field.sealed
    if field.refers:
        made["refers_to"] = field.refers
    return made


def _type(field: Field) -> str:
    return f"list of {field.kind}" if field.many else field.kind

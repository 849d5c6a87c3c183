"""`GET /v1/retention/due`: what a run of retention would destroy, which records may go, and why."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from api.context import ledger, requires, state
from api.frames import framed
from ledger.domain import retention
from ledger.domain.retention import Due
from ledger.domain.school_time import in_london
from ledger.history import Ledger
from ledger.retaining import Proposal, proposal

bp = Blueprint("retention", __name__, url_prefix="/v1/retention")


@bp.get("/due")
@requires("read")
def due() -> Response:
    """Keys and records whose time has come; nothing is recorded, and nothing destroyed."""
    held, now = ledger(), state().now()
    said, when = as_json(held, proposal(held, now)), in_london(now)
    return framed(said, when, when, len(held.entries().all), said["evidence"], None)


def as_json(held: Ledger, found: Proposal) -> dict[str, Any]:
    """What is due, with the fields that the two actions must say."""
    positions = [list(pair) for pair in found.records.positions]
    last = {e.stream: e.position for e in held.entries().all}
    version, schedule = found.schedule_version, retention.schedule(held.entries())
    return {
        "schedule_version": version,
        "keys": [{"key": each.name, **_why(each)} for each in found.keys],
        "records": [{"stream": each.name, **_why(each)} for each in found.records.due],
        "run_retention": {"schedule_version": version, "keys_destroyed": len(found.keys)},
        "destroy_records": {"schedule_version": version, "positions": positions},
        "months": dict(sorted(schedule.months.items())),
        "months_of_records": dict(sorted(schedule.records.items())),
        "evidence": sorted(last[each.name] for each in found.records.due),
    }


def _why(each: Due) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "months": each.months,
        "since": in_london(each.since),
        "until": in_london(each.until),
    }

"""Reading records: as they were signed, with their proof."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from api.answers import as_problem, framed
from api.context import ledger, requires
from ledger.domain.entries import Entry
from ledger.domain.school_time import in_london

bp = Blueprint("records", __name__, url_prefix="/v1/records")


@bp.get("/<position>")
@requires("read")
def one(position: str) -> Response:
    """One parsed record with its proof; `?raw` gives the exact bytes that were signed."""
    held = ledger()
    size = len(held.entries().all)
    number = (
        int(position) if position.isascii() and position.isdigit() and len(position) < 16 else -1
    )
    if not 0 <= number < size:
        return as_problem(404, "not_found", "There is no record at this position.", "position")
    if "raw" in request.args:
        return Response(next(held.raw(number, number + 1)), mimetype="application/json")
    entry = held.entries().all[number]
    return framed(held, {**as_json(entry), "proof": held.proof(number)}, [number])


def as_json(entry: Entry) -> dict[str, Any]:
    """A record for reading: what was signed, with times as they are said in London."""
    signed = asdict(entry.record)
    made = {"position": entry.position, "event_id": signed.pop("id"), **signed}
    made["stream"], made["stream_version"] = made.pop("subject"), made.pop("streamversion")
    made["recorded_at"] = in_london(made.pop("time"))
    made["occurred_at"] = in_london(made.pop("occurredat"))
    made["done_by"], made["actor_offices"] = made.pop("doneby"), list(made.pop("actoroffices"))
    made["caused_by"] = made.pop("causedby")
    made["approvals"] = list(made["approvals"])
    return made

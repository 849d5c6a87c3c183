"""Reading records: as they were signed, with their proof, or a list of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, g, request

from api import may
from api.answers import PROBLEM, as_problem, json_response
from api.context import admit, ledger, requires, state
from api.frames import framed
from api.queries import params
from api.requests import problem
from ledger.domain import matters
from ledger.domain.entries import Entries, Entry, is_gone
from ledger.domain.gone import destroyers
from ledger.domain.school_time import in_london
from ledger.history import Ledger
from projections import replies
from projections.asking import MOST, PAGE, moment, whole
from projections.questions import BadQuestion

bp = Blueprint("records", __name__, url_prefix="/v1/records")

FILTERS = ("stream", "type", "actor")
ALLOWED = (*FILTERS, "after", "limit", "known_at", "at")


@bp.get("")
@requires("read")
def several() -> Response:
    """Records in order of the log: `after` a position, at most `limit`, of one stream, type, actor.

    `known_at` leaves out what was recorded later, `at` what happened later. Whoever holds no office
    is shown what they recorded or did and what names them.
    """
    given = params()
    for name in given:
        if name not in ALLOWED:
            raise BadQuestion("unknown_parameter", name, f"this question takes no {name}")
    after, limit = whole(given, "after", 0, 999_999_999), whole(given, "limit", 1, MOST) or PAGE
    found = _found(_wanted(given), -1 if after is None else after, limit + 1)
    known, shown = ledger().entries(), found[:limit]
    more = str(shown[-1]) if len(found) > limit else None
    return _framed([_read(known, p) for p in shown], shown, more)


@bp.get("/<position>")
@requires("read")
def one(position: str) -> Response:
    """One parsed record with its proof; `?raw` gives the exact bytes that were signed."""
    held = ledger()
    known = held.entries()
    digits = position.isascii() and position.isdigit() and len(position) < 16
    number = int(position) if digits else -1
    if not 0 <= number < len(known.all):
        return as_problem(404, "not_found", "There is no record at this position.", "position")
    if not may_read(known.all[number]):
        admit(may.OFFICES)
    if is_gone(known.all[number].record):
        return destroyed(held, number)
    if "raw" in request.args:
        return Response(next(held.raw(number, number + 1)), mimetype="application/json")
    return _framed({**_read(known, number), "proof": held.proof(number)}, [number], None)


def destroyed(held: Ledger, position: int) -> Response:
    """A record whose bytes are gone: by which record, when, by which rule; its hash and proof."""
    known = held.entries()
    left = left_of(known, position)
    said = f"Record {left['destroyed_by']} destroyed it on {left['destroyed_at'][:10]}"
    rule = f"by version {left['schedule_version']} of the retention schedule"
    body = problem(410, "record_destroyed", "This record is past retention.", f"{said}, {rule}.")
    more = {"leaf": held.leaf(position).hex(), "proof": held.proof(position)}
    return json_response({**body, **left, **more}, 410, PROBLEM)


def left_of(known: Entries, position: int) -> dict[str, Any]:
    """What is left of a destroyed record, and which record says that it was."""
    record, by = known.all[position].record, destroyers(known)[position]
    return {
        "position": position,
        "event_id": record.id,
        "stream": record.subject,
        "stream_version": record.streamversion,
        "destroyed_by": by.position,
        "destroyed_at": in_london(by.record.time),
        "schedule_version": by.fields["schedule_version"],
    }


def _found(wanted: dict[str, str | int], after: int, most: int) -> list[int]:
    """The first positions after `after`, `most` at most, that whoever asks may read."""
    sees_all, known = bool(g.roles & may.OFFICES), ledger().entries().all
    with state().asking():
        if sees_all:
            return state().tables.positions(wanted, after, most)
        found = state().tables.positions(wanted, after, len(known))
    return [p for p in found if _is_mine(known[p])][:most]


def may_read(entry: Entry) -> bool:
    """Whether whoever asks may read a record: with an office any, else what is theirs."""
    return bool(g.roles & may.OFFICES) or _is_mine(entry)


def _is_mine(entry: Entry) -> bool:
    """Whether it was recorded or done by whoever asks, or names them."""
    mine = {entry.record.actor, entry.doer, *matters.named_in(entry)}
    return g.token.person in mine


def _read(known: Entries, position: int) -> dict[str, Any]:
    """A record, and beside it what people named in it said of it."""
    entry = known.all[position]
    if is_gone(entry.record):
        return left_of(known, position)
    return {**as_json(entry), **replies.beside(known, entry)}


def _wanted(given: Mapping[str, str]) -> dict[str, str | int]:
    wanted: dict[str, str | int] = {name: given[name] for name in FILTERS if name in given}
    for name, column in (("known_at", "recorded_at"), ("at", "occurred_at")):
        latest = moment(given, name)
        if latest is not None:
            wanted[column] = latest
    return wanted


def _framed(answer: Any, evidence: list[int], more: str | None) -> Response:
    now, size = in_london(state().now()), len(ledger().entries().all)
    return framed(answer, now, now, size, evidence, more)


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

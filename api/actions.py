"""Recording: a POST is one command or a batch, and answers receipts that verify by themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, g, request

from api import requests
from api.answers import as_problem, json_response, refused
from api.catalogue import catalogue
from api.context import ledger, requires
from ledger.desk import KeyReused, TooLarge
from ledger.domain.acts import Refused
from ledger.domain.catalogue import ACTIONS
from ledger.outcomes import Declined, Outcome, Receipt
from ledger.proof.encoding import read_json
from ledger.proof.errors import Malformed
from ledger.sealing import TooLong

bp = Blueprint("actions", __name__, url_prefix="/v1")

MAX_COMMAND = 64 * 1024
MOST = 512


@bp.get("/actions")
def list_actions() -> Response:
    """The catalogue: what can be recorded, by whom, under which checks."""
    return json_response(catalogue())


@bp.post("/actions/<action>")
@requires("record")
def record(action: str) -> Response:
    """Record one action. 201 with a receipt, or a problem; a refusal is itself recorded."""
    if action not in ACTIONS:
        return _unknown_action()
    body = body_of(MAX_COMMAND)
    asked = requests.asked(action, g.token.person, body, caller_key())
    outcome = ledger().submit([asked])[0]
    made, status = _item(action, outcome)
    return json_response(made, 201) if status == 201 else refused(made)


@bp.post("/actions/<action>/intent")
@requires("record")
def to_sign(action: str) -> Response:
    """What the actor signs of an action, and the command to send with it. Nothing is recorded.

    No rule is asked, so that nobody learns here, without a trace, what may be recorded.
    """
    if action not in ACTIONS:
        return _unknown_action()
    return answer_to_sign(action, body_of(MAX_COMMAND))


def answer_to_sign(action: str, body: Mapping[str, Any]) -> Response:
    """The answer to what there is to sign of this body, by whoever asks."""
    command = requests.asked(action, g.token.person, body).command
    try:
        found = ledger().to_sign(command)
    except Refused as no:
        return refused(requests.not_recorded(action, no))
    return json_response(requests.to_sign(command, found))


@bp.post("/actions")
@requires("record")
def record_batch() -> Response:
    """Record up to 512 actions in one durable commit: 207, one receipt or problem per item."""
    body = body_of(request.max_content_length or MAX_COMMAND * MOST)
    items = _items(body)
    key = caller_key()
    asked = [
        requests.asked(
            item["action"],
            g.token.person,
            {k: v for k, v in item.items() if k != "action"},
            f"{key}/{n}" if key else None,
        )
        for n, item in enumerate(items)
    ]
    outcomes = ledger().submit(asked)
    answers = [_item(i["action"], o)[0] for i, o in zip(items, outcomes, strict=True)]
    return json_response(answers, 207)


def _item(action: str, outcome: Outcome | Exception) -> tuple[dict[str, Any], int]:
    if isinstance(outcome, Receipt):
        return requests.receipt(outcome), 201
    if isinstance(outcome, Declined):
        made = requests.refusal(action, outcome)
        return made, int(made["status"])
    if isinstance(outcome, (TooLarge, TooLong)):
        made = requests.problem(413, "too_large", "The record would be too large.", str(outcome))
        return made, 413
    if isinstance(outcome, KeyReused):
        return requests.problem(422, "idempotency_key_reused", str(outcome)), 422
    raise outcome


def body_of(most: int) -> dict[str, Any]:
    """The request's JSON object, read strictly. Aborts with 413 or 400."""
    if (request.content_length or 0) > most:
        abort(as_problem(413, "too_large", "The body is too large.", f"at most {most} octets"))
    data = request.get_data()
    if len(data) > most:
        abort(as_problem(413, "too_large", "The body is too large.", f"at most {most} octets"))
    try:
        body = read_json(data)
    except Malformed as error:
        abort(as_problem(400, "malformed_body", "The body is not such JSON.", str(error)))
    if not isinstance(body, dict) or not isinstance(body.get("data", {}), dict):
        abort(as_problem(400, "malformed_body", "The body and its data are JSON objects.", "data"))
    return body


def _items(body: dict[str, Any]) -> list[dict[str, Any]]:
    items = body.get("actions")
    if not isinstance(items, list) or not 1 <= len(items) <= MOST or body.keys() != {"actions"}:
        abort(as_problem(400, "malformed_body", f"actions is a list of 1 to {MOST}.", "actions"))
    for number, item in enumerate(items):
        if not isinstance(item, dict) or not isinstance(item.get("data", {}), dict):
            abort(as_problem(400, "malformed_body", "An item is no object.", f"actions[{number}]"))
        if not isinstance(item.get("action"), str) or item["action"] not in ACTIONS:
            abort(_unknown_action(f"actions[{number}].action"))
    return items


def _unknown_action(where: str = "action") -> Response:
    return as_problem(404, "unknown_action", "There is no such action.", where)


def caller_key() -> str | None:
    """The caller's Idempotency-Key: 1-255 printable characters, with or without quotes."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    key = given[1:-1] if re.fullmatch('".*"', given) else given
    if not re.fullmatch(r"[\x20-\x7e]{1,255}", key):
        abort(as_problem(400, "malformed_header", "Idempotency-Key is not 1-255 characters."))
    return key

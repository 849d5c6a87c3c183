"""`POST /v1/evidence`: a file of what the asker may have; that it was taken is recorded."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Blueprint, Response, g

from api import exporting, requests
from api.actions import MAX_COMMAND, body_of, caller_key
from api.answers import as_problem, refused
from api.context import ledger, requires
from ledger.desk import KeyReused
from ledger.outcomes import Declined
from projections.asking import BadQuestion

bp = Blueprint("evidence", __name__, url_prefix="/v1")

FILTERS = (*exporting.ABOUT, *exporting.RANGE)
LISTS = ("disclose", "withhold", "given_to")


@bp.post("/evidence")
@requires("record")
@requires("read")
def evidence() -> Response:
    """Write evidence of the whole log, of one incident, account or person, or of some days."""
    body = body_of(MAX_COMMAND)
    given, lists = _filters(body), {name: _list(body, name) for name in LISTS}
    want = exporting.wanted(given, lists["disclose"], lists["withhold"])
    person = g.token.person
    with TemporaryDirectory() as folder:
        out = Path(folder) / "evidence.zip"
        try:
            given_to = lists["given_to"] or [person]
            taken = exporting.take(ledger(), want, out, person, given_to, caller_key())
        except exporting.NotThere as error:
            return as_problem(404, "unknown_reference", "There is nothing to show.", str(error))
        except exporting.MayNotSee as error:
            return as_problem(403, "value_not_for_role", "Your role may not see this.", str(error))
        except KeyReused as error:
            return as_problem(422, "idempotency_key_reused", str(error))
        if isinstance(taken, Declined):
            return refused(requests.refusal(exporting.ACTION, taken))
        return _file(out.read_bytes(), taken)


def _file(data: bytes, taken: exporting.Taken) -> Response:
    made = Response(data, 201, mimetype="application/zip")
    name = f"evidence-{taken.size}.zip"
    made.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if taken.receipt is not None:
        made.headers["X-Handledger-Position"] = str(taken.receipt.position)
    if taken.why_not_complete:
        made.headers["X-Handledger-Not-Complete"] = taken.why_not_complete
    if taken.kept_back:
        made.headers["X-Handledger-Values-Kept-Back"] = str(taken.kept_back)
    return made


def _filters(body: dict[str, Any]) -> dict[str, str]:
    for name in body:
        if name not in (*FILTERS, *LISTS):
            raise BadQuestion("invalid_field", name, f"evidence takes no {name}")
    given = {name: body[name] for name in FILTERS if body.get(name) is not None}
    for name, value in given.items():
        if not isinstance(value, str):
            raise BadQuestion("invalid_field", name, f"{name} is no text")
    return given


def _list(body: dict[str, Any], name: str) -> list[str]:
    """One word, or a list of them; positions may be numbers."""
    value = body.get(name, [])
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) or type(item) is int for item in items):
        raise BadQuestion("invalid_field", name, f"{name} is no list of ids")
    return [str(item) for item in items]

"""The log for machines (C2SP tlog-tiles) and the health of the service."""

from __future__ import annotations

from flask import Blueprint, Response

from api.answers import as_problem, json_response
from api.context import ledger, requires, state
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy

bp = Blueprint("transparency", __name__)


@bp.get("/log/checkpoint")
@requires("read")
def checkpoint() -> Response:
    """The signed checkpoint of everything recorded; kept on the disk before it leaves."""
    return Response(ledger().publish(), mimetype="text/plain")


@bp.get("/log/trust.policy")
def trust() -> Response:
    """The trust file. Compare its fingerprint with the governors' minutes: it comes from us."""
    return Response(trust_file(), mimetype="text/plain")


def trust_file() -> str:
    """What the trust file of this ledger says."""
    key = ledger().key
    return format_policy(format_vkey(key.name, key.public_key))


@bp.get("/health/live")
def live() -> Response:
    return json_response({"status": "ok"})


@bp.get("/health/ready")
def ready() -> Response:
    """Ready only while the store agrees with the kept checkpoint; says which views stopped."""
    because = ledger().closed_because
    if because:
        return as_problem(503, "writes_refused", "The ledger is open for reading only.", because)
    return json_response({"status": "ok", "views_stopped": state().tables.stopped()})

"""The log for machines (C2SP tlog-tiles) and the health of the service."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, request

from api.answers import as_problem, json_response
from api.context import ledger, requires, state
from api.tokens import Token
from api.wiring import TRUST
from ledger.domain import standing
from ledger.domain.catalogue import ACTIONS
from ledger.domain.gone import holes, words
from ledger.proof.errors import Malformed
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy
from ledger.proof.tiles import ENTRIES, TILE_WIDTH, encode_bundle, parse_tile_path

bp = Blueprint("transparency", __name__)

OCTETS = "application/octet-stream"
FEW_SECONDS = "max-age=2"
FOR_EVER = "max-age=31536000, immutable"  # a year, which is as long as caches keep anything
# Entry bundles hold what an evidence file holds: who may export that may read these.
AUDITORS = ("auditor", *ACTIONS["export_evidence"].who.offices)


def _unless_public(view: Callable[..., Response]) -> Callable[..., Response]:
    """Let everybody in where the log is public; elsewhere who may read."""
    guarded = requires("read")(view)

    @wraps(view)
    def seen(*args: Any, **kwargs: Any) -> Response:
        answer: Response = (view if state().public_log else guarded)(*args, **kwargs)
        return answer

    return seen


@bp.get("/log/checkpoint")
@_unless_public
def checkpoint() -> Response:
    """The signed checkpoint of everything recorded; kept on the disk before it leaves."""
    return _cached(Response(ledger().publish(), mimetype="text/plain"), FEW_SECONDS)


@bp.get("/log/tile/<path:path>")
def tile(path: str) -> Response:
    """A hash tile, or a bundle of entries: 256 wide, or as wide as its path says."""
    try:
        level, number, width = parse_tile_path(path)
    except Malformed as error:
        return as_problem(404, "not_found", "This is not the path of a tile.", str(error))
    answer: Response = (
        _bundle(number, width) if level == ENTRIES else _hashes(int(level), number, width)
    )
    return answer


@_unless_public
def _hashes(level: int, number: int, width: int) -> Response:
    size = len(ledger().entries().all)
    data = ledger().tree.tile(level, number, width, size)
    return _beyond(size) if data is None else _cached(Response(data, mimetype=OCTETS), FOR_EVER)


@requires("read")
def _bundle(number: int, width: int) -> Response:
    if not _is_auditor(g.token):
        return as_problem(403, "auditors_only", "Entries are for auditors alone.")
    size, first = len(ledger().entries().all), number * TILE_WIDTH
    if first + width > size:
        return _beyond(size)
    gone = [p for p in holes(ledger().entries()) if first <= p < first + width]
    if gone:
        title = "Records of this bundle were destroyed; their hashes are in the hash tiles."
        return as_problem(410, "record_destroyed", title, words(ledger().entries(), gone))
    data = encode_bundle(ledger().raw(first, first + width))
    answer = Response(data, mimetype=OCTETS)
    if request.accept_encodings["gzip"] > 0:
        answer = Response(gzip.compress(data, mtime=0), mimetype=OCTETS)
        answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    return _cached(answer, FOR_EVER, private=True)


def _is_auditor(token: Token) -> bool:
    known, now = ledger().entries(), state().now()
    return token.local or bool(standing.offices(known, token.person, now) & set(AUDITORS))


def _beyond(size: int) -> Response:
    return as_problem(404, "not_found", "The tree has no such tile.", f"its size is {size}")


def _cached(answer: Response, how_long: str, private: bool = False) -> Response:
    """With an answer that a token opened, only the cache of whoever asked may keep it."""
    shared = state().public_log and not private
    answer.headers["Cache-Control"] = f"{'public' if shared else 'private'}, {how_long}"
    if not shared:
        answer.vary.add("Authorization")
    return answer


@bp.get("/log/trust.policy")
def trust() -> Response:
    """The trust file. Compare its fingerprint with the governors' minutes: it comes from us."""
    return Response(trust_file(), mimetype="text/plain")


def trust_file() -> str:
    """What the trust file of this ledger says: that of its directory, where it has one."""
    kept = ledger().directory / TRUST
    if kept.is_file():
        return kept.read_text("utf-8")
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

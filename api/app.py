"""The Flask application. One process can serve several: each has its own ledger and tokens."""

from __future__ import annotations

import sqlite3

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from api import (
    actions,
    evidence,
    openapi,
    queries,
    records,
    report,
    restricted,
    retention,
    transparency,
)
from api.answers import as_problem
from api.context import State
from api.door.store import Door, the_door
from api.pages import places
from api.pages.record.hashing import UploadsInMemory
from api.tokens import Tokens
from ledger.history import Ledger
from ledger.outcomes import WritesRefused
from ledger.timekeeping import ClockAhead, ClockBehind
from projections.following import ViewStopped
from projections.questions import BadQuestion

MACHINES = (
    actions,
    evidence,
    openapi,
    records,
    report,
    restricted,
    retention,
    queries,
    transparency,
)
A_YEAR = 365 * 86400  # seconds
MAX_BODY = 8 * 1024 * 1024  # a batch of 512 commands; a single one is bounded by its record


def create_app(
    ledger: Ledger, tokens: Tokens, public_log: bool = False, door: Door | None = None
) -> Flask:
    """The service around an opened ledger; with `public_log` everybody may see its hashes.

    `door` says how people come in where it is not the usual way, without settings.
    """
    app = Flask("api", static_folder=None)
    app.request_class = UploadsInMemory
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.extensions["handledger"] = State(ledger, tokens, public_log)
    app.extensions["handledger.door"] = door or Door(tokens.path, ledger.ports.mac)
    for place in MACHINES:
        app.register_blueprint(place.bp)
    places.on(app)
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(BadQuestion, _bad_question)
    app.register_error_handler(WritesRefused, _writes_refused)
    app.register_error_handler(ClockBehind, _clock_behind)
    app.register_error_handler(ClockAhead, _clock_ahead)
    app.register_error_handler(ViewStopped, _view_stopped)
    app.register_error_handler(sqlite3.OperationalError, _unavailable)
    app.register_error_handler(Exception, _broken)
    return app


def _headers(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault(
        "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"
    )
    # With no-referrer a browser would hide the origin of our own forms from us too.
    response.headers["Referrer-Policy"] = "same-origin"
    if the_door().secure:
        response.headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
    return response


def _http_error(error: HTTPException) -> Response:
    """Errors of the protocol: nothing was recorded. Headers such as Allow stay."""
    status = error.code or 500
    code = {400: "malformed_body", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    made = as_problem(status, code.get(status, "http_error"), error.name, error.description or "")
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            made.headers[name] = value
    return made


def _bad_question(error: BadQuestion) -> Response:
    return as_problem(error.status, error.code, error.detail, error.parameter)


def _writes_refused(error: WritesRefused) -> Response:
    return as_problem(503, "writes_refused", "The ledger is open for reading only.", str(error))


def _clock_behind(error: ClockBehind) -> Response:
    return as_problem(503, "clock_behind", "The clock is behind the last record.", str(error))


def _clock_ahead(error: ClockAhead) -> Response:
    title = "The clock is far ahead of the last record; start with --clock-ok if it is right."
    return as_problem(503, "clock_ahead", title, str(error))


def _view_stopped(error: ViewStopped) -> Response:
    title = "This cannot be answered: a record could not be read into the table."
    return as_problem(503, "view_stopped", title, str(error))


def _unavailable(error: sqlite3.OperationalError) -> Response:
    return as_problem(503, "store_unavailable", "The store cannot be used just now.", str(error))


def _broken(error: Exception) -> Response:
    # What broke stays here: an exception's text may hold what somebody typed.
    name = type(error).__name__
    return as_problem(500, "internal_error", "Something broke; nothing was recorded.", name)

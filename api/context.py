"""What the current application holds, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import abort, current_app, g, request
from werkzeug.datastructures import WWWAuthenticate

from api.answers import as_problem
from api.tokens import Token, Tokens
from ledger.genesis import REHEARSAL
from ledger.history import Ledger
from projections.history import Histories

LOCAL = "handledger.local"  # set in the WSGI environment by the command line, never by a client


@dataclass
class State:
    """One ledger, the tokens that open it, and its history as it was last asked about."""

    ledger: Ledger
    tokens: Tokens
    _log: Histories | None = None

    def histories(self) -> Histories:
        """The history of everything recorded so far: every reader sees their own writes."""
        records = [entry.record for entry in self.ledger.entries().all]
        log = self._log
        if log is None or len(log.records) != len(records):
            log = self._log = Histories(records)
        return log

    def now(self) -> int:
        """When a question is asked; in a rehearsal the last record's time (CONTRACT 3)."""
        if self.ledger.origin.startswith(f"{REHEARSAL}/"):
            return self.histories().last
        return self.ledger.ports.clock.now()


def state() -> State:
    held: State = current_app.extensions["handledger"]
    return held


def ledger() -> Ledger:
    return state().ledger


def requires(scope: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let in only who has a token with that scope; `g.token` says who it is."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.token = _token()
            if scope not in g.token.scopes:
                abort(as_problem(403, "scope_missing", "The token does not cover this.", scope))
            return view(*args, **kwargs)

        return guarded

    return decorate


def _token() -> Token:
    local: Token | None = request.environ.get(LOCAL)
    if local is not None:
        return local
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    found = state().tokens.find(secret.strip()) if kind.lower() == "bearer" else None
    if found is None:
        answer = as_problem(401, "unauthenticated", "Sign in with a bearer token.")
        answer.headers["WWW-Authenticate"] = str(WWWAuthenticate("bearer"))
        abort(answer)
    return found

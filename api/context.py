"""What the current application holds, and who is asking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import RLock
from typing import Any

from flask import abort, current_app, g, request
from werkzeug.datastructures import WWWAuthenticate

from api import may
from api.answers import as_problem
from api.door import sessions
from api.tokens import Token, Tokens
from ledger.genesis import REHEARSAL
from ledger.history import Ledger
from projections.following import TABLES, Follower
from projections.history import Histories

LOCAL = "handledger.local"  # set in the WSGI environment by the command line, never by a client


class State:
    """One ledger, the tokens that open it, and the tables that follow its log."""

    def __init__(self, ledger: Ledger, tokens: Tokens, public_log: bool = False) -> None:
        self.ledger, self.tokens, self.public_log = ledger, tokens, public_log
        self.tables = Follower(ledger.directory / TABLES)
        self._log = Histories(())
        self._turn = RLock()

    @contextmanager
    def asking(self) -> Iterator[Histories]:
        """The log up to now, the tables too: every reader sees their own writes.

        One question at a time, for the history grows under who asks of it.
        """
        with self._turn:
            records = [entry.record for entry in self.ledger.entries().all]
            if len(self._log.records) != len(records):
                self._log = Histories(records, self.tables.follow(records))
            yield self._log

    def now(self) -> int:
        """When a question is asked; in a rehearsal the last record's time (CONTRACT 3)."""
        if self.ledger.origin.startswith(f"{REHEARSAL}/"):
            return self.ledger.entries().all[-1].record.time
        return self.ledger.ports.clock.now()


def state() -> State:
    held: State = current_app.extensions["handledger"]
    return held


def ledger() -> Ledger:
    return state().ledger


def requires(scope: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let in only who has a token with that scope and a role that the table `api.may` names.

    `g.token` says who it is, `g.roles` what they are. Whoever has left or is suspended reads
    nothing more. What they try to record is for the ledger to refuse, and to keep.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.token = _token()
            g.roles = roles()
            if scope not in g.token.scopes:
                abort(as_problem(403, "scope_missing", "The token does not cover this.", scope))
            if scope == "read":
                admit(may.PLACES[request.endpoint or ""])
            return view(*args, **kwargs)

        return guarded

    return decorate


def roles() -> may.Roles:
    """The roles of whoever asks; the command line on the ledger's machine is an auditor."""
    held, token = state(), g.token
    if token.local:
        return frozenset((may.AUDITOR,))
    return may.roles_of(held.ledger.entries(), token.person, held.now())


def admit(some: may.Roles) -> None:
    """Go on if whoever asks has one of these roles. Aborts with 403."""
    if may.NOBODY in g.roles:
        abort(as_problem(403, "actor_departed", "The actor has left, or is suspended."))
    if not some & g.roles:
        needed = ", ".join(sorted(some))
        abort(as_problem(403, "role_missing", "This needs another role.", needed))


def whoever_asks() -> Token | None:
    """Who is asking: by the command line's own mark, a bearer token, or a session of the pages."""
    local: Token | None = request.environ.get(LOCAL)
    if local is not None:
        return local
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind:
        return state().tokens.find(secret.strip()) if kind.lower() == "bearer" else None
    return sessions.token_of_request()


def _token() -> Token:
    found = whoever_asks()
    if found is None:
        answer = as_problem(401, "unauthenticated", "Sign in with a bearer token.")
        answer.headers["WWW-Authenticate"] = str(WWWAuthenticate("bearer"))
        abort(answer)
    return found

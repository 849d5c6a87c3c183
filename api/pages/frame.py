"""What every page has: who may see it, its layout, its language, and problems said in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, wraps
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, Response, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as Answered

from api import context, may, names
from api.answers import PROBLEM, as_problem
from api.context import ledger
from api.door import csrf, sessions, typed
from api.pages import tongue
from api.queries import answered
from ledger.genesis import REHEARSAL
from projections.asking import MOST
from projections.questions import Answer

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
NAME = re.compile(r"[\w.\[\]-]{1,80}")
# What the menu leads to: (endpoint, words). Whoever may not go there does not see it.
MENU: tuple[tuple[str, Callable[[], str]], ...] = (
    ("today.page", lambda: _("Today")),
    ("record.choose", lambda: _("Record")),
    ("accounts.several", lambda: _("Accounts")),
    ("people.several", lambda: _("People")),
    ("investigate.start", lambda: _("Investigate")),
    ("audit.overview", lambda: _("Audit")),
    ("me.page", lambda: _("Me")),
)


def seen_by(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in whoever is signed in and has a role that `api.may` names for this page.

    Nobody is sent to the sign-in page, and from there to where they wanted to go. What was typed
    into a form whose session had ended is kept for the person (`api.door.typed`).
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        token = context.whoever_asks()
        if token is None:
            return _to_sign_in()
        needed = "read" if request.method in sessions.SAFE else "record"
        if needed not in token.scopes:
            abort(as_problem(403, "scope_missing", "The token does not cover this.", needed))
        g.token = token
        g.roles = context.roles()
        context.admit(may.PLACES[request.endpoint or ""])
        return view(*args, **kwargs)

    return guarded


def _to_sign_in() -> Answered:
    if request.method in sessions.SAFE:
        wanted = request.full_path.rstrip("?")
    elif sessions.current() is not None:
        csrf.refuse()
    else:
        wanted = typed.keep()
    return redirect("/sign-in?" + urlencode({"next": wanted}), 303)


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page of the common layout, from `templates/pages/<template>.html`."""
    html = render_template(f"pages/{template}.html", **values)
    made = Response(html, status, mimetype="text/html")
    made.headers["Content-Security-Policy"] = POLICY
    made.headers["Content-Language"] = tongue.language()
    return made


def ask(path: str, **given: Any) -> Answer:
    """The answer to a question of the API, as whoever looks at the page may be told it.

    `path` is one of CONTRACT.md 3; parameters that are None are left out. Raises BadQuestion;
    aborts with 403.
    """
    return answered(path, {k: str(v) for k, v in given.items() if v is not None})


def ask_all(path: str, **given: Any) -> Answer:
    """The same of a long list (or of its `items`), with the rows of all its pages."""
    return all_of(ask, path, **given)


def all_of(asked: Callable[..., Answer], path: str, **given: Any) -> Answer:
    """The same of something that answers as `ask` does."""
    said = asked(path, **given, limit=MOST)
    while said.next is not None:
        more = asked(path, **given, limit=MOST, after=said.next)
        said = replace(more, answer=_joined(said.answer, more.answer))
    return said


def _joined(first: Any, more: Any) -> Any:
    if isinstance(first, dict):
        return {**first, "items": [*first["items"], *more["items"]]}
    return [*first, *more]


def address_with(**given: str | int | None) -> str:
    """This page with other parameters, as a path; those that are None are left out.

    Not `url_for`: what somebody wrote into the address must not choose its host, or its endpoint.
    """
    wanted = {**request.args.to_dict(), **given}
    kept = {name: value for name, value in wanted.items() if value is not None}
    return quote(request.path) + (f"?{urlencode(kept)}" if kept else "")


def may_go(endpoint: str) -> bool:
    """Whether whoever looks at the page may open this endpoint."""
    return bool(may.PLACES.get(endpoint, frozenset()) & getattr(g, "roles", frozenset()))


def may_ask(path: str) -> bool:
    """Whether whoever looks at the page may ask this question (a path of `may.QUESTIONS`)."""
    return bool(may.QUESTIONS[path] & getattr(g, "roles", frozenset()))


def name_of(person: str | None) -> str:
    """The name of a person or subject where the reader may know it, else their id."""
    if not person:
        return ""
    if "names" not in g:
        g.names = cache(names.reader(ledger(), g.roles, g.token.person))
    known: str | None = g.names(person)
    return known or person


def school() -> str:
    """The name of the school, as it opened its ledger."""
    opened = next(iter(ledger().entries().of("LedgerOpened")), None)
    return str(opened.fields["school"]) if opened else ledger().origin


def is_practice() -> bool:
    """Whether this is a practice ledger; every page says so."""
    return ledger().origin.startswith(f"{REHEARSAL}/")


def csrf_field() -> Markup:
    """The hidden field by which a form shows that it came from these pages."""
    token = sessions.forms_token()
    return Markup('<input type="hidden" name="{}" value="{}">').format(csrf.FIELD, token)


def _common() -> Mapping[str, Any]:
    return {
        "me": getattr(g, "token", None),
        "roles": getattr(g, "roles", frozenset()),
        "menu": [
            (url_for(to), words(), to.split(".")[0] == request.blueprint)
            for to, words in MENU
            if may_go(to)
        ],
        "school": school(),
        "practice": is_practice(),
        "language": tongue.language(),
        "languages": tongue.LANGUAGES,
        "may_go": may_go,
        "may_ask": may_ask,
        "name_of": name_of,
        "csrf_field": csrf_field,
        "size": ledger().store.size(),
        "here": request.full_path.rstrip("?"),
    }


def _as_page(response: Response) -> Response:
    """A problem, said in words where a person reads it with a browser."""
    if response.mimetype != PROBLEM or not _is_for_people():
        return response
    said = response.get_json()
    # A name of a field says where to look; a sentence of the protocol is English in every language.
    where = said.get("detail", "") if NAME.fullmatch(said.get("detail", "")) else ""
    words = tongue.problem(said)
    made = page("problem", response.status_code, code=said["code"], where=where, words=words)
    for name, value in response.headers:
        if name.lower() not in ("content-type", "content-length"):
            made.headers.setdefault(name, value)
    return made


def _is_for_people() -> bool:
    if request.path.startswith(("/v1/", "/log/", "/health/")):
        return False
    return request.accept_mimetypes.best_match((PROBLEM, "text/html")) == "text/html"


def on(app: Flask) -> None:
    """Put the layout, the languages and the page of problems on an application."""
    tongue.on(app)
    app.context_processor(lambda: dict(_common()))
    app.after_request(_as_page)


def not_found(what: str) -> Response:
    """A page for an id that is not there. `what` says of what kind, in the code's own words."""
    abort(as_problem(404, "unknown_reference", _("There is nothing of this name here."), what))

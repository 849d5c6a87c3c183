"""Signing in at the school's OpenID provider. What speaks its language is loaded when asked."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response as Answer

from api.answers import as_problem
from api.door import csrf, identities, sessions
from api.door.store import the_door
from api.pages import sign_in
from api.pages.frame import page

bp = Blueprint("provider", __name__)


@bp.get("/sign-in/provider")
def go() -> Answer:
    """Off to the provider."""
    from api.door import oidc

    door = the_door()
    if door.provider is None:
        abort(as_problem(404, "not_found", "No provider is set."))
    try:
        return redirect(oidc.begin(door, csrf.browser(), sign_in.wanted()), 303)
    except oidc.OidcRefused:
        return page("door_provider", 502, why="silent")


@bp.get("/sign-in/provider/back")
def back() -> Answer:
    """Back from there: in, where somebody said who that is."""
    from api.door import oidc

    door = the_door()
    try:
        who, after = oidc.finish(door, csrf.browser(), request.args)
    except oidc.OidcRefused:
        return page("door_provider", 400, why="refused")
    person = identities.person_of(door, who)
    if person is None:
        identities.note(door, who)
    if person is None or not sign_in.is_here(person):
        return page("door_provider", 403, why="stranger")
    return sign_in.come_in(person, "oidc", redirect(after, 303), sessions.presented())

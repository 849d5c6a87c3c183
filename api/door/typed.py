"""A form that was sent after the session had ended: what was typed comes back to its person."""

from __future__ import annotations

from flask import current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from api.door import csrf, sessions
from api.door.store import the_door


def keep() -> str:
    """Keep what the running request brought, if it is of an ended session; where to go on.

    What no browser of ours sent is not kept: it has no token of the session that ended.
    """
    ended = sessions.presented()
    if not has_page(request.path):
        return "/"
    if ended is not None and csrf.passes(ended.csrf):
        typed = {name: tuple(values) for name, values in request.form.lists()}
        door = the_door()
        door.kept.keep(csrf.browser(), ended.person, request.path, typed, door.now())
    return request.path


def given_back() -> MultiDict[str, str] | None:
    """What the person had typed on this page before they had to sign in again; given once."""
    session = sessions.current()
    if session is None:
        return None
    door = the_door()
    held = door.kept.take(csrf.browser(), session.person, request.path, door.now())
    return MultiDict((name, v) for name, vs in held.items() for v in vs) if held else None


def waits_for() -> str | None:
    """Whose form waits in this browser, while nobody is signed in."""
    ended = sessions.presented()
    door = the_door()
    if ended is None or not door.kept.waits(csrf.browser(), ended.person, door.now()):
        return None
    return ended.person


def has_page(path: str) -> bool:
    """Whether there is something to look at under that path."""
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return True

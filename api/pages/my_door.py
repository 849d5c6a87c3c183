"""One's own way in: password, second factor, recovery codes, sessions, and what happened to it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from api.door import attempts, cookies, passwords, second_factor, sessions
from api.door.sessions import INSIDE, Session
from api.door.store import the_door, told
from api.pages import sign_in
from api.pages.frame import page, seen_by

bp = Blueprint("my_door", __name__)
bp.before_request(sign_in.only_by_session)


@bp.get("/me/door")
@seen_by
def mine() -> Response:
    """What there is, with a form for each thing that can be changed."""
    return _mine()


@bp.post("/me/door/password")
@seen_by
def password() -> Answer:
    """Another password, for whoever knows the old one. All other sessions end."""
    wrong = not_sure(_mine)
    if wrong is not None:
        return wrong
    why = sign_in.new_password_refused(g.token.person)
    if why:
        return _mine(400, why=why)
    passwords.take(the_door(), g.token.person, request.form["password"], "changed", g.token.person)
    return _again("password")


@bp.post("/me/door/factor")
@seen_by
def factor() -> Answer:
    """Another second factor: the old one is forgotten, the new one enrolled at once."""
    wrong = not_sure(_mine)
    if wrong is not None:
        return wrong
    door, person = the_door(), g.token.person
    second_factor.remove(door, person, person)
    sessions.end_all(door, person)
    return sign_in.halfway(person)


@bp.post("/me/door/codes")
@seen_by
def codes() -> Answer:
    """New recovery codes; the old ones are good for nothing more."""
    wrong = not_sure(_mine)
    if wrong is not None:
        return wrong
    made = second_factor.new_codes(the_door(), g.token.person)
    return page("door_codes", codes=made, next=url_for("my_door.mine"))


@bp.post("/me/door/end")
@seen_by
def end() -> Answer:
    """End one session, or all others."""
    door, session = the_door(), request.form.get("session", "")
    if session == "others":
        sessions.end_all(door, g.token.person, but=g.token.id)
    else:
        sessions.end(door, session, g.token.person)
    return redirect(url_for("my_door.mine"), 303)


def not_sure(again: Callable[..., Response]) -> Answer | None:
    """The page `again` unless the form brought the person's password: an unlocked screen is not
    the person."""
    door, person = the_door(), g.token.person
    counted = attempts.names(person)
    wait = attempts.wait(door, counted)
    if wait:
        return sign_in.told_to_wait(again(429, wait=wait), wait)
    if not passwords.right(door, person, request.form.get("old_password", "")):
        return again(401, wrong=True)
    attempts.undo(door, counted)
    return None


def _again(done: str) -> Answer:
    """All sessions ended; this browser goes on with a new one."""
    old: Session | None = sessions.presented()
    secret = sessions.begin(the_door(), g.token.person, INSIDE, "password", old)
    made = redirect(url_for("my_door.mine", done=done), 303)
    cookies.give(made, "session", secret)
    return made


def _mine(status: int = 200, wrong: bool = False, why: str = "", wait: int = 0) -> Response:
    door, person = the_door(), g.token.person
    return page(
        "door_mine",
        status,
        sessions=sessions.of(door, person),
        this=g.token.id,
        has_password=passwords.has_one(door, person),
        codes_left=second_factor.codes_left(door, person),
        happened=told(door, person),
        done=request.args.get("done", ""),
        wrong=wrong,
        why=why,
        wait=wait,
    )

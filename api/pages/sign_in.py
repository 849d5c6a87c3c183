"""Signing in: password and second factor, the school's provider, an invitation, and out again."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from api import context
from api.answers import as_problem
from api.door import (
    attempts,
    cookies,
    csrf,
    invitations,
    passwords,
    second_factor,
    sessions,
    typed,
)
from api.door.sessions import HALFWAY, INSIDE, Session
from api.door.store import Door, the_door
from api.pages import outside, practice
from api.pages.frame import page, school
from ledger.domain import presence

bp = Blueprint("sign_in", __name__)


@bp.get("/sign-in")
def start() -> Response:
    """Who are you? Somebody who is in already may come in as somebody else."""
    return _asked(typed.waits_for() or "")


@bp.post("/sign-in")
def password() -> Response | Answer:
    """The first half. The answer and the work are the same whether the person exists or not."""
    csrf.demand(csrf.visitor_token(), sessions.forms_token())
    person, door = request.form.get("person", "").strip(), the_door()
    counted = attempts.names(person)
    wait = attempts.wait(door, counted)
    if wait:
        return told_to_wait(_asked(person, 429, wait=wait), wait)
    right = passwords.right(door, person, request.form.get("password", ""))
    if not (right and is_here(person)):
        return _asked(person, 401, wrong=True)
    attempts.undo(door, counted)
    return halfway(person)


@bp.route("/sign-in/second", methods=["GET", "POST"])
def second() -> Response | Answer:
    """The second half: a code of the moment. Who has no second factor yet enrols one."""
    session = sessions.halfway()
    if session is None:
        return redirect(url_for("sign_in.start", next=wanted()))
    if not second_factor.enrolled(the_door(), session.person):
        return _enrol(session)
    return _judged("door_second", session, second_factor.accept, wanted())


@bp.route("/sign-in/recovery", methods=["GET", "POST"])
def recovery() -> Response | Answer:
    """Instead of the second factor, one of the codes that were written down."""
    session = sessions.halfway()
    if session is None:
        return redirect(url_for("sign_in.start", next=wanted()))
    to = url_for("my_door.mine")  # where new codes are made
    return _judged("door_recovery", session, second_factor.recover, to)


def _judged(
    template: str, session: Session, right: Callable[[Door, str, str], bool], to: str
) -> Response | Answer:
    """The page of a second half, and what follows from the code that it asks for."""
    if request.method == "GET":
        return page(template, next=wanted())
    csrf.demand(session.csrf)
    door, counted = the_door(), attempts.names(session.person)
    wait = attempts.wait(door, counted)
    if wait:
        return told_to_wait(page(template, 429, next=wanted(), wait=wait), wait)
    if not right(door, session.person, request.form.get("code", "")):
        return page(template, 401, next=wanted(), wrong=True)
    attempts.undo(door, counted)
    return come_in(session.person, "password", redirect(to, 303), session)


def _enrol(session: Session) -> Response | Answer:
    """No attempts are counted here: nobody guesses at a key that is shown to them."""
    if request.method == "GET":
        return _enrolling(session)
    csrf.demand(session.csrf)
    given = request.form.get("code", "")
    codes = second_factor.enrol(the_door(), session.person, _pending_key(session), given)
    if codes is None:
        return _enrolling(session, 401, wrong=True)
    shown = page("door_codes", codes=codes, next=wanted())
    return come_in(session.person, "password", shown, session)


def _enrolling(session: Session, status: int = 200, wrong: bool = False) -> Response:
    key = _pending_key(session)
    return page(
        "door_enrol",
        status,
        picture=second_factor.picture(
            second_factor.address(key, session.person, school()), _("The key, as a picture")
        ),
        key=" ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        next=wanted(),
        wrong=wrong,
    )


def _pending_key(session: Session) -> str:
    """The key that is being enrolled: the same until the session ends."""
    door, person = the_door(), session.person
    kept = sessions.pending(
        door, session, lambda: second_factor.seal(door, second_factor.new_key(), person)
    )
    return second_factor.unseal(door, kept, person)


@bp.route("/invitation/<secret>", methods=["GET", "POST"])
def invitation(secret: str) -> Response | Answer:
    """Somebody comes for the first time: they choose a password, then enrol the second factor."""
    person = invitations.invited(the_door(), secret)
    if person is None or not is_here(person):
        return page("door_invitation", 404, person=None)
    if request.method == "GET":
        return page("door_invitation", person=person)
    csrf.demand(csrf.visitor_token(), sessions.forms_token())
    why = new_password_refused(person)
    if why:
        return page("door_invitation", 400, person=person, why=why)
    if invitations.use(the_door(), secret, request.form["password"]) is None:
        return page("door_invitation", 404, person=None)
    return halfway(person)


@bp.post("/sign-in/practice")
def practise() -> Answer:
    """Come in as the person of the button."""
    csrf.demand(csrf.visitor_token(), sessions.forms_token())
    person = request.form.get("person", "")
    if person not in [sample[0] for sample in practice.samples()]:
        abort(as_problem(404, "not_found", "There is nobody to enter as."))
    made = redirect(wanted(), 303)
    return come_in(person, "practice", made, sessions.presented())


@bp.post("/sign-out")
def out() -> Answer:
    """End this session."""
    session = sessions.current()
    if session is not None:
        csrf.demand(session.csrf)
        sessions.end(the_door(), session.id, session.person)
        if context.ledger().opened_by() == session.person:
            context.ledger().close_confidential()
    made = redirect(url_for("sign_in.start"), 303)
    cookies.take_away(made)
    return made


def halfway(person: str) -> Answer:
    """The password was right: on to the second factor."""
    secret = sessions.begin(the_door(), person, HALFWAY, "password", sessions.presented())
    made = redirect(url_for("sign_in.second", next=wanted()), 303)
    cookies.give(made, "session", secret)
    return made


def come_in(person: str, way: str, made: Answer, old: Session | None) -> Answer:
    """Somebody is in: a new session in place of the old, and the browser is known from now on."""
    door = the_door()
    if way == "password":
        attempts.succeeded(door, attempts.names(person))
    attempts.remember(door, csrf.browser(), person)
    cookies.give(made, "session", sessions.begin(door, person, INSIDE, way, old))
    return made


def new_password_refused(person: str) -> str | None:
    """Why the new password of the form cannot be taken; None where it can."""
    given = request.form.get("password", "")
    if given != request.form.get("again", ""):
        return "differs"
    return passwords.refusal(given, person, school())


def only_by_session() -> None:
    """For what changes a way in a token is not enough: whoever stole one would open the door."""
    if "Authorization" in request.headers:
        title = "Sign in at the pages for this: a token is not enough."
        abort(as_problem(403, "session_needed", title))


def is_here(person: str) -> bool:
    """Whether the person is registered and neither gone nor suspended."""
    held = context.state()
    return presence.active(held.ledger.entries(), person, held.now())


def wanted() -> str:
    """The page first asked for: one of ours, or the start page."""
    given = request.values.get("next", "/")
    path = given.partition("?")[0].partition("#")[0]
    return given if outside.is_here(given) and typed.has_page(path) and path != "/sign-in" else "/"


def _asked(person: str, status: int = 200, wrong: bool = False, wait: int = 0) -> Response:
    return page(
        "door_sign_in",
        status,
        person=person,
        next=wanted(),
        wrong=wrong,
        wait=wait,
        kept=typed.waits_for() is not None,
        again=request.args.get("again") == "yes",
        provider=the_door().provider is not None,
        samples=practice.samples(),
    )


def told_to_wait(made: Response, wait: int) -> Response:
    """There were too many attempts: the page says so, and so does its header."""
    made.headers["Retry-After"] = str(wait)
    return made

"""Who may come in: invite, end sessions, remove a second factor, say who a stranger is."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from api import context
from api.answers import as_problem
from api.door import identities, invitations, passwords, second_factor, sessions
from api.door.store import the_door
from api.pages import sign_in
from api.pages.frame import page, seen_by
from ledger.domain import presence, standing

CHAIR = "chair_of_governors"
bp = Blueprint("door_people", __name__)
bp.before_request(sign_in.only_by_session)


@bp.get("/door/people")
@seen_by
def several() -> Response:
    """Everybody who is registered and here, and their way in."""
    door = the_door()
    seen, invited = sessions.last_seen(door), invitations.waiting(door)
    everybody = sorted(filter(sign_in.is_here, presence.everybody(context.ledger().entries())))
    people = [
        {
            "person": person,
            "password": passwords.has_one(door, person),
            "factor": second_factor.enrolled(door, person),
            "invited": invited.get(person),
            "seen": seen.get(person),
            "sessions": len(sessions.of(door, person)),
        }
        for person in everybody
    ]
    strangers, mapped = identities.strangers(door), identities.mapped(door)
    return page("door_people", people=people, strangers=strangers, mapped=mapped)


@bp.post("/door/people/invite")
@seen_by
def invite() -> Response | Answer:
    """A link for one person, shown once."""
    if not sessions.fresh():
        return _again()
    person, door = _somebody_else(), the_door()
    secret = invitations.invite(door, person, g.token.person)
    link = (door.address or request.host_url.rstrip("/")) + url_for(
        "sign_in.invitation", secret=secret
    )
    return page("door_invited", person=person, link=link)


@bp.post("/door/people/end")
@seen_by
def end() -> Answer:
    """End somebody's sessions, and void their invitation."""
    invitations.shut_out(the_door(), request.form.get("person", ""), g.token.person)
    return redirect(url_for("door_people.several"), 303)


@bp.post("/door/people/factor")
@seen_by
def factor() -> Answer:
    """Somebody lost their telephone: they enrol anew when they sign in next."""
    if not sessions.fresh():
        return _again()
    person = _somebody_else()
    second_factor.remove(the_door(), person, g.token.person)
    return redirect(url_for("door_people.several"), 303)


@bp.post("/door/people/map")
@seen_by
def map_to() -> Answer:
    """Say who somebody of the provider is."""
    if not sessions.fresh():
        return _again()
    issuer, subject = request.form.get("issuer", ""), request.form.get("subject", "")
    identities.map_to(the_door(), issuer, subject, _somebody_else(), g.token.person)
    return redirect(url_for("door_people.several"), 303)


@bp.post("/door/people/unmap")
@seen_by
def unmap() -> Answer:
    """Somebody of the provider is nobody here any more."""
    issuer, subject = request.form.get("issuer", ""), request.form.get("subject", "")
    identities.unmap(the_door(), issuer, subject, g.token.person)
    return redirect(url_for("door_people.several"), 303)


def _again() -> Answer:
    """Sign in again first: a screen that was left, or a stolen cookie, must not let others in."""
    to = url_for("sign_in.start", next=url_for("door_people.several"), again="yes")
    return redirect(to, 303)


def _somebody_else() -> str:
    """The person of the form, who is registered and here, and is not whoever asks."""
    person = request.form.get("person", "")
    if not sign_in.is_here(person):
        title = "There is nobody of this name here."
        abort(as_problem(404, "unknown_reference", title, "person"))
    if person == g.token.person:
        title = "Nobody gives themselves another way in: somebody else does that."
        abort(as_problem(403, "not_oneself", title))
    if _is_chair_inside(person):
        title = "The chair of governors is given another way in at the ledger's own machine."
        abort(as_problem(403, "not_the_chair", title))
    return person


def _is_chair_inside(person: str) -> bool:
    """Whether it is the chair, who has a way in: what is about the leadership is theirs to read."""
    chairs = standing.holders(context.ledger().entries(), CHAIR, context.state().now())
    return person in chairs and passwords.has_one(the_door(), person)

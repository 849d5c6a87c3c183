"""My keys: the keys with which I sign for myself, and a passkey enrolled from this browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answered

from api import requests
from api.actions import answer_to_sign
from api.context import ledger
from api.door import passwords, sessions
from api.door.sessions import SAFE
from api.door.store import the_door
from api.pages import linked, my_door, sign_in, tongue, words
from api.pages.frame import page as made
from api.pages.frame import seen_by
from ledger.desk import TooLarge
from ledger.domain import signatures
from ledger.domain.refusals import REFUSALS
from ledger.domain.school_time import in_london
from ledger.outcomes import Declined
from ledger.proof.encoding import read_json
from ledger.proof.errors import Malformed
from ledger.proof.intent import PASSKEY

bp = Blueprint("my_keys", __name__)

ACTION = "enrol_actor_key"


@bp.before_request
def _changes_need_a_session() -> None:
    """Whoever stole a token must not enrol a key of their own with it."""
    if request.method not in SAFE:
        sign_in.only_by_session()


@bp.get("/me/keys")
@seen_by
def mine() -> Response:
    """The keys there are and were, and the offer of another."""
    return _page()


@bp.post("/me/keys")
@seen_by
def enrol() -> Answered:
    """Enrol the passkey that the browser made, by the person's own action."""
    unsure = _unsure()
    if unsure is not None:
        return unsure
    outcome = ledger().submit([requests.asked(ACTION, g.token.person, _brought())])[0]
    if isinstance(outcome, TooLarge):
        return _page(413, why=_("This was too large."))
    if isinstance(outcome, Exception):
        raise outcome
    if isinstance(outcome, Declined):
        said = tongue.problem({"code": outcome.code, "title": outcome.code})
        return _page(REFUSALS[outcome.code].status, why=said)
    return redirect(url_for("my_keys.mine", done=1), 303)


@bp.post("/me/keys/intent")
@seen_by
def to_sign() -> Response:
    """What an older key signs of the enrolment of a new one, where the school demands that."""
    return answer_to_sign(ACTION, _brought())


def _brought() -> dict[str, Any]:
    """The command as the form has it; what is no JSON is refused for its fields."""
    try:
        value = read_json(request.form.get("command", "").encode("utf-8", "surrogateescape"), 16)
    except Malformed:
        value = None
    if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
        return {"data": {}}
    return value


def _unsure() -> Answered | None:
    """The page again unless it is the person: by their password, or by signing in just now."""
    if passwords.has_one(the_door(), g.token.person):
        return my_door.not_sure(_page)
    practice = sessions.current()
    if practice is not None and (practice.way == "practice" or sessions.fresh()):
        return None
    return _page(401, why=_("Sign out and in again first: then enrol the key."))


def passkeys(person: str) -> list[Mapping[str, str]]:
    """The passkeys of a person that are in force, as a browser looks for them."""
    found = signatures.in_force(ledger().entries(), person)
    return [
        {
            "passkey_id": str(one.by.record.fields["passkey_id"]),
            "rp": one.key.rp,
            "key_id": one.key.ident,
        }
        for one in found
        if one.key.kind == PASSKEY
    ]


def _page(status: int = 200, wrong: bool = False, why: str = "", wait: int = 0) -> Response:
    known, person = ledger().entries(), g.token.person
    keys = [
        {
            "kind": one.key.kind,
            "id": one.key.ident,
            "host": one.key.rp,
            "by": linked.record(one.by.position),
            "since": in_london(one.by.record.time),
            "ended": linked.record(one.ended_by.position) if one.ended_by else None,
        }
        for one in signatures.keys_of(known, person)
    ]
    return made(
        "my_keys",
        status,
        words=words,
        keys=keys,
        passkeys=passkeys(person),
        origin=ledger().origin,
        demanded=sorted(signatures.demanded(known)),
        has_password=passwords.has_one(the_door(), person),
        done=request.args.get("done", ""),
        wrong=wrong,
        why=why,
        wait=wait,
    )

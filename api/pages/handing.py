"""Handing out what is held about somebody: words of others looked over, the file, its record."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from api import seeing
from api.context import ledger, state
from api.door import typed
from api.pages import linked, record_fields, tongue, words
from api.pages.frame import ask_all, may_ask, name_of, not_found, page, school, seen_by
from api.pages.records import people_by_name
from api.subject_access import making, reviewing, withholding
from api.subject_access.gathering import Gathered, Value, gather, known
from api.subject_access.reviewing import INCLUDE, REASONS, WITHHOLD, BadReview, Review
from api.subject_access.telling import Occasion
from ledger.desk import KeyReused
from ledger.outcomes import Declined

bp = Blueprint("handing", __name__, url_prefix="/data")
bp.context_processor(lambda: {"words": words, "linked": linked})

MAKE = "make"
Typed = MultiDict[str, str]


@bp.route("/<person>", methods=["GET", "POST"])
@seen_by
def review(person: str) -> Response:
    """Look over what is held about somebody, then hand it out; that is recorded."""
    if not known(ledger().entries(), person):
        return not_found("subject")
    given = request.form if request.method == "POST" else typed.given_back() or MultiDict()
    gathered = _gathered(person, given)
    if g.token.person in gathered.ids | gathered.linked:
        return page("handing_own", 403, person=person)
    if request.method == "POST" and given.get("step") == MAKE:
        return _make(person, gathered, given)
    return _form(person, gathered, given, {})


def _gathered(person: str, given: Typed) -> Gathered:
    entries = ledger().entries()
    sees = seeing.sees(entries, seeing.Reader(g.token.person, g.roles, state().now()))
    with state().asking() as log:
        return gather(ledger(), log.known(), person, frozenset(given.getlist("same")), sees)


def _form(
    person: str,
    gathered: Gathered,
    given: Typed,
    wrong: Mapping[str, str],
    declined: Declined | None = None,
    status: int = 200,
) -> Response:
    texts = [_text(value, given) for value in gathered.to_review]
    return page(
        "handing",
        status if not wrong else 400,
        person=person,
        gathered=gathered,
        named=name_of(person),
        texts=texts,
        given=given,
        language=given.get("language") or tongue.language(),
        reasons=[(code, withholding.in_words(code)) for code in REASONS],
        open_requests=_requests(gathered),
        chosen=given.get("request") or request.args.get("request", ""),
        people=people_by_name(),
        given_to=given.getlist("given_to") or [g.token.person],
        wrong=wrong,
        refused=record_fields.refusal(declined.code) if declined else "",
        key=secrets.token_urlsafe(16),
    )


def _text(value: Value, given: Typed) -> dict[str, Any]:
    """One text with what was decided about it so far."""
    entry = ledger().entries().all[value.position]
    return {
        "key": value.key,
        "id": f"t-{value.position}-{value.path.replace('.', '-')}",
        "record": linked.record(value.position),
        "event": words.event(entry.type),
        "label": record_fields.label(value.path, entry.record.action),
        "at": entry.record.time,
        "how": given.get(f"how.{value.key}", ""),
        "text": given.get(f"text.{value.key}", value.text),
        "reason": given.get(f"reason.{value.key}", ""),
        "rows": min(12, 2 + len(value.text) // 60),
    }


def _requests(gathered: Gathered) -> list[Mapping[str, Any]]:
    """The requests for access by this person that have not been answered."""
    if not may_ask("/v1/requests"):
        return []
    rows = ask_all("/v1/requests").answer
    return [
        r
        for r in rows
        if r["kind"] == "access" and r["subject"] in gathered.ids and r["done_at"] is None
    ]


def _make(person: str, gathered: Gathered, given: Typed) -> Response:
    decided, wrong = _decided(gathered, given)
    asked = given.get("request", "")
    if asked and asked not in [r["request"] for r in _requests(gathered)]:
        wrong["request"] = _("Choose one of the open requests for access by this person.")
    given_to = given.getlist("given_to")
    if not given_to or not set(given_to) <= {who for who, _name in people_by_name()}:
        wrong["given_to"] = _("Say who it is given to: choose one person at least.")
    if given.get("language") not in tongue.LANGUAGES:
        wrong["language"] = _("Choose one of these.")
    if wrong:
        return _form(person, gathered, given, wrong)
    occasion = _occasion(person, asked, gathered)
    with state().asking() as log:
        file = making.make(ledger(), log, gathered, decided, occasion, given["language"])
    completes = (asked, making.outcome_of(gathered, decided)) if asked else None
    key = given.get("key", "")[:64] or None
    try:
        told = making.on_record(gathered, decided)
        done = making.hand_out(
            ledger(), person, g.token.person, given_to, file, key, completes, told
        )
    except KeyReused:
        again = _("This form was used before for something else. Send it again.")
        return _form(person, gathered, given, {"again": again})
    if isinstance(done, Declined):
        return _form(person, gathered, given, {}, done, 409)
    return _zip(person, done)


def _zip(person: str, done: making.HandedOut) -> Response:
    made = Response(done.file, mimetype="application/zip")
    name = f"what-we-hold-{person}.zip"
    made.headers.set("Content-Disposition", "attachment", filename=name)
    if done.receipt is not None:
        made.headers["X-Handledger-Position"] = str(done.receipt.position)
    return made


def _occasion(person: str, asked: str, gathered: Gathered) -> Occasion:
    if not asked:
        return Occasion(person, school(), state().now())
    at = making.request_of(ledger(), asked, gathered.ids)
    return Occasion(person, school(), state().now(), asked, at)


def _decided(gathered: Gathered, given: Typed) -> tuple[Review, dict[str, str]]:
    """What was decided, and what is wrong with it, by the text."""
    made, wrong = {}, {}
    for value in gathered.to_review:
        how = given.get(f"how.{value.key}", "")
        if how not in (INCLUDE, WITHHOLD):
            continue
        text, reason = given.get(f"text.{value.key}", ""), given.get(f"reason.{value.key}", "")
        try:
            made[value.key] = reviewing.decision(value, how, text, reason)
        except BadReview:
            wrong[value.key] = _say(how)
    return Review(made, gathered.ids), wrong


def _say(how: str) -> str:
    if how == WITHHOLD:
        return str(_("Choose why these words are left out."))
    return str(_("Words may only be taken out, none put in. Put […] where something stood."))

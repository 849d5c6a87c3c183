"""People: everybody by name, the history of one, and a leaver's certificate."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from api.pages import (
    downloads,
    moments,
    people_rows,
    picture,
    spells,
    standing_tables,
    words,
)
from api.pages.frame import ask, ask_all, name_of, page, seen_by
from api.pages.people_answers import everything, exists, handles

bp = Blueprint("people", __name__)
bp.context_processor(
    lambda: {
        "words": words,
        "spells": spells,
        "key": picture.key,
        "here": standing_tables.here,
    }
)

LONGEST = 120  # characters of a name to search for


@bp.get("/people")
@seen_by
def several() -> Response:
    """Everybody registered by the chosen moment: by name, office, kind, here or not."""
    moment = moments.chosen()
    text = request.args.get("q", "").strip()
    which = request.args.get("which", "")
    if moment.wrong:
        return page("people_several", 400, moment=moment, said=None, text=text, which=which)
    said = ask_all("/v1/people", **moment.asked)
    too_long = len(text) > LONGEST
    wanted = which if which in people_rows.WHICH else ""
    rows = [] if too_long else people_rows.found(said.answer, text, wanted, name_of)
    if downloads.asked():
        table = standing_tables.of_people(rows, handles())
        return downloads.table(_("People"), *table, said.evidence)
    return page(
        "people_several",
        400 if too_long else 200,
        moment=moment, said=said, rows=rows, text=text, which=wanted, too_long=too_long,
        longest=LONGEST, handles=handles(),
    )  # fmt: skip


@bp.get("/people/<person>")
@seen_by
def one(person: str) -> Response:
    """One person at the chosen moment, and their whole history as known then."""
    moment = moments.chosen()
    if not exists(person):
        return page("people_unknown", 404)
    if moment.wrong:
        return page("people_one", 400, moment=moment, person=person, said=None)
    return page("people_one", **everything(person, moment))


@bp.get("/people/<person>/departure")
@seen_by
def certificate(person: str) -> Response:
    """A leaver's certificate: every access they had, and when it ended. To be printed."""
    moment = moments.chosen()
    if not exists(person):
        return page("people_unknown", 404)
    if moment.wrong:
        return page("people_one", 400, moment=moment, person=person, said=None)
    said = ask(f"/v1/departures/{person}", **moment.asked)
    return page(
        "people_certificate",
        moment=moment, person=person, said=said, handles=handles(),
    )  # fmt: skip

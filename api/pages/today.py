"""Today: the daily check in one tap, and what is due, late, exposed, missing, for whoever looks."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from api.pages import daily_check, downloads, today_asked, today_lists, todo
from api.pages.frame import page as made
from api.pages.frame import seen_by
from api.pages.today_words import Section

bp = Blueprint("today", __name__)


@bp.get("/today")
@seen_by
def page() -> Response:
    """What is to be done, each with the form that does it; any list as a file."""
    reader, said = today_asked.looking()
    sections = list(today_lists.lists(reader, said))
    for section in sections:
        if downloads.asked(section.name):
            return _file(section)
    return made(
        "today",
        accounts=daily_check.accounts(reader, said.handles),
        key=secrets.token_hex(16),
        recorded=daily_check.recorded(request.args.get("recorded", ""), said.handles),
        sections=[s for s in sections if s.items],
        school_accounts=said.accounts(),
        apply=todo.to_record("submit_application"),
        empty=[s for s in sections if not s.items],
    )


def _file(section: Section) -> Response:
    columns = (_("What"), _("About"), _("When"), _("Time left"), _("What to do"))
    return downloads.table(section.title, columns, section.cells(), section.evidence)


@bp.post("/today/check")
@seen_by
def check() -> Answer:
    """Record the daily check of the accounts of the form, and show the receipts."""
    chosen = list(dict.fromkeys(request.form.getlist("account")))
    positions = daily_check.record(chosen, request.form.get("key", ""))
    said = ".".join(map(str, positions)) or None
    return redirect(url_for("today.page", recorded=said, _anchor="recorded" if said else None), 303)

"""Which language a page speaks, its catalogue, and times, dates and spans in words.

English stands in the code and the templates; Welsh in the parts `cy/*.po`, one for each place, read
once a process. A test finds every string that has none. Times are London's.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any

from babel.dates import format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, g, request
from flask_babel import Babel, Domain, format_date, format_datetime, get_locale
from flask_babel import gettext as _

from ledger.domain.refusals import REFUSALS
from ledger.domain.school_time import parse_timestamp

LANGUAGES = {"en": "English", "cy": "Cymraeg"}
COOKIE = "language"
PARTS = files("api.pages") / "cy"


class Parts(Domain):  # type: ignore[misc]  # flask-babel carries no types
    """The catalogue of a language, from its parts; English is what stands in the code."""

    def __init__(self) -> None:
        super().__init__()
        self._welsh = catalogue()

    def get_translations(self) -> Translations:
        return self._welsh if language() == "cy" else Translations()


def catalogue() -> Translations:
    """All Welsh words there are. A string that two parts give must be the same in both."""
    made = Translations()
    for part in sorted((p for p in PARTS.iterdir() if p.name.endswith(".po")), key=str):
        with part.open("rb") as file:
            read = read_po(file, locale="cy")
        compiled = io.BytesIO()
        write_mo(compiled, read)
        compiled.seek(0)
        translated = Translations(compiled)
        made.merge(translated)
        # Merging leaves out how a language counts, and English counts otherwise than Welsh.
        made.plural = translated.plural
    return made


def language() -> str:
    """`en` or `cy`: as chosen on a page before, else as the browser asks."""
    if "language" not in g:
        chosen = request.cookies.get(COOKIE, "")
        asked = request.accept_languages.best_match(tuple(LANGUAGES)) or "en"
        g.language = chosen if chosen in LANGUAGES else asked
    return str(g.language)


def problem(said: Mapping[str, Any]) -> str:
    """What a problem of the API means, in the reader's language."""
    words = REFUSALS.get(said["code"])
    if words is not None:
        return words.cy if language() == "cy" else words.en
    return _protocol().get(said["code"], str(said["title"]))


def _protocol() -> Mapping[str, str]:
    return {
        "not_found": _("There is no such page."),
        "unknown_question": _("There is no such page."),
        "role_missing": _("Your role does not cover this page."),
        "scope_missing": _("This token does not cover this."),
        "form_not_ours": _("This form was not sent from its own page. Open the page again."),
        "not_the_chair": _(
            "The chair of governors reads what is reported about the leadership. Another way in is "
            "given at the ledger's own machine (handledger door invite)."
        ),
        "not_oneself": _("Nobody gives themselves another way in: somebody else does that."),
        "session_needed": _("Sign in at the pages for this: a token is not enough."),
        "unauthenticated": _("Please sign in."),
        "method_not_allowed": _("This address cannot be used like that."),
        "too_large": _("This is too large to be taken."),
        "malformed_body": _("This could not be read as it was sent."),
        "clock_behind": _("The ledger's clock is behind its last record: nothing can be recorded."),
        "clock_ahead": _("The ledger's clock is far ahead: nothing can be recorded."),
        "writes_refused": _("The ledger is open for reading only just now."),
        "store_unavailable": _("The store cannot be used just now. Nothing was lost; try again."),
        "view_stopped": _("This cannot be answered just now."),
        "internal_error": _("Something broke. Nothing was recorded; try again."),
    }


def moment(at: str | int | None) -> str:
    """An instant (ISO 8601 text, or seconds UTC) in words, London's time: `6 October 2026, 12:45`.

    Empty for None.
    """
    if at is None:
        return ""
    seconds = at if isinstance(at, int) else parse_timestamp(at)
    # Naive times are taken for UTC and told in the zone of the application.
    utc = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return str(format_datetime(utc, "d MMMM y, HH:mm"))


def day(iso: str | date | None) -> str:
    """A local date in words: `6 October 2026`."""
    if iso is None:
        return ""
    return str(format_date(date.fromisoformat(iso) if isinstance(iso, str) else iso, "d MMMM y"))


def span(seconds: int) -> str:
    """How long something is, in the largest unit that fits: `3 hours`."""
    return str(format_timedelta(timedelta(seconds=seconds), threshold=1.2, locale=get_locale()))


def on(app: Flask) -> None:
    """Give an application its languages and the filters `moment`, `day` and `span`."""
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/London"
    babel = Babel(app, locale_selector=language)
    babel.domain_instance = Parts()
    app.jinja_env.filters.update(moment=moment, day=day, span=span)

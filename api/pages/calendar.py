"""A calendar feed of deadlines, in neutral words: no name, no title, no id of anything.

Its address holds a secret that is good for this alone (`tokens.FEED`): whoever finds it learns when
something ends, and nothing of what. It ends with the person's departure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, g, request, url_for
from flask_babel import gettext as _
from icalendar import Calendar, Event

from api import context, may
from api.context import ledger, state
from api.door.store import the_door
from api.pages import today_asked, today_rows, tongue, words
from api.pages.frame import ask_all, may_ask, school
from api.pages.today_rows import Reader
from api.tokens import FEED
from ledger.domain.school_time import parse_timestamp

bp = Blueprint("calendar", __name__)

BEFORE = timedelta(minutes=30)  # an event without a length is hidden by some calendars


@dataclass(frozen=True)
class Deadline:
    """When something ends (seconds UTC), in neutral words; `key` is its own and never shown."""

    ends: int
    what: str
    key: tuple[str, ...]


@bp.get("/calendar/<secret>.ics")
def feed(secret: str) -> Response:
    """The deadlines that concern the person of the secret, as iCalendar (RFC 5545)."""
    token = state().tokens.find(secret)
    if token is None or FEED not in token.scopes:
        abort(404)
    g.token, g.roles = token, may.roles_of(ledger().entries(), token.person, state().now())
    context.admit(may.EVERYONE)
    if request.args.get("language") in tongue.LANGUAGES:
        g.language = request.args["language"]
    reader, _said = today_asked.looking()
    body = _calendar(deadlines(reader)).to_ical()
    return Response(body, mimetype="text/calendar")


def address(secret: str) -> str:
    """The whole address of a feed, in the language of the page that gives it out."""
    path = url_for("calendar.feed", secret=secret, language=tongue.language())
    return _outside() + path


def _outside() -> str:
    return (the_door().address or request.host_url).rstrip("/")


def deadlines(reader: Reader) -> Iterator[Deadline]:
    """Every clock that runs and concerns the reader, and what they were asked to do by a day."""
    if may_ask("/v1/sla"):
        rows: Iterable[Any] = today_rows.running(ask_all("/v1/sla", status="open").answer, reader)
    else:
        rows = today_rows.of_person(today_asked.own("/v1/sla", status="open"), reader.person)
    for row in rows:
        key = (row["rule"], row["subject"], row.get("person") or "", row["started_at"])
        yield Deadline(parse_timestamp(row["due_at"]), words.rule(row["rule"]), key)
    follow_ups = today_asked.own("/v1/open-items").get("follow_ups", ())
    for row in today_rows.of_person(follow_ups, reader.person):
        if row["due_on"] is not None:
            ends = parse_timestamp(f"{row['due_on']}T23:59:59")
            yield Deadline(ends, _("Something to do in a case"), ("follow_up", row["follow_up"]))


def _calendar(found: Iterable[Deadline]) -> Calendar:
    made = Calendar()
    made.add("prodid", "-//handledger//deadlines//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", _("Deadlines of the ledger: %(school)s", school=school()))
    for deadline in sorted(found, key=lambda d: (d.ends, d.key)):
        made.add_component(_event(deadline))
    return made


def _event(deadline: Deadline) -> Event:
    made, ends = Event(), datetime.fromtimestamp(deadline.ends, UTC)
    # The id stays the same from one look to the next, and tells nothing: its key never leaves.
    name = the_door().tag("calendar", g.token.person, *deadline.key).hex()[:32]
    made.add("uid", f"{name}@handledger")
    made.add("dtstamp", datetime.fromtimestamp(state().now(), UTC))
    made.add("dtstart", ends - BEFORE)
    made.add("dtend", ends)
    made.add("summary", _("A deadline of the ledger ends: %(what)s", what=deadline.what))
    made.add("url", _outside() + url_for("today.page"))
    made.add("class", "PRIVATE")
    made.add("transp", "TRANSPARENT")
    return made

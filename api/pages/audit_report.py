"""The governors' report for the pages: its figures in the reader's words, each with its records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from api.context import ledger
from api.pages import linked, tongue, words
from api.pages.frame import name_of
from api.report_page import HEADINGS
from ledger.domain import standing
from ledger.domain.clock_rules import RULES
from ledger.domain.refusals import REFUSALS
from projections.clocks import STATUSES

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
Sections = Mapping[str, Mapping[str, Mapping[str, Mapping[str, Any]]]]

# Measures whose name is no field, status or code of the ledger.
MEASURES = {
    "accepted": lazy_gettext("Accepted"),
    "actor": lazy_gettext("Recorded by"),
    "age_seconds": lazy_gettext("How old"),
    "all": lazy_gettext("All"),
    "annulments": lazy_gettext("Annulments"),
    "applicant": lazy_gettext("Applicant"),
    "at": lazy_gettext("When"),
    "basis": lazy_gettext("Basis"),
    "by": lazy_gettext("By what way"),
    "changed": lazy_gettext("Changed"),
    "closed_at": lazy_gettext("Closed on"),
    "corrections": lazy_gettext("Corrections"),
    "created": lazy_gettext("Created"),
    "created_at": lazy_gettext("Created on"),
    "days_checked": lazy_gettext("Days looked at"),
    "days_missing": lazy_gettext("Days missing"),
    "decided_at": lazy_gettext("Decided on"),
    "decided_by": lazy_gettext("Decided by"),
    "display_name": lazy_gettext("Name"),
    "done": lazy_gettext("Completed"),
    "done_at": lazy_gettext("Completed on"),
    "due_at": lazy_gettext("Due"),
    "entries": lazy_gettext("Entries"),
    "erased": lazy_gettext("Erased"),
    "existed": lazy_gettext("Existed"),
    "fewer_than_two_runners": lazy_gettext("Fewer than two people"),
    "fewer_than_two_staff": lazy_gettext("Fewer than two staff"),
    "given_to_others": lazy_gettext("Given to others"),
    "grade": lazy_gettext("Evidenced"),
    "in_force_from": lazy_gettext("In force from"),
    "in_the_period": lazy_gettext("In the period"),
    "lag_seconds": lazy_gettext("Recorded after"),
    "late_by_seconds": lazy_gettext("Late by"),
    "longest_seconds": lazy_gettext("Longest"),
    "median_lag_seconds": lazy_gettext("Half were recorded within"),
    "median_seconds": lazy_gettext("Half took at most"),
    "no_lead": lazy_gettext("Without a lead"),
    "open_and_accepted": lazy_gettext("Open, and accepted by the leadership"),
    "open_at_the_end": lazy_gettext("Open at the end"),
    "percent_within_an_hour": lazy_gettext("Per cent within an hour"),
    "position": lazy_gettext("The record"),
    "publish_checkpoint": lazy_gettext("Checkpoints handed out"),
    "received": lazy_gettext("Received"),
    "received_at": lazy_gettext("Received on"),
    "recorded_at": lazy_gettext("Recorded on"),
    "reported": lazy_gettext("Reported"),
    "reported_at": lazy_gettext("Reported on"),
    "sealed": lazy_gettext("Sealed"),
    "seconds": lazy_gettext("How long"),
    "seen_up_to": lazy_gettext("Reviewed up to record"),
    "started_at": lazy_gettext("Began"),
    "status": lazy_gettext("How it stands"),
    "stopped_at": lazy_gettext("Ended"),
    "submitted": lazy_gettext("Submitted"),
    "submitted_at": lazy_gettext("Submitted on"),
    "taken": lazy_gettext("Taken"),
    "turned": lazy_gettext("Turned missed into met"),
    "turned_breach_into_met": lazy_gettext("Turned missed into met"),
    "within_24_hours": lazy_gettext("Within 24 hours"),
    "within_an_hour": lazy_gettext("Within an hour"),
}


@dataclass(frozen=True)
class Line:
    """One item of a table: its words, a cell for each measure, and the records that show it."""

    item: str
    cells: tuple[str, ...]
    evidence: tuple[int, ...]


@dataclass(frozen=True)
class Table:
    """One section: `name` tells it apart from the others of the report."""

    name: str
    caption: str
    measures: tuple[str, ...]
    lines: tuple[Line, ...]


def parts(figures: Sections) -> Iterator[tuple[str, list[Table]]]:
    """(heading, its tables) of the whole report, also where there is nothing to tell."""
    for heading, sections in HEADINGS:
        yield _(heading), [_table(n, _(said), figures.get(n, {})) for n, said in sections.items()]


def _table(name: str, caption: str, items: Mapping[str, Mapping[str, Any]]) -> Table:
    measures = tuple(dict.fromkeys(m for item in items.values() for m in item))
    lines = tuple(_line(item, measures, cells) for item, cells in items.items())
    return Table(name, caption, tuple(map(measure, measures)), lines)


def _line(item: str, measures: Sequence[str], cells: Mapping[str, Any]) -> Line:
    shown = {position for cell in cells.values() for position in cell["evidence"]}
    said = tuple(value(m, cells[m]["value"]) if m in cells else "" for m in measures)
    return Line(" · ".join(map(word, item.split(" "))), said, tuple(sorted(shown)))


def measure(name: str) -> str:
    """What a column counts or tells."""
    if name in MEASURES:
        return str(MEASURES[name])
    return word(name) if name in STATUSES else str(words.field(name))


def word(text: str) -> str:
    """A word of the rules in the reader's language, a person by name, an account by its handle.

    Else as it stands.
    """
    if text in RULES:
        return words.rule(text)
    if text in MEASURES:
        return str(MEASURES[text])
    if standing.registered(ledger().entries(), text):
        return name_of(text)
    if ledger().entries().stream(f"account/{text}"):
        return linked.account(text).text
    tables = (
        words.status,
        words.grade,
        words.role,
        words.finding,
        words.code,
        words.action,
        words.parameter,
        refusal,
    )
    found = (str(table(text)) for table in tables)
    return next((said for said in found if said != text), text)


def refusal(code: str) -> str:
    """Why something was refused; a code that is none stays."""
    said = REFUSALS.get(code)
    return code if said is None else said.cy if tongue.language() == "cy" else said.en


def _changed(text: str) -> str:
    """A parameter of a rule, from what to what; other texts are words of their own."""
    name, colon, change = text.partition(": ")
    if not colon:
        return word(text)
    return f"{word(name)}: " + " → ".join(map(word, change.split(" → ")))


def value(name: str, given: Any) -> str:
    """A figure in words: a time, a date, how long, yes or no, a person; nothing is a dash."""
    if given is None or given == "":
        return "–"
    if isinstance(given, bool):
        return str(_("yes") if given else _("no"))
    if name.endswith("seconds"):
        return str(tongue.span(int(given)))
    text = str(given)
    if TIME.fullmatch(text):
        return tongue.moment(text)
    if DAY.fullmatch(text):
        return tongue.day(text)
    return ", ".join(map(_changed, text.split(", ")))

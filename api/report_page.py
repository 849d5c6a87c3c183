"""The governors' report as tables for people: titles, words, and evidence as short as it gets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

Figure = Mapping[str, Any]


def marked(words: str) -> str:
    """The words as they are: a page translates them where it shows them."""
    return words


# Every section of `projections.report` under its heading, with its caption.
HEADINGS: tuple[tuple[str, Mapping[str, str]], ...] = (
    (
        marked("Applications and decisions"),
        {
            "applications": marked("Applications in the period"),
            "each_application": marked("Each application"),
        },
    ),
    (
        marked("Accounts and who runs them"),
        {
            "accounts": marked("Accounts in the period"),
            "each_account": marked("Each account, as it last stood in the period"),
            "who_ran": marked("Who ran which account (account, person, role)"),
            "monitoring": marked("Days on which an account was looked at, and was not"),
        },
    ),
    (
        marked("Gaps and exposures"),
        {
            "gaps": marked("Accounts without a lead or with too few people"),
            "each_gap": marked("Each gap"),
            "exposures": marked("People who could get in without a role or the moderator office"),
            "each_exposure": marked("Each exposure (account, person)"),
            "training_lapses": marked("People who ran an account without valid training"),
            "each_training_lapse": marked("Each lapse (account, person)"),
        },
    ),
    (
        marked("Deadlines"),
        {
            "deadlines": marked("By rule: what began in the period"),
            "deadlines_by_basis_and_grade": marked("By rule, basis and grade of evidence"),
            "deadlines_carried_in": marked("By rule: what was running when the period began"),
            "enquiries_by_account": marked("Enquiries, by account"),
            "each_missed_deadline": marked(
                "Each deadline that was missed (rule, about what, person)"
            ),
        },
    ),
    (
        marked("Incidents"),
        {
            "incidents": marked("Incidents in the period"),
            "incidents_by_kind": marked("Incidents by kind"),
            "incident_steps": marked("Time to each step (kind, step)"),
            "each_incident": marked("Each incident"),
            "each_incident_step": marked("Each step taken (incident, step)"),
        },
    ),
    (
        marked("Requests for data"),
        {
            "requests": marked("Requests in the period"),
            "requests_by_kind": marked("Requests by kind"),
            "each_request": marked("Each request"),
        },
    ),
    (
        marked("How the ledger is kept"),
        {
            "entries": marked("Entries recorded in the period"),
            "promptness": marked("How soon things were recorded after they happened"),
            "late_by_person": marked("Recorded more than 24 hours late, by person"),
            "each_late_entry": marked("Each late entry"),
            "irregular_by_person": marked("Irregular entries, by person"),
            "each_irregular_entry": marked("Each irregular entry"),
            "refusals": marked("Refused commands, by reason"),
            "checkpoints": marked("Checkpoints and evidence given to somebody else"),
            "last_checkpoint_elsewhere": marked("The last checkpoint that somebody else holds"),
            "reviews": marked("Reviews, up to which record"),
        },
    ),
    (
        marked("Findings"),
        {"findings": marked("What the policy asks for and the records do not show")},
    ),
    (
        marked("Changes of policy and rules"),
        {
            "policy_changes": marked("Versions of the policy"),
            "rule_changes": marked("Versions of rules"),
            "calendar_changes": marked("Versions of the calendar"),
            "other_changes": marked("Other entries about the ledger"),
        },
    ),
    (marked("People named in this report"), {"people": marked("People by id")}),
)
# Sections whose items are words of the rules, not ids.
WORDED = (
    "deadlines",
    "deadlines_by_basis_and_grade",
    "deadlines_carried_in",
    "findings",
    "incident_steps",
    "incidents_by_kind",
    "refusals",
    "requests_by_kind",
)
UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


@dataclass(frozen=True)
class Cell:
    """A value as it is read, and its evidence where it is not that of the whole row."""

    text: str
    more: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Line:
    """The cells of one item; `evidence` where all of them have the same."""

    item: str
    cells: tuple[Cell, ...]
    evidence: str


@dataclass(frozen=True)
class Table:
    """One section of the report."""

    caption: str
    measures: tuple[str, ...]
    lines: tuple[Line, ...]


def headings(figures: Iterable[Figure]) -> Iterator[tuple[str, list[Table]]]:
    """(heading, its tables) for every section there is, also where nothing is to be told."""
    by_section: dict[str, list[Figure]] = {}
    for figure in figures:
        by_section.setdefault(figure["section"], []).append(figure)
    for heading, sections in HEADINGS:
        yield heading, [_table(s, c, by_section.get(s, [])) for s, c in sections.items()]


def _table(section: str, caption: str, figures: list[Figure]) -> Table:
    measures = tuple(dict.fromkeys(f["measure"] for f in figures))
    items: dict[str, list[Figure]] = {}
    for figure in figures:
        items.setdefault(figure["item"], []).append(figure)
    lines = (_line(section, item, measures, own) for item, own in items.items())
    return Table(caption, tuple(worded(m) for m in measures), tuple(lines))


def _line(section: str, item: str, measures: Sequence[str], figures: list[Figure]) -> Line:
    found = {f["measure"]: f for f in figures}
    alike = len({tuple(f["evidence"]) for f in figures}) == 1
    cells = tuple(_cell(found[m], not alike) if m in found else Cell("") for m in measures)
    shared = ranges(figures[0]["evidence"]) if alike else ""
    return Line(worded(item) if section in WORDED else item, cells, shared)


def _cell(figure: Figure, alone: bool) -> Cell:
    value = figure["value"]
    is_duration = figure["measure"].endswith("seconds") and value is not None
    more = duration(value) if is_duration else ""
    return Cell(said(value), more, ranges(figure["evidence"]) if alone else "")


def said(value: Any) -> str:
    """A value in words: nothing is a dash, and the time of day stands apart from the date."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    is_time = len(text) == 25 and text[10] == "T" and text[22] == ":"
    return f"{text[:10]} {text[11:19]} {text[19:]}" if is_time else text


def worded(code: str) -> str:
    return code.replace("_", " ")


def duration(seconds: int) -> str:
    """The two largest units of a number of seconds."""
    parts = []
    for size, unit in UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])


def ranges(positions: Iterable[int]) -> str:
    """Positions in order, as few as possible: `3 5–9`."""
    runs = groupby(enumerate(positions), lambda pair: pair[1] - pair[0])
    spans = ([position for _, position in run] for _, run in runs)
    return " ".join(str(s[0]) if len(s) == 1 else f"{s[0]}–{s[-1]}" for s in spans)

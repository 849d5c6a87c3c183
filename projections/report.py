"""The governors' report of a period: every figure with the records that evidence it.

Standard library only (CONTRACT 3 is added to by `/v1/report`). It computes nothing that another
fold answers: it says which of their rows fall into the period, and counts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from projections import people
from projections.figures import Figure, Period, by_name, itemised
from projections.history import History
from projections.report_accounts import account_figures
from projections.report_cases import application_figures, incident_figures, request_figures
from projections.report_deadlines import deadline_figures
from projections.report_policy import policy_figures
from projections.report_records import (
    checkpoint_figures,
    finding_figures,
    recording_figures,
    review_figures,
)
from projections.told import NameOf, Told, shown, told

PARTS = (
    application_figures,
    account_figures,
    deadline_figures,
    incident_figures,
    request_figures,
    recording_figures,
    finding_figures,
    policy_figures,
    checkpoint_figures,
    review_figures,
)


def report(history: History, period: Period, name_of: NameOf) -> Told:
    """`{from, to, evaluated_at, figures: {section: {item: {measure: {value, evidence}}}}}`."""
    figures = [figure for part in PARTS for figure in part(history, period)]
    figures += _named(history, period, figures, name_of)
    answer = {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "evaluated_at": shown(period.at),
        "figures": by_name(history, figures),
    }
    return told(answer, *(figure.evidence for figure in figures))


def _named(
    history: History, period: Period, figures: Iterable[Figure], name_of: NameOf
) -> Iterator[Figure]:
    """The people whose ids stand in the figures: kind, and the name for those who may see it."""
    said = {word for f in figures for word in f"{f.item} {f.value}".split()}
    everybody = people.everybody(history, period.at, name_of).rows
    rows = ((row["person"], row, e) for row, e in everybody if row["person"] in said)
    yield from itemised("people", rows, ("kind", "display_name", "erased"))

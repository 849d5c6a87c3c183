"""The governors' report: which accounts there were, who ran them, and what was missing.

Standard library only. Everything as it stood at the end of the period.
"""

from __future__ import annotations

from collections.abc import Iterator

from projections import access, accounts, gaps, monitoring, roles, training
from projections.figures import ALL, Figure, Period, count, instant, itemised
from projections.history import History
from projections.spans import Span
from projections.told import Row, Told, interval

ACCOUNT = ("platform", "handle", "visibility", "status", "lead", "runners", "created_at")
Named = tuple[str, Row, frozenset[int]]


def account_figures(history: History, period: Period) -> Iterator[Figure]:
    """Accounts and who ran them, gaps, exposures, training lapses, monitoring."""
    yield from _accounts(history, period)
    yield from _who_ran(history, period)
    yield from _gaps(history, period)
    yield from _exposures(history, period)
    yield from _lapses(history, period)
    yield from _monitoring(history, period)


def _lives(history: History, period: Period) -> list[tuple[str, Span]]:
    """(account, its life) of those that existed at any time in the period."""
    lives = accounts.lifetimes(history, period.end).items()
    return [(name, life) for name, life in lives if period.touches(life.start, life.end)]


def _accounts(history: History, period: Period) -> Iterator[Figure]:
    lives = _lives(history, period)
    rows: list[tuple[Row, set[int]]] = [
        ({"created": life.start, "closed": life.end}, life.evidence) for _, life in lives
    ]
    created = [r for r in rows if period.holds(r[0]["created"])]
    yield count("accounts", ALL, "existed", rows)
    yield count("accounts", ALL, "created", created)
    yield count("accounts", ALL, "closed", (r for r in rows if r[0]["closed"] is not None))
    yield count("accounts", ALL, "open_at_the_end", (r for r in rows if r[0]["closed"] is None))
    each = (_account(history, name, life, period) for name, life in lives)
    yield from itemised("each_account", each, (*ACCOUNT, "closed_at"))


def _account(history: History, name: str, life: Span, period: Period) -> Named:
    """The account as it last stood in the period: at its end, or just before it was closed."""
    moment = period.end if life.end is None else life.end - 1
    found = (r for r in accounts.accounts(history, moment).rows if r[0]["id"] == name)
    row, evidence = next(found, ({"status": "closed"}, frozenset()))
    if life.end is not None:
        row = {**row, "status": "closed", "closed_at": interval(life)["to"]}
    return name, row, evidence | life.evidence


def _who_ran(history: History, period: Period) -> Iterator[Figure]:
    rows = (
        (f"{account} {row['person']} {row['role']}", row, evidence)
        for account, _ in _lives(history, period)
        for row, evidence in _in(period, roles.role_intervals(history, account, period.end))
    )
    yield from itemised("who_ran", rows, ("from", "to"))


def _in(period: Period, told: Told) -> list[tuple[Row, frozenset[int]]]:
    """The rows whose interval touches the period."""
    return [r for r in told.rows if period.touches(instant(r[0]["from"]), instant(r[0]["to"]))]


def _gaps(history: History, period: Period) -> Iterator[Figure]:
    found = [
        (kind, f"{account} {kind}", interval(span), frozenset(span.evidence))
        for account, _ in _lives(history, period)
        for kind, spans in gaps.gap_spans(history, account, period.end).items()
        for span in spans
        if period.touches(span.start, span.end)
    ]
    for kind in gaps.KINDS:
        yield count("gaps", ALL, kind, ((row, e) for k, _, row, e in found if k == kind))
    yield from itemised("each_gap", ((n, row, e) for _, n, row, e in found), ("from", "to"))


def _exposures(history: History, period: Period) -> Iterator[Figure]:
    rows = _in(period, access.exposures(history, period.end))
    yield count("exposures", ALL, "in_the_period", rows)
    yield count("exposures", ALL, "open_at_the_end", (r for r in rows if r[0]["to"] is None))
    named = ((f"{row['account']} {row['person']}", row, e) for row, e in rows)
    yield from itemised("each_exposure", named, ("by", "from", "to", "seconds"))


def _lapses(history: History, period: Period) -> Iterator[Figure]:
    rows = _in(period, training.training_lapses(history, period.end))
    named = ((f"{row['account']} {row['person']}", row, e) for row, e in rows)
    yield count("training_lapses", ALL, "in_the_period", rows)
    yield from itemised("each_training_lapse", named, ("from", "to"))


def _monitoring(history: History, period: Period) -> Iterator[Figure]:
    rows = []
    for account, _ in _lives(history, period):
        told = monitoring.monitoring(history, account, period.first, period.last, period.end)
        days = {f"days_{name}": len(found) for name, found in told.answer.items()}
        rows.append((account, days, told.evidence))
    yield from itemised("monitoring", rows, ("days_checked", "days_missing"))

"""The clocks of an account: its lead, its staff, its password, its monitoring (ACTIONS.md 8.2).

Standard library only. Subject is the account; `credential_rotation` has one row for each password
exposure, with the person.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.domain.school_time import end_of_day, local_date, months_later
from projections import access, accounts, credentials, gaps, monitoring, roles
from projections.clocks import Clock
from projections.deadlines import duration_after
from projections.history import History
from projections.spans import Span
from projections.terms import terms


def account_clocks(history: History, at: int, only: str | None = None) -> Iterator[Clock]:
    """Every clock of every account (or one), from what had happened by `at`, but monitoring."""
    for account in accounts.lifetimes(history, at):
        if only not in (None, account):
            continue
        yield from _handovers(history, account, at)
        yield from _two_staff(history, account, at)
        yield from _ages(history, account, at)
    yield from _rotations(history, at, only)


def _over(history: History, rule: str, account: str, span: Span, **about: Any) -> Clock:
    """A clock that runs from a span's start and stops at its end."""
    under = terms(history, rule, span.start)
    return Clock(
        terms=under,
        subject=account,
        started=span.start,
        due=duration_after(span.start, under.parameters, under.calendar),
        start=history.at(span.began),
        stop=None if span.ended is None else history.at(span.ended),
        stopped=span.end,
        about={"account": account, **about},
    )


def _handovers(history: History, account: str, at: int) -> Iterator[Clock]:
    """A lead ends → the next lead or the closing; a lead ended by the closing starts none."""
    held = roles.role_spans(history, account, at)
    leads = [(p, span) for (p, role), span in held if role == "lead"]
    life = accounts.lifetimes(history, at)[account]
    for person, span in leads:
        if span.end is None or span.ended is None or (life.end or at + 1) <= span.end:
            continue
        under = terms(history, "lead_handover", span.end)
        stopped, by, lead = _next_lead(span.end, span.ended, leads, life)
        yield Clock(
            terms=under,
            subject=account,
            started=span.end,
            due=span.end + under.parameters["max_gap_minutes"] * 60,
            start=history.at(span.ended),
            stop=None if by is None else history.at(by),
            stopped=stopped,
            about={"account": account, "person": person, "new_lead": lead},
        )


def _next_lead(
    end: int, ended: int, leads: list[tuple[str, Span]], life: Span
) -> tuple[int | None, int | None, str | None]:
    """(when, by which entry, who): whoever leads on, else the next lead, else the closing."""
    for person, span in leads:
        if span.start < end < span.until:
            return end, ended, person
    later = [(s.start, s.began, p) for p, s in leads if s.start >= end]
    if later:
        return min(later)
    return life.end, life.ended, None


def _two_staff(history: History, account: str, at: int) -> Iterator[Clock]:
    for span in gaps.gap_spans(history, account, at)["fewer_than_two_staff"]:
        yield _over(history, "two_staff", account, span)


def _rotations(history: History, at: int, only: str | None) -> Iterator[Clock]:
    ways = (credentials.PASSWORD,)
    found = (
        access.exposed(history, at, ways)
        if only is None
        else access.exposed_in(history, only, at, ways)
    )
    for exposure in found:
        yield _over(
            history,
            "credential_rotation",
            exposure.account,
            exposure.span,
            person=exposure.person,
        )


def _ages(history: History, account: str, at: int) -> Iterator[Clock]:
    """Off unless a school gives it a number of months."""
    for version, span in credentials.versions(history, account, at):
        under = terms(history, "credential_age", span.start)
        months = under.parameters["months"]
        if months:
            yield Clock(
                terms=under,
                subject=account,
                started=span.start,
                due=end_of_day(months_later(local_date(span.start), months)),
                start=history.at(span.began),
                stop=None if span.ended is None else history.at(span.ended),
                stopped=span.end,
                about={"account": account, "credential_version": version},
            )


def monitoring_clocks(history: History, at: int, _: str | None = None) -> Iterator[Clock]:
    """One row for each full local day of an account: a shortfall is no breach."""
    for account, life in accounts.lifetimes(history, at).items():
        done = monitoring.checks(history, account, at)
        for day in monitoring.full_days(history, account, at):
            start = end_of_day(day) - 86399
            check = done.get(day)
            yield Clock(
                terms=terms(history, "monitoring_check", start),
                subject=account,
                started=start,
                due=end_of_day(day),
                start=None if check else history.at(life.began),
                stop=check,
                stopped=check.occurred_at if check else None,
                about={"account": account, "day": day.isoformat()},
            )

"""Which version of a rule and of the calendar a clock runs under: those in force when it started.

Standard library only (ACTIONS.md section 8): the latest `effective_from` ≤ start, on a tie the
later recorded; a version that does not name a rule leaves the earlier one in force; without a
calendar Saturday and Sunday only. Never re-computed when rules or calendars change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.domain.clock_rules import RULES
from ledger.domain.entries import Entry
from ledger.domain.fitness import effective_from
from ledger.domain.school_time import parse_date
from projections.history import FOREVER, History, remembered

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LENGTHS = ("hours", "minutes", "working_days")


@dataclass(frozen=True)
class Calendar:
    """A list of working days: days off each week (0 is Monday) and bank holidays."""

    version: int = 0
    weekend: frozenset[int] = frozenset((5, 6))
    holidays: frozenset[date] = frozenset()
    position: int | None = None

    def is_weekend(self, day: date) -> bool:
        return day.weekday() in self.weekend

    def is_working(self, day: date) -> bool:
        return not self.is_weekend(day) and day not in self.holidays


@dataclass(frozen=True)
class Terms:
    """What a clock runs under; `version` is the adopting one, 0 for a default never adopted."""

    rule: str
    version: int
    parameters: Mapping[str, Any]
    calendar: Calendar
    evidence: tuple[int, ...] = ()

    @property
    def basis(self) -> str:
        """P, R, D or statutory; `P-altered` where the policy's own numbers were changed."""
        rule = RULES[self.rule]
        altered = rule.basis == "P" and dict(self.parameters) != rule.default
        return "P-altered" if altered else rule.basis


def terms(history: History, rule: str, start: int) -> Terms:
    """What the rule said, and the calendar, for a clock that started at `start`."""
    adopted = [e for e in _adopted(history, rule) if effective_from(e) <= start]
    return under(history, rule, adopted[-1] if adopted else None, start)


def under(history: History, rule: str, adoption: Entry | None, start: int) -> Terms:
    """The rule as one adoption (None: the default) has it, with the calendar at `start`."""
    calendar = calendar_at(history, start)
    evidence = () if calendar.position is None else (calendar.position,)
    if adoption is None:
        return Terms(rule, 0, RULES[rule].default, calendar, evidence)
    given = merged(rule, adoption.fields["rules"][rule])
    version = int(adoption.fields["version"])
    return Terms(rule, version, given, calendar, (*evidence, adoption.position))


@remembered
def _adopted(history: History, rule: str) -> list[Entry]:
    """The adoptions that name the rule, by when they count, then as recorded."""
    found = (e for e in history.entries.of("SlaRulesAdopted") if rule in e.fields["rules"])
    return sorted(found, key=lambda e: (effective_from(e), e.position))


def adoption_by_version(history: History, rule: str, version: int) -> Entry | None:
    """The latest adoption up to `version` that names the rule; None is its default."""
    found = (e for e in _adopted(history, rule) if e.fields["version"] <= version)
    return max(found, key=lambda e: int(e.fields["version"]), default=None)


def merged(rule: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A named rule is replaced: what it does not say is default. A length said replaces any."""
    default = RULES[rule].default
    if any(name in given for name in LENGTHS):
        default = {name: value for name, value in default.items() if name not in LENGTHS}
    return {**default, **given}


@remembered
def calendars(history: History) -> list[tuple[int, Calendar]]:
    """(from when it counts, calendar) of every one adopted, in that order, then as recorded."""
    adopted = history.of(FOREVER, "WorkingCalendarAdopted")
    found = [
        (effective_from(e), e.position, calendar_of(e))
        for e in sorted(adopted, key=lambda e: e.position)
    ]
    return [(start, calendar) for start, _, calendar in sorted(found, key=lambda f: f[:2])]


def calendar_of(entry: Entry) -> Calendar:
    return Calendar(
        int(entry.fields["version"]),
        frozenset(WEEKDAYS.index(day) for day in entry.fields["weekend"]),
        frozenset(parse_date(day) for day in entry.fields["bank_holidays"]),
        entry.position,
    )


def calendar_at(history: History, start: int) -> Calendar:
    """The calendar in force at an instant."""
    started = [calendar for since, calendar in calendars(history) if since <= start]
    return started[-1] if started else Calendar()

"""When something is due: school days, hours across clock changes, months (ACTIONS.md section 8).

Standard library only. Instants in and out are whole seconds UTC; days are London dates; an end
of day is 23:59:59 local, inclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from ledger.domain.school_time import HOUR, end_of_day, local_date, months_later, utc_offset
from projections.terms import Calendar

ONE = timedelta(days=1)
HOURS_BRANCH, DAY_BRANCH = "24_hours", "end_of_next_working_day"
LONGEST = 3660  # days looked ahead for a working day: a calendar with none would never end


def next_working_day(day: date, calendar: Calendar) -> date:
    """The first working day after `day`; without one within ten years, the day looked at last."""
    for _ in range(LONGEST):
        day += ONE
        if calendar.is_working(day):
            break
    return day


def working_days_after(start: int, count: int, calendar: Calendar) -> int:
    """The end of the `count`-th working day after the local day of `start`."""
    day = local_date(start)
    for _ in range(count):
        day = next_working_day(day, calendar)
    return end_of_day(day)


def wall_clock_after(start: int, seconds: int) -> int:
    """`seconds` later by the clock on the wall in London.

    A time that happens twice is the first one; a time that was skipped is as far after the
    change as it would have been after the last moment before it.
    """
    wall = start + utc_offset(start) + seconds
    early = wall - HOUR
    return early if early + utc_offset(early) == wall else wall


def duration_after(start: int, parameters: Mapping[str, Any], calendar: Calendar) -> int:
    """A duration in `working_days`, or `hours` and `minutes` by `hours_mode`."""
    if "working_days" in parameters:
        return working_days_after(start, parameters["working_days"], calendar)
    seconds = parameters.get("hours", 0) * HOUR + parameters.get("minutes", 0) * 60
    if parameters.get("hours_mode") == "wall_clock":
        return wall_clock_after(start, seconds)
    return int(start + seconds)


def months_after(start: int, months: int, calendar: Calendar) -> int:
    """The end of the same date later, or of the next working day where that is none."""
    return end_of_working_day(months_later(local_date(start), months), calendar)


def end_of_working_day(day: date, calendar: Calendar) -> int:
    """The end of the day, or of the next working day where it is none."""
    return end_of_day(day if calendar.is_working(day) else next_working_day(day, calendar))


def enquiry_due(
    received: int, parameters: Mapping[str, Any], calendar: Calendar
) -> tuple[int, str]:
    """When a response is due, and by which branch of the policy's sentence (8.1)."""
    day = local_date(received)
    like_weekend = parameters["weekday_bank_holiday"] == "as_weekend"
    if calendar.is_weekend(day) or (like_weekend and day in calendar.holidays):
        return _end_of_next(day, parameters, calendar), DAY_BRANCH
    due = duration_after(received, parameters, calendar)
    rolls = parameters["friday_due_on_weekend"] == "roll"
    if rolls and calendar.is_weekend(local_date(due)):
        return _end_of_next(local_date(due), parameters, calendar), DAY_BRANCH
    return due, HOURS_BRANCH


def _end_of_next(day: date, parameters: Mapping[str, Any], calendar: Calendar) -> int:
    """`day_end` on the next working day. Clocks never change in an afternoon."""
    end = [int(part) for part in str(parameters["day_end"]).split(":")]
    seconds = end[0] * HOUR + end[1] * 60 + (end[2] if len(end) == 3 else 0)
    return end_of_day(next_working_day(day, calendar)) - (86399 - seconds)

"""School time: Europe/London by its closed rule, because an auditor's laptop may have no zone data.

Since 1996 clocks go forward at 01:00 UTC on the last Sunday of March and back at 01:00 UTC on the
last Sunday of October (Summer Time Order 2002). Tested equal to `zoneinfo` for 1996-2037.
Instants are whole seconds since 1970 (UTC); dates are `datetime.date`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta, timezone
from functools import cache

from ledger.proof.instants import format_instant, parse_date, parse_instant

__all__ = [
    "TimeRefused",
    "end_of_day",
    "format_instant",
    "in_london",
    "local_date",
    "months_later",
    "parse_date",
    "parse_instant",
    "parse_timestamp",
]

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
LATEST = 253402300799  # 9999-12-31T23:59:59Z, the last instant that can be written
DAY = 86400
HOUR = 3600
TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)?", re.ASCII
)


class TimeRefused(ValueError):
    """A text that is no single moment; `code` is the refusal code (ACTIONS.md section 4)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@cache
def _summer(year: int) -> tuple[int, int]:
    """First and last-plus-one instant of British Summer Time in `year`."""
    return _last_sunday(year, 3) + HOUR, _last_sunday(year, 10) + HOUR


def _last_sunday(year: int, month: int) -> int:
    last = date(year, month, 31)
    day = last - timedelta(days=(last.weekday() + 1) % 7)
    return (day - EPOCH.date()).days * DAY


def utc_offset(instant: int) -> int:
    """Seconds that London is ahead of UTC at `instant`: 0 or 3600."""
    start, end = _summer((EPOCH + timedelta(seconds=instant)).year)
    return HOUR if start <= instant < end else 0


def in_london(instant: int) -> str:
    """`instant` as ISO 8601 with the offset of London, whole seconds."""
    offset = utc_offset(instant)
    local = EPOCH + timedelta(seconds=min(instant, LATEST - HOUR))
    return local.astimezone(timezone(timedelta(seconds=offset))).isoformat()


def local_date(instant: int) -> date:
    """The date in London at `instant`."""
    return (EPOCH + timedelta(seconds=instant + utc_offset(instant))).date()


def end_of_day(day: date) -> int:
    """The instant of 23:59:59 in London on `day` (clocks never change near midnight)."""
    wall = (day - EPOCH.date()).days * DAY + DAY - 1
    return wall - utc_offset(wall)


def months_later(day: date, months: int) -> date:
    """The same date so many months later; where there is none, the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def parse_timestamp(text: str) -> int:
    """Read ISO 8601, rounded down to the second. Without an offset it is London's wall clock.

    Raises TimeRefused: `invalid_field`, or `nonexistent_local_time` / `ambiguous_local_time`
    for a wall-clock time that exists never or twice (ACTIONS.md section 1, Types).
    """
    match = TIMESTAMP.fullmatch(text)
    if match is None:
        raise TimeRefused("invalid_field")
    try:
        wall = datetime.fromisoformat(f"{match[1]}T{match[2]}").replace(tzinfo=timezone.utc)
    except ValueError:
        raise TimeRefused("invalid_field") from None
    seconds = (wall - EPOCH) // timedelta(seconds=1)
    instant = seconds - _offset(match[3]) if match[3] else _from_wall_clock(seconds)
    if not 0 <= instant <= LATEST:
        raise TimeRefused("invalid_field")
    return instant


def _offset(text: str) -> int:
    if text == "Z":
        return 0
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 14 or minutes > 59:
        raise TimeRefused("invalid_field")
    return (hours * HOUR + minutes * 60) * (-1 if text[0] == "-" else 1)


def _from_wall_clock(seconds: int) -> int:
    matches = [i for i in (seconds, seconds - HOUR) if i >= 0 and i + utc_offset(i) == seconds]
    if len(matches) != 1:
        raise TimeRefused("ambiguous_local_time" if matches else "nonexistent_local_time")
    return matches[0]

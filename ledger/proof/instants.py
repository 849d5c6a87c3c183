"""Instants, whole seconds of UTC, and dates: each in one spelling (format 1)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from .errors import Malformed

LAST_INSTANT = 253_402_300_799  # 9999-12-31T23:59:59Z

_EPOCH = datetime(1970, 1, 1)
_FORM = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z", re.ASCII)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_SECOND = timedelta(seconds=1)


def parse_instant(text: str) -> int:
    """Return the seconds since 1970 of an instant; raise Malformed unless it is a real one."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise Malformed(f"not an instant: {ascii(text)[:40]}")
    try:
        year, month, day, hour, minute, second = map(int, match.groups())
        seconds = (datetime(year, month, day, hour, minute, second) - _EPOCH) // _SECOND
    except ValueError:
        raise Malformed(f"no such instant: {text}") from None
    if seconds < 0:
        raise Malformed(f"instant before 1970: {text}")
    return seconds


def format_instant(seconds: int) -> str:
    """Return the spelling of so many seconds since 1970; raise Malformed outside 1970-9999."""
    if not 0 <= seconds <= LAST_INSTANT:
        raise Malformed(f"instant outside 1970-9999: {seconds}")
    return (_EPOCH + timedelta(seconds=seconds)).isoformat() + "Z"


def parse_date(text: str) -> date:
    """Return a date `YYYY-MM-DD`; raise Malformed for any other spelling, or for none.

    `date.fromisoformat` takes more spellings from one Python to the next.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        raise Malformed(f"not a date: {ascii(text)[:40]}")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise Malformed(f"no such date: {text}") from None

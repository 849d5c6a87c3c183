"""Instants: whole seconds of UTC in one spelling, `YYYY-MM-DDTHH:MM:SSZ` (format 1)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from .errors import Malformed

LAST_INSTANT = 253_402_300_799  # 9999-12-31T23:59:59Z

_EPOCH = datetime(1970, 1, 1)
_FORM = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z", re.ASCII)
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

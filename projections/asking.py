"""What may be asked with a question, read strictly: never a guess.

Standard library only (issue: a time that does not exist or exists twice, an unknown id, a range
that ends before it starts: a problem that names the parameter).
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.domain.school_time import TimeRefused, local_date, parse_date, parse_timestamp

PAGE = 500
MOST = 5000


class BadQuestion(Exception):
    """A question that cannot be meant: `code`, and the parameter that makes it so."""

    status = 400

    def __init__(self, code: str, parameter: str, detail: str = "") -> None:
        super().__init__(detail or f"{parameter}: {code}")
        self.code, self.parameter, self.detail = code, parameter, detail or str(self)


class NotFound(BadQuestion):
    """The path names something the ledger does not know."""

    status = 404


@dataclass(frozen=True)
class Page:
    """Which part of a long list, and of what moment: so that the next page fits the first."""

    offset: int = 0
    limit: int = PAGE
    at: int | None = None
    known_at: int | None = None


def moment(params: Mapping[str, str], name: str) -> int | None:
    """A time as an instant, seconds UTC; None where it is not given."""
    if name not in params:
        return None
    try:
        return parse_timestamp(params[name])
    except TimeRefused as refused:
        raise BadQuestion(refused.code, name, f"{name} is no single moment") from None


def day(params: Mapping[str, str], name: str) -> date | None:
    """A local date `YYYY-MM-DD`; None where it is not given."""
    if name not in params:
        return None
    try:
        found = parse_date(params[name])
    except ValueError:
        found = date.min
    if found.year < 1970:
        raise BadQuestion("invalid_field", name, f"{name} is no date YYYY-MM-DD")
    return found


def days(params: Mapping[str, str], first: int, last: int) -> tuple[date, date]:
    """`from` and `to`, both included; by default the days of two instants."""
    since = day(params, "from") or local_date(first)
    until = day(params, "to") or max(local_date(last), since)
    if until < since:
        raise BadQuestion("invalid_field", "to", "the range ends before it starts")
    return since, until


def whole(params: Mapping[str, str], name: str, low: int, high: int) -> int | None:
    """A whole number in ASCII digits; None where it is not given."""
    text = params.get(name)
    if text is None:
        return None
    fits = text.isascii() and text.isdigit() and len(text) <= 9
    if not fits or not low <= int(text) <= high:
        raise BadQuestion("invalid_field", name, f"{name} is no whole number {low} to {high}")
    return int(text)


def choice(params: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str | None:
    """One of a few words; None where it is not given."""
    text = params.get(name)
    if text is not None and text not in allowed:
        raise BadQuestion("invalid_field", name, f"{name} is none of {', '.join(allowed)}")
    return text


def page(params: Mapping[str, str]) -> Page:
    """`limit` and `after`, the cursor a page before gave."""
    limit = whole(params, "limit", 1, MOST) or PAGE
    if "after" not in params:
        return Page(limit=limit)
    try:
        text = urlsafe_b64decode(params["after"].encode("ascii")).decode("ascii")
        offset, at, known_at = (int(part) for part in text.split("."))
    except (ValueError, binascii.Error):
        raise BadQuestion("invalid_field", "after", "this cursor was not given out") from None
    if min(offset, at, known_at) < 0 or cursor(offset, at, known_at) != params["after"]:
        raise BadQuestion("invalid_field", "after", "this cursor was not given out")
    return Page(offset, limit, at, known_at)


def cursor(offset: int, at: int, known_at: int) -> str:
    return urlsafe_b64encode(f"{offset}.{at}.{known_at}".encode("ascii")).decode("ascii")


def cut(answer: Any, part: Page, at: int, known_at: int) -> tuple[Any, str | None]:
    """The part of a long list (or of its `items`), and the cursor of the next one."""
    rows = answer.get("items") if isinstance(answer, dict) else answer
    if not isinstance(rows, list):
        return answer, None
    end = part.offset + part.limit
    following = cursor(end, at, known_at) if end < len(rows) else None
    kept = rows[part.offset : end]
    return ({**answer, "items": kept} if isinstance(answer, dict) else kept), following

"""Intervals as a picture: who held what from when to when, on an axis of days, months or years.

Pure functions over instants (seconds UTC); the axis tells London's days in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date
from markupsafe import Markup

from api.pages.picture import Lane, Mark, Piece, drawing
from ledger.domain.school_time import end_of_day, local_date

DAY = 86400
MOST = 7  # marks that fit beside each other on a phone
# Days or months between two marks, the finest first.
DAYS, MONTHS = (1, 2, 7, 14), (1, 2, 3, 6, 12, 24, 60, 120)


@dataclass(frozen=True)
class Stretch:
    """From `start` until `end` (None: still running), of one of `picture.KINDS`."""

    start: int
    end: int | None
    kind: str
    said: str = ""


Track = tuple[str, Sequence[Stretch]]


def timeline(
    name: str,
    title: str,
    about: str,
    tracks: Sequence[Track],
    window: tuple[int, int],
    locale: str,
    line: tuple[int, str] | None = None,
) -> Markup:
    """The picture of the tracks within the window; what ended before it or begins after is left.

    `line` draws a moment across all of them, with its words.
    """
    first, last = window[0], max(window[1], window[0] + DAY)
    lanes = [Lane(words, tuple(_pieces(held, first, last))) for words, held in tracks]
    width = last - first
    marks = [
        Mark((at - first) / width, words, below) for at, words, below in ticks(first, last, locale)
    ]
    if line is not None and first <= line[0] <= last:
        marks.append(Mark((line[0] - first) / width, line[1], strong=True))
    return drawing(name, title, about, lanes, marks)


def _pieces(held: Sequence[Stretch], first: int, last: int) -> Iterator[Piece]:
    width = last - first
    for one in held:
        end = last if one.end is None else min(one.end, last)
        start = max(one.start, first)
        if start <= end and one.start <= last:
            yield Piece((start - first) / width, (end - first) / width, one.kind, one.said)


def ticks(first: int, last: int, locale: str) -> list[tuple[int, str, str]]:
    """(instant, words, year) of each mark between two instants: few enough for a phone."""
    by_day = next((d for d in DAYS if (last - first) / DAY / d <= MOST), None)
    days = list(_days(first, last, by_day) if by_day else _months(first, last))
    pattern = "d MMM" if by_day else "MMM"
    years = [n == 0 or day.year != days[n - 1].year for n, day in enumerate(days)]
    return [
        (_begins(day), format_date(day, pattern, locale=locale), str(day.year) if new else "")
        for day, new in zip(days, years, strict=True)
    ]


def _days(first: int, last: int, step: int) -> Iterator[date]:
    day = local_date(first - 1) + timedelta(days=1)
    while _begins(day) <= last:
        yield day
        day += timedelta(days=step)


def _months(first: int, last: int) -> list[date]:
    """The first of each month, thinned to those whose number divides the smallest step."""
    start, end = local_date(first - 1), local_date(last)
    numbers = range(start.year * 12 + start.month, end.year * 12 + end.month)
    step = next((s for s in MONTHS if len(numbers) / s <= MOST), MONTHS[-1])
    return [date(n // 12, n % 12 + 1, 1) for n in numbers if n % step == 0]


def _begins(day: date) -> int:
    return end_of_day(day - timedelta(days=1)) + 1

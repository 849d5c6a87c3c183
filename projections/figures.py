"""Figures: one value of a report, what it counts, over which days, and the records it rests on.

Standard library only. A report is a list of figures, so that it is the same as JSON, as CSV and
on paper, and so that each figure can be checked, and named where it is wrong, by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Union

from ledger.domain.school_time import end_of_day, parse_timestamp
from projections.history import History, with_corrections
from projections.told import Row

Value = Union[int, str, bool, None]
Evidenced = tuple[Row, Iterable[int]]
ONE = timedelta(days=1)
ALL = "all"  # the item of a figure about everything in its section


@dataclass(frozen=True)
class Figure:
    """One value: `measure` of `item` in `section`; `evidence` are 0-based leaf indices."""

    section: str
    item: str
    measure: str
    value: Value
    evidence: frozenset[int]


@dataclass(frozen=True)
class Period:
    """Local dates, both included, and `at`, the moment at which they are looked back on.

    What began in the period is told as it stands at `at`; states are those of `end`, which is
    the last second of the period or `at`, whichever comes first. Instants are seconds UTC.
    """

    first: date
    last: date
    at: int

    @property
    def start(self) -> int:
        return end_of_day(self.first - ONE) + 1

    @property
    def end(self) -> int:
        return min(end_of_day(self.last), self.at)

    def holds(self, instant: int | None) -> bool:
        """Whether it lies in the period; None never does."""
        return instant is not None and self.start <= instant <= self.end

    def touches(self, start: int | None, end: int | None) -> bool:
        """Whether something from `start` to before `end` (None: still so) was so in the period.

        Nothing was so in a period that has not begun.
        """
        if start is None or self.end < self.start:
            return False
        return start <= self.end and (end is None or end > self.start)


def instant(text: str | None) -> int | None:
    """A time as it stands in an answer, in seconds UTC; null stays None."""
    return None if text is None else parse_timestamp(text)


def count(section: str, item: str, measure: str, rows: Iterable[Evidenced]) -> Figure:
    """How many rows there are, evidenced by all of them."""
    kept = [frozenset(evidence) for _, evidence in rows]
    return Figure(section, item, measure, len(kept), frozenset().union(*kept))


def counts(section: str, measure: str, rows: Iterable[Evidenced], by: str) -> Iterator[Figure]:
    """How many rows have each value of `by`: that value is the item."""
    kept = list(rows)
    for name in sorted({str(row[by]) for row, _ in kept}):
        yield count(section, name, measure, (r for r in kept if str(r[0][by]) == name))


def spread(section: str, item: str, rows: Iterable[Evidenced], by: str) -> Iterator[Figure]:
    """How many rows have each value of `by`: that value is the measure."""
    for figure in counts(section, "", rows, by):
        yield Figure(section, item, figure.item, figure.value, figure.evidence)


def itemised(
    section: str, rows: Iterable[tuple[str, Row, Iterable[int]]], measures: Iterable[str]
) -> Iterator[Figure]:
    """Each row by its name, a figure for each measure; a name met again gets a number."""
    wanted, met = tuple(measures), Counter[str]()
    for name, row, evidence in rows:
        met[name] += 1
        item = name if met[name] == 1 else f"{name} ({met[name]})"
        positions = frozenset(evidence)
        for measure in wanted:
            yield Figure(section, item, measure, plain(row.get(measure)), positions)


def by_name(history: History, figures: Iterable[Figure]) -> dict[str, dict[str, dict[str, Row]]]:
    """Section → item → measure → `{value, evidence}`, corrections among the evidence."""
    named: dict[str, dict[str, dict[str, Row]]] = {}
    for one in figures:
        evidence = list(with_corrections(history, one.evidence))
        items = named.setdefault(one.section, {})
        items.setdefault(one.item, {})[one.measure] = {"value": one.value, "evidence": evidence}
    return named


def plain(value: Any) -> Value:
    """A value as one cell: the items of a list stand one after the other."""
    if isinstance(value, (list, tuple)):
        return " ".join(str(item) for item in value)
    return value if value is None or isinstance(value, (int, str)) else str(value)

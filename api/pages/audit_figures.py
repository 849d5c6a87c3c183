"""Rows of clocks as figures to look at: deadlines a month by grade, and time taken of time allowed.

Pure functions of the rows of `/v1/sla`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.domain.school_time import parse_timestamp

Row = Mapping[str, Any]

# How a deadline stands, and how well that is evidenced: the order in which a bar is built.
LIVE, AFTERWARDS, OTHERWISE, MISSED, WAIVED, RUNNING = (
    "good", "held", "other", "gap", "quiet", "warn",
)  # fmt: skip
KINDS = (LIVE, AFTERWARDS, OTHERWISE, MISSED, WAIVED, RUNNING)
NOT_MET = {"breached": MISSED, "shortfall": MISSED, "waived": WAIVED, "open": RUNNING}
BY_GRADE = {"live": LIVE, "after_the_fact": AFTERWARDS}


@dataclass(frozen=True)
class Month:
    """The deadlines that were due in a month (`2026-10`): how many of each kind."""

    month: str
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Reply:
    """One message: seconds taken, seconds allowed, whether in time, and the row itself."""

    taken: int
    allowed: int
    in_time: bool
    row: Row

    @property
    def share(self) -> float:
        """Time taken in per cent of the time allowed."""
        return 100 * self.taken / self.allowed


def kind_of(row: Row) -> str:
    """Of what kind (one of KINDS) the deadline of a row is."""
    return NOT_MET.get(row["status"]) or BY_GRADE.get(row["grade"], OTHERWISE)


def by_month(rows: Iterable[Row]) -> list[Month]:
    """The deadlines of each month in which one was due, in order."""
    found: dict[str, Counter[str]] = {}
    for row in rows:
        found.setdefault(row["due_at"][:7], Counter())[kind_of(row)] += 1
    return [Month(month, found[month]) for month in sorted(found)]


def replies(rows: Iterable[Row]) -> list[Reply]:
    """The messages that were answered, as they came in."""
    answered = (row for row in rows if row["stopped_at"] is not None)
    made = (_reply(row) for row in answered)
    return sorted((r for r in made if r.allowed > 0), key=lambda r: str(r.row["started_at"]))


def _reply(row: Row) -> Reply:
    start, due = parse_timestamp(row["started_at"]), parse_timestamp(row["due_at"])
    stopped = parse_timestamp(row["stopped_at"])
    return Reply(max(stopped - start, 0), due - start, stopped <= due, row)

"""What a question gives back: a JSON value and the positions that evidence it.

Standard library only. Times in answers are ISO 8601 with offset, Europe/London.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ledger.domain.entries import Entry
from ledger.domain.school_time import in_london
from projections.spans import Span

NameOf = Callable[[str], "str | None"]
Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """An answer and its evidence: 0-based leaf indices, in no order yet.

    Of a list, `rows` are its rows, each with its own evidence: what is made of them keeps it.
    """

    answer: Any
    evidence: frozenset[int]
    rows: tuple[tuple[Row, frozenset[int]], ...] = ()


def told(answer: Any, *evidence: Iterable[int]) -> Told:
    return Told(answer, frozenset(p for part in evidence for p in part))


def shown(instant: int | None) -> str | None:
    """An instant as it stands in an answer; None stays null."""
    return None if instant is None else in_london(instant)


def interval(span: Span) -> Row:
    return {"from": shown(span.start), "to": shown(span.end)}


def who(entry: Entry) -> Row:
    """Who typed it and, where that was somebody else, who did it (ACTIONS.md section 1)."""
    return {"actor": entry.record.actor, "done_by": entry.record.doneby}


def listed(rows: Iterable[tuple[Mapping[str, Any], Iterable[int]]]) -> Told:
    """A list of rows, each with the positions that evidence it."""
    kept = tuple((dict(row), frozenset(evidence)) for row, evidence in rows)
    return replace(told([row for row, _ in kept], *(evidence for _, evidence in kept)), rows=kept)

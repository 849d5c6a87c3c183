"""A finding: something the policy asks for that the records do not show.

Standard library only (ACTIONS.md section 2). Findings are computed, not stored: they appear and
disappear with later knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ledger.domain.entries import Entry
from projections.spans import Span
from projections.told import Row, shown


@dataclass(frozen=True)
class Found:
    """`start` to `end` (None: still so), seconds UTC; `position` where one entry shows it."""

    finding: str
    subject: str
    start: int
    end: int | None = None
    position: int | None = None
    about: dict[str, Any] = field(default_factory=dict)
    evidence: frozenset[int] = frozenset()

    @property
    def order(self) -> tuple[int, str, str, str]:
        return self.start, self.finding, self.subject, str(self.about.get("person", ""))

    @property
    def row(self) -> Row:
        shows = {} if self.position is None else {"position": self.position}
        times = {"from": shown(self.start), "to": shown(self.end)}
        return {"finding": self.finding, "subject": self.subject, **times, **shows, **self.about}


def between(start: Entry, end: Entry | None) -> Span:
    """From one entry to another; None: it is still so."""
    if end is None:
        return Span(start.occurred_at, None, start.position)
    return Span(start.occurred_at, end.occurred_at, start.position, end.position)


def lasting(finding: str, subject: str, span: Span, **about: Any) -> Found:
    """A finding that holds as long as something lasts."""
    evidence = frozenset(span.evidence)
    return Found(finding, subject, span.start, span.end, None, about, evidence)


def shown_by(finding: str, subject: str, entry: Entry, **about: Any) -> Found:
    """A finding about one entry: at the moment it happened, for good."""
    at = entry.occurred_at
    said = {**about, "actor": entry.record.actor, "done_by": entry.record.doneby}
    return Found(finding, subject, at, at, entry.position, said, frozenset((entry.position,)))

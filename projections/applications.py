"""What became of every application (CONTRACT 3, `/v1/applications`).

Standard library only. Applicant and decider are `done_by`, else the actor; for a withdrawn
application both `decided_by` and `decided_at` are null (ACTIONS.md 5.13, Details).
"""

from __future__ import annotations

from ledger.domain.entries import Entry
from projections.history import FOREVER, History
from projections.paper_clocks import DECISIONS
from projections.told import Row, Told, listed, shown

STATUS = dict(zip(DECISIONS, ("approved", "rejected", "withdrawn")))


def decision(history: History, asked: Entry, until: int) -> Entry | None:
    """The first decision or withdrawal by `until`."""
    return next(iter(history.stream(asked.stream, until, *DECISIONS)), None)


def applications(history: History, until: int = FOREVER) -> Told:
    """`[{application, applicant, status, decided_by, decided_at}]`, by application."""
    asked = sorted(history.of(until, "AccountApplicationSubmitted"), key=lambda e: e.key)
    return listed(_application(history, entry, until) for entry in asked)


def _application(history: History, asked: Entry, until: int) -> tuple[Row, set[int]]:
    found = decision(history, asked, until)
    decided = found if found and STATUS[found.type] != "withdrawn" else None
    row = {
        "application": asked.key,
        "applicant": asked.doer,
        "applicant_actor": asked.record.actor,
        "submitted_at": shown(asked.occurred_at),
        "platform": asked.fields["platform"],
        "runners": asked.fields["runners"],
        "status": STATUS[found.type] if found else "pending",
        "decided_by": decided.doer if decided else None,
        "decided_by_actor": decided.record.actor if decided else None,
        "decided_at": shown(decided.occurred_at) if decided else None,
    }
    return row, {asked.position, *([found.position] if found else [])}

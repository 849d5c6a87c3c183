"""How a case is handled: who leads it, who helps, what is still to be done in it.

Standard library only (ACTIONS.md 5.9, 5.13). Keys stand only where something was recorded.
"""

from __future__ import annotations

from ledger.domain.entries import Entry
from projections.history import History
from projections.told import Row, Told, listed, shown, who

# Type of entry → the key it sets, and the field it is read from; None is when it happened.
KEYS: dict[str, tuple[str, str | None]] = {
    "InvestigationLeadAssigned": ("lead", "lead"),
    "StaffInvolved": ("involved", "person"),
    "ContentDecided": ("content_decision", "decision"),
    "IncidentReopened": ("reopened_at", None),
}


def handling(history: History, reported: Entry, at: int) -> tuple[Row, list[Entry]]:
    """What the row of an incident says of its handling by `at`, and the entries that say so."""
    row: Row = {}
    found = history.stream(reported.stream, at, *KEYS)
    for entry in found:
        name, field = KEYS[entry.type]
        value = entry.fields[field] if field else shown(entry.occurred_at)
        # Many may be involved; of everything else the latest counts.
        row[name] = sorted({*row.get(name, ()), value}) if name == "involved" else value
    return row, found


def follow_ups(history: History, at: int) -> Told:
    """Everything somebody was asked to do in a case and has not done by `at`."""
    return listed(
        (_follow_up(e), {e.position})
        for e in history.of(at, "FollowUpAssigned")
        if not _done(history, e, at)
    )


def _done(history: History, assigned: Entry, at: int) -> bool:
    done = history.stream(assigned.stream, at, "FollowUpCompleted")
    return any(e.fields["follow_up"] == assigned.fields["follow_up"] for e in done)


def _follow_up(assigned: Entry) -> Row:
    fields = assigned.fields
    return {
        "incident": assigned.key,
        "follow_up": fields["follow_up"],
        "person": fields["to"],
        "due_on": fields.get("due_on"),
        "assigned_at": shown(assigned.occurred_at),
        **who(assigned),
    }

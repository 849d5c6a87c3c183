"""What the records of docs/duties.md say of a person, a policy version, a session.

Standard library only. Clocks, findings and answers ask here.
"""

from __future__ import annotations

from ledger.domain.entries import Entry
from projections.history import History


def reminders(history: History, person: str, at: int) -> list[Entry]:
    """When the person was reminded of confidentiality, by `at`."""
    return history.stream(f"person/{person}", at, "ConfidentialityReminded")


def reminder_due(history: History, left: Entry) -> bool:
    """Whether reminders were already being recorded when this departure was."""
    first = next(history.entries.of("ConfidentialityReminded"), None)
    return first is not None and first.position < left.position


def impacts(history: History, version: str, at: int) -> dict[str, Entry]:
    """Kind of impact → its first assessment for the policy version."""
    found: dict[str, Entry] = {}
    for entry in history.of(at, "PolicyImpactAssessed"):
        if entry.fields["policy_version"] == version:
            found.setdefault(str(entry.fields["impact"]), entry)
    return found


def trainings(history: History, person: str, at: int) -> dict[str, Entry]:
    """Event type → the last training offered to the person, and the last they attended."""
    found = history.of(at, "TrainingOffered", "TrainingAttended")
    return {e.type: e for e in found if person in e.fields["people"]}

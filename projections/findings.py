"""All findings (CONTRACT 3, `/v1/findings`). Standard library only."""

from __future__ import annotations

from collections import Counter

from projections.duty_findings import duty_findings
from projections.entry_findings import entry_findings
from projections.finding_rows import Found
from projections.history import History, remembered
from projections.standing_findings import standing_findings
from projections.told import Told, told

NAMES = (
    "no_lead",
    "fewer_than_two_runners",
    "fewer_than_two_staff",
    "credential_exposure",
    "role_without_credential",
    "runner_training_lapsed",
    "unapproved_account",
    "asked_out_of_order",
    "uncredited",
    "overlapping_leads",
    "late_turned_breach_into_met",
    "response_by_unentitled",
    "irregular",
    "back_dated_permission",
    "one_person_chain",
    "self_certified_training",
    "lead_absent",
    "no_moderator",
    "recovery_held_by_leaver",
    "access_not_removed",
    "drift",
    "commenting_without_informing",
    "conduct_without_consequence",
    "confidentiality_not_reminded",
    "impact_not_assessed",
    "learner_contact_not_considered",
    "published_against_judgement",
)


@remembered
def found(history: History, at: int) -> list[Found]:
    """Every finding that had begun by `at`, by start, finding, subject."""
    every = [
        *standing_findings(history, at),
        *entry_findings(history, at),
        *duty_findings(history, at),
    ]
    return sorted((f for f in every if f.start <= at or f.position is not None), key=_order)


def _order(finding: Found) -> tuple[int, str, str, str]:
    return finding.order


def findings(history: History, at: int, name: str | None = None) -> Told:
    """`{counts: {finding: n}, items: [{finding, subject, from, to, position?}]}`."""
    kept = [f for f in found(history, at) if name in (None, f.finding)]
    counts = Counter(f.finding for f in kept)
    answer = {"counts": dict(sorted(counts.items())), "items": [f.row for f in kept]}
    return told(answer, *(f.evidence for f in kept))

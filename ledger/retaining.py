"""What a run of retention would destroy, and which records may go: asked before anybody acts."""

from __future__ import annotations

from dataclasses import dataclass

from ledger import epochs
from ledger.batch import Batch
from ledger.destroying import judged_for_all
from ledger.domain import retention
from ledger.domain.past_retention import PastRetention, past_retention
from ledger.domain.retention import Due
from ledger.history import Ledger
from ledger.proof.merkle import Frontier
from ledger.subject_keys import SubjectKeys
from ledger.tree import Edge


@dataclass(frozen=True)
class Proposal:
    """The keys that are due and the records past retention, by the schedule in force."""

    schedule_version: int
    keys: tuple[Due, ...]
    records: PastRetention


def proposal(ledger: Ledger, now: int) -> Proposal:
    """What is due at the instant `now`. Nothing is recorded, and nothing destroyed."""
    known = ledger.entries()
    judged = judged_for_all(known, ledger.restricted())
    held = SubjectKeys(
        ledger.store, Batch(Edge(Frontier(), [])), ledger.ports, epochs.in_force(known)
    )
    return Proposal(
        retention.schedule(known).version,
        tuple(retention.due(judged, held.last_under(), now)),
        past_retention(known, judged, now),
    )

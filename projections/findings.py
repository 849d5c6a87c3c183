"""All findings (CONTRACT 3, `/v1/findings`). Standard library only.

Not yet among them, because nothing records what they rest on: `lead_absent`, `drift`.
"""

from __future__ import annotations

from collections import Counter

from ledger.domain.finding_names import FINDINGS
from projections.entry_findings import entry_findings
from projections.finding_rows import Found
from projections.history import History, remembered
from projections.standing_findings import standing_findings
from projections.told import Told, told

NAMES = FINDINGS


@remembered
def found(history: History, at: int) -> list[Found]:
    """Every finding that had begun by `at`, by start, finding, subject."""
    every = [*standing_findings(history, at), *entry_findings(history, at)]
    return sorted((f for f in every if f.start <= at or f.position is not None), key=_order)


def _order(finding: Found) -> tuple[int, str, str, str]:
    return finding.order


def findings(history: History, at: int, name: str | None = None) -> Told:
    """`{counts: {finding: n}, items: [{finding, subject, from, to, position?}]}`."""
    kept = [f for f in found(history, at) if name in (None, f.finding)]
    counts = Counter(f.finding for f in kept)
    answer = {"counts": dict(sorted(counts.items())), "items": [f.row for f in kept]}
    return told(answer, *(f.evidence for f in kept))

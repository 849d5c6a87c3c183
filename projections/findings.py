"""All findings (CONTRACT 3, `/v1/findings`). Standard library only."""

from __future__ import annotations

from collections import Counter

from ledger.domain.entries import Entry
from ledger.domain.finding_names import FINDINGS
from ledger.domain.school_time import end_of_day, parse_date
from projections.duty_findings import duty_findings
from projections.entry_findings import entry_findings
from projections.finding_rows import Found
from projections.history import History, remembered
from projections.standing_findings import standing_findings
from projections.told import Row, Told, shown, told, who

NAMES = FINDINGS


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
    accepted = acceptances(history, at)
    counts = Counter(f.finding for f in kept)
    rows = [{**f.row, **_accepted(accepted.get((f.finding, f.subject)))} for f in kept]
    answer = {"counts": dict(sorted(counts.items())), "items": rows}
    said = {e.position for f in kept if (e := accepted.get((f.finding, f.subject)))}
    return told(answer, said, *(f.evidence for f in kept))


def acceptances(history: History, at: int) -> dict[tuple[str, str], Entry]:
    """(finding, subject) → the latest acceptance by `at` whose review date has not passed."""
    return {
        (e.fields["finding"], e.fields["subject"]): e
        for e in history.of(at, "FindingAccepted")
        if at <= end_of_day(parse_date(e.fields["review_on"]))
    }


def _accepted(entry: Entry | None) -> Row:
    """What stands beside a finding that was accepted: it hides nothing and ends on its date."""
    if entry is None:
        return {}
    said = {
        "person": entry.doer,
        "at": shown(entry.occurred_at),
        "review_on": entry.fields["review_on"],
        "reason_given": "reason" in entry.sealed,
        "position": entry.position,
        **who(entry),
    }
    return {"accepted": said}

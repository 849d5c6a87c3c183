"""What was refused, by whom and why (CONTRACT 3, `/v1/refusals`). Standard library only."""

from __future__ import annotations

from collections import Counter

from projections.history import FOREVER, History
from projections.told import Told, shown, told


def refusals(history: History, until: int = FOREVER) -> Told:
    """`{counts: {code: n}, items: [{position, recorded_at, actor, action, code}]}`."""
    refused = [e for e in history.entries.of("CommandRefused") if e.record.time <= until]
    counts = Counter(str(e.fields["code"]) for e in refused)
    items = [
        {
            "position": e.position,
            "recorded_at": shown(e.record.time),
            "actor": e.record.actor,
            "action": e.fields["action"],
            "code": e.fields["code"],
            "reference_ids": e.fields["reference_ids"],
        }
        for e in refused
    ]
    answer = {"counts": dict(sorted(counts.items())), "items": items}
    return told(answer, (e.position for e in refused))

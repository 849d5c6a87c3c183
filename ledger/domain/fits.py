"""What the values of one command of docs/duties.md say about each other (checks, step 5)."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.acts import Act, Refusal
from ledger.domain.catalogue.duties_conduct import GROUNDS
from ledger.domain.school_time import parse_instant


def together(act: Act) -> Iterator[Refusal]:
    """A refusal for each value that cannot stand beside the others."""
    name, fields = act.action.name, act.fields
    if name == "decide_scope":
        if fields["ground"] not in GROUNDS[fields["scope"]]:
            yield Refusal("invalid_field", {"fields": ["ground"]})
        # What is private and does not concern the school is not written down.
        if fields["scope"] == "out_of_scope" and "reasoning" in fields:
            yield Refusal("invalid_field", {"fields": ["reasoning"]})
    if name == "assess_data_breach" and parse_instant(fields["aware_at"]) > act.occurred_at:
        yield Refusal("invalid_field", {"fields": ["aware_at"]})

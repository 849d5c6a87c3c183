"""What a command destroys: exactly what is due, counted in its record, and gone with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ledger import confidential
from ledger.domain import retention
from ledger.domain.acts import Refused
from ledger.domain.decide import Decided
from ledger.domain.entries import Entries
from ledger.domain.gone import DESTROYED
from ledger.domain.past_retention import past_retention
from ledger.making import Maker
from ledger.proof.record import Record
from ledger.restricted import Restricted
from ledger.subject_keys import SubjectKeys

# The actions of which the ledger adds how much they destroy.
COUNTED = ("erase_subject", "run_retention", "destroy_records")


def judged_for_all(known: Entries, restricted: Restricted) -> Entries:
    """What counts for a run that everybody sees the size of: a hold that only some can see
    must not show in it, once the service itself cannot always see it."""
    return known if confidential.in_force(known) else restricted.whole


def with_keys(maker: Maker, decided: Decided) -> Decided:
    """Which keys a run of retention destroys: only the store knows which there are.

    Raises Refused where who asked for it saw another number.
    """
    if decided.type != "RetentionApplied":
        return decided
    judged = judged_for_all(maker.known, maker.restricted)
    found = retention.due(judged, maker.keys.last_under(), maker.now)
    due = tuple(each.name for each in found)
    if decided.fields["keys_destroyed"] != len(due):
        details = {"fields": ["keys_destroyed"], "expected": len(due)}
        raise Refused("invalid_field", details)
    return replace(decided, destroys=due)


def must_be_due(maker: Maker, decided: Decided) -> None:
    """Raise Refused unless exactly what is due is destroyed: who confirms it has seen all of it."""
    if decided.type == DESTROYED:
        judged = judged_for_all(maker.known, maker.restricted)
        due = past_retention(maker.known, judged, maker.now).positions
        expected = [list(pair) for pair in due]
        if decided.fields["positions"] != expected:
            raise Refused("invalid_field", {"fields": ["positions"], "expected": expected})


def counted(keys: SubjectKeys, decided: Decided, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What is to be added to `fields`: how many values are destroyed. Nothing where none can be."""
    if decided.type == DESTROYED:
        return {"values_destroyed": keys.values_in(fields["positions"])}
    if decided.destroys is not None:
        return {"values_destroyed": sum(map(keys.values_under, decided.destroys))}
    return {}


def destroy(keys: SubjectKeys, decided: Decided, record: Record, position: int) -> None:
    """Destroy what a decision destroys, by its record at `position`."""
    for name in decided.destroys or ():
        keys.destroy(name, position)
    if decided.type == DESTROYED:
        keys.destroy_records(record.fields["positions"], position)

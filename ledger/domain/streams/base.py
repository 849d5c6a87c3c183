"""A stream: what is told of one thing, and the rules for telling more of it.

Public methods carry the name of an action and decide: they yield, in the order of the checks
(ACTIONS.md section 3, steps 9-11), every reason why it may not be recorded. `record` alone
changes anything, and alone is what happens again on replay.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from eventsourcing.domain import BaseAggregate

from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries

if TYPE_CHECKING:
    from ledger.domain.events import Recorded

Refusals = Iterator[Refusal]

# A frozen deadline stays frozen, and what corrects cannot itself be corrected (section 6.6).
NEVER_CORRECTED = frozenset(
    (
        "LedgerOpened",
        "PolicyRatified",
        "PolicyRevised",
        "WorkingCalendarAdopted",
        "SlaRulesAdopted",
        "ConfidentialKeysAdopted",
        "SealingRenewed",
        "EntryCorrected",
        "EntryAnnulled",
        "ActorKeyEnrolled",
        "ActorKeyEnded",
        "SignaturePolicyAdopted",
        "RecordsDestroyed",
    )
)
NEVER_ANNULLED = NEVER_CORRECTED | {"SubjectErased"}


class Stream(BaseAggregate[str]):
    """Base of all streams. Its state is the entries known of it; itself it counts versions."""

    KIND = ""

    @property
    def key(self) -> str:
        """What stands after the kind: the id of the application, account, person …"""
        return self.id.partition("/")[2]

    def record(self, event_class: type[Recorded], **attributes: Any) -> None:
        """Record that something happened. No clock is read: `timestamp` must be given."""
        assert attributes.get("timestamp") is not None
        self.trigger_event(event_class, **attributes)

    def correct_entry(self, act: Act, known: Entries) -> Refusals:
        """What may be corrected is said in `ledger.domain.corrections`; here, that a reason is."""
        if not str(act.fields["reason"]).strip():
            yield Refusal("reason_required")

    def annul_entry(self, act: Act, known: Entries) -> Refusals:
        """An entry counts no more; what froze a deadline, or destroyed a key, counts for ever."""
        target = known.by_id(act.fields["target"])
        if target is not None and target.annulled:
            yield Refusal("already_decided")
        if target is not None and target.type in NEVER_ANNULLED:
            yield Refusal("invalid_field", {"fields": ["target"]})

    def edit_entry(self, act: Act, known: Entries) -> Refusals:
        yield Refusal("ledger_is_append_only")

    def delete_entry(self, act: Act, known: Entries) -> Refusals:
        yield Refusal("ledger_is_append_only")


def blank(stream_class: type[Stream], stream: str, version: int) -> Stream:
    """A stream as it stands after `version` records."""
    made = stream_class.__new__(stream_class)
    made.__base_init__(stream, version, datetime.fromtimestamp(0, UTC))
    return made

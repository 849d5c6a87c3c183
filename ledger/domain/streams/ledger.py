"""The ledger itself: opening, policy, calendar, rules, checkpoints handed out."""

from __future__ import annotations

from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries
from ledger.domain.school_time import parse_instant
from ledger.domain.streams.base import Refusals, Stream


class LedgerStream(Stream):
    KIND = "ledger"

    def adopt_calendar(self, act: Act, known: Entries) -> Refusals:
        yield from _next_version(act, known, "WorkingCalendarAdopted")

    def adopt_sla_rules(self, act: Act, known: Entries) -> Refusals:
        yield from _next_version(act, known, "SlaRulesAdopted")


def _next_version(act: Act, known: Entries, adopted: str) -> Refusals:
    previous = max((e.fields["version"] for e in known.of(adopted)), default=0)
    version = act.fields["version"]
    if version != previous + 1:
        yield Refusal("invalid_field", {"fields": ["version"], "expected": previous + 1})
    # Version 1 may reach into the past; a later one would move deadlines already running.
    starts = act.fields.get("effective_from")
    if version > 1 and starts and parse_instant(starts) < act.recorded_at:
        yield Refusal("invalid_field", {"fields": ["effective_from"]})

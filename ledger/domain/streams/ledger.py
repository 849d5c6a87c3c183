"""The ledger itself: opening, policy, calendar, rules, checkpoints handed out."""

from __future__ import annotations

from ledger.domain import fitness, retention, signatures
from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries
from ledger.domain.school_time import parse_instant
from ledger.domain.standing import SYSTEM
from ledger.domain.streams.base import Refusals, Stream


class LedgerStream(Stream):
    KIND = "ledger"

    def revise_policy(self, act: Act, known: Entries) -> Refusals:
        current = fitness.current_policy(known, act.occurred_at)
        if act.fields["supersedes"] != current:
            yield Refusal("invalid_field", {"fields": ["supersedes"], "current": current})

    def define_response_process(self, act: Act, known: Entries) -> Refusals:
        yield from _follows(act, known, "ResponseProcessDefined")

    def adopt_retention_schedule(self, act: Act, known: Entries) -> Refusals:
        yield from _follows(act, known, "RetentionScheduleAdopted", retention.BUILT_IN)

    def adopt_signature_policy(self, act: Act, known: Entries) -> Refusals:
        yield from _follows(act, known, signatures.POLICY)

    def adopt_confidential_keys(self, act: Act, known: Entries) -> Refusals:
        """By the chair themself: whoever could say so for the chair could swap the chair's key."""
        if act.doer != act.actor:
            yield Refusal(act.action.who.code)
        yield from _follows(act, known, "ConfidentialKeysAdopted")

    def renew_sealing(self, act: Act, known: Entries) -> Refusals:
        adopted = [e.fields["version"] for e in known.of("ConfidentialKeysAdopted")]
        if act.fields["version"] not in adopted[-1:]:
            details = {"fields": ["version"], "expected": max(adopted, default=None)}
            yield Refusal("invalid_field", details)

    def run_retention(self, act: Act, known: Entries) -> Refusals:
        current = retention.schedule(known).version
        if act.fields["schedule_version"] != current:
            details = {"fields": ["schedule_version"], "expected": current}
            yield Refusal("invalid_field", details)

    def destroy_records(self, act: Act, known: Entries) -> Refusals:
        """Only after a run of retention, by a person, of this schedule and not long ago."""
        yield from self.run_retention(act, known)
        ran = max(known.of("RetentionApplied"), key=lambda e: e.position, default=None)
        proposed = ran if ran is not None and ran.record.actor != SYSTEM else None
        if proposed is None or act.recorded_at - proposed.record.time > retention.CONFIRM_WITHIN:
            yield Refusal("request_not_approved", {"needs": "run_retention"})

    def record_review(self, act: Act, known: Entries) -> Refusals:
        """Nobody has seen more records than there are."""
        if act.fields["size"] > len(known.all):
            yield Refusal("invalid_field", {"fields": ["size"], "size": len(known.all)})

    def adopt_calendar(self, act: Act, known: Entries) -> Refusals:
        yield from _next_version(act, known, "WorkingCalendarAdopted")

    def adopt_sla_rules(self, act: Act, known: Entries) -> Refusals:
        yield from _next_version(act, known, "SlaRulesAdopted")


def _follows(act: Act, known: Entries, adopted: str, first: int = 0) -> Refusals:
    """Versions are counted without a gap; `first` is the one that nobody had to adopt."""
    previous = max((e.fields["version"] for e in known.of(adopted)), default=first)
    if act.fields["version"] != previous + 1:
        yield Refusal("invalid_field", {"fields": ["version"], "expected": previous + 1})


def _next_version(act: Act, known: Entries, adopted: str) -> Refusals:
    yield from _follows(act, known, adopted)
    version = act.fields["version"]
    # Version 1 may reach into the past; a later one would move deadlines already running.
    starts = act.fields.get("effective_from")
    if version > 1 and starts and parse_instant(starts) < act.recorded_at:
        yield Refusal("invalid_field", {"fields": ["effective_from"]})

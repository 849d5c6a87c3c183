"""An incident: almost everything in it is a fact; closing it is gated."""

from __future__ import annotations

from ledger.domain import interests
from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries, Entry
from ledger.domain.streams.base import Refusals, Stream

REMOVALS = ("ContentTakenDown", "UserBlocked")


class Incident(Stream):
    KIND = "incident"

    def inform_audience(self, act: Act, known: Entries) -> Refusals:
        if not act.fields["explanation"].strip():
            yield Refusal("reason_required")

    def assign_investigation_lead(self, act: Act, known: Entries) -> Refusals:
        if not interests.may_lead(known, self.key, act.fields["lead"], act.occurred_at):
            yield Refusal("assessor_not_slt", {"person": act.fields["lead"]})

    def complete_follow_up(self, act: Act, known: Entries) -> Refusals:
        done = self._of(known, "FollowUpCompleted")
        if any(e.fields["follow_up"] == act.fields["follow_up"] for e in done):
            yield Refusal("already_decided")

    def reopen_incident(self, act: Act, known: Entries) -> Refusals:
        if not self._closed(known):
            yield Refusal("already_decided")
        if not act.fields["reason"].strip():
            yield Refusal("reason_required")

    def close_incident(self, act: Act, known: Entries) -> Refusals:
        if self._closed(known):
            yield Refusal("already_decided")
        assessed = self._of(known, "IncidentAssessed")
        if not assessed:
            yield Refusal("incident_not_assessed")
        if not act.fields.get("audience_reason") and self._audience_waits(known):
            yield Refusal("audience_not_informed")
        told = self._of(known, "AgencyNotified") or act.fields.get("agency_reason")
        illegal = "illegal" in (self._classified(assessed), self._conduct(known))
        if illegal and not told:
            yield Refusal("agency_not_notified")

    def _of(self, known: Entries, *types: str) -> list[Entry]:
        return [e for e in known.stream(self.id) if e.type in types]

    def _closed(self, known: Entries) -> bool:
        moves = self._of(known, "IncidentClosed", "IncidentReopened")
        return bool(moves) and moves[-1].type == "IncidentClosed"

    def _classified(self, assessed: list[Entry]) -> str:
        """The latest assessment decides; without a word it is internal."""
        latest = max(assessed, key=lambda e: e.order, default=None)
        return latest.fields.get("classification", "internal") if latest else "internal"

    def _conduct(self, known: Entries) -> str:
        """What the latest word on the conduct itself says; empty where there is none."""
        said = self._of(known, "ConductClassified")
        return str(max(said, key=lambda e: e.order).fields["conduct"]) if said else ""

    def _audience_waits(self, known: Entries) -> bool:
        removed = self._of(known, *REMOVALS)
        told = self._of(known, "AudienceInformed")
        if not removed:
            return False
        first = min(e.occurred_at for e in removed)
        return not any(e.occurred_at >= first for e in told)

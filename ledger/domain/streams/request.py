"""A request about personal data, its decision, and the erasure it permits."""

from __future__ import annotations

from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries, Entry
from ledger.domain.holds import held
from ledger.domain.streams.base import Refusals, Stream


class Request(Stream):
    KIND = "request"

    def decide_rights_request(self, act: Act, known: Entries) -> Refusals:
        if self._of(known, "RightsRequestDecided"):
            yield Refusal("already_decided")
        if act.fields["decision"] == "refused" and not act.fields.get("reason"):
            yield Refusal("reason_required")

    def complete_rights_request(self, act: Act, known: Entries) -> Refusals:
        refused = [e for e in self._decided(known) if e.fields["decision"] == "refused"]
        if refused or self._of(known, "RightsRequestCompleted"):
            yield Refusal("already_decided")

    def pause_rights_request(self, act: Act, known: Entries) -> Refusals:
        yield from self._running(known)
        if self._paused(known):
            yield Refusal("already_decided")

    def resume_rights_request(self, act: Act, known: Entries) -> Refusals:
        if not self._paused(known):
            yield Refusal("already_decided")

    def extend_rights_request(self, act: Act, known: Entries) -> Refusals:
        yield from self._running(known)
        if self._of(known, "RightsRequestExtended"):
            yield Refusal("already_decided")

    def erase_subject(self, act: Act, known: Entries) -> Refusals:
        received = self._of(known, "RightsRequestReceived")
        subject = act.fields["subject"]
        if not received or received[0].fields["subject"] != subject:
            yield Refusal("invalid_field", {"fields": ["subject"]})
        if held(known, subject):
            yield Refusal("under_legal_hold")
        granted = [e for e in self._decided(known) if e.fields["decision"] == "granted"]
        if not granted or received[0].fields["kind"] != "erasure":
            yield Refusal("request_not_approved")
        if next(known.naming("subject", subject, "SubjectErased"), None):
            yield Refusal("already_decided")

    def _running(self, known: Entries) -> Refusals:
        """Nothing has ended the request yet: it was not completed, erased or refused."""
        refused = [e for e in self._decided(known) if e.fields["decision"] == "refused"]
        if refused or self._of(known, "RightsRequestCompleted", "SubjectErased"):
            yield Refusal("already_decided")

    def _paused(self, known: Entries) -> bool:
        moves = self._of(known, "RightsRequestPaused", "RightsRequestResumed")
        return bool(moves) and moves[-1].type == "RightsRequestPaused"

    def _of(self, known: Entries, *types: str) -> list[Entry]:
        return [e for e in known.stream(self.id) if e.type in types]

    def _decided(self, known: Entries) -> list[Entry]:
        return self._of(known, "RightsRequestDecided")

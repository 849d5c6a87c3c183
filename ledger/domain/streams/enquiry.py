"""A message to the school and its answers."""

from __future__ import annotations

from ledger.domain import duties
from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries
from ledger.domain.streams.base import Refusals, Stream


class Enquiry(Stream):
    KIND = "enquiry"

    def respond_to_enquiry(self, act: Act, known: Entries) -> Refusals:
        received = duties.receipt(known, self.key)
        if received and act.occurred_at < received.occurred_at:
            yield Refusal("response_before_receipt")
        checked = (
            e.type == "MediaPolicyChecked" and e.occurred_at <= act.occurred_at
            for e in known.stream(self.id)
        )
        if self._from_journalist(known) and not any(checked):
            yield Refusal("media_policy_not_followed")

    def record_media_policy_check(self, act: Act, known: Entries) -> Refusals:
        if not self._from_journalist(known):
            yield Refusal("invalid_field", {"fields": ["enquiry"]})

    def _from_journalist(self, known: Entries) -> bool:
        received = duties.receipt(known, self.key)
        return received is not None and received.fields["kind"] == "journalist"

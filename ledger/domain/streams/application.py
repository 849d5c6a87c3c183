"""An application for an account and its decision."""

from __future__ import annotations

from ledger.domain import fitness, standing
from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries
from ledger.domain.streams.base import Refusals, Stream

DECISIONS = (
    "AccountApplicationApproved",
    "AccountApplicationRejected",
    "AccountApplicationWithdrawn",
)


class Application(Stream):
    KIND = "application"

    def approve_application(self, act: Act, known: Entries) -> Refusals:
        yield from self._pending(known)
        asked = standing.submission(known, self.key)
        named = [r["person"] for r in asked.fields["runners"]] if asked else []
        for code, person in fitness.unfit(known, named, act.occurred_at):
            yield Refusal(code, {"person": person})

    def withdraw_application(self, act: Act, known: Entries) -> Refusals:
        yield from self._pending(known)

    def reject_application(self, act: Act, known: Entries) -> Refusals:
        yield from self._pending(known)
        if not act.fields["reason"].strip():
            yield Refusal("reason_required")

    def _pending(self, known: Entries) -> Refusals:
        if any(e.type in DECISIONS for e in known.stream(self.id)):
            yield Refusal("already_decided")


def named_badly(known: Entries, runners: list[dict[str, str]], at: int) -> Refusals:
    """Step 6, last, of a submission: two staff at least, exactly one lead, who is staff."""
    staff = {r["person"] for r in runners if standing.kind_of(known, r["person"], at) == "staff"}
    if len(staff) < 2:
        yield Refusal("insufficient_staff_runners", {"staff": len(staff)})
    leads = [r["person"] for r in runners if r["role"] == "lead"]
    if len(leads) != 1 or leads[0] not in staff:
        yield Refusal("lead_must_be_staff", {"leads": len(leads)})

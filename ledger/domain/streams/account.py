"""An account and who runs it."""

from __future__ import annotations

from ledger.domain import fitness, handover, presence, standing
from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries
from ledger.domain.streams.base import Refusals, Stream


class Account(Stream):
    KIND = "account"

    def create_account(self, act: Act, known: Entries) -> Refusals:
        application = act.fields.get("application")
        approved = [
            e
            for e in known.stream(f"application/{application}")
            if e.type == "AccountApplicationApproved" and e.occurred_at <= act.occurred_at
        ]
        if not approved:
            yield Refusal("application_not_approved")
        if application and next(known.naming("application", application, "AccountCreated"), None):
            yield Refusal("duplicate_id", {"application": application})
        asked = standing.submission(known, application)
        if asked and "existing_account" in asked.fields:
            yield Refusal("duplicate_id", {"account": asked.fields["existing_account"]})
        named = [r["person"] for r in asked.fields["runners"]] if asked else []
        here = [p for p in named if not standing.departed(known, p, act.occurred_at)]
        yield from _unfit(act, known, here)

    def assign_account_role(self, act: Act, known: Entries) -> Refusals:
        yield from still_open(self.key, act, known)
        person, role = act.fields["person"], act.fields["role"]
        held = standing.roles(known, self.key, act.occurred_at)
        if (person, role) in held or (role == "lead" and _lead(held)):
            yield Refusal("invalid_field", {"fields": ["role"]})
        yield from _unfit(act, known, [person])
        yield from _fit_for(role, person, act, known)

    def end_account_role(self, act: Act, known: Entries) -> Refusals:
        pair = (act.fields["person"], act.fields["role"])
        if pair not in standing.roles(known, self.key, act.occurred_at):
            yield Refusal("person_has_no_role")

    def transfer_lead(self, act: Act, known: Entries) -> Refusals:
        yield from still_open(self.key, act, known)
        leaving, coming = act.fields["from"], act.fields["to"]
        lead = _lead(standing.roles(known, self.key, act.occurred_at))
        if leaving is not None and leaving not in lead:
            yield Refusal("person_has_no_role", {"person": leaving})
        if (leaving is None and lead) or leaving == coming or coming in lead:
            yield Refusal("invalid_field", {"fields": ["from"]})
        yield from _unfit(act, known, [coming])
        yield from _fit_for("lead", coming, act, known)

    def close_account(self, act: Act, known: Entries) -> Refusals:
        if any(e.type == "AccountClosed" for e in known.stream(self.id)):
            yield Refusal("account_closed")

    def change_visibility(self, act: Act, known: Entries) -> Refusals:
        yield from still_open(self.key, act, known)
        if not act.fields["reason"].strip():
            yield Refusal("reason_required")

    def offer_handover(self, act: Act, known: Entries) -> Refusals:
        yield from still_open(self.key, act, known)
        if act.fields["to"] in _lead(standing.roles(known, self.key, act.occurred_at)):
            yield Refusal("invalid_field", {"fields": ["to"]})

    def accept_handover(self, act: Act, known: Entries) -> Refusals:
        """Once access was tested and the open items seen, there is nothing left to accept."""
        offers = handover.offered(known, self.key, act.actor)
        if offers:
            since = handover.accepted(known, max(offers, key=lambda e: e.order))
            if any(handover.accepted_in_full(e) for e in since):
                yield Refusal("already_decided")


def still_open(account: str, act: Act, known: Entries) -> Refusals:
    """The account was not closed at the time of the act."""
    for entry in known.stream(f"account/{account}"):
        if entry.type == "AccountClosed" and entry.occurred_at <= act.occurred_at:
            yield Refusal("account_closed")
            return


def _lead(held: frozenset[tuple[str, str]]) -> set[str]:
    return {person for person, role in held if role == "lead"}


def _unfit(act: Act, known: Entries, people: list[str]) -> Refusals:
    for code, person in fitness.unfit(known, people, act.occurred_at):
        yield Refusal(code, {"person": person})


def _fit_for(role: str, person: str, act: Act, known: Entries) -> Refusals:
    if role == "lead" and standing.kind_of(known, person, act.occurred_at) != "staff":
        yield Refusal("lead_must_be_staff", {"person": person})
    if not presence.active(known, person, act.occurred_at):
        yield Refusal("person_has_no_role", {"person": person})

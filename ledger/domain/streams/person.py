"""A person in the register: offices, what they have read, that they have left."""

from __future__ import annotations

from ledger.domain import fitness, standing
from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries
from ledger.domain.streams.base import Refusals, Stream


class Person(Stream):
    KIND = "person"

    def assign_office(self, act: Act, known: Entries) -> Refusals:
        if act.fields["office"] in standing.offices(known, self.key, act.occurred_at):
            yield Refusal("duplicate_id", {"office": act.fields["office"]})

    def acknowledge_policy(self, act: Act, known: Entries) -> Refusals:
        current = fitness.current_policy(known, act.occurred_at)
        if act.fields["policy_version"] != current:
            yield Refusal("invalid_field", {"fields": ["policy_version"], "current": current})

    def acknowledge_document(self, act: Act, known: Entries) -> Refusals:
        version = act.fields["document_version"]
        current = fitness.current_document(known, version, act.occurred_at)
        if version != current:
            yield Refusal("invalid_field", {"fields": ["document_version"], "current": current})

    def record_departure(self, act: Act, known: Entries) -> Refusals:
        if next(known.naming("person", self.key, "PersonDeparted"), None):
            yield Refusal("already_decided")

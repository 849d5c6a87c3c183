"""A person in the register: offices, what they have read, that they have left."""

from __future__ import annotations

from ledger.domain import fitness, placing, presence, signatures, standing
from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries
from ledger.domain.school_time import LATEST, parse_instant
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

    def end_office(self, act: Act, known: Entries) -> Refusals:
        if act.fields["office"] not in standing.offices(known, self.key, act.occurred_at):
            yield Refusal("person_has_no_role", {"office": act.fields["office"]})

    def record_departure(self, act: Act, known: Entries) -> Refusals:
        if presence.departed(known, self.key, LATEST):
            yield Refusal("already_decided")
        yield from self._somebody_left(act, known, act.occurred_at)

    def suspend_access(self, act: Act, known: Entries) -> Refusals:
        yield from self._somebody_left(act, known, parse_instant(act.fields["from"]))

    def record_return(self, act: Act, known: Entries) -> Refusals:
        at = act.occurred_at
        if not (presence.departed(known, self.key, at) or presence.away(known, self.key, at)):
            yield Refusal("already_decided")

    def change_person(self, act: Act, known: Entries) -> Refusals:
        """A new name of somebody erased would bring them back."""
        if "name" in act.fields and placing.erased(known, self.key):
            yield Refusal("invalid_field", {"fields": ["name"]})

    def enrol_actor_key(self, act: Act, known: Entries) -> Refusals:
        yield from signatures.may_enrol(known, act, known.all[0].record.source)

    def end_actor_key(self, act: Act, known: Entries) -> Refusals:
        yield from signatures.may_end(known, act)

    def _somebody_left(self, act: Act, known: Entries, since: int) -> Refusals:
        """Whoever types is here still: the last one registers a successor before they go."""
        if presence.nobody_left(known, self.key, max(since, act.recorded_at)):
            yield Refusal("invalid_field", {"fields": ["person"]})

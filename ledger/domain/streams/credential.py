"""Who knows which version of an account's password."""

from __future__ import annotations

from ledger.domain import presence, references, standing
from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries
from ledger.domain.streams.account import still_open
from ledger.domain.streams.base import Refusals, Stream


class Credential(Stream):
    KIND = "credential"

    def store_credential(self, act: Act, known: Entries) -> Refusals:
        yield from still_open(self.key, act, known)
        if current := self._current(known):
            yield Refusal("duplicate_id", {"credential_version": current})
        yield from self._entitled(act, known, act.fields["known_by"])

    def share_credential(self, act: Act, known: Entries) -> Refusals:
        yield from still_open(self.key, act, known)
        yield from self._entitled(act, known, [act.fields["person"]])

    def rotate_credential(self, act: Act, known: Entries) -> Refusals:
        yield from still_open(self.key, act, known)
        current = self._current(known)
        if act.fields["credential_version"] != current + 1:
            details = {"fields": ["credential_version"], "expected": current + 1}
            yield Refusal("invalid_field", details)
        yield from self._entitled(act, known, act.fields["known_by"])

    def grant_platform_access(self, act: Act, known: Entries) -> Refusals:
        yield from still_open(self.key, act, known)
        if self._has_access(act, known):
            yield Refusal("duplicate_id", {"person": act.fields["person"]})
        yield from self._entitled(act, known, [act.fields["person"]])

    def end_platform_access(self, act: Act, known: Entries) -> Refusals:
        if not self._has_access(act, known):
            yield Refusal("person_has_no_role", {"person": act.fields["person"]})

    def change_recovery_contact(self, act: Act, known: Entries) -> Refusals:
        yield from still_open(self.key, act, known)

    def _has_access(self, act: Act, known: Entries) -> bool:
        """Whether the person had a platform role of their own at the time of the act."""
        person, kinds = act.fields["person"], ("PlatformAccessGranted", "PlatformAccessEnded")
        moves = [e for e in known.naming("person", person, *kinds) if e.stream == self.id]
        happened = standing.in_order(moves, act.occurred_at)
        return bool(happened) and happened[-1].type == "PlatformAccessGranted"

    def _current(self, known: Entries) -> int:
        return references.credential_version(known, self.key)

    def _entitled(self, act: Act, known: Entries, people: list[str]) -> Refusals:
        runs = {person for person, _ in standing.roles(known, self.key, act.occurred_at)}
        for person in people:
            held = standing.offices(known, person, act.occurred_at)
            suspended = presence.suspended(known, person, act.occurred_at)
            if suspended or (person not in runs and "moderator" not in held):
                yield Refusal("person_has_no_role", {"person": person})

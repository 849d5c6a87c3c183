"""A post: cleared where it is controversial, permitted where it is not ours, then published."""

from __future__ import annotations

from ledger.domain import duties
from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries, Entry
from ledger.domain.images import may_be_shown
from ledger.domain.standing import in_order
from ledger.domain.streams.account import still_open
from ledger.domain.streams.base import Refusals, Stream

DECIDED = ("PrePublicationCleared", "PrePublicationRefused")


class Post(Stream):
    KIND = "post"

    def request_prepublication_check(self, act: Act, known: Entries) -> Refusals:
        yield from still_open(act.fields["account"], act, known)

    def decide_prepublication_check(self, act: Act, known: Entries) -> Refusals:
        asked = duties.clearance_request(known, self.key)
        if asked and any(e.position > asked.position for e in self._of(known, *DECIDED)):
            yield Refusal("already_decided")
        if act.fields["decision"] == "refused" and not act.fields.get("reason"):
            yield Refusal("reason_required")

    def publish_post(self, act: Act, known: Entries) -> Refusals:
        yield from still_open(act.fields["account"], act, known)
        if self._of(known, "PostPublished"):
            yield Refusal("duplicate_id", {"post": self.key})
        hidden = [s for s in act.fields["pictured"] if not may_be_shown(known, s, act.occurred_at)]
        if hidden:
            yield Refusal("subject_on_no_publish_list", {"subjects": len(hidden)})
        if act.fields["controversial"] and not self._cleared(act, known):
            yield Refusal("prepublication_check_required")
        permitted = in_order(self._of(known, "CopyrightPermissionRecorded"), act.occurred_at)
        if act.fields["third_party_material"] and not permitted:
            yield Refusal("copyright_permission_missing")

    def _of(self, known: Entries, *types: str) -> list[Entry]:
        return [e for e in known.stream(self.id) if e.type in types]

    def _cleared(self, act: Act, known: Entries) -> bool:
        """Whether the last decision by then about this wording, or about any, was to clear it."""
        given = str(act.fields.get("content_hash", "")).rpartition("$")[2]
        asked: Entry | None = None
        decisions: list[Entry] = []
        for entry in self._of(known, "PrePublicationCheckRequested", *DECIDED):
            if entry.type not in DECIDED:
                asked = entry
            elif asked and asked.fields.get("content_hash", given) == given:
                decisions.append(entry)
        happened = in_order(decisions, act.occurred_at)
        return bool(happened) and happened[-1].fields["decision"] == "cleared"

"""A post: cleared where it is controversial, permitted where it is not ours, then published."""

from __future__ import annotations

from ledger.domain import duties
from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries, Entry
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
        if asked is None:
            yield Refusal("unknown_reference", {"fields": ["post"]})
        elif any(e.position > asked.position for e in self._of(known, *DECIDED)):
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
        """The last decision by then cleared it, and for this wording if one was named."""
        decided = in_order(self._of(known, *DECIDED), act.occurred_at)
        asked = duties.clearance_request(known, self.key)
        if not decided or decided[-1].type != "PrePublicationCleared" or asked is None:
            return False
        wording = asked.fields.get("content_hash")
        given = str(act.fields.get("content_hash", "")).rpartition("$")[2]
        return wording is None or wording == given


def may_be_shown(known: Entries, subject: str, at: int) -> bool:
    """Whether a picture of the subject might be published: on no list, no consent withdrawn."""
    listed = in_order(known.naming(subject, "NoPublishAdded", "NoPublishRemoved"), at)
    agreed = in_order(known.naming(subject, "ImageConsentGiven", "ImageConsentWithdrawn"), at)
    on_list = bool(listed) and listed[-1].type == "NoPublishAdded"
    return not on_list and not (agreed and agreed[-1].type == "ImageConsentWithdrawn")

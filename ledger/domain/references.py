"""Which ids exist (checks, step 6). Standard library only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.domain import duties, images, matters, signing_keys, standing
from ledger.domain.acts import Act, Refusal
from ledger.domain.catalogue import TYPES, Action
from ledger.domain.entries import Entries, is_gone
from ledger.domain.fields import Field
from ledger.domain.placing import erased
from ledger.proof.encoding import is_id
from ledger.proof.record import KEYRING

# What an id refers to, and the kind of stream it opens.
STREAMS = {
    "account": "account",
    "advice": "advice",
    "application": "application",
    "concern": "concern",
    "enquiry": "enquiry",
    "found": "finding",
    "hold": "hold",
    "incident": "incident",
    "matter": "scope",
    "mention": "mention",
    "mistake": "mistake",
    "opinion": "opinion",
    "post": "post",
    "request": "request",
    "session": "session",
}
# Ids that open no stream of their own, and the type of the entry that gives them out.
ONCE = {
    "document_version": "DocumentLinked",
    "export": "EvidenceExported",
    "follow_up": "FollowUpAssigned",
    "subject": "SubjectRegistered",
}
NAMELESS = ("ledger", "moderator")  # what a finding may be about without an id of its own
FOR_EVER = ("account", "person")


def exists(known: Entries, what: str, name: str) -> bool:
    """Whether `name` is an existing person, account, policy version, entry …"""
    if what == "person":
        return standing.registered(known, name)
    if what == "policy_version":
        ratified = known.naming("policy_version", name, "PolicyRatified", "PolicyRevised")
        return next(ratified, None) is not None
    if what == "signing_key":
        return signing_keys.is_known(known, name, "record", "checkpoint")
    if what in ONCE:
        return next(known.naming(what, name, ONCE[what]), None) is not None
    if what == "about":
        return matters.stream_of(known, name) is not None
    if what == "anything":
        return known.mentions(name) or name in NAMELESS
    if what == "entry":
        entry = known.by_id(name)
        # Nothing is said of a key record but by a key record (docs/format.md 6).
        return entry is not None and entry.type in TYPES and entry.stream != KEYRING
    return bool(known.stream(f"{STREAMS[what]}/{name}"))


def taken(known: Entries, what: str, name: str) -> bool:
    """Whether a new `name` is not new. An annulled id is free again, except account and person."""
    if what in FOR_EVER:
        return known.version(f"{what}/{name}") > 0 or (
            what == "person" and standing.registered(known, name)
        )
    if what == "new_key_id":
        return signing_keys.is_known(known, name)
    if what == "subject" and (standing.registered(known, name) or erased(known, name)):
        return True  # somebody of the register, or somebody who was forgotten and stays so
    return exists(known, what, name) or _was_destroyed(known, what, name)


def _was_destroyed(known: Entries, what: str, name: str) -> bool:
    """Whether the id opened a stream whose records were destroyed: it is not free again."""
    stream = f"{STREAMS.get(what)}/{name}"
    return any(is_gone(e.record) for e in known.whole(stream))


def unknown(
    known: Entries, declared: tuple[Field, ...], fields: Mapping[str, Any]
) -> Iterator[Refusal]:
    """A refusal for each field that refers to something which does not exist."""
    for field in declared:
        for name in _references(field, fields.get(field.name)):
            if not exists(known, field.refers or "person", name):
                yield Refusal("unknown_reference", {"fields": [field.name]})


def not_new(
    known: Entries, declared: tuple[Field, ...], fields: Mapping[str, Any]
) -> Iterator[Refusal]:
    """A refusal for each new id that is known already."""
    for field in declared:
        if field.new and taken(known, field.new, fields[field.name]):
            yield Refusal("duplicate_id", {"fields": [field.name]})


def _references(field: Field, value: Any) -> list[str]:
    if value is None:
        return []
    if field.kind == "runners":
        return [runner["person"] for runner in value]
    if not field.refers:
        return []
    return list(value) if field.many else [value]


def credential_version(known: Entries, account: str) -> int:
    """The current version of the account's password: 0 before anything is stored."""
    kept = ("CredentialStored", "CredentialRotated")
    entries = known.stream(f"credential/{account}")
    return max((e.fields["credential_version"] for e in entries if e.type in kept), default=0)


def nothing_there(known: Entries, act: Act) -> Iterator[Refusal]:
    """What an action goes on with, where it has no id of its own: a request, a stored password."""
    name, fields = act.action.name, act.fields
    version = fields.get("process_version")
    defined = (e.fields["version"] for e in known.of("ResponseProcessDefined"))
    missing = {
        "post": _no_post(known, name, fields),
        "account": _account_lacks(known, act.action, fields),
        "process_version": version is not None and version not in defined,
        "subject": name == "remove_no_publish"
        and images.block(known, fields["subject"], act.occurred_at) is None,
        "follow_up": name == "complete_follow_up" and not _asked(known, fields),
    }
    for field, absent in missing.items():
        if absent:
            yield Refusal("unknown_reference", {"fields": [field]})


def _no_post(known: Entries, action: str, fields: Mapping[str, Any]) -> bool:
    """Nobody asked to clear this post, or it was never published."""
    if action == "decide_prepublication_check":
        return duties.clearance_request(known, fields["post"]) is None
    changes = action in ("update_post", "remove_own_post")
    return changes and matters.published(known, fields["post"]) is None


def _asked(known: Entries, fields: Mapping[str, Any]) -> bool:
    """Whether the follow-up was assigned in this incident."""
    assigned = known.naming("follow_up", fields["follow_up"], "FollowUpAssigned")
    return any(e.fields["incident"] == fields["incident"] for e in assigned)


def _account_lacks(known: Entries, action: Action, fields: Mapping[str, Any]) -> bool:
    """A stored password to share or rotate; an offered hand-over to accept."""
    if action.name in ("share_credential", "rotate_credential"):
        return not credential_version(known, fields["account"])
    if action.name == "accept_handover":
        told = known.stream(f"account/{fields['account']}")
        return all(e.type != "HandoverOffered" for e in told)
    return False


def named_before(known: Entries, action: Action, data: Mapping[str, Any]) -> list[str]:
    """The ids in a command's clear id fields that existed before it: what a refusal may repeat."""
    clear = [f for f in action.fields if f.kind in ("id", "runners") and not f.sealed]
    typed = (name for field in clear for name in _typed(field, data.get(field.name)))
    return sorted({name for name in typed if is_id(name) and known.mentions(name)})


def _typed(field: Field, value: Any) -> Iterator[Any]:
    """What stands where an id belongs, whatever it is: the command may be refused for its form."""
    for item in value if isinstance(value, list) else [value]:
        if field.kind == "runners":
            yield item.get("person") if isinstance(item, Mapping) else None
        else:
            yield item

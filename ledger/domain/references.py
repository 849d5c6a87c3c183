"""Which ids exist (checks, step 6). Standard library only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.domain import standing
from ledger.domain.acts import Refusal
from ledger.domain.catalogue import TYPES, Action
from ledger.domain.entries import Entries, names_in
from ledger.domain.fields import Field

# What an id refers to, and the kind of stream it opens.
STREAMS = {
    "account": "account",
    "application": "application",
    "enquiry": "enquiry",
    "found": "finding",
    "hold": "hold",
    "incident": "incident",
    "mention": "mention",
    "post": "post",
    "request": "request",
}
FOR_EVER = ("account", "person")


def exists(known: Entries, what: str, name: str) -> bool:
    """Whether `name` is an existing person, account, policy version, entry …"""
    if what == "person":
        return standing.registered(known, name)
    if what == "policy_version":
        ratified = known.naming(name, "PolicyRatified", "PolicyRevised")
        return any(e.fields["policy_version"] == name for e in ratified)
    if what == "export":
        return any(e.fields["export"] == name for e in known.naming(name, "EvidenceExported"))
    if what == "entry":
        entry = known.by_id(name)
        return entry is not None and entry.type in TYPES
    return bool(known.stream(f"{STREAMS[what]}/{name}"))


def taken(known: Entries, what: str, name: str) -> bool:
    """Whether a new `name` is not new. An annulled id is free again, except account and person."""
    if what in FOR_EVER:
        return known.version(f"{what}/{name}") > 0 or (
            what == "person" and standing.registered(known, name)
        )
    return exists(known, what, name)


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


def named_before(known: Entries, action: Action, data: Mapping[str, Any]) -> list[str]:
    """The ids in a command's clear id fields that existed before it: what a refusal may repeat."""
    found: set[str] = set()
    for field in action.fields:
        if field.sealed or field.kind not in ("id", "runners"):
            continue
        found.update(n for n in names_in(data.get(field.name)) if known.mentions(n))
    return sorted(found)

"""A refusal is recorded too: who was refused what and why, with a hash of what they asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from ledger.domain import references
from ledger.domain.acts import Command, Refusal
from ledger.domain.catalogue import ACTIONS
from ledger.domain.placing import SealedValue, erased
from ledger.domain.standing import SYSTEM
from ledger.making import Maker
from ledger.proof.encoding import canonical
from ledger.proof.errors import Malformed

UNKNOWN = "unknown"  # the actor of a refusal, where nobody of that name is known


def refuse(maker: Maker, refusal: Refusal, command: Command, causedby: str | None) -> int:
    """Record that a command was refused. Returns the position; raises as `Maker.add` does."""
    code = refusal.code
    actor = UNKNOWN if code == "unknown_actor" else command.actor
    fields: dict[str, Any] = {"action": command.action, "code": code, "reference_ids": []}
    sealed: tuple[SealedValue, ...] = ()
    if code != "secret_in_payload":
        named = references.named_before(maker.known, ACTIONS[command.action], command.data)
        fields["reference_ids"] = named
        fields, sealed = _hash_of_payload(maker, fields, command.data, actor)
    record = replace(
        maker.blank(maker.new_id(), "refusal", causedby),
        type="CommandRefused",
        action="refuse",
        actor=actor,
        actoroffices=maker.offices(actor),
        fields=fields,
    )
    return maker.add(record, sealed)


def _hash_of_payload(
    maker: Maker, fields: dict[str, Any], data: Mapping[str, Any], actor: str
) -> tuple[dict[str, Any], tuple[SealedValue, ...]]:
    """What was asked can be shown later by whoever has it; it cannot be guessed from here."""
    try:
        payload = canonical(dict(data))
    except Malformed:
        return fields, ()  # it has no one spelling, so no hash of it would prove anything
    salt = maker.ports.chance(32)
    hashed = {**fields, "payload_hash": sha256(salt + payload).hexdigest()}
    person = actor not in (UNKNOWN, SYSTEM) and not erased(maker.known, actor)
    under = f"subject:{actor}" if person else "stream:refusal"
    return hashed, (SealedValue("payload_salt", salt.hex(), under),)

"""A command that its actor signs: what there is to sign, and whether that is what is recorded.

The salts of sealed values come from the client then, as do event id and time: all that is signed
must stand before it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ledger.domain import signatures
from ledger.domain.acts import Command, Refused
from ledger.domain.entries import Entries
from ledger.domain.placing import SealedValue
from ledger.proof.actors import check_same
from ledger.proof.encoding import b64decode
from ledger.proof.errors import Invalid, Malformed
from ledger.proof.form import ACTOR_SIGNED
from ledger.proof.intent import check_signed, parse_intent
from ledger.proof.record import Record, commitment

WRONG = "actor_signature_wrong"
Salts = Mapping[str, bytes]


@dataclass(frozen=True)
class ToSign:
    """What an actor is asked to sign: the record as it would be, and the salts it was made with."""

    record: Record
    salts: Salts


def salts_of(command: Command, sealed: tuple[SealedValue, ...]) -> Salts:
    """The salts that a command brought for exactly the values to be sealed. Raises Refused."""
    if command.salts is None:
        return {}
    paths = {value.path for value in sealed}
    try:
        if not isinstance(command.salts, dict) or command.salts.keys() != paths:
            raise Malformed("not one for each sealed value")
        salts = {path: b64decode(text) for path, text in command.salts.items()}
        if any(len(salt) != 32 for salt in salts.values()):
            raise Malformed("not 32 octets")
    except (Malformed, TypeError):
        raise Refused("invalid_field", {"fields": ["salts"], "paths": sorted(paths)}) from None
    return salts


def committed(record: Record, sealed: tuple[SealedValue, ...], salts: Salts) -> Record:
    """The record with the commitments to its sealed values, for nothing but to be signed."""
    made = {
        value.path: {
            "commitment": commitment(
                record.source, record.id, value.path, salts[value.path], value.value
            ).hex()
        }
        for value in sealed
    }
    return replace(record, sealed=made)


def signed(
    known: Entries, record: Record, sealed: tuple[SealedValue, ...], salts: Salts, intent: Any
) -> Record:
    """The record with its actor's intent, if that is of this record and by a key of theirs.

    Raises Refused, saying which member differs or what is wrong with the signature.
    """
    try:
        if salts.keys() != {value.path for value in sealed}:
            raise Invalid("salts that were not given")
        body, ident, given = parse_intent(intent)
        keys = {one.key.ident: one.key for one in signatures.in_force(known, record.actor)}
        if ident not in keys:
            raise Invalid(f"no key {ident} of {record.actor} is in force")
        check_same(body, committed(record, sealed, salts))
        check_signed(keys[ident], given, intent["payloadType"], body)
    except (Malformed, Invalid) as error:
        raise Refused(WRONG, {"fields": ["intent"], "reason": str(error)}) from None
    return replace(record, assurance=ACTOR_SIGNED, intent=intent)

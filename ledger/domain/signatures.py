"""Who may sign for themself with which key, and for what it is demanded (docs/format.md 14).

Standard library only: rules ask it before a command is recorded, the auditor's verifier asks again
what was demanded. Corrections and annulments change nothing of it: intervals are positions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.domain import presence, standing
from ledger.domain.acts import Act, Refusal
from ledger.domain.entries import Entries, Entry
from ledger.proof.actors import ENDED, ENROLLED, enrolled
from ledger.proof.errors import Invalid, Malformed
from ledger.proof.intent import ActorKey, actor_key

POLICY = "SignaturePolicyAdopted"
REQUIRED = "actor_signature_required"


@dataclass(frozen=True)
class Enrolled:
    """A key of a person, by which record it came, and by which it ended, if it did."""

    key: ActorKey
    by: Entry
    ended_by: Entry | None = None


def keys_of(known: Entries, person: str) -> list[Enrolled]:
    """Every key the person ever enrolled, in order of the log."""
    told = known.whole(f"person/{person}")
    ends = {str(e.record.fields["key_id"]): e for e in told if e.type == ENDED}
    found = [(actor_key(e.record.fields), e) for e in told if e.type == ENROLLED]
    return [Enrolled(key, by, ends.get(key.ident)) for key, by in found]


def in_force(known: Entries, person: str) -> list[Enrolled]:
    """The keys with which the person may sign now."""
    return [key for key in keys_of(known, person) if key.ended_by is None]


def demanded(known: Entries) -> frozenset[str]:
    """The actions for which the school demands the actor's own signature, from here on."""
    told = [e for e in known.whole("ledger") if e.type == POLICY]
    return frozenset(told[-1].record.fields["actions"]) if told else frozenset()


def missing(known: Entries, act: Act) -> Iterator[Refusal]:
    """The refusal of an act that must be signed by its actor, and is not."""
    if not act.signed and act.action.name in demanded(known):
        yield Refusal(REQUIRED, {"action": act.action.name})


def may_enrol(known: Entries, act: Act, source: str) -> Iterator[Refusal]:
    """The key is one, new, and in the hands of whoever enrols it; a second one is vouched for.

    Where signatures are demanded, who has a key signs for the next one with it, or somebody else
    ends it first: a password alone gives nobody a key.
    """
    fields = {name: value for name, value in act.fields.items() if name != "late_reason"}
    try:
        key = enrolled(source, fields)
    except Malformed as error:
        yield Refusal("invalid_field", {"fields": [_field(str(error))]})
        return
    except Invalid:
        yield Refusal("invalid_field", {"fields": ["signature"]})
        return
    if any(key.ident == str(e.record.fields["key_id"]) for e in known.of(ENROLLED)):
        yield Refusal("duplicate_id", {"fields": ["key_id"]})
    if demanded(known) and in_force(known, key.person) and not act.signed:
        yield Refusal(REQUIRED, {"action": act.action.name})


def may_end(known: Entries, act: Act) -> Iterator[Refusal]:
    """The key is the person's and in force; the last one is ended by somebody else, if there is.

    That is asked only where signatures are demanded: else a stolen password would end the key and
    enrol another.
    """
    person, ident = act.fields["person"], act.fields["key_id"]
    keys = {one.key.ident: one for one in keys_of(known, person)}
    if ident not in keys:
        yield Refusal("invalid_field", {"fields": ["key_id"]})
    elif keys[ident].ended_by is not None:
        yield Refusal("already_decided")
    alone = act.actor == person and demanded(known) and len(in_force(known, person)) == 1
    if alone and _others(known, person, act.recorded_at):
        yield Refusal("approver_is_requester", {"fields": ["person"]})


def _others(known: Entries, person: str, at: int) -> bool:
    """Whether somebody else is here who may end the person's key."""
    others = presence.everybody(known) - {person}
    here = (p for p in others if presence.active(known, p, at))
    return any({"slt", "moderator"} & standing.offices(known, p, at) for p in here)


def _field(said: str) -> str:
    """The field that a message about a key begins with."""
    name = said.partition(":")[0]
    return name if name.isidentifier() else "signature"

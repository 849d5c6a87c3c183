"""Records about keys: what only who holds the private keys can say of them, and what follows."""

from __future__ import annotations

from collections.abc import Iterator

from ledger import confidential, unjudged
from ledger.domain import signing_keys
from ledger.domain.acts import Refusal, Refused
from ledger.domain.decide import Decided
from ledger.making import Maker
from ledger.ports import KeyMissing, RecordSigners
from ledger.proof.dsse import SignerGone
from ledger.proof.keyrecords import REATTESTED, ROTATED
from ledger.proof.merkle import Frontier
from ledger.proof.record import Record


def must_hold(maker: Maker, decided: Decided, actor: str) -> None:
    """Raise Refused unless a new record key can sign, and the actor opened what is to be sealed
    anew, or somebody did for the chair of governors. Anybody else is not told whether it is open.
    """
    lent = maker.opener is not None
    lent = lent and (actor == maker.lent_by or unjudged.CHAIR in maker.offices(actor))
    if decided.type == confidential.RENEWED and not lent:
        raise Refused("confidential_key_needed")
    if decided.type == ROTATED:
        try:
            maker.ports.record_signer(decided.fields["new_key_id"])
        except KeyMissing:
            raise Refused("unknown_reference", {"fields": ["public_key"]}) from None


def objections(maker: Maker, record: Record) -> Iterator[Refusal]:
    """Why a record about keys may not stand here: none that `verify` would refuse is made."""
    fields, root = record.fields, ""
    if record.type == REATTESTED and fields["to"] <= maker.store.size():
        leaves = maker.store.leaves(fields["from"], fields["to"])
        root = Frontier().extend(leaves).root().hex()
    if _leaves_none(maker, record):
        yield Refusal(signing_keys.LAST, {"fields": ["key_id"]})
    yield from signing_keys.objections(maker.keyring, record, len(maker.known.all), root)


def _leaves_none(maker: Maker, record: Record) -> bool:
    """Whether a key ends, and of those in force beside it this service holds none."""
    purpose, ends = record.fields.get("purpose"), record.fields.get("key_id")
    alike = signing_keys.in_force(maker.keyring, str(purpose), len(maker.known.all))
    if ends not in alike or signing_keys.is_freeze(record):
        return False
    find = maker.ports.record_signer if purpose == "record" else maker.ports.checkpoint_key
    return not any(_is_there(find, key_id) for key_id in alike if key_id != ends)


def _is_there(find: RecordSigners, key_id: str) -> bool:
    try:
        find(key_id)
    except (KeyMissing, SignerGone):
        return False
    return True


def seal_anew(maker: Maker, decided: Decided) -> None:
    """Move the keys of sealed acts to the keys in force, when these are named and later."""
    if decided.type == confidential.RENEWED and maker.confidential and maker.opener:
        maker.keys.renew(maker.confidential, maker.opener)
    if decided.type == confidential.ADOPTED and maker.confidential:
        maker.keys.give_away(maker.confidential, _hidden_from_the_chair(maker))


def _hidden_from_the_chair(maker: Maker) -> frozenset[int]:
    """The positions of sealed acts about the chair of governors, of those that can be read."""
    whole = maker.restricted.whole
    return frozenset(
        position
        for position, opened in maker.restricted.opened.items()
        if unjudged.about_chair(whole, opened.incident, maker.now)
    )

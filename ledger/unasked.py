"""What the ledger records of its own accord: no command asks for it, and no rule refuses it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from ledger import epochs, heads, inside, unjudged
from ledger.domain.entries import Entries
from ledger.domain.placing import SealedValue
from ledger.domain.school_time import format_instant
from ledger.domain.standing import SYSTEM
from ledger.making import Maker
from ledger.opening import ACT
from ledger.proof.form import REPLACED_TYPE, TIMESTAMP_TYPE
from ledger.proof.heads import HEADS_TYPE
from ledger.proof.headtree import HeadTree


def seal_act(maker: Maker, act: Mapping[str, Any], chair: bool = True) -> int:
    """Record a restricted act as a blob of one fixed size (docs/format.md 4, sealed act).

    Nothing of `act` shows in the record: neither its kind nor its size, persons or actor. Where
    there are confidential keys these alone open it, the chair's only if `chair`. Returns the
    position.
    """
    stream = f"sealed/{maker.new_id()}"
    if keys := maker.confidential:
        maker.keys.confide(f"stream:{stream}", keys, chair)
    blank = maker.blank(maker.new_id(), stream)
    record = replace(blank, type="Sealed", action="seal", actor=SYSTEM)
    return maker.add(record, (SealedValue(ACT, dict(act), f"stream:{stream}"),))


def seal_cover(maker: Maker) -> None:
    """Record a sealed act that says nothing."""
    seal_act(maker, {})


def seal_reading(maker: Maker, incident: str, person: str) -> None:
    """Record, inside, that somebody read a restricted incident."""
    seal_act(maker, inside.reading(incident, person), unjudged.of_chair(incident))


def publish_heads(maker: Maker, choose: Callable[[Entries], Collection[str]]) -> HeadTree:
    """Commit to how far every stream has gone, by one hash that shows none of them.

    `choose` names streams that have a place in the tree even where they have no record yet.
    """
    event_id, size = maker.new_id(), len(maker.known.all)
    tree = heads.tree(maker.store, maker.ports, size, event_id, choose(maker.known))
    fields = {"root": tree.root().hex()}
    _add(maker, event_id, HEADS_TYPE, "publish_heads", fields)
    return tree


def timestamp(maker: Maker, size: int, root: bytes, token: bytes, at: int) -> None:
    """Record the hash of a token that says the checkpoint existed `at` that time."""
    fields = {"at": format_instant(at), "root": root.hex(), "size": size, "token": token.hex()}
    _add(maker, maker.new_id(), TIMESTAMP_TYPE, "timestamp_checkpoint", fields)


def replace_wrapping_key(maker: Maker, epoch: int) -> None:
    """Wrap every key anew, and say so; the record and the keys are one transaction."""
    event_id = maker.new_id()
    rows = epochs.rewrapped(maker.store, maker.ports.wrapper, epoch)
    maker.batch.beside.extend(rows)
    fields = {"epoch": epoch, "keys": len(rows)}
    _add(maker, event_id, REPLACED_TYPE, "replace_wrapping_key", fields)


def _add(maker: Maker, event_id: str, type_: str, action: str, fields: dict[str, Any]) -> None:
    blank = maker.blank(event_id, "ledger")
    maker.add(replace(blank, type=type_, action=action, actor=SYSTEM, fields=fields))

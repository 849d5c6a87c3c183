"""How far every stream had gone, from the store: what evidence of a part of the log rests on."""

from __future__ import annotations

from ledger.domain.entries import Entries
from ledger.domain.standing import SYSTEM
from ledger.ports import Ports
from ledger.proof.heads import Head, HeadTree
from ledger.store import Recorder

SEED = b"handledger/heads/v1\n"


def tree(store: Recorder, ports: Ports, known: Entries, size: int, event_id: str) -> HeadTree:
    """The tree over the heads of the first `size` records, as the record `event_id` commits to it.

    Everybody who acted has a place in it, at version 0 where nothing was recorded about them:
    that a stream is empty can be shown too. The nonces follow from a secret of the ledger, so that
    the same tree can be made again.
    """
    heads = [Head(stream, version, leaf) for stream, version, leaf in store.heads(size)]
    there = {head.stream for head in heads}
    acted = {f"person/{entry.record.actor}" for entry in known.all[:size]}
    silent = acted - there - {f"person/{SYSTEM}", "person/unknown"}
    heads += [Head(stream, 0, None) for stream in silent]
    return HeadTree(ports.mac(SEED + event_id.encode("ascii")), heads)

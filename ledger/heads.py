"""How far every stream had gone, from the store: what evidence of a part of the log rests on."""

from __future__ import annotations

from collections.abc import Collection

from ledger.ports import Ports
from ledger.proof.heads import Head
from ledger.proof.headtree import HeadTree
from ledger.store import Recorder

SEED = b"handledger/heads/v1\n"


def tree(
    store: Recorder, ports: Ports, size: int, event_id: str, silent: Collection[str]
) -> HeadTree:
    """The tree over the heads of the first `size` records, as the record `event_id` commits to it.

    `silent` streams have a place in it at version 0 where they have no record: that a stream is
    empty can be shown too. Nonces follow from a secret of the ledger; nobody else can guess one.
    """
    heads = [Head(stream, version, leaf) for stream, version, leaf in store.heads(size)]
    there = {head.stream for head in heads}
    heads += [Head(stream, 0, None) for stream in sorted(set(silent) - there)]
    return HeadTree(ports.mac(SEED + event_id.encode("ascii")), heads)

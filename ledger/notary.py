"""Signing checkpoints, and the proofs under them, of what is committed and was looked at again."""

from __future__ import annotations

from collections.abc import Callable

from ledger.proof.checkpoint import Checkpoint, parse_checkpoint
from ledger.proof.merkle import Frontier
from ledger.proof.note import parse_note
from ledger.proof.tlogproof import TlogProof, format_tlog_proof
from ledger.store import Recorder
from ledger.tree import Tree

# The note of a checkpoint, signed by the keys in force.
Sign = Callable[[Checkpoint], bytes]


class StoreDiffers(Exception):
    """The stored bytes are not those that were decided: such a tree is never signed."""


class Notary:
    """Signs for one log. Two inconsistent checkpoints are the one act that cannot be forgiven."""

    def __init__(self, origin: str, sign: Sign, store: Recorder, tree: Tree) -> None:
        self._origin, self._sign, self._store, self._tree = origin, sign, store, tree
        self._checked = Frontier()
        self._last: tuple[int, bytes] = (-1, b"")

    @property
    def size(self) -> int:
        """Up to which size the stored bytes were looked at."""
        return self._checked.size

    def checkpoint(self, frontier: Frontier) -> bytes:
        """The signed checkpoint of a committed tree; signing twice gives the same octets.

        A second path must come to the same root first: the leaf hashes newly covered are computed
        from the stored bytes, because a bit that flipped between deciding and storing must never
        be signed. Raises StoreDiffers.
        """
        if self._last[0] != frontier.size:
            self._look(frontier)
            checkpoint = Checkpoint(self._origin, frontier.size, frontier.root())
            self._last = (frontier.size, self._sign(checkpoint))
        return self._last[1]

    def proof(self, position: int, frontier: Frontier) -> str:
        """The tlog-proof of a record under the checkpoint of a committed tree that covers it."""
        return self.proof_under(self.checkpoint(frontier), position)

    def proof_under(self, note: bytes, position: int) -> str:
        """The same under a checkpoint of this log that covers the record."""
        size = parse_checkpoint(parse_note(note).text).size
        path = tuple(self._tree.inclusion(position, size))
        return format_tlog_proof(TlogProof(position, path, note, None))

    def _look(self, frontier: Frontier) -> None:
        start, size = self._checked.size, frontier.size
        if size < start:
            stored = self._tree.frontier(size)  # of leaves that were looked at before
        else:
            stored = self._checked.extend(self._store.leaves(start, size))
        if stored.size != size or stored.root() != frontier.root():
            raise StoreDiffers(f"the stored records up to {size} are not those that were decided")
        self._checked = max(self._checked, stored, key=lambda f: f.size)

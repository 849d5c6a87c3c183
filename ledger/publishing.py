"""Checkpoints and proofs of one log as they are handed out, also while its key is away."""

from __future__ import annotations

from pathlib import Path

from ledger import kept, signing
from ledger.domain.signing_keys import checkpoint_keys
from ledger.known import Known
from ledger.notary import Notary
from ledger.outcomes import WritesRefused
from ledger.ports import Ports
from ledger.proof.checkpoint import Checkpoint, parse_checkpoint
from ledger.proof.dsse import SignerGone
from ledger.proof.keyring import Keyring
from ledger.proof.merkle import Frontier
from ledger.proof.note import parse_note, verifier_key
from ledger.store import Recorder
from ledger.tree import Tree


class Publisher:
    """Signs for one log what is known and stored. Whoever calls it holds the turn.

    Every method that signs raises StoreDiffers where the store is not what was decided.
    """

    def __init__(
        self, directory: Path, ports: Ports, origin: str, store: Recorder, tree: Tree, known: Known
    ) -> None:
        self.key = verifier_key(origin, ports.checkpoint_signer.public_key)
        self.kept = kept.KeptCheckpoint(directory, (self.key,))
        self._origin, self._ports, self._known = origin, ports, known
        self._store, self._tree = store, tree
        self._lines = ("", b"")  # of the checkpoint published last: its text, post-quantum lines
        self.look_again()

    def look_again(self) -> None:
        """Trust nothing of what was looked at in the store so far."""
        self._notary = Notary(self._origin, self._sign, self._store, self._tree)

    def checkpoint(self, size: int | None = None) -> bytes:
        """The signed checkpoint of that size; while its key is away, of everything signed last.

        Raises WritesRefused where that will not do.
        """
        try:
            return self.sign(self._known.edge.size if size is None else size)
        except SignerGone as gone:
            return self._last_signed(gone, size)

    def sign(self, size: int) -> bytes:
        """The signed checkpoint of that size. Raises SignerGone."""
        return self._notary.checkpoint(self._frontier(size))

    def objection(self, held: list[bytes]) -> str:
        """Why the store cannot be what was acknowledged, by what was `held` before it was read."""
        self.kept.keys = (self.key, *checkpoint_keys(self._known.keyring))
        return self._against(self.kept.last(held))

    def proof(self, position: int) -> str:
        """A tlog-proof under a checkpoint that covers the position, the last signed if need be."""
        size = max(self._notary.size, position + 1)
        try:
            return self._notary.proof(position, self._frontier(size))
        except SignerGone as gone:
            note = self._last_signed(gone, least=position + 1)
            return self._notary.proof_under(note, position)

    def receipt(self, position: int) -> str:
        """The tlog-proof of a record just committed. Raises SignerGone."""
        return self._notary.proof(position, self._known.edge.frontier)

    def cosigned(self, note: bytes, size: int) -> bytes:
        """With the cosignatures that witnesses give now; they are not sent post-quantum lines,
        which are three kilobytes and none of theirs."""
        return self._ports.cosign(note, lambda old: self._tree.consistency(old, size))

    def with_lines(self, note: bytes, keyring: Keyring) -> bytes:
        """With the post-quantum lines; those of one checkpoint are the same octets each time."""
        text = parse_note(note).text
        if self._lines[0] != text:
            find, checkpoint = self._ports.post_quantum_signer, parse_checkpoint(text)
            self._lines = (text, signing.post_quantum_lines(keyring, find, checkpoint))
        return note + self._lines[1]

    def _sign(self, checkpoint: Checkpoint) -> bytes:
        keyring = self._known.keyring
        self.kept.keys = (self.key, *checkpoint_keys(keyring))
        return signing.checkpoint_note(keyring, self._ports.checkpoint_key, checkpoint)

    def _last_signed(self, gone: SignerGone, size: int | None = None, least: int = 0) -> bytes:
        """The kept checkpoint, if it is of what is stored, of that size or at least so large."""
        last = self.kept.last()
        why = self._against(last)
        if last is None or why or last.size < least or size not in (None, last.size):
            raise WritesRefused(f"no checkpoint can be signed: {gone}") from gone
        return self.kept.note()

    def _against(self, last: Checkpoint | None) -> str:
        return kept.objection(last, self._origin, self._known.edge.size, self._tree.root)

    def _frontier(self, size: int) -> Frontier:
        edge = self._known.edge
        return edge.frontier if size == edge.size else self._tree.frontier(size)

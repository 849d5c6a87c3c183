"""Steps 4 to 8: reading all records of a file, wherever they lie in it, one bundle at a time."""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence

from .completeness import Completeness
from .errors import Invalid, Malformed, Newer
from .evidence import Evidence
from .history import History
from .journal import Journal
from .layout import DISCLOSURES, Layout, proof_path, record_path
from .merkle import check_inclusion, leaf_hash
from .report import Check
from .tiles import TILE_WIDTH, bundle_paths, decode_bundle
from .tlogproof import parse_tlog_proof
from .tree import Tree


class Reading:
    """The records of a file as they come: in the history, in the tree, in their streams."""

    def __init__(
        self,
        evidence: Evidence,
        layout: Layout,
        checks: Sequence[Check],
        journal: Journal,
        sizes: Sequence[int],
    ) -> None:
        self._evidence = evidence
        self._journal = journal
        self.layout = layout
        disclosures = evidence.read(DISCLOSURES) or b""
        self._proofs = evidence.read_proofs() if layout.is_partial else ()
        claims = dict(evidence.read_claims(layout))
        if layout.is_partial:
            claims["streams"] = [proof.head.stream for proof in self._proofs]
        origin, manifest = evidence.origin, evidence.manifest
        self.history = History(origin, disclosures, checks, journal, claims, manifest)
        self.tree = Tree(evidence, journal, sizes)
        self._completeness = Completeness(layout, evidence.manifest, journal)

    def records(self) -> bool:
        """Read all records; tell whether they could be read to the end."""
        for n, width in bundle_paths(self.layout.size):
            entries = self._entries(n, width)
            leaves = self._leaves(n, width, entries) if entries is not None else None
            if entries is None or leaves is None:
                return False
            self.tree.add(n, leaves)
            if not all(
                self._see(position, entries.get(position), leaf)
                for position, leaf in enumerate(leaves, n * TILE_WIDTH)
            ):
                return False
        return True

    def finish(self) -> None:
        """Check what can only be said after the last record."""
        checkpoint = self._evidence.checkpoint
        self.tree.finish(checkpoint.root if checkpoint is not None else None)
        self.history.finish()
        if self.history.unread:
            self._journal.say(13, "broke off, for records could not be read")
        else:
            self._completeness.finish(self._proofs)

    def _see(self, position: int, entry: Optional[bytes], leaf: bytes) -> bool:
        if entry is None:
            self.history.skip(position)
            self._completeness.skip(position)
            return True
        try:
            record = self.history.see(position, entry)
        except Newer as error:
            self._journal.add(4, "newer", str(error), position)
            return False
        if record is not None:
            self._completeness.see(position, record, leaf)
        return True

    def _entries(self, n: int, width: int) -> Optional[Dict[int, bytes]]:
        """Return the shown records of bundle `n` by position; None, noted, if they cannot be."""
        positions = self.layout.positions(n, width)
        if self.layout.is_case:
            return self._single(positions)
        data = self._evidence.read(self.layout.bundle_path(n, width))
        if data is None:
            return None
        try:
            found = decode_bundle(data, len(positions))
        except Malformed as error:
            detail = f"bundle of records from {n * TILE_WIDTH} on: {error}"
            self._journal.add(4, "bundle_form", detail)
            return None
        return {position: found[i] for i, position in enumerate(positions)}

    def _single(self, positions: List[int]) -> Optional[Dict[int, bytes]]:
        entries: Dict[int, bytes] = {}
        for position in positions:
            entry = self._evidence.read(record_path(position))
            if entry is None:
                return None
            self._check_proof(position, entry)
            entries[position] = entry
        return entries

    def _check_proof(self, position: int, entry: bytes) -> None:
        data, checkpoint = self._evidence.read(proof_path(position)), self._evidence.checkpoint
        if data is None or checkpoint is None:
            return
        try:
            proof = parse_tlog_proof(data)
            if (proof.index, proof.note, proof.extra) != (position, self._evidence.note, None):
                raise Invalid("of another record, or under another checkpoint")
            size, root = checkpoint.size, checkpoint.root
            check_inclusion(leaf_hash(entry), position, size, proof.path, root)
        except (Malformed, Invalid) as error:
            self._journal.add(5, "record_proof", str(error), position)

    def _leaves(self, n: int, width: int, entries: Dict[int, bytes]) -> Optional[List[bytes]]:
        """Return the leaf hashes of bundle `n`, of what is not shown as the file gives them."""
        hashes = {position: leaf_hash(entry) for position, entry in entries.items()}
        first = n * TILE_WIDTH
        if len(hashes) == width:
            return [hashes[position] for position in range(first, first + width)]
        given = self.tree.tile(n, width)
        if given is None:
            return None
        return [hashes.get(first + i, leaf) for i, leaf in enumerate(given)]

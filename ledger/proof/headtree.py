"""Committing to the heads of all streams of a log, and proving single ones (format 11)."""

from __future__ import annotations

from bisect import bisect_left
from hashlib import sha256, shake_256
from typing import Any, Dict, Iterable, List, Tuple

from .encoding import b64encode, canonical
from .heads import DEPTH, Head, Proof, bit, climb, key_of, leaf_of, node

_FILL = b"handledger/heads/v1\n"


class HeadTree:
    """The tree over the heads of a whole log. `seed` is 32 octets that only the ledger knows.

    The same seed and heads give the same root. Raises ValueError for a stream that stands twice.
    """

    def __init__(self, seed: bytes, heads: Iterable[Head]) -> None:
        self._seed = seed
        self._heads = {key_of(head.stream): head for head in heads}
        self._keys = sorted(self._heads)
        self._known: Dict[Tuple[int, int, int], bytes] = {}

    @property
    def streams(self) -> List[str]:
        """Return the names of all streams in the tree, sorted."""
        return sorted(head.stream for head in self._heads.values())

    def root(self) -> bytes:
        """Return the root."""
        return self._subtree(0, len(self._keys), 0)

    def prove(self, stream: str) -> Proof:
        """Return the proof of a stream's head; raise KeyError for one that is not in the tree."""
        key = key_of(stream)
        head, begin, end = self._heads[key], 0, len(self._keys)
        path: List[bytes] = []
        for depth in range(DEPTH):
            if end - begin == 1:
                path += self._fill(key)[depth:]
                break
            middle = self._middle(begin, end, depth)
            other = (begin, middle) if bit(key, depth) else (middle, end)
            begin, end = (middle, end) if bit(key, depth) else (begin, middle)
            path.append(self._sibling(other, (begin, end), depth))
        return Proof(head, self._nonce(key), tuple(path[::-1]))

    def _subtree(self, begin: int, end: int, depth: int) -> bytes:
        """Return the hash over the streams [begin, end), which agree in their first bits."""
        if begin == end:  # only a log without any stream
            return sha256(_FILL + self._seed).digest()
        if (begin, end, depth) not in self._known:
            self._known[begin, end, depth] = self._hash(begin, end, depth)
        return self._known[begin, end, depth]

    def _hash(self, begin: int, end: int, depth: int) -> bytes:
        if end - begin == 1:
            key = self._keys[begin]
            leaf = leaf_of(self._heads[key], self._nonce(key))
            return climb(leaf, key, self._fill(key)[: depth - 1 if depth else None : -1])
        middle = self._middle(begin, end, depth)
        low, high = (begin, middle), (middle, end)
        return node(self._sibling(low, high, depth), self._sibling(high, low, depth))

    def _sibling(self, half: Tuple[int, int], other: Tuple[int, int], depth: int) -> bytes:
        # Where nothing is, octets that belong to the first stream on the other side.
        if half[0] == half[1]:
            return self._fill(self._keys[other[0]])[depth]
        return self._subtree(*half, depth + 1)

    def _middle(self, begin: int, end: int, depth: int) -> int:
        """Return where the streams with the next bit set begin."""
        prefix = self._keys[begin] >> (DEPTH - depth) << (DEPTH - depth)
        return bisect_left(self._keys, prefix | 1 << (DEPTH - 1 - depth), begin, end)

    def _nonce(self, key: int) -> bytes:
        return self._octets(key)[:32]

    def _fill(self, key: int) -> List[bytes]:
        """Return what stands beside a stream where no other is, by depth."""
        octets = self._octets(key)
        return [octets[i : i + 32] for i in range(32, len(octets), 32)]

    def _octets(self, key: int) -> bytes:
        return shake_256(_FILL + self._seed + key.to_bytes(16, "big")).digest(32 * (DEPTH + 1))


def heads_member(proofs: Iterable[Proof]) -> bytes:
    """Return the member `heads.json`."""
    ordered = sorted(proofs, key=lambda proof: proof.head.stream)
    return canonical({"heads": [_as_json(proof) for proof in ordered]})


def _as_json(proof: Proof) -> Dict[str, Any]:
    head = proof.head
    return {
        "nonce": b64encode(proof.nonce),
        "path": b64encode(b"".join(proof.path)),
        "record": None if head.record is None else head.record.hex(),
        "stream": head.stream,
        "version": head.version,
    }

"""Heads of streams: how far each stream went, committed to by one hash (format 11).

A tree of fixed depth, its places given by SHA-256 of the stream's name, so that no stream has two.
Every place that holds nothing is filled with octets that look like any other hash, and each leaf
has a nonce of its own: a path shows neither who the neighbours are nor how many streams there are.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from hashlib import sha256, shake_256
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

from .encoding import MAX_INTEGER, b64decode, b64encode, canonical, hex_bytes, parse_canonical
from .errors import Invalid, Malformed
from .form import is_stream

DEPTH = 128
HEADS_TYPE = "StreamHeadsPublished"
_LEAF, _NODE = b"\x00", b"\x01"
_FILL = b"handledger/heads/v1\n"


@dataclass(frozen=True)
class Head:
    """The last record of a stream: its version, and its leaf hash; 0 and None where none is."""

    stream: str
    version: int
    record: Optional[bytes]


@dataclass(frozen=True)
class Proof:
    """A head, its nonce, and the hashes from its leaf up to the root."""

    head: Head
    nonce: bytes
    path: Tuple[bytes, ...]


class HeadTree:
    """The tree over the heads of a whole log. `seed` is 32 octets that only the ledger knows.

    The same seed and heads give the same root. Raises ValueError for a stream that stands twice.
    """

    def __init__(self, seed: bytes, heads: Iterable[Head]) -> None:
        self._seed = seed
        self._heads = {_key(head.stream): head for head in heads}
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
        key = _key(stream)
        head, begin, end = self._heads[key], 0, len(self._keys)
        path: List[bytes] = []
        for depth in range(DEPTH):
            if end - begin == 1:
                path += self._fill(key)[depth:]
                break
            middle = self._middle(begin, end, depth)
            other = (begin, middle) if _bit(key, depth) else (middle, end)
            begin, end = (middle, end) if _bit(key, depth) else (begin, middle)
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
            return _climb(leaf, key, self._fill(key)[: depth - 1 if depth else None : -1])
        middle = self._middle(begin, end, depth)
        low, high = (begin, middle), (middle, end)
        return _node(self._sibling(low, high, depth), self._sibling(high, low, depth))

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


def leaf_of(head: Head, nonce: bytes) -> bytes:
    """Return the hash of a head in the tree."""
    record = None if head.record is None else head.record.hex()
    said = {"record": record, "stream": head.stream, "version": head.version}
    return sha256(_LEAF + nonce + canonical(said)).digest()


def check_proof(proof: Proof, root: bytes) -> None:
    """Raise Invalid unless the proof leads from its head to `root`."""
    leaf = leaf_of(proof.head, proof.nonce)
    if _climb(leaf, _key(proof.head.stream), proof.path) != root:
        raise Invalid(f"head of {proof.head.stream} is not under the root of the heads")


def heads_member(proofs: Iterable[Proof]) -> bytes:
    """Return the member `heads.json`."""
    ordered = sorted(proofs, key=lambda proof: proof.head.stream)
    return canonical({"heads": [_as_json(proof) for proof in ordered]})


def read_heads(data: bytes) -> List[Proof]:
    """Return the proofs of a member `heads.json`; raise Malformed for another form."""
    value = parse_canonical(data)
    if type(value) is not dict or value.keys() != {"heads"} or type(value["heads"]) is not list:
        raise Malformed("heads.json is not heads")
    proofs = list(map(_proof, value["heads"]))
    names = [proof.head.stream for proof in proofs]
    if names != sorted(set(names)):
        raise Malformed("heads not sorted by stream, or one twice")
    return proofs


def _as_json(proof: Proof) -> Dict[str, Any]:
    head = proof.head
    return {
        "nonce": b64encode(proof.nonce),
        "path": b64encode(b"".join(proof.path)),
        "record": None if head.record is None else head.record.hex(),
        "stream": head.stream,
        "version": head.version,
    }


def _proof(item: Any) -> Proof:
    names = {"nonce", "path", "record", "stream", "version"}
    if type(item) is not dict or item.keys() != names:
        raise Malformed("head that is not nonce, path, record, stream and version")
    version, record = item["version"], item["record"]
    if not is_stream(item["stream"]) or type(version) is not int:
        raise Malformed("head whose stream or version is none")
    if not 0 <= version <= MAX_INTEGER or (record is None) is not (version == 0):
        raise Malformed("head whose version and record do not belong together")
    if not all(type(item[name]) is str for name in ("nonce", "path")):
        raise Malformed("head whose nonce or path is not text")
    if record is not None and type(record) is not str:
        raise Malformed("head whose record is not text")
    nonce, path = b64decode(item["nonce"]), b64decode(item["path"])
    if (len(nonce), len(path)) != (32, 32 * DEPTH):
        raise Malformed("head whose nonce or path is of another length")
    head = Head(item["stream"], version, None if record is None else hex_bytes(record, 32))
    return Proof(head, nonce, tuple(path[i : i + 32] for i in range(0, len(path), 32)))


def _climb(leaf: bytes, key: int, path: Sequence[bytes]) -> bytes:
    """Return the hash above a leaf; `path` begins with the leaf's sibling."""
    node = leaf
    for height, sibling in enumerate(path):
        right = _bit(key, DEPTH - 1 - height)
        node = _node(sibling, node) if right else _node(node, sibling)
    return node


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(_NODE + left + right).digest()


def _key(stream: str) -> int:
    """Return the place of a stream: the first 128 bits of SHA-256 of its name."""
    return int.from_bytes(sha256(stream.encode("ascii")).digest()[: DEPTH // 8], "big")


def _bit(key: int, depth: int) -> int:
    return key >> (DEPTH - 1 - depth) & 1

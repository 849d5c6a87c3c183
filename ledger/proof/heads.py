"""Heads of streams: how far each stream went, committed to by one hash (format 11).

A tree of fixed depth, its places given by SHA-256 of the stream's name, so that no stream has two.
Every place that holds nothing is filled with octets that look like any other hash, and each leaf
has a nonce of its own: a path shows neither who the neighbours are nor how many streams there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, List, Optional, Sequence, Tuple

from .encoding import MAX_INTEGER, b64decode, canonical, hex_bytes, parse_canonical
from .errors import Invalid, Malformed
from .form import is_stream

DEPTH = 128
HEADS_TYPE = "StreamHeadsPublished"
_LEAF, _NODE = b"\x00", b"\x01"


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


def leaf_of(head: Head, nonce: bytes) -> bytes:
    """Return the hash of a head in the tree."""
    record = None if head.record is None else head.record.hex()
    said = {"record": record, "stream": head.stream, "version": head.version}
    return sha256(_LEAF + nonce + canonical(said)).digest()


def check_proof(proof: Proof, root: bytes) -> None:
    """Raise Invalid unless the proof leads from its head to `root`."""
    leaf = leaf_of(proof.head, proof.nonce)
    if climb(leaf, key_of(proof.head.stream), proof.path) != root:
        raise Invalid(f"head of {proof.head.stream} is not under the root of the heads")


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


def climb(leaf: bytes, key: int, path: Sequence[bytes]) -> bytes:
    """Return the hash above a leaf; `path` begins with the leaf's sibling."""
    below = leaf
    for height, sibling in enumerate(path):
        right = bit(key, DEPTH - 1 - height)
        below = node(sibling, below) if right else node(below, sibling)
    return below


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash above two others."""
    return sha256(_NODE + left + right).digest()


def key_of(stream: str) -> int:
    """Return the place of a stream: the first 128 bits of SHA-256 of its name."""
    return int.from_bytes(sha256(stream.encode("ascii")).digest()[: DEPTH // 8], "big")


def bit(key: int, depth: int) -> int:
    """Return which way the path to a place turns at a depth."""
    return key >> (DEPTH - 1 - depth) & 1

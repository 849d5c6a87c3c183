"""RFC 6962 Merkle trees: leaves, nodes, roots, and the two proofs of RFC 9162, 2.1."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Callable, Iterable, List, Sequence, Tuple

from .errors import Invalid, Malformed

EMPTY_ROOT = sha256(b"").digest()

# node(level, index): the root of the complete subtree of 2^level leaves, the index-th of them.
Node = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry as a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two others."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes; of none, the hash of nothing."""
    level = list(leaves)
    while len(level) > 1:
        pairs = [node_hash(*level[i : i + 2]) for i in range(0, len(level) - 1, 2)]
        # A lone right edge rises unpaired: that is the split at the largest power of two.
        level = pairs + level[len(pairs) * 2 :]
    return level[0] if level else EMPTY_ROOT


@dataclass(frozen=True)
class Frontier:
    """The right edge of a tree: one hash for each complete subtree, the largest first.

    It is all that must be kept to append for ever; 32 octets for each 1 bit of the size.
    """

    size: int = 0
    hashes: Tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> Frontier:
        """Return the frontier after one more leaf hash."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """Return the frontier after these leaf hashes, in order."""
        size, hashes = self.size, list(self.hashes)
        for leaf in leaves:
            hashes.append(leaf)
            size += 1
            # As many merges as the new size has low zero bits.
            for _ in range((size & -size).bit_length() - 1):
                right = hashes.pop()
                hashes.append(node_hash(hashes.pop(), right))
        return Frontier(size, tuple(hashes))

    def root(self) -> bytes:
        """Return the root of the tree."""
        return _fold(self.hashes) if self.hashes else EMPTY_ROOT

    def to_bytes(self) -> bytes:
        """Return the hashes, one after the other."""
        return b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> Frontier:
        """Return the frontier of a tree of `size`; raise Malformed for another length."""
        if size < 0 or len(data) != 32 * bin(size).count("1"):
            raise Malformed(f"frontier of {len(data)} octets for a tree of {size}")
        return cls(size, tuple(data[i : i + 32] for i in range(0, len(data), 32)))


def inclusion_path(index: int, size: int, node: Node) -> List[bytes]:
    """Return the hashes that prove leaf `index` in a tree of `size`, its sibling first."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    path, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_range_root(middle, end, node))
            end = middle
        else:
            path.append(_range_root(begin, middle, node))
            begin = middle
    return path[::-1]


def consistency_path(old: int, new: int, node: Node) -> List[bytes]:
    """Return the hashes that prove a tree of `old` leaves to be a prefix of one of `new`."""
    if not 0 <= old <= new:
        raise ValueError(f"no prefix of {old} leaves in a tree of {new}")
    if old in (0, new):
        return []
    path, begin, end = [], 0, new
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(_range_root(middle, end, node))
            end = middle
        else:
            path.append(_range_root(begin, middle, node))
            begin = middle
    # The old root itself is known to whoever checks, if it is one complete subtree.
    seed = [_range_root(begin, end, node)] if begin else []
    return seed + path[::-1]


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raise Invalid unless the leaf hash is number `index` of the tree `root` (RFC 9162, 2.1.3.2).

    Hashes are 32 octets each; `path` begins with the leaf's sibling.
    """
    _check_hashes([leaf, root, *path])
    if not 0 <= index < size:
        raise Invalid(f"no leaf {index} in a tree of {size}")
    node, fn, sn = leaf, index, size - 1
    for sibling in path:
        if sn == 0:
            raise Invalid("inclusion path runs past the root")
        if fn & 1 or fn == sn:
            node = node_hash(sibling, node)
            while fn and not fn & 1:  # a lone right edge rises unpaired
                fn, sn = fn >> 1, sn >> 1
        else:
            node = node_hash(node, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn or node != root:
        raise Invalid("inclusion path does not lead to the root")


def check_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Raise Invalid unless the tree of `old` leaves is a prefix of `new` (RFC 9162, 2.1.4.2)."""
    _check_hashes([old_root, new_root, *path])
    if not 0 <= old <= new:
        raise Invalid(f"no prefix of {old} leaves in a tree of {new}")
    if old in (0, new):
        # Nothing to walk: an empty tree is a prefix of all, and each tree of itself.
        if path or old_root != (EMPTY_ROOT if old == 0 else new_root):
            raise Invalid(f"roots of {old} and {new} leaves do not agree")
        return
    complete = old & (old - 1) == 0
    steps = [old_root, *path] if complete else list(path)
    if not steps or _walk(old - 1, new - 1, steps) != (old_root, new_root):
        raise Invalid("consistency path does not lead to both roots")


def _walk(fn: int, sn: int, steps: Sequence[bytes]) -> Tuple[bytes, bytes]:
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if sn == 0:
            raise Invalid("consistency path runs past the root")
        if fn & 1 or fn == sn:
            old, new = node_hash(step, old), node_hash(step, new)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node_hash(new, step)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise Invalid("consistency path ends below the root")
    return old, new


def _check_hashes(hashes: Iterable[bytes]) -> None:
    if any(len(each) != 32 for each in hashes):
        raise Invalid("proof with a hash that is not 32 octets")


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _range_root(begin: int, end: int, node: Node) -> bytes:
    """Return the root over [begin, end), which begins where its largest subtree may."""
    hashes = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        hashes.append(node(level, begin >> level))
        begin += 1 << level
    return _fold(hashes)


def _fold(hashes: Sequence[bytes]) -> bytes:
    top = hashes[-1]
    for left in reversed(hashes[:-1]):
        top = node_hash(left, top)
    return top

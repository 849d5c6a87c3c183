"""The tree as it lies in the store: its right edge while writing, its proofs while reading."""

from __future__ import annotations

from functools import lru_cache

from ledger.proof.merkle import Frontier, consistency_path, inclusion_path, root
from ledger.rows import Tile
from ledger.store import Recorder

WIDTH = 256
MAX_LEVEL = 7  # of a tree of fewer than 2^63 leaves


class Edge:
    """What must be at hand to append: the frontier, and the hashes of each unfinished tile."""

    def __init__(self, frontier: Frontier, unfinished: list[list[bytes]]) -> None:
        self.frontier = frontier
        self._unfinished = unfinished

    @property
    def size(self) -> int:
        return self.frontier.size

    def copy(self) -> Edge:
        return Edge(self.frontier, [list(level) for level in self._unfinished])

    def append(self, leaf: bytes) -> list[Tile]:
        """Take in the next leaf hash; returns the tiles that it completes, lowest first."""
        number = self.size
        self.frontier = self.frontier.append(leaf)
        tiles: list[Tile] = []
        new, level = leaf, 0
        while True:
            if level == len(self._unfinished):
                self._unfinished.append([])
            hashes = self._unfinished[level]
            hashes.append(new)
            if len(hashes) < WIDTH:
                return tiles
            number //= WIDTH
            tiles.append(Tile(level, number, b"".join(hashes)))
            new, level = root(hashes), level + 1
            hashes.clear()


class Tree:
    """The tree of everything committed (RFC 6962), read in O(log n)."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        # Complete subtrees never change, so their hashes are worth remembering: the receipts of a
        # batch ask for the same ones again and again.
        self.node = lru_cache(maxsize=2**16)(self._node)

    def _node(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree of 2^level leaves number `index`."""
        tile_level, within = divmod(level, 8)
        if level and not within:  # a whole tile of the level below
            tile_level, within = tile_level - 1, 8
        return root(self.hashes(tile_level, index << within, 1 << within))

    def hashes(self, level: int, first: int, count: int) -> list[bytes]:
        """`count` hashes of a tile level (subtrees of 256^level leaves) from number `first` on.

        All of them must lie within one tile and be complete.
        """
        number, offset = divmod(first, WIDTH)
        tile = self._recorder.row(Tile, (level, number))
        if tile is not None:
            return _split(tile.hashes)[offset : offset + count]
        if level == 0:
            return self._leaves(first, count)
        return [self.node(8 * level, n) for n in range(first, first + count)]

    def tile(self, level: int, number: int, width: int, size: int) -> bytes | None:
        """The hashes of a tile, `width` of them, as the tree of `size` has it; None: it has not."""
        first = number * WIDTH
        if level > MAX_LEVEL or first + width > size >> (8 * level):
            return None
        return b"".join(self.hashes(level, first, width))

    def inclusion(self, position: int, size: int) -> list[bytes]:
        """The path of the leaf at `position` in the tree of `size`."""
        return inclusion_path(position, size, self.node)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The path that proves the tree of `old` to be a prefix of that of `new`."""
        return consistency_path(old, new, self.node)

    def frontier(self, size: int) -> Frontier:
        """The right edge of the tree of `size`, computed from tiles and leaves."""
        hashes, begin = [], 0
        for level in range(size.bit_length() - 1, -1, -1):
            if size >> level & 1:
                hashes.append(self.node(level, begin >> level))
                begin += 1 << level
        return Frontier(size, tuple(hashes))

    def root(self, size: int) -> bytes:
        """The root of the tree of `size`, 32 octets."""
        return self.frontier(size).root()

    def edge(self, size: int) -> Edge:
        """The edge of the tree of `size`, from which writing goes on."""
        unfinished, level = [], 0
        while size >> (8 * level):
            complete = size >> (8 * level)
            first = complete - complete % WIDTH
            unfinished.append(self.hashes(level, first, complete - first))
            level += 1
        return Edge(self.frontier(size), unfinished)

    def _leaves(self, first: int, count: int) -> list[bytes]:
        with self._recorder.reading() as c:
            c.execute(
                "SELECT leaf FROM stored_events WHERE position >= ? AND position < ? "
                "ORDER BY position",
                (first, first + count),
            )
            return [bytes(row["leaf"]) for row in c.fetchall()]


def _split(hashes: bytes) -> list[bytes]:
    return [hashes[i : i + 32] for i in range(0, len(hashes), 32)]

"""Step 5: every hash tile is that of the records, and their root is the checkpoint's."""

from __future__ import annotations

from typing import Dict, Iterable, List, Optional, Sequence

from .encoding import b64encode
from .evidence import Evidence
from .journal import Journal
from .merkle import EMPTY_ROOT, Frontier, root
from .tiles import TILE_WIDTH, tile_path


class Tree:
    """The tree of the records as they come; keeps one hash for each 256 of them."""

    def __init__(self, evidence: Evidence, journal: Journal, sizes: Iterable[int]) -> None:
        self._evidence = evidence
        self._journal = journal
        self._frontier = Frontier()
        self._above: List[bytes] = []
        self._wanted = sorted(set(sizes))
        # The roots of the sizes that were asked for, as far as the records have come.
        self.roots: Dict[int, bytes] = {0: EMPTY_ROOT}

    def tile(self, n: int, width: int) -> Optional[List[bytes]]:
        """Return the leaf hashes that the file gives for bundle `n`; None, noted, if it cannot."""
        data = self._evidence.read(tile_path(0, n, width))
        if data is None:
            return None
        if len(data) != 32 * width:
            detail = f"hash tile of {len(data)} octets"
            self._journal.add(5, "tile_mismatch", detail, n * TILE_WIDTH)
            return None
        return [data[i : i + 32] for i in range(0, len(data), 32)]

    def add(self, n: int, leaves: Sequence[bytes]) -> None:
        """Take the leaf hashes of entry bundle `n`."""
        self._check_tile(0, n, leaves)
        begin = self._frontier.size
        for size in self._wanted:
            if begin < size <= begin + len(leaves):
                self.roots[size] = self._frontier.extend(leaves[: size - begin]).root()
        self._frontier = self._frontier.extend(leaves)
        if len(leaves) == TILE_WIDTH:
            self._above.append(root(leaves))

    def finish(self, expected: Optional[bytes]) -> None:
        """Check the levels above, and the root against the checkpoint's."""
        level, hashes = 1, self._above
        while hashes:
            tiles = [hashes[i : i + TILE_WIDTH] for i in range(0, len(hashes), TILE_WIDTH)]
            for n, tile in enumerate(tiles):
                self._check_tile(level, n, tile)
            level, hashes = level + 1, [root(t) for t in tiles if len(t) == TILE_WIDTH]
        computed = self._frontier.root()
        if expected is not None and computed != expected:
            self._journal.add(5, "root_mismatch", f"the records give {b64encode(computed)}")
        self._journal.say(5, f"root {b64encode(computed)}")

    def _check_tile(self, level: int, n: int, hashes: Sequence[bytes]) -> None:
        name = tile_path(level, n, len(hashes))
        data = self._evidence.read(name)
        if data is None or data == b"".join(hashes):
            return
        there = [data[i : i + 32] for i in range(0, len(data), 32)]
        at = next((i for i, h in enumerate(hashes) if there[i : i + 1] != [h]), len(hashes))
        position = (n * TILE_WIDTH + at) * TILE_WIDTH**level
        detail = f"{name} differs from hash {at} on"
        self._journal.add(5, "tile_mismatch", detail, position if at < len(hashes) else None)

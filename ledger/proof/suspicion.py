"""Which records only a compromised key signed, told with all that is known (format 6)."""

from __future__ import annotations

from bisect import bisect
from typing import Callable, Iterator, List, Optional, Sequence, Tuple

from .journal import Journal
from .keyring import Keyring
from .merkle import Frontier
from .tiles import TILE_WIDTH, tile_path

Read = Callable[[str], Optional[bytes]]
Range = Tuple[int, int]


def check_suspects(keyring: Keyring, size: int, read: Read, journal: Journal) -> None:
    """Note re-attestations of other records, and each range that only compromised keys signed.

    `read` gives a member of the file, of `size` records.
    """
    cleared = []
    for start, stop, root, position in keyring.reattested:
        if _root(start, stop, size, read) == root:
            cleared.append((start, stop))
        else:
            detail = f"the records {start}-{stop - 1} are not those that are re-attested"
            journal.add(6, "keyring", detail, position)
    for start, stop, signers in _suspects(keyring, cleared):
        detail = f"records {start}-{stop - 1} are signed by {' and '.join(signers)} alone"
        journal.add(6, "key_compromised", detail, start)


def _root(start: int, stop: int, size: int, read: Read) -> bytes:
    frontier = Frontier()
    for n in range(start // TILE_WIDTH, (stop - 1) // TILE_WIDTH + 1):
        first = n * TILE_WIDTH
        tile = read(tile_path(0, n, min(TILE_WIDTH, size - first))) or b""
        begin, end = max(0, start - first), min(TILE_WIDTH, stop - first)
        frontier = frontier.extend(tile[32 * i : 32 * i + 32] for i in range(begin, end))
    return frontier.root()


def _suspects(
    keyring: Keyring, cleared: Sequence[Range]
) -> Iterator[Tuple[int, int, Tuple[str, ...]]]:
    """Give each range; records between that the file does not show divide none."""
    found: List[Tuple[int, int, Tuple[str, ...]]] = []
    before = 0  # where the run before ended
    for start, stop, signers in keyring.runs:
        trusted = [keyring.keys[one].trusted_until for one in signers]
        until = [each for each in trusted if each is not None]
        if until and len(until) == len(trusted):
            begin = max(start, *until)
            for first, beyond in _without(begin, stop, cleared):
                if found and (found[-1][1:], first) == ((before, signers), start):
                    first = found.pop()[0]
                found.append((first, beyond, signers))
        before = stop
    return iter(found)


def _without(begin: int, stop: int, cleared: Sequence[Range]) -> Iterator[Range]:
    """Give what is left of a range."""
    for at in range(max(0, bisect(cleared, (begin,)) - 1), len(cleared)):
        start, end = cleared[at]
        if start >= stop:
            break
        if begin < start:
            yield begin, start
        begin = max(begin, end)
    if begin < stop:
        yield begin, stop

"""How entries and hashes lie in files (C2SP tlog-tiles): coordinates, paths, entry bundles."""

from __future__ import annotations

import re
from typing import Iterable, Iterator, List, Tuple, Union

from .errors import Malformed

TILE_WIDTH = 256
ENTRIES = "entries"

MAX_LEVEL = 63

Level = Union[int, str]

_PATH = re.compile(
    r"(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([0-9]{1,3}))?", re.ASCII
)


def tile_path(level: Level, n: int, width: int = TILE_WIDTH) -> str:
    """Return the path of tile `n` at a level (or of entry bundle `n`) that is `width` wide."""
    groups = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        groups.append(f"x{n % 1000:03d}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def parse_tile_path(path: str) -> Tuple[Level, int, int]:
    """Return level (or `entries`), number and width of what lies at `tile/` and `path`.

    Raises Malformed for every spelling but the one, and for a level beyond 63.
    """
    match = _PATH.fullmatch(path)
    if match is None:
        raise Malformed(f"not the path of a tile: {ascii(path)[:80]}")
    level: Level = ENTRIES if match[1] == ENTRIES else int(match[1])
    n = int(match[2].replace("x", "").replace("/", ""))
    width = TILE_WIDTH if match[3] is None else int(match[3])
    # Written again it must be equal: no leading zeroes, no `x000`, no `.p/0` and no `.p/256`.
    if not width or tile_path(level, n, width) != f"tile/{path}":
        raise Malformed(f"not the path of a tile in its one spelling: {ascii(path)[:80]}")
    if level != ENTRIES and int(level) > MAX_LEVEL:
        raise Malformed(f"tile of level {level}")
    return level, n, width


def tile_paths(size: int) -> Iterator[Tuple[int, int, int]]:
    """Give (level, n, width) of each hash tile of a tree of exactly `size` leaves."""
    level = 0
    while size:
        for n, width in bundle_paths(size):
            yield level, n, width
        # Only complete tiles have a hash on the level above.
        level, size = level + 1, size // TILE_WIDTH


def bundle_paths(size: int) -> Iterator[Tuple[int, int]]:
    """Give (n, width) of each entry bundle of a tree of exactly `size` leaves."""
    full, width = divmod(size, TILE_WIDTH)
    for n in range(full):
        yield n, TILE_WIDTH
    if width:
        yield full, width


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Return the entries, each after its length in two octets; raise Malformed for a long one."""
    parts: List[bytes] = []
    for entry in entries:
        if len(entry) > 0xFFFF:
            raise Malformed(f"entry of {len(entry)} octets, at most 65535")
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def decode_bundle(data: bytes, count: int) -> List[bytes]:
    """Return the `count` entries of a bundle; raise Malformed, saying at which entry it breaks."""
    entries: List[bytes] = []
    at = 0
    for index in range(count):
        begin = at + 2
        at = begin + int.from_bytes(data[at:begin], "big")
        if begin > len(data) or at > len(data):
            raise Malformed(f"entry bundle ends within entry {index} of {count}")
        entries.append(data[begin:at])
    if at != len(data):
        raise Malformed(f"{len(data) - at} octets after entry {count - 1} of an entry bundle")
    return entries

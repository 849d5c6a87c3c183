"""Which members a file has, and where each record lies in it (formats 9 and 11)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import AbstractSet, FrozenSet, Iterable, Iterator, List

from .errors import Malformed
from .record import MAX_RECORD
from .tiles import ENTRIES, TILE_WIDTH, bundle_paths, tile_path, tile_paths

COMPLETE, REDACTED, CASE, PERSON = "complete", "redacted", "case", "person"
# Which kinds a format has; all formats are read, the last is written.
KINDS = {
    1: (COMPLETE,),
    2: (COMPLETE,),
    3: (REDACTED, CASE, PERSON),
    4: (COMPLETE, REDACTED, CASE, PERSON),
    5: (COMPLETE, REDACTED, CASE, PERSON),
}
FORMAT = 5

# The SHA-256 of README.txt by format and kind. A text once released never changes.
README_DIGESTS = {
    (1, COMPLETE): "081967892a95a2ba487923d8b8f88550aeb4e09a79d3cb650788a72183d0c764",
    (2, COMPLETE): "1bea90ee81a5c1b8e8cddfc9ee1ff74926a4f14caed236d85e066c5b942b3d61",
    (3, REDACTED): "2cdd52a6c5c6c0b95d9ae15c8cf6972aee46d247a4dd653f0657999f320f5116",
    (3, CASE): "8192a9a59bcfba6518ce43f5c9a3fd6100dcdb164241e33e5fd2f3c7d68a7f66",
    (3, PERSON): "8df90c8dff2f1627226094b194d105ce36d65ee716c57fb26ebe7e45919f5136",
    (4, COMPLETE): "80fd96db56d6d0983ed0670bf9e8c780690717c05d156d2c9bcd86d5ecd53364",
    (4, REDACTED): "1af2a10c5f1051146175241becf048a62c7ec2ee542ec3f59075534ba0dac8dd",
    (4, CASE): "ddd4de1145d1bc0bc098da5fae856355439dbbebd9f098c8f1ec7a72bb8cfc9f",
    (4, PERSON): "d54f918337b36ebcdd6049e851b4fd67e1395a5097149e305926cc80166ceeee",
    (5, COMPLETE): "9b10e1def2d525f7f5c44763cc2e7efa73df1bae3beef78d30f10fa9d869c399",
    (5, REDACTED): "6116b5a6a75db930975ccfad462c4d0e707daec5bb75da3545308766f7d3d1c9",
    (5, CASE): "98ccca7579a5c17e13d22b54aa89d9ada4e48f1717220c0e3076ba6bce87e339",
    (5, PERSON): "b1965596bfb8179385761c6a939ae66f98a3cdcfc5c97000e8141a417cc4a2f7",
}
README = "README.txt"
MANIFEST = "manifest.json"
CHECKPOINT = "checkpoint"
DISCLOSURES = "disclosures.jsonl"
ANSWERS = "answers.json"
HEADS = "heads.json"
REPORT = "report.html"
RECORDS, SHOWN = "records/", "shown/"
TIMESTAMPS, MAX_TIMESTAMPS = "timestamps/", 4_096

_TIMESTAMP = re.compile(r"timestamps/([1-9][0-9]{0,15})\.tsr")
_BUNDLES = f"tile/{ENTRIES}/"
_BUNDLE_LIMIT, _TILE_LIMIT, _SMALL_LIMIT, _LARGE_LIMIT = 12_700_000, 8_192, 65_536, 64 * 2**20
_REPORT_LIMIT = 2**31
# What one member takes up in a manifest at most, in base64, what surrounds them all, and what the
# withheld positions of one bundle take up.
_LINE_LIMIT, _FRAME_LIMIT, _WITHHELD_LIMIT = 256, 4_096, TILE_WIDTH * 192


@dataclass(frozen=True)
class Layout:
    """Where the records of a file lie: `withheld` of a redacted one, `shown` of a case's."""

    size: int
    edition: int = FORMAT
    kind: str = COMPLETE
    withheld: FrozenSet[int] = frozenset()
    shown: FrozenSet[int] = frozenset()

    @property
    def is_partial(self) -> bool:
        """Tell whether there may be records that the file does not show."""
        return self.kind != COMPLETE

    @property
    def has_answers(self) -> bool:
        """Tell whether the file holds answers: those of a redacted log would be misleading."""
        return self.edition >= 2 and self.kind != REDACTED

    @property
    def has_report(self) -> bool:
        """Tell whether the file holds a page that shows and checks its records."""
        return self.edition >= 4

    @property
    def is_case(self) -> bool:
        """Tell whether the file shows each record by itself."""
        return self.kind in (CASE, PERSON)

    def members(self) -> Iterator[str]:
        """Give the names of all members; raise Malformed when a zip cannot hold so many."""
        # Decided before any are listed: the size is somebody else's word.
        if self.size > TILE_WIDTH * 65_535:
            raise Malformed(f"a log of {self.size} records does not fit into one evidence file")
        yield from (README, MANIFEST, CHECKPOINT, DISCLOSURES)
        if self.has_answers:
            yield ANSWERS
        if self.has_report:
            yield REPORT
        if self.is_partial:
            yield HEADS
        yield from (tile_path(level, n, width) for level, n, width in tile_paths(self.size))
        for n, width in bundle_paths(self.size):
            yield from self.places(n, width)

    def places(self, n: int, width: int) -> Iterator[str]:
        """Give the members in which the records of bundle `n` lie, proofs included."""
        if self.is_case:
            for position in self.positions(n, width):
                yield from (record_path(position), proof_path(position))
        else:
            yield self.bundle_path(n, width)

    def bundle_path(self, n: int, width: int) -> str:
        """Return where the shown records of bundle `n` lie together."""
        path = tile_path(ENTRIES, n, width)
        if len(self.positions(n, width)) == width:
            return path
        return SHOWN + path[len(_BUNDLES) :]

    def positions(self, n: int, width: int) -> List[int]:
        """Return the positions of bundle `n` that the file shows."""
        first = n * TILE_WIDTH
        return [p for p in range(first, first + width) if self.shows(p)]

    def shows(self, position: int) -> bool:
        """Tell whether the file shows the record."""
        return position in self.shown if self.is_case else position not in self.withheld


def expected_members(size: int, edition: int = FORMAT) -> List[str]:
    """Return the names of all members of a complete file of so many records, in that format."""
    return list(Layout(size, edition).members())


def record_path(position: int) -> str:
    """Return where a case's record lies."""
    return f"{RECORDS}{position}.json"


def proof_path(position: int) -> str:
    """Return where the proof of a case's record lies."""
    return f"{RECORDS}{position}.tlog-proof"


def timestamp_path(size: int) -> str:
    """Return where the token over the checkpoint of a size lies, if it is in the file."""
    return f"{TIMESTAMPS}{size}.tsr"


def timestamped(names: Iterable[str]) -> List[int]:
    """Return the sizes over whose checkpoints there are tokens among these members.

    No more than a file may hold: each costs a look at every bundle.
    """
    matches = map(_TIMESTAMP.fullmatch, names)
    return sorted(int(match[1]) for match in matches if match is not None)[:MAX_TIMESTAMPS]


def member_limit(name: str) -> int:
    """Return how many octets a member of that name may have."""
    if name.startswith((_BUNDLES, SHOWN)):
        return _BUNDLE_LIMIT
    if name.startswith("tile/"):
        return _TILE_LIMIT
    if name.startswith(RECORDS) and name.endswith(".json"):
        return MAX_RECORD
    if name == REPORT:
        return _REPORT_LIMIT
    small = name in (README, CHECKPOINT) or name.startswith((RECORDS, TIMESTAMPS))
    return _SMALL_LIMIT if small else _LARGE_LIMIT


def manifest_limit(members: AbstractSet[str]) -> int:
    """Return how many octets a manifest of these members has at most."""
    shown = sum(name.startswith(SHOWN) for name in members)
    return min(_LARGE_LIMIT, _FRAME_LIMIT + _LINE_LIMIT * len(members) + _WITHHELD_LIMIT * shown)


def looks_partial(members: Iterable[str]) -> bool:
    """Tell whether these are the members of a file that does not show all records."""
    return HEADS in members

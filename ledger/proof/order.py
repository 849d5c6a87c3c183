"""Step 7: what holds between the records of one log (format 8)."""

from __future__ import annotations

from bisect import bisect_left
from hashlib import blake2b
from typing import Dict, List, Set, Tuple

from .journal import Journal
from .record import Record

# What a duty or a key can rest on is never withheld.
NEVER_WITHHELD = ("keyring", "ledger", "person")


def is_never_withheld(stream: str) -> bool:
    """Tell whether no record of that stream may ever be withheld."""
    return stream.partition("/")[0] in NEVER_WITHHELD


class Order:
    """Time and edition never go back, ids are unique, streams are dense, the source is one.

    Keeps 16 octets an id, and two numbers a stream. Of a file that does not show all records, a
    stream may have a hole only where enough positions lie between that no other hole has taken.
    """

    def __init__(self, origin: str, journal: Journal) -> None:
        self._origin = origin
        self._journal = journal
        self.time = 0  # the latest at which a record says it was recorded
        self._catalogue = 0
        self._ids: Set[bytes] = set()
        # Version and position of the last record of each stream that was seen.
        self._last: Dict[str, Tuple[int, int]] = {}
        self._hidden: List[int] = []
        # Records that could not be read: each may fill one hole, so that one fault is one finding.
        self.unread = 0

    def see(self, position: int, record: Record) -> None:
        """Note what does not fit to the records before."""
        if record.source != self._origin:
            self._journal.add(7, "source_differs", f"source {record.source}", position)
        if record.time < self.time:
            detail = f"{self.time - record.time} seconds before the record before it"
            self._journal.add(7, "time_decreases", detail, position)
        if record.catalogue < self._catalogue:
            detail = f"edition {record.catalogue} after {self._catalogue}"
            self._journal.add(7, "catalogue_decreases", detail, position)
        self.time, self._catalogue = record.time, record.catalogue
        self._see_id(position, record)
        self._see_version(position, record)

    def _see_id(self, position: int, record: Record) -> None:
        ident = blake2b(record.id.encode("ascii"), digest_size=16).digest()
        if ident in self._ids:
            self._journal.add(7, "duplicate_event_id", f"id {record.id} stood before", position)
        self._ids.add(ident)

    def skip(self, position: int) -> None:
        """Take note of a record that the file does not show."""
        self._hidden.append(position)

    def _see_version(self, position: int, record: Record) -> None:
        stream = record.subject
        version, before = self._last.get(stream, (0, -1))
        expected, hole = version + 1, record.streamversion - version - 1
        self._last[stream] = (record.streamversion, position)
        if hole > 0 and not is_never_withheld(stream):
            hole -= self._fill(before, hole)
        if not 0 <= hole <= self.unread:
            detail = f"{stream} has version {record.streamversion} in place of {expected}"
            self._journal.add(7, "stream_version", detail, position)

    def _fill(self, before: int, hole: int) -> int:
        """Return how much of a hole the hidden positions after `before` fill; each fills one.

        Holes come by where they end, so the first hidden position that fits is always the best.
        """
        first = bisect_left(self._hidden, before)
        taken = self._hidden[first : first + hole]
        del self._hidden[first : first + hole]
        return len(taken)

"""Step 7: what holds between the records of one log (format 8)."""

from __future__ import annotations

from hashlib import blake2b
from typing import Dict, Set

from .journal import Journal
from .record import Record


class Order:
    """Time and edition never go back, ids are unique, streams are dense, the source is one.

    Keeps 16 octets an id, and one number a stream.
    """

    def __init__(self, origin: str, journal: Journal) -> None:
        self._origin = origin
        self._journal = journal
        self._time = 0
        self._catalogue = 0
        self._ids: Set[bytes] = set()
        self._versions: Dict[str, int] = {}
        # Records that could not be read: each may fill one hole, so that one fault is one finding.
        self.unread = 0

    def see(self, position: int, record: Record) -> None:
        """Note what does not fit to the records before."""
        if record.source != self._origin:
            self._journal.add(7, "source_differs", f"source {record.source}", position)
        if record.time < self._time:
            detail = f"{self._time - record.time} seconds before the record before it"
            self._journal.add(7, "time_decreases", detail, position)
        if record.catalogue < self._catalogue:
            detail = f"edition {record.catalogue} after {self._catalogue}"
            self._journal.add(7, "catalogue_decreases", detail, position)
        self._time, self._catalogue = record.time, record.catalogue
        self._see_id(position, record)
        self._see_version(position, record)

    def _see_id(self, position: int, record: Record) -> None:
        ident = blake2b(record.id.encode("ascii"), digest_size=16).digest()
        if ident in self._ids:
            self._journal.add(7, "duplicate_event_id", f"id {record.id} stood before", position)
        self._ids.add(ident)

    def _see_version(self, position: int, record: Record) -> None:
        expected = self._versions.get(record.subject, 0) + 1
        if not expected <= record.streamversion <= expected + self.unread:
            detail = f"{record.subject} has version {record.streamversion} in place of {expected}"
            self._journal.add(7, "stream_version", detail, position)
        self._versions[record.subject] = record.streamversion

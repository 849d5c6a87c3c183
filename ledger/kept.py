"""The last signed checkpoint, kept outside the database.

Trusted for one thing: that no smaller or other history was ever acknowledged. It survives a torn
write-ahead log and a restored backup, both of which drop acknowledged rows in silence. Two slots
are written in turn, always over the smaller, so a crash in the middle of a write leaves the other
whole. Whoever can change both slots and the database can roll the ledger back unseen, except by
those who hold a later checkpoint.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ledger.proof.checkpoint import Checkpoint, parse_checkpoint
from ledger.proof.note import VerifierKey, open_note

SYNC_EVERY = 1.0  # seconds: after a power cut the kept checkpoint is at most this much behind


class KeptCheckpoint:
    """Two slots and a lock file in a directory."""

    def __init__(self, directory: Path, keys: tuple[VerifierKey, ...]) -> None:
        self._slots = (directory / "checkpoint.a", directory / "checkpoint.b")
        self._lock = directory / "checkpoint.lock"
        self.keys = keys
        self._timer: threading.Timer | None = None
        self._guard = threading.Lock()

    def octets(self) -> list[bytes]:
        """What lies in the slots, to be looked at later."""
        return [slot.read_bytes() for slot in self._slots if slot.is_file()]

    def last(self, held: list[bytes] | None = None) -> Checkpoint | None:
        """The largest checkpoint in either slot whose signature holds; None where there is none.

        By one of `keys`. `held` is what lay in the slots when `octets` was asked.
        """
        newest = self._newest(self.octets() if held is None else held)
        return newest[1] if newest else None

    def note(self) -> bytes:
        """That checkpoint as it was signed. Raises ValueError where there is none."""
        newest = self._newest(self.octets())
        if newest is None:
            raise ValueError("no kept checkpoint")
        return newest[0]

    def _newest(self, held: list[bytes]) -> tuple[bytes, Checkpoint] | None:
        found = [(data, kept) for data in held if (kept := self._opened(data)) is not None]
        return max(found, key=lambda one: one[1].size, default=None)

    def keep(self, note: bytes, size: int, now: bool = False) -> None:
        """Keep the signed checkpoint of `size`, unless a larger one is kept already.

        It reaches the disk within a second, or before this returns where `now` is true.
        """
        with locked(self._lock):
            kept = [(c.size if c else -1, slot) for slot, c in self._contents()]
            _, slot = min(kept, key=lambda k: k[0])
            if size > max(k[0] for k in kept):
                _write(slot, note)
        if now:
            self.sync()
        else:
            self._sync_soon()

    def sync(self) -> None:
        """Bring both slots to the disk."""
        with self._guard:
            if self._timer:
                self._timer.cancel()
            self._timer = None
        for slot in self._slots:
            if slot.exists():
                with slot.open("rb+") as file:
                    os.fsync(file.fileno())

    def _contents(self) -> Iterator[tuple[Path, Checkpoint | None]]:
        return ((slot, self._read(slot)) for slot in self._slots)

    def _read(self, slot: Path) -> Checkpoint | None:
        return self._opened(slot.read_bytes()) if slot.is_file() else None

    def _opened(self, data: bytes) -> Checkpoint | None:
        try:
            return parse_checkpoint(open_note(data, self.keys)[0])
        except ValueError:
            return None

    def _sync_soon(self) -> None:
        with self._guard:
            if self._timer is None:
                self._timer = threading.Timer(SYNC_EVERY, self.sync)
                self._timer.daemon = True
                self._timer.start()


def _write(slot: Path, note: bytes) -> None:
    # Not renamed into place: a rename and its fsyncs cost three quarters of the append rate, and
    # the other slot is whole whatever happens here.
    with slot.open("wb") as file:
        file.write(note)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the file lock between processes."""
    with path.open("ab") as file:
        _lock(file)
        try:
            yield
        finally:
            _unlock(file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)

    def _unlock(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _unlock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


def objection(
    last: Checkpoint | None, origin: str, size: int, root_at: Callable[[int], bytes]
) -> str:
    """Why a store of `size` records is not that of the last checkpoint; empty where it is."""
    if last is None:
        return "" if size == 0 else "no kept checkpoint lies beside the database"
    if last.origin != origin or last.size > size:
        return f"the kept checkpoint has {last.size} records, the database {size}"
    if root_at(last.size) != last.root:
        return f"the first {last.size} records are not those of the kept checkpoint"
    return ""

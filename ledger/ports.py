"""What the ledger is handed and never makes itself: keys, time, chance."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from ledger.proof.dsse import Signer


class Clock(Protocol):
    """Time, in whole seconds."""

    def now(self) -> int:
        """Seconds since 1970, UTC, by the wall clock."""
        ...

    def running(self) -> float:
        """Seconds on a clock that nobody can set, from any start."""
        ...


class Wrapper(Protocol):
    """Wraps the keys of data subjects under the secret of one epoch."""

    @property
    def epoch(self) -> int: ...

    def wrap(self, key: bytes, name: str) -> bytes: ...

    def unwrap(self, blob: bytes, name: str) -> bytes:
        """Raises ValueError when the blob is not what was wrapped under that name."""
        ...


class KeyMissing(LookupError):
    """The key of that id or epoch cannot be had; the text says why."""


class Wrappers(Protocol):
    """Where the wrapping keys are."""

    def __call__(self, epoch: int) -> Wrapper:
        """The wrapper of that epoch, also one that was made since. Raises KeyMissing."""
        ...


class WrappingKeys(Protocol):
    """Makes and destroys wrapping keys. Each step is on the disk when it returns."""

    def held(self) -> Collection[int]:
        """The epochs whose wrapping key is there, as far as is known here."""
        ...

    def make(self, epoch: int) -> None:
        """Make the wrapping key of an epoch, unless there is one. Raises KeyMissing."""
        ...

    def destroy_before(self, epoch: int) -> None:
        """Destroy the wrapping keys of all earlier epochs. Raises KeyMissing."""
        ...


class RecordSigners(Protocol):
    """Where the record keys are."""

    def __call__(self, key_id: str) -> Signer:
        """The record key of that id, also one that was made since. Raises KeyMissing."""
        ...


class Cosigner(Protocol):
    """Asks the witnesses, where there are any."""

    def __call__(self, note: bytes, consistency: Callable[[int], list[bytes]]) -> bytes:
        """The signed checkpoint with the cosignatures that could be had; never raises.

        `consistency` gives the path from an earlier size to this checkpoint's.
        """
        ...


def nobody(note: bytes, consistency: Callable[[int], list[bytes]]) -> bytes:
    """The checkpoint as it is: of a ledger without witnesses."""
    return note


@dataclass(frozen=True)
class Ports:
    """Everything from outside that a ledger needs to write.

    Without `wrapping_keys` the wrapping key is not the ledger's to change.
    """

    record_signer: RecordSigners
    checkpoint_signer: Signer
    wrapper: Wrappers
    mac: Callable[[bytes], bytes]
    clock: Clock
    chance: Callable[[int], bytes]
    cosign: Cosigner = nobody
    wrapping_keys: WrappingKeys | None = None

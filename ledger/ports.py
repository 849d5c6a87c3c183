"""What the ledger is handed and never makes itself: keys, time, chance."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from ledger.proof.dsse import Signer, keyid
from ledger.proof.postquantum import PostQuantumSigner


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
    """Where the keys of one purpose are: for records, or for checkpoints."""

    def __call__(self, key_id: str) -> Signer:
        """The key of that id, also one that was made since. Raises KeyMissing."""
        ...


class Cosigner(Protocol):
    """Asks the witnesses, where there are any."""

    def __call__(self, note: bytes, consistency: Callable[[int], list[bytes]]) -> bytes:
        """The signed checkpoint with the cosignatures that could be had; never raises.

        `consistency` gives the path from an earlier size to this checkpoint's.
        """
        ...


class SealTo(Protocol):
    """Seals to a public key whose private half is elsewhere (HPKE, docs/format.md 5)."""

    def __call__(self, public_key: bytes, plain: bytes, name: str) -> bytes:
        """`plain` sealed to the 32 octets of an X25519 key and bound to `name`."""
        ...


def nobody(note: bytes, consistency: Callable[[int], list[bytes]]) -> bytes:
    """The checkpoint as it is: of a ledger without witnesses."""
    return note


class PostQuantumSigners(Protocol):
    """Where the ML-DSA-44 keys are."""

    def __call__(self, public_key: bytes) -> PostQuantumSigner:
        """The signer of that key, also one that was made since. Raises KeyMissing."""
        ...


def unheld(public_key: bytes) -> PostQuantumSigner:
    """Of a ledger that holds no post-quantum key."""
    raise KeyMissing("no post-quantum key is held")


def nothing_kept(people: Collection[str]) -> None:
    """Of a ledger beside which nothing is kept about anybody."""


@dataclass(frozen=True)
class Ports:
    """Everything from outside that a ledger needs to write.

    Without `wrapping_keys` the wrapping key is not the ledger's to change.
    """

    record_signer: RecordSigners
    checkpoint_signer: Signer  # the one that the trust file names
    wrapper: Wrappers
    mac: Callable[[bytes], bytes]
    clock: Clock
    chance: Callable[[int], bytes]
    seal_to: SealTo
    cosign: Cosigner = nobody
    wrapping_keys: WrappingKeys | None = None
    # Destroys what is kept beside the ledger about people who were erased; often, and again.
    forget: Callable[[Collection[str]], None] = nothing_kept
    # Where the checkpoint keys are that came later; where there are none, only the one above is.
    more_checkpoint_signers: RecordSigners | None = None
    post_quantum_signer: PostQuantumSigners = unheld

    def checkpoint_key(self, key_id: str) -> Signer:
        """The checkpoint key of that id. Raises KeyMissing."""
        if key_id == keyid("checkpoint", self.checkpoint_signer.public_key):
            return self.checkpoint_signer
        if self.more_checkpoint_signers is None:
            raise KeyMissing(f"checkpoint key {key_id} is not here")
        return self.more_checkpoint_signers(key_id)

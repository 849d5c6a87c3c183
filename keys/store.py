"""Where signing keys lie: the vault file, a token, or whatever else promises the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from keys import vault
from keys.vault import Vault
from ledger.proof.dsse import Signer


class KeyStore(Protocol):
    """A place that makes Ed25519 keys and signs with them; a cloud key service fits it.

    It promises: a private key never leaves; a key made is there for good before `make` returns;
    a key serves the one purpose it was made for; its signers sign with the key they say, or raise
    `SignerGone`, whose words say what to do, and try again by themselves when asked again.
    """

    @property
    def name(self) -> str:
        """What people call it, for messages."""
        ...

    def held(self, purpose: str) -> Sequence[Signer]:
        """Every key of that purpose as it is now, also those made since. Raises SignerGone."""
        ...

    def make(self, purpose: str) -> Signer:
        """A new key of that purpose: `record` or `checkpoint`. Raises SignerGone."""
        ...


@dataclass(frozen=True)
class FileStore:
    """The vault file as it lies on the disk; satisfies `KeyStore`. One makes at a time."""

    opened: Vault

    @property
    def name(self) -> str:
        return self.opened.path.name

    def held(self, purpose: str) -> Sequence[Signer]:
        return vault.reread(self.opened).signers(purpose)

    def make(self, purpose: str, seed: bytes | None = None) -> Signer:
        """`seed` is the key's 32 octets, where they are not to be drawn."""
        return vault.add_key(self.opened, purpose, seed)

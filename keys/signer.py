"""Ed25519 signers for one purpose each (docs/format.md section 2)."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof.dsse import SignerGone
from ledger.proof.ed25519 import check_public_key


@dataclass(frozen=True)
class FileSigner:
    """A signing key in memory; satisfies `ledger.proof.dsse.Signer` by its shape."""

    purpose: str
    seed: bytes

    def __post_init__(self) -> None:
        check_public_key(self.public_key)

    def __repr__(self) -> str:
        return f"FileSigner({self.purpose!r})"  # the seed is never shown

    @property
    def public_key(self) -> bytes:
        """The 32 octets of the public key."""
        return self._key().public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The 64 octets of the signature of `message`."""
        return self._key().sign(message)

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True)
class LostSigner:
    """A key whose private half is not here; whoever would sign with it is told so."""

    purpose: str
    public_key: bytes
    words: str

    def sign(self, message: bytes) -> bytes:
        """Raises SignerGone."""
        raise SignerGone(self.words)

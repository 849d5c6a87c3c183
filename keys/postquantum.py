"""The log's post-quantum key: ML-DSA-44 (FIPS 204), its seed of 32 octets in the vault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ledger.proof.dsse import SignerGone


@dataclass(frozen=True)
class MlDsaSigner:
    """A post-quantum key in memory; satisfies `ledger.proof.postquantum.PostQuantumSigner`."""

    seed: bytes

    def __repr__(self) -> str:
        return "MlDsaSigner()"  # the seed is never shown

    @property
    def public_key(self) -> bytes:
        """The 1,312 octets of the public key. Raises SignerGone where there is no ML-DSA."""
        return bytes(self._key().public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The 2,420 octets of a signature of `message`, another each time. Raises SignerGone."""
        return bytes(self._key().sign(message))

    def _key(self) -> Any:
        try:
            from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

            return MLDSA44PrivateKey.from_seed_bytes(self.seed)
        except Exception as error:  # ImportError, or UnsupportedAlgorithm of an old OpenSSL
            words = "`cryptography` has no ML-DSA here; install a newer one"
            raise SignerGone(f"{words} ({type(error).__name__})") from None

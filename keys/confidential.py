"""The key pair that alone opens restricted reports: made and kept outside the service.

HPKE in base mode (RFC 9180): X25519, HKDF-SHA-256, AES-256-GCM. The service has public keys only,
and needs no more to seal. The private key lies in a vault file of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from keys import vault
from keys.places import VaultError

NAME = "confidential"
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
INFO = "handledger/confidential/v1\n"


class NotForThisKey(ValueError):
    """What was sealed was sealed to another key, or under another name, or was damaged."""


@dataclass(frozen=True)
class ConfidentialKey:
    """A private key in memory; satisfies `ledger.confidential.Opener` by its shape."""

    secret: bytes

    def __repr__(self) -> str:
        return "ConfidentialKey()"  # the secret is never shown

    @property
    def public_key(self) -> bytes:
        """The 32 octets of the public key."""
        return self._key().public_key().public_bytes_raw()

    def open(self, sealed: bytes, name: str) -> bytes:
        """What was sealed to this key under `name`. Raises NotForThisKey."""
        try:
            return SUITE.decrypt(sealed, self._key(), (INFO + name).encode())
        except (InvalidTag, ValueError) as error:
            raise NotForThisKey(f"{name} does not open with this key") from error

    def _key(self) -> X25519PrivateKey:
        return X25519PrivateKey.from_private_bytes(self.secret)


def seal_to(public_key: bytes, plain: bytes, name: str) -> bytes:
    """`plain` sealed to a public key of 32 octets, bound to `name`: 48 octets longer."""
    return SUITE.encrypt(
        plain, X25519PublicKey.from_public_bytes(public_key), (INFO + name).encode()
    )


def make(path: Path, passphrase: bytes, cost: int = vault.ROOT_COST) -> ConfidentialKey:
    """Make a key pair and keep it in `path` under a passphrase. Raises VaultError."""
    return ConfidentialKey(vault.create(path, (NAME,), passphrase, cost).secrets[NAME])


def read(path: Path, passphrase: bytes) -> ConfidentialKey:
    """The key pair kept in `path`. Raises VaultError, for a vault of other keys too."""
    return _of(vault.open_vault(path, passphrase).secrets, path.name)


def from_bytes(
    data: bytes, passphrase: bytes, name: str = "the confidential key"
) -> ConfidentialKey:
    """The same of a file that was sent here and is kept nowhere. Raises VaultError."""
    return _of(vault.opened_bytes(data, passphrase, name), name)


def _of(secrets: Mapping[str, bytes], name: str) -> ConfidentialKey:
    if set(secrets) != {NAME}:
        raise VaultError(f"{name} holds no confidential key")
    return ConfidentialKey(secrets[NAME])

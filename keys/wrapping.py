"""Wrapping the keys of data subjects, so that a copy of the database alone opens nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class WrapFailed(ValueError):
    """The wrapped key is damaged, or was wrapped for another subject or under another epoch."""


@dataclass(frozen=True)
class Wrapper:
    """AES-256-GCM under the wrapping key of one epoch; satisfies `ledger.ports.Wrapper`."""

    epoch: int
    secret: bytes

    def __repr__(self) -> str:
        return f"Wrapper(epoch={self.epoch})"

    def wrap(self, key: bytes, name: str) -> bytes:
        """nonce (12 octets) and ciphertext of `key`, bound to `name` and the epoch."""
        nonce = os.urandom(12)
        return nonce + AESGCM(self.secret).encrypt(nonce, key, self._bound(name))

    def unwrap(self, blob: bytes, name: str) -> bytes:
        """The key again. Raises WrapFailed."""
        try:
            return AESGCM(self.secret).decrypt(blob[:12], blob[12:], self._bound(name))
        except (InvalidTag, ValueError) as error:
            raise WrapFailed(f"wrapped key of {name} does not open") from error

    def _bound(self, name: str) -> bytes:
        return f"handledger/wrap/v1\n{self.epoch}\n{name}".encode()

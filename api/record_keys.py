"""The record keys that the service can sign with: those of its vault, found by key id."""

from __future__ import annotations

from keys import vault
from keys.signer import FileSigner
from keys.vault import Vault, VaultError
from ledger.kept import locked
from ledger.ports import KeyMissing
from ledger.proof.dsse import keyid
from ledger.proof.encoding import b64encode

LOCK = "vault.lock"


class RecordKeys:
    """Satisfies `ledger.ports.RecordSigners`: a key made by another process is found too."""

    def __init__(self, opened: Vault) -> None:
        self._vault = opened
        self._take(opened)

    def __call__(self, key_id: str) -> FileSigner:
        """The key of that id. Raises KeyMissing when the vault does not hold it."""
        if key_id not in self._found:
            try:
                self._take(vault.reread(self._vault))
            except VaultError as error:
                why = f"record key {key_id} is looked for: {error}; restart with the right keys"
                raise KeyMissing(why) from error
        if key_id not in self._found:
            raise KeyMissing(
                f"record key {key_id} is not in {self._vault.path.name}; "
                "bring back the vault that holds it, and restart"
            )
        return self._found[key_id]

    def held(self) -> dict[str, str]:
        """Key id → public key in base64, of every key that is held. Raises VaultError."""
        self._take(vault.reread(self._vault))
        return {name: b64encode(key.public_key) for name, key in self._found.items()}

    def make(self, seed: bytes | None = None) -> FileSigner:
        """A new key, kept in the vault before anything names it. Raises VaultError."""
        with locked(self._vault.path.with_name(LOCK)):
            return vault.add_record_key(self._vault, seed)

    def _take(self, opened: Vault) -> None:
        self._found = {keyid("record", key.public_key): key for key in opened.record_keys()}

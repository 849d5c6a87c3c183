"""The keys that the service can sign with, found by key id: of its vault, or its token."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keys import vault
from keys.places import VaultError
from keys.postquantum import MlDsaSigner
from keys.store import FileStore, KeyStore
from keys.vault import Vault
from ledger.kept import locked
from ledger.ports import KeyMissing
from ledger.proof.dsse import Signer, SignerGone, keyid
from ledger.proof.encoding import b64encode

LOCK = "vault.lock"


class HeldKeys:
    """The keys of one purpose; satisfies `ledger.ports.RecordSigners`.

    A key made by another process is found too.

    With a `token`, new keys are made there; those that the vault holds go on signing.
    """

    def __init__(
        self, opened: Vault, token: KeyStore | None = None, purpose: str = "record"
    ) -> None:
        self._file, self._token, self._purpose = FileStore(opened), token, purpose
        self._found: dict[str, Signer] = _by_id(opened.signers(purpose))

    def __call__(self, key_id: str) -> Signer:
        """The key of that id. Raises KeyMissing when neither vault nor token holds it."""
        for store in self._stores():
            if key_id not in self._found:
                self._look_in(store, f"{self._purpose} key {key_id} is looked for")
        if key_id not in self._found:
            names = " nor in ".join(store.name for store in self._stores())
            raise KeyMissing(
                f"{self._purpose} key {key_id} is not in {names}; "
                "bring back what holds it, and restart"
            )
        return self._found[key_id]

    def held(self) -> dict[str, str]:
        """Key id → public key in base64, of every key that is held. Raises SignerGone."""
        held = [key for store in self._stores() for key in store.held(self._purpose)]
        self._found = _by_id(held)
        return {name: b64encode(key.public_key) for name, key in self._found.items()}

    def make(self, seed: bytes | None = None) -> Signer:
        """A new key, kept before anything names it. Raises SignerGone.

        `seed` is its 32 octets, where they are not to be drawn: such a key lies in the vault.
        """
        with locked(self._file.opened.path.with_name(LOCK)):
            if self._token is not None and seed is None:
                return self._token.make(self._purpose)
            return self._file.make(self._purpose, seed)

    def _stores(self) -> Iterator[KeyStore]:
        yield self._file
        if self._token is not None:
            yield self._token

    def _look_in(self, store: KeyStore, doing: str) -> None:
        try:
            self._found |= _by_id(store.held(self._purpose))
        except VaultError as error:
            raise KeyMissing(f"{doing}: {error}; restart with the right keys") from error
        except SignerGone as error:
            raise KeyMissing(f"{doing}: {error}") from error


class PostQuantumKeys:
    """The log's ML-DSA-44 keys; satisfies `ledger.ports.PostQuantumSigners`. No token has any."""

    def __init__(self, opened: Vault) -> None:
        self._vault = opened
        self._found: dict[bytes, MlDsaSigner] = {}

    def __call__(self, public_key: bytes) -> MlDsaSigner:
        """The signer of that key. Raises KeyMissing when the vault does not hold it."""
        if public_key not in self._found:
            try:
                self.held()
            except SignerGone as error:
                raise KeyMissing(str(error)) from error
        if public_key not in self._found:
            raise KeyMissing(f"a post-quantum key is not in {self._vault.path.name}")
        return self._found[public_key]

    def held(self) -> dict[str, str]:
        """As `HeldKeys.held`, of these. Raises SignerGone."""
        self._found = {k.public_key: k for k in vault.reread(self._vault).post_quantum()}
        return {keyid("checkpoint", key): b64encode(key) for key in self._found}

    def make(self) -> MlDsaSigner:
        """A new key, kept before anything names it. Raises SignerGone."""
        with locked(self._vault.path.with_name(LOCK)):
            return vault.add_post_quantum_key(self._vault)


def _by_id(signers: Sequence[Signer]) -> dict[str, Signer]:
    return {keyid(key.purpose, key.public_key): key for key in signers}

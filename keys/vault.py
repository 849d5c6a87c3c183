"""Private keys at rest: one file of entries, each under AES-256-GCM, the key from scrypt.

Not the library's own PEM encryption, which derives its key with 2,048 rounds of PBKDF2 and has no
integrity. What the file protects against: a copy of the disk without the passphrase. What not: who
reads the memory of the running service, or has both file and passphrase.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from keys.places import VaultError, check_place
from keys.postquantum import MlDsaSigner
from keys.signer import FileSigner
from keys.wrapping import Wrapper
from ledger.proof.encoding import b64decode, b64encode, canonical, parse_canonical
from ledger.proof.errors import Malformed

SERVICE_COST = 2**15  # scrypt N, r=8, p=1: about 0.1 s and 32 MiB
ROOT_COST = 2**17  # for keys that are rarely opened: about 0.4 s and 128 MiB
REHEARSAL_COST = 2**14  # the passphrase of a rehearsal lies beside it anyway
WRAP = "wrap-"  # and the epoch
ML_DSA = "checkpoint-ml-dsa"  # and the beginning of the hash of its public key
COSTS = (2**14, 2**20)  # what is accepted when a file is read


@dataclass(frozen=True)
class Vault:
    """The secrets of one ledger, opened. Each is 32 octets."""

    secrets: Mapping[str, bytes]
    path: Path = field(compare=False)
    key: bytes = field(compare=False)  # opens the file again; never a passphrase, which opens more

    def __repr__(self) -> str:
        return f"Vault({sorted(self.secrets)})"

    def signer(self, purpose: str) -> FileSigner:
        """The first signer of that purpose: `record`, `checkpoint` or `root`."""
        return FileSigner(purpose, self.secrets[purpose])

    def signers(self, purpose: str) -> list[FileSigner]:
        """Every key of that purpose: the first, those in force later, those never used."""
        names = sorted(n for n in self.secrets if n == purpose or n.startswith(f"{purpose}-"))
        found = [name for name in names if not name.startswith(ML_DSA)]
        return [FileSigner(purpose, self.secrets[name]) for name in found]

    def wrappers(self) -> dict[int, Wrapper]:
        """Epoch → the wrapper of data-subject keys; two while one takes the place of the other."""
        names = (name for name in self.secrets if name.startswith(WRAP))
        found = {int(name[len(WRAP) :]): self.secrets[name] for name in names}
        return {epoch: Wrapper(epoch, secret) for epoch, secret in found.items()}

    def post_quantum(self) -> list[MlDsaSigner]:
        """Every post-quantum key of the log: the one in force, earlier ones, those never used."""
        return [MlDsaSigner(s) for name, s in self.secrets.items() if name.startswith(ML_DSA)]

    def mac(self, message: bytes) -> bytes:
        """HMAC-SHA-256 under the ledger's secret: 32 octets."""
        return hmac.digest(self.secrets["mac"], message, "sha256")


def create(
    path: Path, names: tuple[str, ...], passphrase: bytes, cost: int = SERVICE_COST
) -> Vault:
    """Make fresh secrets and keep them in `path` (mode 0600). Raises VaultError if it exists."""
    secrets = {name: os.urandom(32) for name in names}
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise VaultError(f"{path} exists already; a vault is never overwritten") from None
    salt = os.urandom(16)
    key = _derive(passphrase, salt, cost)
    head = {"cost": cost, "format": 1, "kdf": "scrypt", "salt": b64encode(salt)}
    _write(descriptor, _sealed(head, secrets, key))
    return Vault(secrets, path, key)


def open_vault(path: Path, passphrase: bytes) -> Vault:
    """Open the vault kept in `path`. Raises VaultError; never says which part was wrong."""
    return _read(path, partial(_key_for, passphrase))[1]


def opened_bytes(data: bytes, passphrase: bytes, name: str) -> Mapping[str, bytes]:
    """The secrets in the octets of a vault that lies nowhere here; `name` is for the error.

    It was sent by somebody: it may take no more memory than those that are made here (128 MiB).
    Raises VaultError.
    """
    key_for = partial(_key_for, passphrase, most=ROOT_COST)
    return _parsed(data, Path(name), key_for)[1].secrets


def _key_for(passphrase: bytes, kept: Mapping[str, Any], most: int = COSTS[1]) -> bytes:
    return _derive(passphrase, b64decode(kept["salt"]), kept["cost"], most)


def reread(vault: Vault) -> Vault:
    """The same vault as it lies on the disk now, without the passphrase. Raises VaultError."""
    return _read(vault.path, lambda kept: vault.key)[1]


def add_key(vault: Vault, purpose: str, seed: bytes | None = None) -> FileSigner:
    """Make a signing key and keep it beside the others; it is on the disk when this returns.

    `seed` is its 32 octets, where they are not to be drawn. One at a time: the caller locks.
    Raises VaultError.
    """
    made = FileSigner(purpose, os.urandom(32) if seed is None else seed)
    _rewrite(vault, lambda kept: {**kept, f"{purpose}-{made.public_key.hex()}": made.seed})
    return made


def add_wrapping_key(vault: Vault, epoch: int) -> None:
    """Make the wrapping key of an epoch, unless there is one; it is on the disk when this returns.

    One at a time: the caller locks. Raises VaultError.
    """
    _rewrite(vault, lambda kept: {f"{WRAP}{epoch}": os.urandom(32), **kept})


def destroy_wrapping_keys(vault: Vault, before: int) -> None:
    """Destroy the wrapping keys of the epochs before one: no file of this directory holds them.

    One at a time: the caller locks. Raises VaultError.
    """
    _rewrite(vault, lambda kept: {n: s for n, s in kept.items() if not _is_before(n, before)})


def _is_before(name: str, epoch: int) -> bool:
    return name.startswith(WRAP) and int(name[len(WRAP) :]) < epoch


def add_post_quantum_key(vault: Vault, seed: bytes | None = None) -> MlDsaSigner:
    """Make a post-quantum key; as `add_key`. Raises SignerGone where there is no ML-DSA."""
    made = MlDsaSigner(os.urandom(32) if seed is None else seed)
    name = f"{ML_DSA}-{sha256(made.public_key).hexdigest()}"
    _rewrite(vault, lambda kept: {**kept, name: made.seed})
    return made


def _rewrite(vault: Vault, change: Callable[[Mapping[str, bytes]], Mapping[str, bytes]]) -> None:
    """Replace the file whole, so that a crash leaves the old one or the new."""
    head, kept = _read(vault.path, lambda _: vault.key)
    unfinished = vault.path.with_name(vault.path.name + ".part")
    unfinished.unlink(missing_ok=True)
    _write(
        os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600),
        _sealed(head, change(kept.secrets), vault.key),
    )
    with _overwritten(vault.path):
        unfinished.replace(vault.path)
        _sync_directory(vault.path.parent)


@contextmanager
def _overwritten(path: Path) -> Iterator[None]:
    """Write over what lay in the file, once another stands in its place.

    Not every disk writes where it wrote before: what it leaves is under the passphrase still.
    """
    if os.name != "posix":  # elsewhere a file that is open cannot be replaced
        yield
        return
    with path.open("rb+") as old:
        yield
        _write(os.dup(old.fileno()), bytes(os.fstat(old.fileno()).st_size))


def _read(
    path: Path, key_for: Callable[[Mapping[str, Any]], bytes]
) -> tuple[dict[str, Any], Vault]:
    check_place(path)
    try:
        return _parsed(path.read_bytes(), path, key_for)
    except FileNotFoundError:
        raise VaultError(f"no keys at {path}") from None


def _parsed(
    data: bytes, path: Path, key_for: Callable[[Mapping[str, Any]], bytes]
) -> tuple[dict[str, Any], Vault]:
    try:
        kept = parse_canonical(data)
        key = key_for(kept)
        entries = dict(kept.pop("entries"))
        secrets = {name: _open(key, kept, name, blob) for name, blob in entries.items()}
        return kept, Vault(secrets, path, key)
    except InvalidTag:
        raise VaultError(f"{path}: wrong passphrase, or the file was changed") from None
    except (Malformed, KeyError, TypeError, ValueError, AttributeError) as error:
        raise VaultError(f"{path} is not a vault") from error


def _sealed(head: Mapping[str, Any], secrets: Mapping[str, bytes], key: bytes) -> bytes:
    entries = {}
    for name, secret in secrets.items():
        nonce = os.urandom(12)
        entries[name] = b64encode(nonce + AESGCM(key).encrypt(nonce, secret, _bound(head, name)))
    return canonical({**head, "entries": [[n, c] for n, c in sorted(entries.items())]})


def _write(descriptor: int, data: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open(key: bytes, head: Mapping[str, object], name: str, text: str) -> bytes:
    blob = b64decode(text)
    return AESGCM(key).decrypt(blob[:12], blob[12:], _bound(head, name))


def _bound(head: Mapping[str, object], name: str) -> bytes:
    return canonical({**head, "name": name})


def _derive(passphrase: bytes, salt: bytes, cost: int, most: int = COSTS[1]) -> bytes:
    # The cost is read before anything is proven: a bound keeps a changed file from eating memory.
    if type(cost) is not int or not COSTS[0] <= cost <= most or cost & (cost - 1):
        raise Malformed("cost out of bounds")
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase)

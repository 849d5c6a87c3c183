"""Private keys at rest: one file of entries, each under AES-256-GCM, the key from scrypt.

Not the library's own PEM encryption, which derives its key with 2,048 rounds of PBKDF2 and has no
integrity. What the file protects against: a copy of the disk without the passphrase. What not: who
reads the memory of the running service, or has both file and passphrase.
"""

from __future__ import annotations

import hmac
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from keys.signer import FileSigner
from keys.wrapping import Wrapper
from ledger.proof.encoding import b64decode, b64encode, canonical, parse_canonical
from ledger.proof.errors import Malformed

SERVICE_COST = 2**15  # scrypt N, r=8, p=1: about 0.1 s and 32 MiB
ROOT_COST = 2**17  # for keys that are rarely opened: about 0.4 s and 128 MiB
REHEARSAL_COST = 2**14  # the passphrase of a rehearsal lies beside it anyway
COSTS = (2**14, 2**20)  # what is accepted when a file is read


class VaultError(Exception):
    """The vault cannot be opened: wrong passphrase, damage, or file modes that let others read."""


@dataclass(frozen=True)
class Vault:
    """The secrets of one ledger, opened. Each is 32 octets."""

    secrets: Mapping[str, bytes]

    def __repr__(self) -> str:
        return f"Vault({sorted(self.secrets)})"

    def signer(self, purpose: str) -> FileSigner:
        """The signer of that purpose: `record`, `checkpoint` or `root`."""
        return FileSigner(purpose, self.secrets[purpose])

    def wrapper(self) -> Wrapper:
        """The wrapper of data-subject keys of the current epoch."""
        return Wrapper(1, self.secrets["wrap-1"])

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
    with os.fdopen(descriptor, "wb") as file:
        file.write(_sealed(secrets, passphrase, cost))
        file.flush()
        os.fsync(file.fileno())
    return Vault(secrets)


def open_vault(path: Path, passphrase: bytes) -> Vault:
    """Open the vault kept in `path`. Raises VaultError; never says which part was wrong."""
    _check_modes(path)
    try:
        kept = parse_canonical(path.read_bytes())
        key = _derive(passphrase, b64decode(kept["salt"]), kept["cost"])
        entries = dict(kept.pop("entries"))
        return Vault({name: _open(key, kept, name, blob) for name, blob in entries.items()})
    except FileNotFoundError:
        raise VaultError(f"no keys at {path}") from None
    except InvalidTag:
        raise VaultError(f"{path}: wrong passphrase, or the file was changed") from None
    except (Malformed, KeyError, TypeError, ValueError, AttributeError) as error:
        raise VaultError(f"{path} is not a vault") from error


def _sealed(secrets: Mapping[str, bytes], passphrase: bytes, cost: int) -> bytes:
    salt = os.urandom(16)
    key = _derive(passphrase, salt, cost)
    kept = {"cost": cost, "format": 1, "kdf": "scrypt", "salt": b64encode(salt)}
    entries = {}
    for name, secret in secrets.items():
        nonce = os.urandom(12)
        entries[name] = b64encode(nonce + AESGCM(key).encrypt(nonce, secret, _bound(kept, name)))
    return canonical({**kept, "entries": [[n, c] for n, c in sorted(entries.items())]})


def _open(key: bytes, head: Mapping[str, object], name: str, text: str) -> bytes:
    blob = b64decode(text)
    return AESGCM(key).decrypt(blob[:12], blob[12:], _bound(head, name))


def _bound(head: Mapping[str, object], name: str) -> bytes:
    return canonical({**head, "name": name})


def _derive(passphrase: bytes, salt: bytes, cost: int) -> bytes:
    # The cost is read before anything is proven: a bound keeps a changed file from eating memory.
    if type(cost) is not int or not COSTS[0] <= cost <= COSTS[1] or cost & (cost - 1):
        raise Malformed("cost out of bounds")
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase)


def _check_modes(path: Path) -> None:
    if os.name != "posix" or not path.exists():
        return
    for place, allowed in ((path, 0o600), (path.parent, 0o700)):
        mode = stat.S_IMODE(place.stat().st_mode)
        if mode & ~allowed:
            raise VaultError(
                f"{place} has mode {mode:04o}: others may read it; allow {allowed:04o}"
            )

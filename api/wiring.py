"""A ledger's directory: what lies in it, how it is made and opened."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from api.config import Config
from api.cosigning import Witnesses
from api.record_keys import RecordKeys
from api.wrapping_keys import WrappingKeys
from keys import vault
from keys.vault import Vault, VaultError
from ledger import genesis
from ledger.history import DATABASE, Ledger
from ledger.ports import Clock, Cosigner, Ports, nobody
from ledger.proof.note import VerifierKey, format_vkey
from ledger.proof.policy import Policy, format_policy, parse_policy

SERVICE = ("checkpoint", "mac", "record", "wrap-1")
TRUST = "trust.policy"
UNATTENDED = (
    "The passphrase lies in {path} beside the keys it opens. That protects nothing against "
    "somebody who can read the directory; only a passphrase kept elsewhere does."
)


class SetupError(Exception):
    """The directory is not what was expected: nothing was changed."""


class WallClock:
    """The machine's clock."""

    def now(self) -> int:
        return int(time.time())

    def running(self) -> float:
        return time.monotonic()


@dataclass
class RehearsalClock:
    """The clock of a practice ledger: set by each line, or going on from the last record."""

    at: int = 0
    since: float | None = None

    def now(self) -> int:
        return self.at + (int(time.monotonic() - self.since) if self.since is not None else 0)

    def running(self) -> float:
        return time.monotonic()


def trust_key(directory: Path) -> VerifierKey:
    """The log's key from the trust file of the directory. Raises SetupError."""
    return _trust(directory).logs[0]


def _trust(directory: Path) -> Policy:
    try:
        policy = parse_policy((directory / TRUST).read_text("utf-8"))
    except FileNotFoundError:
        raise SetupError(f"{directory} holds no ledger: {TRUST} is missing") from None
    except ValueError as error:
        raise SetupError(f"{directory / TRUST}: {error}") from None
    if not policy.logs:
        raise SetupError(f"{directory / TRUST} names no log")
    return policy


def create(
    directory: Path, host: str, slug: str, passphrase: bytes, clock: Clock, cost: int
) -> Ledger:
    """Make keys, the first record and the trust file in a directory that holds no ledger yet.

    One root key, 1 of 1, is made and kept in `keys/root.json`; take it away and keep it offline.
    Raises SetupError.
    """
    if (directory / DATABASE).exists() or (directory / "keys").exists():
        raise SetupError(f"{directory} holds a ledger already; it was not touched")
    directory.mkdir(parents=True, exist_ok=True)
    root_cost = cost if cost < vault.SERVICE_COST else vault.ROOT_COST
    root = vault.create(directory / "keys/root.json", ("root",), passphrase, root_cost).signer(
        "root"
    )
    service = vault.create(directory / "keys/vault.json", SERVICE, passphrase, cost)
    origin = genesis.origin_for(host, slug, [root], 1)
    ports = _ports(service, clock)
    vkey = format_vkey(origin, ports.checkpoint_signer.public_key)
    (directory / TRUST).write_text(format_policy(vkey), "utf-8")
    ledger = Ledger(directory, ports, origin)
    admitted = [service.signer("record"), ports.checkpoint_signer]
    ledger.open_keyring(
        lambda now, event_id: genesis.keyring_opened(origin, [root], 1, admitted, now, event_id)
    )
    return ledger


def open_ledger(config: Config, clock_ok: bool = False) -> Ledger:
    """Open the ledger in the configured directory. Raises SetupError or VaultError."""
    directory = config.data
    trust = _trust(directory)
    key = trust.logs[0]
    if not (directory / DATABASE).is_file():
        raise SetupError(f"{directory} holds no ledger: {DATABASE} is missing")
    service = vault.open_vault(directory / "keys/vault.json", passphrase(config))
    cosign = Witnesses(directory, trust)
    if not key.name.startswith(f"{genesis.REHEARSAL}/"):
        return Ledger(directory, _ports(service, WallClock(), cosign), key.name, clock_ok)
    clock = RehearsalClock()
    ledger = Ledger(directory, _ports(service, clock, cosign), key.name)
    known = ledger.entries().all
    clock.at, clock.since = (known[-1].record.time if known else 0), time.monotonic()
    return ledger


def passphrase(config: Config, make: bool = False) -> bytes:
    """The passphrase of the keys: from the file that is set, `DIR/passphrase`, or a prompt.

    With `make`, where there is none, one is made in `DIR/passphrase` (mode 0600), and what that
    does not protect against is said on stderr. Raises VaultError.
    """
    beside = config.data / "passphrase"
    for path in filter(None, (config.passphrase_file, beside)):
        if path.is_file():
            return path.read_bytes().strip()
    if make:
        return _made(beside)
    if sys.stdin.isatty():
        import getpass

        return getpass.getpass("Passphrase of the keys: ").encode()
    raise VaultError("no passphrase: set HANDLEDGER_PASSPHRASE_FILE")


def _made(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    secret = os.urandom(24).hex().encode()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret + b"\n")
    print(UNATTENDED.format(path=path), file=sys.stderr)
    return secret


def _ports(service: Vault, clock: Clock, cosign: Cosigner = nobody) -> Ports:
    wrapping_keys = WrappingKeys(service)
    return Ports(
        record_signer=RecordKeys(service),
        checkpoint_signer=service.signer("checkpoint"),
        wrapper=wrapping_keys,
        mac=service.mac,
        clock=clock,
        chance=os.urandom,
        cosign=cosign,
        wrapping_keys=wrapping_keys,
    )


__all__: Sequence[str] = (
    "TRUST",
    "RehearsalClock",
    "SetupError",
    "WallClock",
    "create",
    "open_ledger",
    "passphrase",
    "trust_key",
)

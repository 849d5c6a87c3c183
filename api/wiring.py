"""A ledger's directory: what lies in it, how it is made and opened."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from api.access import ACCESS
from api.config import Config
from api.cosigning import Witnesses
from api.forgetting import forget
from api.record_keys import HeldKeys, PostQuantumKeys
from api.wrapping_keys import WrappingKeys
from keys import vault
from keys.confidential import seal_to
from keys.pkcs11 import Token, TokenSigner
from keys.places import VaultError, read_secret
from keys.signer import LostSigner
from keys.vault import Vault
from ledger import genesis
from ledger.domain.signing_keys import in_force
from ledger.history import DATABASE, Ledger
from ledger.ports import Clock, Cosigner, Ports, nobody
from ledger.proof.dsse import Signer, SignerGone, keyid
from ledger.proof.note import VerifierKey, format_vkey
from ledger.proof.policy import Policy, format_policy, parse_policy

KEYS = ("checkpoint", "record")  # what may lie in a token
OTHERS = ("mac", "wrap-1")  # what lies in the vault always
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
    directory: Path,
    host: str,
    slug: str,
    passphrase: bytes,
    clock: Clock,
    cost: int,
    token: Token | None = None,
) -> Ledger:
    """Make keys, the first record and the trust file in a directory that holds no ledger yet.

    One root key, 1 of 1, is made and kept in `keys/root.json`; take it away and keep it offline.
    The record and checkpoint keys are made in the `token`, where there is one: nothing is made
    anywhere when it does not answer. Raises SetupError or SignerGone.
    """
    if (directory / DATABASE).exists() or (directory / "keys").exists():
        raise SetupError(f"{directory} holds a ledger already; it was not touched")
    made: list[Signer] = [token.make(purpose) for purpose in KEYS] if token else []
    directory.mkdir(parents=True, exist_ok=True)
    root_cost = cost if cost < vault.SERVICE_COST else vault.ROOT_COST
    root = vault.create(directory / "keys/root.json", ("root",), passphrase, root_cost).signer(
        "root"
    )
    names = OTHERS if token else (*KEYS, *OTHERS)
    service = vault.create(directory / "keys/vault.json", names, passphrase, cost)
    origin = genesis.origin_for(host, slug, [root], 1)
    admitted = made or [service.signer(purpose) for purpose in KEYS]
    ports = _ports(service, token, admitted[0], clock)
    vkey = format_vkey(origin, ports.checkpoint_signer.public_key)
    (directory / TRUST).write_text(format_policy(vkey), "utf-8")
    ledger = Ledger(directory, ports, origin)
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
    token = token_of(config)
    signer = _checkpoint_signer(service, token, key.public_key)
    cosign = Witnesses(directory, trust)
    if not key.name.startswith(f"{genesis.REHEARSAL}/"):
        ports = _ports(service, token, signer, WallClock(), cosign)
        return Ledger(directory, ports, key.name, clock_ok)
    clock = RehearsalClock()
    ledger = Ledger(directory, _ports(service, token, signer, clock, cosign), key.name)
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
            return read_secret(path)
    if make:
        return _made(beside)
    return typed("Passphrase of the keys: ", "no passphrase: set HANDLEDGER_PASSPHRASE_FILE")


def token_of(config: Config) -> Token | None:
    """The token that is set, not opened yet, or None. Raises VaultError where it has no PIN."""
    if config.pkcs11_module is None:
        return None
    path, missing = config.pkcs11_pin_file, "no PIN: set HANDLEDGER_PKCS11_PIN_FILE"
    pin = read_secret(path) if path else typed(f"PIN of token {config.pkcs11_token}: ", missing)
    return Token(config.pkcs11_module, config.pkcs11_token, pin)


def away(ledger: Ledger) -> str:
    """Why nothing can be signed just now, where keys are in a token that is not there, or lost."""
    signer = ledger.ports.checkpoint_signer
    if isinstance(signer, LostSigner):
        keyring, size = ledger.keyring(), len(ledger.entries().all)
        alone = in_force(keyring, signer.purpose, size) == [
            keyid(signer.purpose, signer.public_key)
        ]
        return signer.words if alone else ""
    if isinstance(signer, TokenSigner):
        try:
            signer.token.held(signer.purpose)
        except SignerGone as gone:
            return str(gone)
    return ""


def typed(asks: str, missing: str) -> bytes:
    """What somebody types where nobody sees it. Raises VaultError without a terminal."""
    if not sys.stdin.isatty():
        raise VaultError(missing)
    import getpass

    return getpass.getpass(asks).encode()


def _made(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    secret = os.urandom(24).hex().encode()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret + b"\n")
    print(UNATTENDED.format(path=path), file=sys.stderr)
    return secret


def _checkpoint_signer(service: Vault, token: Token | None, public_key: bytes) -> Signer:
    """The key of the trust file: of the vault, or of a token that need not be there yet, or lost.

    A ledger whose checkpoint key is lost can be read, and goes on under another one.
    """
    for signer in service.signers("checkpoint"):
        if signer.public_key == public_key:
            return signer
    if token is None:
        words = (
            f"{service.path} does not hold the checkpoint key that the trust file names; "
            "set HANDLEDGER_PKCS11_MODULE where it lies in a token, or bring back the vault"
        )
        return LostSigner("checkpoint", public_key, words)
    return TokenSigner(token, "checkpoint", public_key)


def _ports(
    service: Vault,
    token: Token | None,
    checkpoint_signer: Signer,
    clock: Clock,
    cosign: Cosigner = nobody,
) -> Ports:
    wrapping_keys = WrappingKeys(service)
    return Ports(
        record_signer=HeldKeys(service, token),
        more_checkpoint_signers=HeldKeys(service, token, "checkpoint"),
        post_quantum_signer=PostQuantumKeys(service),
        checkpoint_signer=checkpoint_signer,
        wrapper=wrapping_keys,
        mac=service.mac,
        clock=clock,
        chance=os.urandom,
        seal_to=seal_to,
        cosign=cosign,
        wrapping_keys=wrapping_keys,
        forget=partial(forget, service.path.parent.parent / ACCESS),
    )


__all__: Sequence[str] = (
    "TRUST",
    "RehearsalClock",
    "SetupError",
    "WallClock",
    "away",
    "create",
    "open_ledger",
    "passphrase",
    "token_of",
    "trust_key",
    "typed",
)

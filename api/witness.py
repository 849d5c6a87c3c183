"""`handledger witness`: its directory, and its one request over HTTP (C2SP tlog-witness)."""

from __future__ import annotations

import platform
import time
from collections.abc import Sequence
from pathlib import Path

import click
from flask import Flask, Response, request

from api import wiring
from api.config import Config
from keys import vault
from keys.signer import FileSigner
from ledger.history import DATABASE
from ledger.proof.encoding import b64encode
from ledger.proof.note import COSIGNATURE, ED25519, VerifierKey, check_name, format_vkey, parse_vkey
from ledger.proof.policy import parse_policy
from ledger.witnessing import MOST_OCTETS, Refused, Witness, create_database, seen

SEEN = "witness.db"
VKEY = "witness.vkey"
LOGS = "logs"
SECRETS = "keys/vault.json"
NOT_FOUND = "watches no log yet: put each school's trust.policy into {} or give --log"


def create(config: Config, name: str | None, unattended: bool) -> str:
    """Make a witness with a key of its own; returns its verifier key. Raises SetupError."""
    directory = config.data
    if (directory / DATABASE).exists() or (directory / wiring.TRUST).exists():
        raise wiring.SetupError(f"{directory} holds a ledger, whose witness must be somebody else")
    if (directory / VKEY).exists():
        raise wiring.SetupError(f"{directory} holds a witness already; it was not touched")
    name = name or f"{platform.node() or 'witness'}/witness"
    check_name(name)
    signer = _key(config, unattended)
    (directory / LOGS).mkdir(exist_ok=True)
    (directory / VKEY).write_text(format_vkey(name, signer.public_key, COSIGNATURE) + "\n", "utf-8")
    return vkey(directory)


def _key(config: Config, unattended: bool) -> FileSigner:
    """A new key; or, where an earlier attempt broke off, the one that never signed anything."""
    database, secrets = config.data / SEEN, config.data / SECRETS
    if secrets.exists() and not database.exists():
        raise wiring.SetupError(_lost(config.data))
    if not database.exists():
        create_database(database)
    secret = wiring.passphrase(config, make=unattended)
    kept = secrets.exists()
    opened = (
        vault.open_vault(secrets, secret) if kept else vault.create(secrets, ("witness",), secret)
    )
    return opened.signer("witness")


def vkey(directory: Path) -> str:
    """The line by which a trust file knows this witness. Raises SetupError."""
    try:
        return (directory / VKEY).read_text("utf-8").strip()
    except FileNotFoundError:
        raise wiring.SetupError(f"{directory} holds no witness: {VKEY} is missing") from None


def open_witness(config: Config, logs: Sequence[str]) -> Witness:
    """The witness in the configured directory. Raises SetupError or VaultError."""
    directory = config.data
    key = parse_vkey(vkey(directory))
    if not (directory / SEEN).is_file():
        raise wiring.SetupError(_lost(directory))
    opened = vault.open_vault(directory / SECRETS, wiring.passphrase(config))
    signer = opened.signer("witness")
    if signer.public_key != key.public_key:
        raise wiring.SetupError(f"{directory / VKEY} is of another key than {SECRETS}")
    watched = watched_logs(directory, logs)
    return Witness(directory / SEEN, key.name, signer, watched, lambda: int(time.time()))


def watched_logs(directory: Path, given: Sequence[str]) -> list[VerifierKey]:
    """The keys of the logs to watch: given as vkey or trust file, and those in `logs/`."""
    files = [str(path) for path in sorted((directory / LOGS).glob("*.policy"))]
    return [key for text in (*given, *files) for key in _log_keys(text)]


def _log_keys(text: str) -> Sequence[VerifierKey]:
    try:
        if Path(text).is_file():
            return parse_policy(Path(text).read_text("utf-8")).logs
        key = parse_vkey(text)
    except ValueError as error:
        raise wiring.SetupError(f"log {text[:80]}: {error}") from None
    if key.algorithm != ED25519:
        raise wiring.SetupError(f"log {text[:80]}: this is the key of a witness")
    return (key,)


def state(directory: Path) -> list[dict[str, object]]:
    """What was cosigned last, of each log."""
    return [
        {"origin": c.origin, "size": c.size, "root": b64encode(c.root)}
        for c in seen(directory / SEEN)
    ]


def create_app(witness: Witness) -> Flask:
    """The witness over HTTP."""
    app = Flask("api", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_OCTETS

    @app.post("/add-checkpoint")
    def add_checkpoint() -> Response:
        try:
            line = witness.add_checkpoint(request.get_data())
        except Refused as refused:
            return _refusal(refused)
        return Response(line, mimetype="text/plain")

    return app


def _refusal(refused: Refused) -> Response:
    fork = refused.forked
    if fork is not None:
        click.echo(
            f"witness: REFUSED another history of {fork.origin}: size {fork.size}, "
            f"root {b64encode(fork.root)} ({refused.status}); its signed checkpoint is kept",
            err=True,
        )
    if refused.status == 409:
        return Response(refused.text, 409, content_type="text/x.tlog.size")
    return Response(f"{refused.text}\n", refused.status, mimetype="text/plain")


def serve(config: Config, name: str | None, logs: Sequence[str], host: str, port: int) -> None:
    """Serve until interrupted, making the witness first where the directory holds none."""
    from api.server import serve_app

    if not (config.data / VKEY).exists():
        create(config, name, unattended=True)
    witness = open_witness(config, logs)
    click.echo(f"witness {vkey(config.data)}")
    if not watched_logs(config.data, logs):
        click.echo(f"witness: {NOT_FOUND.format(config.data / LOGS)}", err=True)
    serve_app(create_app(witness), host, port)


def _lost(directory: Path) -> str:
    return (
        f"{directory / SEEN} is missing: this witness no longer knows what it signed, and must be "
        "retired; make another, with another key"
    )

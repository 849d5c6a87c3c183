"""Serving: waitress around the Flask application."""

from __future__ import annotations

from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path

import click
from flask import Flask
from waitress.server import create_server

from api import covers, rehearsal, wiring
from api.access import ACCESS
from api.app import create_app
from api.config import Config
from api.door.opening import open_door
from api.timestamping import daily
from api.tokens import Tokens
from ledger.history import DATABASE, Ledger

SAMPLE = Path(str(files("api") / "sample" / "autumn_term.jsonl"))
LOCAL = ("127.0.0.1", "::1", "localhost")
IN_CLEAR = (
    "handledger: passwords and tokens travel in clear; put TLS in front and set HANDLEDGER_ADDRESS"
)


def serve(config: Config, host: str, port: int, clock_ok: bool) -> None:
    """Serve until interrupted."""
    with wiring.open_ledger(config, clock_ok) as ledger:
        if host not in LOCAL and not config.address:
            click.echo(IN_CLEAR, err=True)
        door = open_door(config, ledger)
        app = create_app(ledger, Tokens(config.data / ACCESS), config.public_log, door)
        with ExitStack() as beside:
            beside.callback(covers.always(ledger, _say))
            if config.tsa_url:
                beside.callback(daily(ledger, config.tsa_url, _say))
            _serve(ledger, app, host, port, config.proxy)


def _say(line: str) -> None:
    click.echo(f"handledger: {line}", err=True)


def run_sample(config: Config, port: int) -> None:
    """Serve the sample term, loading it first where the directory holds no ledger."""
    if not (config.data / DATABASE).exists():
        lines = rehearsal.read_lines(SAMPLE)
        ledger, clock = rehearsal.start(config, lines)
        with ledger:
            for _ in rehearsal.play(ledger, clock, lines):
                pass
    with wiring.open_ledger(config) as ledger:
        tokens = Tokens(config.data / ACCESS)
        click.echo(f"The ledger lies in {config.data.absolute()}; it is a rehearsal.")
        click.echo(
            "In a browser, /sign-in of the address below has a button for each of these people."
        )
        click.echo(
            "Programs sign in with `Authorization: Bearer TOKEN`, new at each start, for a day:"
        )
        for person, role in rehearsal.SAMPLE_ROLES.items():
            click.echo(f"  {person} ({role}): {tokens.issue(person, days=1)}")
        _serve(ledger, create_app(ledger, tokens, config.public_log), "127.0.0.1", port)


def _serve(ledger: Ledger, app: Flask, host: str, port: int, proxy: str = "") -> None:
    why = ledger.closed_because or wiring.away(ledger)
    if why:
        click.echo(f"handledger: reading only: {why}", err=True)
    if ledger.erased_again:
        whose = ", ".join(ledger.erased_again)
        click.echo(f"handledger: erased again, for it was there: {whose}", err=True)
    if ledger.overdue:
        click.echo(f"handledger: after an erasure {ledger.overdue}", err=True)
    serve_app(app, host, port, proxy)


def serve_app(app: Flask, host: str, port: int, proxy: str = "") -> None:
    """Serve an application until interrupted; its address is printed.

    `proxy` is the one in front that may say whom it serves; anybody else's word is dropped.
    """
    behind = {"trusted_proxy": proxy, "trusted_proxy_headers": {"x-forwarded-for"}} if proxy else {}
    server = create_server(app, host=host, port=port, threads=8, ident=None, **behind)
    # waitress types its server loosely; the port is asked for because 0 means any.
    bound = getattr(server, "effective_port", port)
    try:
        click.echo(f"http://{host}:{bound}")
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()

"""`handledger witness …`: watch somebody else's log. Heavy imports stay inside the commands."""

from __future__ import annotations

import json

import click

from api.config import Config, read_config
from api.usage import DATA

DEFAULT = "handledger-witness"


@click.group()
@DATA
@click.pass_context
def witness(context: click.Context, data: str | None) -> None:
    """Witness somebody else's log: cosign its checkpoints, never two histories."""
    context.obj = data or context.obj


@witness.command("init")
@DATA
@click.option("--name", required=True, metavar="HOST/NAME", help="The name its key has.")
@click.option("--unattended", is_flag=True, help="Keep a made passphrase beside the key.")
@click.pass_context
def witness_init(context: click.Context, data: str | None, name: str, unattended: bool) -> None:
    """Make a key and print its line; the directory is the witness's own."""
    from api import witness as made

    click.echo(made.create(_config(context, data), name, unattended))


@witness.command("serve")
@DATA
@click.option("--name", metavar="HOST/NAME", help="The name its key gets, where it has none yet.")
@click.option("--log", "logs", multiple=True, metavar="VKEY|FILE", help="A log. Repeatable.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535))
@click.pass_context
def witness_serve(
    context: click.Context,
    data: str | None,
    name: str | None,
    logs: tuple[str, ...],
    host: str,
    port: int,
) -> None:
    """Serve add-checkpoint for the logs given and those of the trust files in DIR/logs."""
    from api import witness as made

    made.serve(_config(context, data), name, logs, host, port)


@witness.command("show")
@DATA
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def witness_show(context: click.Context, data: str | None, as_json: bool) -> None:
    """Its key, and what it cosigned last of each log."""
    from api import witness as made

    directory = _config(context, data).data
    key, logs = made.vkey(directory), made.state(directory)
    if as_json:
        click.echo(json.dumps({"vkey": key, "logs": logs}))
        return
    click.echo(key)
    for log in logs:
        click.echo(f"{log['origin']}  {log['size']}  {log['root']}")


def _config(context: click.Context, data: str | None) -> Config:
    return read_config(data or context.obj, default=DEFAULT)


COMMANDS = (witness,)

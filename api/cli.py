"""`handledger`: every subcommand of CONTRACT section 2. Heavy imports stay inside the commands."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from api import (
    cli_actor,
    cli_begin,
    cli_checkpoint,
    cli_confidential,
    cli_door,
    cli_evidence,
    cli_keys,
    cli_papers,
    cli_retention,
    cli_timestamp,
    cli_tokens,
    cli_witness,
)
from api.config import ConfigError
from api.usage import DATA, Failed
from api.usage import config_of as _config

NOT_CONFIDENTIAL = (
    "no confidential key is adopted: whoever has the wrapping key and this database can read "
    "restricted reports (docs/operations.md)"
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@DATA
@click.version_option(package_name="handledger")
@click.pass_context
def cli(context: click.Context, data: str | None) -> None:
    """A signed ledger of how a school governs its social-media accounts."""
    context.obj = data


@cli.command()
@DATA
@click.option("--school", required=True)
@click.option("--origin", required=True, metavar="HOST/SLUG")
@click.option("--person", required=True, metavar="ID")
@click.option("--name", required=True)
@click.option("--offices", required=True, metavar="slt,headteacher")
@click.option("--unattended", is_flag=True, help="Keep a made passphrase beside the keys.")
@click.pass_context
def init(
    context: click.Context,
    data: str | None,
    school: str,
    origin: str,
    person: str,
    name: str,
    offices: str,
    unattended: bool,
) -> None:
    """Create keys, the first records and the trust file."""
    from api import setup

    first = {"person": person, "name": name, "kind": "staff", "offices": offices.split(",")}
    said = setup.init(_config(context, data), school, origin, first, unattended)
    click.echo(said)


@cli.command()
@DATA
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One line of JSON per input line.")
@click.option("--check", is_flag=True, help="Compare with what each line expects.")
@click.pass_context
def rehearse(
    context: click.Context, data: str | None, file: Path, as_json: bool, check: bool
) -> None:
    """Replay commands from FILE into a practice ledger."""
    from api import rehearsal

    config = _config(context, data)
    lines = rehearsal.read_lines(file)
    if not lines:
        raise Failed(f"{file} holds no command")
    ledger, clock = rehearsal.start(config, lines)
    wrong = refused = 0
    with ledger:
        for played in rehearsal.play(ledger, clock, lines):
            refused += played.code is not None
            wrong += not played.as_expected
            if as_json:
                click.echo(json.dumps(played.as_json()))
            elif check and not played.as_expected:
                said = played.code or "accepted"
                click.echo(f"line {played.line.seq}: expected {played.line.expect}, was {said}")
    if not as_json:
        click.echo(f"{len(lines) - refused} accepted, {refused} refused, in {config.data}")
    if check and wrong:
        raise Failed(f"{wrong} lines did not turn out as expected")


@cli.command()
@DATA
@click.argument("action")
@click.option("--actor", required=True, metavar="ID")
@click.option("--occurred-at", metavar="T")
@click.option("--done-by", metavar="ID")
@click.option("--already-done", is_flag=True)
@click.option("--clock-ok", is_flag=True, help="The clock is right, however far ahead it seems.")
@click.option("--fields", required=True, metavar="JSON")
@click.option(
    "--sign-with",
    "key_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="KEYFILE",
    help="The actor's own key, made by `keys actor`.",
)
@click.option("--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def record(
    context: click.Context,
    data: str | None,
    action: str,
    actor: str,
    occurred_at: str | None,
    done_by: str | None,
    already_done: bool,
    clock_ok: bool,
    fields: str,
    key_file: Path | None,
    passphrase_file: Path | None,
) -> None:
    """Record one action from the shell; the receipt is printed as JSON."""
    from api import shell

    body: dict[str, Any] = {
        "data": shell.fields(fields),
        "occurred_at": occurred_at,
        "done_by": done_by,
    }
    if already_done:
        body["already_done"] = True
    key = None
    if key_file is not None:
        from api import own_key

        key = own_key.opened(key_file, passphrase_file)
    accepted, answer = shell.record(_config(context, data), action, actor, body, clock_ok, key)
    click.echo(json.dumps(answer, ensure_ascii=False))
    if not accepted:
        raise Failed(f"{answer['code']}: {answer.get('detail') or answer['title']}")


@cli.command()
@DATA
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.pass_context
def get(context: click.Context, data: str | None, paths: tuple[str, ...]) -> None:
    """Answer GETs of the HTTP interface without a server: one line of JSON per path."""
    from api import shell

    failed = False
    for good, line in shell.get(_config(context, data), paths):
        click.echo(line)
        failed |= not good
    sys.exit(1 if failed else 0)


@cli.command()
@DATA
@click.option("--from", "since", required=True, metavar="D", help="First day, YYYY-MM-DD.")
@click.option("--to", "until", required=True, metavar="D", help="Last day, included.")
@click.option("--at", metavar="T", help="Look back from here; default: the period's end.")
@click.option("--known-at", metavar="T", help="As known then; default: everything.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("json", "csv", "html")),
    default="json",
    show_default=True,
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.pass_context
def report(
    context: click.Context,
    data: str | None,
    since: str,
    until: str,
    at: str | None,
    known_at: str | None,
    form: str,
    out: Path | None,
) -> None:
    """The governors' report of a period: JSON, CSV for a spreadsheet, or a page to print."""
    from api import shell

    params = {"from": since, "to": until, "at": at, "known_at": known_at}
    try:
        body = shell.report(_config(context, data), form, params)
    except shell.BadReport as bad:
        raise click.UsageError(str(bad)) from None
    if out is None:
        click.echo(body, nl=False)
    else:
        out.write_bytes(body)


@cli.command()
def verify() -> None:
    """Verify an evidence file; needs neither ledger nor network (see `verify --help`)."""
    # Listed here for the help only: `api.main` runs it before click is even imported.


@cli.command()
@DATA
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def fsck(context: click.Context, data: str | None, as_json: bool) -> None:
    """Recompute everything in the store from the stored bytes."""
    from api.wiring import trust_key
    from ledger.fsck import fsck as check
    from ledger.fsck import names_confidential_keys

    directory = _config(context, data).data
    damaged = check(directory, trust_key(directory))
    if as_json:
        found = [{"position": d.position, "what": d.what} for d in damaged]
        click.echo(json.dumps({"sound": not found, "damage": found}))
    else:
        for d in damaged:
            click.echo(d.what if d.position is None else f"position {d.position}: {d.what}")
        click.echo("the store is sound" if not damaged else f"{len(damaged)} things are wrong")
        if not damaged and not names_confidential_keys(directory):
            click.echo(NOT_CONFIDENTIAL, err=True)
    sys.exit(1 if damaged else 0)


@cli.command()
@DATA
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def rebuild(context: click.Context, data: str | None, as_json: bool) -> None:
    """Make the read models from nothing; the same log gives the same bytes."""
    from api import shell

    said = shell.rebuild(_config(context, data))
    if as_json:
        click.echo(json.dumps(said))
    else:
        click.echo(f"{said['file']}: {said['size']} records, sha256 {said['sha256']}")
        for view, why in said["stopped"].items():
            click.echo(f"{view} stopped: {why}", err=True)
    sys.exit(1 if said["stopped"] else 0)


@cli.command()
@DATA
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--clock-ok", is_flag=True, help="The clock is right, however far ahead it seems.")
@click.pass_context
def serve(context: click.Context, data: str | None, host: str, port: int, clock_ok: bool) -> None:
    """Serve the API."""
    from api import server

    server.serve(_config(context, data), host, port, clock_ok)


@cli.command(hidden=True)
@DATA
@click.pass_context
def demo(context: click.Context, data: str | None) -> None:
    """The main job once, without a server (make demo)."""
    from api.demo import run

    sys.exit(run(_config(context, data)))


@cli.command("run", hidden=True)
@DATA
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.pass_context
def run_sample(context: click.Context, data: str | None, port: int) -> None:
    """Serve the sample term, loading it first where there is no ledger (make run)."""
    from api import server

    server.run_sample(_config(context, data), port)


PLACES = (
    cli_actor,
    cli_begin,
    cli_checkpoint,
    cli_confidential,
    cli_door,
    cli_evidence,
    cli_keys,
    cli_papers,
    cli_retention,
    cli_timestamp,
    cli_tokens,
    cli_witness,
)
for command in (command for place in PLACES for command in place.COMMANDS):
    cli.add_command(command)


def run(arguments: Sequence[str]) -> None:
    """Run a subcommand and exit: errors of ours are one line on stderr, never a traceback."""
    try:
        cli(list(arguments), prog_name="handledger")
    except ConfigError as error:
        click.echo(f"handledger: {error}", err=True)
        sys.exit(2)
    except Exception as error:
        from api.failures import explain

        click.echo(f"handledger: {explain(error)}", err=True)
        sys.exit(1)

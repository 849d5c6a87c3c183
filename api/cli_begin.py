"""Subcommands of a school's first days: what it is proposed, what it had before, its paper records.

Heavy imports stay inside the commands.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.usage import CLOCK_OK, DATA, config_of

if TYPE_CHECKING:
    from api.lots import Report

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
ACTOR = click.option("--actor", required=True, metavar="ID", help="Who records it.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Check everything and record nothing.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One line of JSON.")


@click.command()
@DATA
@click.pass_context
def propose(context: click.Context, data: str | None) -> None:
    """Print commands for review: bank holidays, and what a new ledger still lacks.

    Look through them, change what differs at your school, and `handledger import` them.
    """
    from api import proposals, wiring

    with wiring.open_ledger(config_of(context, data)) as ledger:
        now = ledger.ports.clock.now()
        click.echo(proposals.lines(ledger.entries(), now), nl=False)


@click.command("import")
@DATA
@click.argument("file", type=FILE)
@ACTOR
@DRY_RUN
@click.option("--late-reason", metavar="TEXT", help="Why what happened before comes only now.")
@CLOCK_OK
@AS_JSON
@click.pass_context
def import_(
    context: click.Context,
    data: str | None,
    file: Path,
    actor: str,
    dry_run: bool,
    late_reason: str | None,
    clock_ok: bool,
    as_json: bool,
) -> None:
    """Record the commands of FILE (.csv or .jsonl): all of them, or nothing.

    Every row is first decided against the ledger and the rows before it. Where one would be
    refused, every bad row is named with its field and code, and nothing is recorded.
    """
    from api import imports

    if file.suffix.lower() not in (".csv", ".jsonl"):
        raise click.BadParameter("a name that ends in .csv or .jsonl", param_hint="FILE")
    config = config_of(context, data)
    _tell(imports.run(config, file, actor, late_reason, dry_run, clock_ok), as_json)


@click.command()
@DATA
@click.argument("file", type=FILE)
@ACTOR
@DRY_RUN
@CLOCK_OK
@AS_JSON
@click.pass_context
def adopt(
    context: click.Context,
    data: str | None,
    file: Path,
    actor: str,
    dry_run: bool,
    clock_ok: bool,
    as_json: bool,
) -> None:
    """Record accounts that were there before the ledger, from FILE (JSON): all, or nothing.

    Who has had access since when is recorded as fact. Nothing is approved by it: what was never
    applied for, acknowledged or trained shows as findings (docs/operations.md has the form).
    """
    from api import adoption

    _tell(adoption.run(config_of(context, data), file, actor, dry_run, clock_ok), as_json)


def _tell(report: Report, as_json: bool) -> None:
    from api import lots

    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    lots.tell(report, (lambda line: None) if as_json else click.echo)


COMMANDS = (propose, import_, adopt)

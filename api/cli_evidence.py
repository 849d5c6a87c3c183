"""The subcommand that takes evidence. Heavy imports stay inside the command."""

from __future__ import annotations

import json
from pathlib import Path

import click

from api.usage import CLOCK_OK, DATA, config_of


@click.command()
@DATA
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--incident", metavar="ID", help="Of one incident.")
@click.option("--account", metavar="ID", help="Of one account.")
@click.option("--person", metavar="ID", help="Of one person.")
@click.option("--from", "from_", metavar="DATE", help="Of what was recorded from this day on …")
@click.option("--to", metavar="DATE", help="… up to the end of this one.")
@click.option(
    "--disclose", multiple=True, metavar="all|none|SUBJECT|POSITION:PATH", help="Repeatable."
)
@click.option("--withhold", multiple=True, metavar="restricted|POSITION", help="Repeatable.")
@click.option("--actor", metavar="ID", help="Record the export as done by this person.")
@click.option("--given-to", multiple=True, metavar="ID")
@CLOCK_OK
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def export(
    context: click.Context,
    /,
    data: str | None,
    out: Path,
    from_: str | None,
    disclose: tuple[str, ...],
    withhold: tuple[str, ...],
    actor: str | None,
    given_to: tuple[str, ...],
    clock_ok: bool,
    as_json: bool,
    **about: str | None,
) -> None:
    """Write an evidence file to OUT: of the whole log, of one thing, or of some days."""
    from api import exporting, shell
    from projections.asking import BadQuestion

    filters = {name: value for name, value in {**about, "from": from_}.items() if value is not None}
    try:
        want = exporting.wanted(filters, disclose, withhold)
    except BadQuestion as error:
        raise click.UsageError(f"--{error.parameter}: {error.detail}") from None
    said = shell.export(config_of(context, data), out, want, actor, given_to, clock_ok)
    if as_json:
        click.echo(json.dumps(said))
        return
    click.echo(f"{out}: {said['size']} records in the log")
    if "not_complete" in said:
        click.echo(f"not complete, and no answers in it: {said['not_complete']}")
    if "kept_back" in said:
        click.echo(f"values not disclosed, which {actor} may not see: {said['kept_back']}")


COMMANDS = (export,)

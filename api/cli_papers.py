"""The subcommand that writes papers about personal data. Heavy imports stay inside the command."""

from __future__ import annotations

from pathlib import Path

import click

from api.usage import DATA, Failed, config_of


@click.command()
@DATA
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(("en", "cy")), default="en", show_default=True)
@click.pass_context
def papers(context: click.Context, data: str | None, directory: Path, language: str) -> None:
    """Write impact assessment, record of processing and privacy notices into DIRECTORY.

    Filled in from the settings and the ledger as far as they know; what is left is marked.
    """
    from api import shell

    try:
        paths = shell.papers(config_of(context, data), directory, language)
    except FileExistsError as error:
        raise Failed(str(error)) from None
    for path in paths:
        click.echo(path)


COMMANDS = (papers,)

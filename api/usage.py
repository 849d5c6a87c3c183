"""What subcommands share: the option for the directory, and how a failure is told."""

from __future__ import annotations

from typing import Any

import click

from api.config import Config, read_config

DATA = click.option("--data", metavar="DIR", help="Directory of the ledger.")
CLOCK_OK = click.option(
    "--clock-ok", is_flag=True, help="The clock is right, however far ahead it seems."
)


class Failed(click.ClickException):
    """It failed or was refused: one line on stderr, exit 1."""

    def show(self, file: Any = None) -> None:
        click.echo(f"handledger: {self.format_message()}", err=True)


def config_of(context: click.Context, data: str | None) -> Config:
    """The settings in force. Raises ConfigError."""
    return read_config(data or context.obj)

"""`handledger checkpoint …`: hand checkpoints out. Heavy imports stay inside the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.usage import CLOCK_OK, DATA, Failed, config_of

if TYPE_CHECKING:
    from api.handing_out import HandedOut
    from ledger.outcomes import Declined

ACTOR = click.option("--actor", required=True, metavar="ID", help="Who hands it out.")
GIVEN_TO = click.option(
    "--given-to", multiple=True, required=True, metavar="ID", help="A person. Repeatable."
)


@click.group()
@DATA
@click.pass_context
def checkpoint(context: click.Context, data: str | None) -> None:
    """Hand out checkpoints: whoever keeps one can show that the log was cut off or rewritten."""
    context.obj = data or context.obj


@checkpoint.command("send")
@DATA
@click.option("--to", "addresses", multiple=True, required=True, metavar="ADDRESS")
@GIVEN_TO
@ACTOR
@CLOCK_OK
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def send(
    context: click.Context,
    data: str | None,
    addresses: tuple[str, ...],
    given_to: tuple[str, ...],
    actor: str,
    clock_ok: bool,
    as_json: bool,
) -> None:
    """Send the signed checkpoint by e-mail, and record that it was handed out."""
    from api import handing_out, wiring

    config = config_of(context, data)
    sender = config.mail_from
    if not config.smtp_url or not sender:
        raise Failed("set HANDLEDGER_SMTP_URL and HANDLEDGER_MAIL_FROM")
    for address in addresses:
        if address.count("@") != 1 or not address.isprintable() or set(address) & set(' ,;<>"'):
            raise click.UsageError(f"--to {address!r} is no e-mail address")
    with wiring.open_ledger(config, clock_ok) as ledger:
        said = handing_out.hand_out(
            ledger,
            actor,
            given_to,
            handing_out.BY_MAIL,
            lambda sheet: handing_out.send(config, handing_out.letter(sheet, sender, addresses)),
        )
    _tell(said, as_json, f"sent to {', '.join(addresses)}")


@checkpoint.command("slip")
@DATA
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE"
)
@GIVEN_TO
@ACTOR
@CLOCK_OK
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def slip(
    context: click.Context,
    data: str | None,
    out: Path,
    given_to: tuple[str, ...],
    actor: str,
    clock_ok: bool,
    as_json: bool,
) -> None:
    """Write a page to print, with a code to scan, and record that it was handed out."""
    from api import handing_out, wiring

    with wiring.open_ledger(config_of(context, data), clock_ok) as ledger:
        said = handing_out.hand_out(
            ledger,
            actor,
            given_to,
            handing_out.ON_PAPER,
            lambda sheet: handing_out.write(out, handing_out.slip(sheet)),
        )
    _tell(said, as_json, f"written to {out}")


@checkpoint.command("words")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def words(file: Path) -> None:
    """The fingerprint in words of a checkpoint that somebody kept."""
    from api.handing_out import words_of

    try:
        click.echo(words_of(file.read_bytes()))
    except ValueError as error:
        raise Failed(f"{file}: {error}") from None


def _tell(said: HandedOut | Declined, as_json: bool, done: str) -> None:
    from api import requests
    from api.handing_out import ACTION
    from ledger.outcomes import Declined

    if isinstance(said, Declined):
        problem = requests.refusal(ACTION, said)
        if as_json:
            click.echo(json.dumps(problem, ensure_ascii=False))
        raise Failed(f"{said.code}: {problem['detail'] or problem['title']}")
    size, position = said.size, said.receipt.position
    if as_json:
        click.echo(json.dumps({"size": size, "recorded": position}))
    else:
        click.echo(f"the checkpoint of {size} records was {done}; recorded at position {position}")


COMMANDS = (checkpoint,)

"""`handledger confidential …`: the key pair that alone opens restricted reports.

`make`, `show` and `read` need no ledger: they are for the machine of the chair of governors, or of
the local authority. Heavy imports stay inside the commands.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from api.usage import DATA, config_of

NEW = click.Path(dir_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PASSPHRASE = click.option(
    "--passphrase-file", type=FILE, metavar="FILE", help="Its passphrase; else it is asked for."
)
SHORTEST = 12  # characters of a passphrase
SHORT = f"a passphrase of {SHORTEST} characters or more: whoever guesses it reads every report"


@click.group()
def confidential() -> None:
    """The key that opens restricted reports: kept by the chair, never at the service."""


@confidential.command("make")
@click.argument("file", type=NEW)
@PASSPHRASE
def make(file: Path, passphrase_file: Path | None) -> None:
    """Make a key pair, keep it in FILE under a passphrase, and print the public key."""
    from keys import confidential as made
    from ledger.proof.encoding import b64encode

    secret = _passphrase(passphrase_file, twice=True)
    if len(secret.decode("utf-8", "replace")) < SHORTEST:
        raise click.UsageError(SHORT)
    click.echo(b64encode(made.make(file, secret).public_key))


@confidential.command("show")
@click.argument("file", type=FILE)
@PASSPHRASE
def show(file: Path, passphrase_file: Path | None) -> None:
    """Print the public key of the pair in FILE."""
    from keys import confidential as made
    from ledger.proof.encoding import b64encode

    click.echo(b64encode(made.read(file, _passphrase(passphrase_file)).public_key))


@confidential.command("export")
@DATA
@click.argument("out", type=NEW)
@click.pass_context
def export(context: click.Context, data: str | None, out: Path) -> None:
    """Write every sealed act to OUT, for whoever has a key; nobody else can read it."""
    from api import wiring
    from ledger import sealed_copy

    with wiring.open_ledger(config_of(context, data)) as ledger, out.open("xb") as file:
        count = sum(1 for line in sealed_copy.lines(ledger) if file.write(line))
    click.echo(f"{count} sealed acts in {out}")


@confidential.command("read")
@click.argument("copy", type=FILE)
@click.option("--key", "file", type=FILE, required=True, metavar="FILE", help="The key pair.")
@PASSPHRASE
def read(copy: Path, file: Path, passphrase_file: Path | None) -> None:
    """Open the sealed acts of COPY with the key in FILE: one line of JSON for each.

    It needs neither ledger nor network. Read it on a machine that is your own: what is printed is
    what nobody else may know.
    """
    from keys import confidential as made
    from ledger import sealed_copy

    opener = made.read(file, _passphrase(passphrase_file))
    for act in sealed_copy.read(copy.read_bytes(), opener):
        said = {"position": act.position, "kind": act.kind, "time": act.record.time}
        said |= {"event_id": act.record.id, "inside": act.inside}
        click.echo(json.dumps(said, ensure_ascii=False, sort_keys=True))


def _passphrase(path: Path | None, twice: bool = False) -> bytes:
    if path is not None:
        return path.read_bytes().strip()
    secret: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=twice, err=True)
    return secret.encode()


COMMANDS = (confidential,)

"""`handledger keys actor` and `keys sign`: a person's own key. Heavy imports stay inside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TextIO

import click

from api.cli_keys import keys
from api.usage import DATA, Failed, config_of

WORDS = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Holds the passphrase of the key; else it is asked for.",
)
KEY = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@keys.command("actor")
@DATA
@KEY
@click.option("--person", required=True, metavar="ID", help="Whose key it is.")
@click.option("--origin", metavar="ORIGIN", help="Of the ledger; default: that of --data.")
@WORDS
@click.pass_context
def keys_actor(
    context: click.Context,
    data: str | None,
    file: Path,
    person: str,
    origin: str | None,
    passphrase_file: Path | None,
) -> None:
    """Make a key of your own in FILE; print what enrol_actor_key says of it (JSON).

    Where FILE holds a key already, it is that one.
    """
    from api import own_key, wiring
    from ledger.proof.encoding import is_id
    from ledger.proof.form import is_origin

    named = origin or wiring.trust_key(config_of(context, data).data).name
    if not is_origin(named):
        raise click.UsageError("--origin is not host/slug/ and 32 hex digits")
    if not is_id(person):
        raise click.UsageError("--person is not an id")
    key = own_key.made(file, passphrase_file)
    click.echo(json.dumps(own_key.enrolment(key, person, named)))


@keys.command("sign")
@KEY
@click.option("--to-sign", type=click.File(encoding="utf-8"), default="-", metavar="JSON")
@WORDS
def keys_sign(file: Path, to_sign: TextIO, passphrase_file: Path | None) -> None:
    """Sign the answer of POST /v1/actions/{action}/intent; print the command to send (JSON).

    What is signed is told first, on stderr. Nothing is asked of any server.
    """
    from api import own_key
    from ledger.proof.encoding import b64decode, parse_canonical
    from ledger.proof.intent import INTENT_TYPE

    try:
        asked: dict[str, Any] = json.load(to_sign)
        if asked["intent"]["payloadType"] != INTENT_TYPE:
            raise ValueError("of another type")
        said = parse_canonical(b64decode(asked["intent"]["payload"]))
        shown = {name: said[name] for name in ("actor", "action", "fields", "occurredat")}
        asked["command"]["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise Failed(f"this is nothing to sign: {error}") from None
    click.echo(f"signed: {json.dumps(shown, ensure_ascii=True)}", err=True)
    click.echo(json.dumps(own_key.signed(asked, own_key.opened(file, passphrase_file))))


COMMANDS: tuple[click.Command, ...] = ()  # they are among those of `keys`

"""`handledger keys …`: the record keys and their yearly change. Heavy imports stay inside."""

from __future__ import annotations

import json

import click

from api.usage import CLOCK_OK, DATA, Failed, config_of


@click.group()
def keys() -> None:
    """The keys that sign records."""


@keys.command("list")
@DATA
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def keys_list(context: click.Context, data: str | None, as_json: bool) -> None:
    """The record keys there are and were, and the positions that each signs."""
    from api import key_change

    listed = key_change.listed(config_of(context, data))
    if as_json:
        click.echo(json.dumps(listed))
        return
    for key in listed:
        click.echo(f"{key['key_id']}  {_span(key['from'], key['until'])}  {_state(key)}")


@keys.command("make")
@DATA
@click.pass_context
def keys_make(context: click.Context, data: str | None) -> None:
    """Make a record key and keep it; print what rotate_signing_key says of it (JSON)."""
    from api import key_change

    click.echo(json.dumps(key_change.make(config_of(context, data))))


@keys.command("rotate")
@DATA
@click.option("--actor", required=True, metavar="ID", help="Who changes it: a moderator.")
@click.option("--reason", required=True, metavar="TEXT")
@CLOCK_OK
@click.pass_context
def keys_rotate(
    context: click.Context, data: str | None, actor: str, reason: str, clock_ok: bool
) -> None:
    """Make a record key and put it in force from the next record on; prints the receipt."""
    from api import key_change

    accepted, answer = key_change.rotate(config_of(context, data), actor, reason, clock_ok)
    click.echo(json.dumps(answer, ensure_ascii=False))
    if not accepted:
        raise Failed(f"{answer['code']}: {answer.get('detail') or answer['title']}")


@keys.command("epoch")
@DATA
@CLOCK_OK
@click.pass_context
def keys_epoch(context: click.Context, data: str | None, clock_ok: bool) -> None:
    """Wrap the data keys anew and destroy the wrapping key before; prints the epoch in force.

    It happens by itself after every erasure. No copy of the vault or the database from before is
    good for anything then: delete those of the vault, and make new ones of both.
    """
    from api import key_change

    click.echo(f"epoch {key_change.epoch(config_of(context, data), clock_ok)}")


def _span(since: int | None, last: int | None) -> str:
    return "never" if since is None else f"{since}-{'' if last is None else last}"


def _state(key: dict[str, object]) -> str:
    return f"{key['state']}{'' if key['held'] else ', not in the vault'}"


COMMANDS = (keys,)

"""`handledger door …`: who may come in through the pages. Heavy imports stay inside."""

from __future__ import annotations

import json

import click

from api.usage import DATA, config_of


@click.group()
def door() -> None:
    """Who comes in through the pages."""


@door.command("invite")
@DATA
@click.option("--person", required=True, metavar="ID")
@click.option("--new-factor", is_flag=True, help="Forget the second factor: it was lost.")
@click.pass_context
def door_invite(context: click.Context, data: str | None, person: str, new_factor: bool) -> None:
    """Let somebody in for the first time, or again: a link, good once and for 72 hours.

    Whoever has the link is that person: give it to nobody else.
    """
    from api.door import opening

    click.echo(opening.invite(config_of(context, data), person, new_factor))


@door.command("list")
@DATA
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def door_list(context: click.Context, data: str | None, as_json: bool) -> None:
    """Who has a way in, and who is inside."""
    from api.door import opening

    listed = opening.listed(config_of(context, data))
    if as_json:
        click.echo(json.dumps(listed))
        return
    for one in listed:
        ways = [w for w in ("password", "second_factor") if one[w]] or ["no password"]
        told = [f"sessions: {one['sessions']}", f"last seen {one['last_seen'] or 'never'}"]
        told += [f"invited until {one['invited_until']}"] if one["invited_until"] else []
        click.echo(f"{one['person']}  {', '.join((*ways, *told)).replace('_', ' ')}")


@door.command("end")
@DATA
@click.option("--person", required=True, metavar="ID")
@click.pass_context
def door_end(context: click.Context, data: str | None, person: str) -> None:
    """End all sessions of somebody at once, and void their invitation."""
    from api.door import opening

    click.echo(f"sessions ended: {opening.end(config_of(context, data), person)}")


COMMANDS = (door,)

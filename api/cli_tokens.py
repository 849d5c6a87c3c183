"""The subcommands about API tokens. Heavy imports stay inside the commands."""

from __future__ import annotations

import json

import click

from api.usage import DATA, Failed, config_of


@click.group()
def token() -> None:
    """API tokens."""


@token.command("issue")
@DATA
@click.option("--person", required=True, metavar="ID")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(("read", "record")))
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 365))
@click.pass_context
def token_issue(
    context: click.Context, data: str | None, person: str, scopes: tuple[str, ...], days: int
) -> None:
    """Make a token for a registered person; it is shown once, alone on the last line."""
    from api import shell

    click.echo(shell.issue(config_of(context, data), person, scopes, days))


@token.command("list")
@DATA
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def token_list(context: click.Context, data: str | None, as_json: bool) -> None:
    """The tokens there are, never their secrets."""
    from api import shell

    listed = shell.tokens(config_of(context, data))
    if as_json:
        click.echo(json.dumps(listed))
        return
    for t in listed:
        state = "revoked" if t["revoked"] else f"until {t['expires']}"
        used = f"used {t['used']}" if t["used"] else "never used"
        click.echo(f"{t['id']}  {t['person']}  {' '.join(t['scopes'])}  {state}  {used}")


@token.command("revoke")
@DATA
@click.argument("token_id", metavar="ID")
@click.pass_context
def token_revoke(context: click.Context, data: str | None, token_id: str) -> None:
    """End a token at once."""
    from api import shell

    if not shell.revoke(config_of(context, data), token_id):
        raise Failed(f"no token {token_id} is in force")


COMMANDS = (token,)

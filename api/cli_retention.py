"""`handledger retention`: what is due, and how it is confirmed. Heavy imports stay inside."""

from __future__ import annotations

import json

import click

from api.usage import DATA, config_of


@click.command()
@DATA
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def retention(context: click.Context, data: str | None, as_json: bool) -> None:
    """What has had its time by the schedule, and why. Nothing is destroyed by asking."""
    from api import shell

    said = shell.retention(config_of(context, data))
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    click.echo(f"retention schedule, version {said['schedule_version']}")
    for name, what in (("keys", "key"), ("records", "stream")):
        for row in said[name]:
            since, until = row["since"][:10], row["until"][:10]
            click.echo(f"{row[what]}: {row['months']} months from {since}, over since {until}")
        if not said[name]:
            click.echo(f"no {name} are due")
    for action in ("run_retention", "destroy_records"):
        if said["records" if action == "destroy_records" else "keys"]:
            fields = json.dumps(said[action])
            click.echo(f"to confirm: handledger record {action} --actor ID --fields '{fields}'")


COMMANDS = (retention,)

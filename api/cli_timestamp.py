"""`handledger timestamp`. Heavy imports stay inside the command."""

from __future__ import annotations

import json

import click

from api.usage import CLOCK_OK, DATA, Failed, config_of


@click.command()
@DATA
@CLOCK_OK
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def timestamp(context: click.Context, data: str | None, clock_ok: bool, as_json: bool) -> None:
    """Have the checkpoint timestamped (RFC 3161), keep the token, record its hash."""
    from api import timestamping, wiring
    from ledger.domain.school_time import in_london

    config = config_of(context, data)
    if not config.tsa_url:
        raise Failed("set HANDLEDGER_TSA_URL")
    with wiring.open_ledger(config, clock_ok) as ledger:
        made = timestamping.stamp(ledger, config.tsa_url)
    at = in_london(made.time)
    if as_json:
        click.echo(json.dumps({"size": made.size, "at": at, "token": str(made.token)}))
    else:
        click.echo(f"the checkpoint of {made.size} records existed at {at}: {made.token}")


COMMANDS = (timestamp,)

"""`handledger keys …`: the keys of the log, and what roots approve. Heavy imports stay inside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from api.usage import CLOCK_OK, DATA, Failed, config_of

PATH = click.Path(dir_okay=False, path_type=Path)
SECRET = click.option("--passphrase-file", type=PATH, help="Holds the passphrase of the root key.")


@click.group()
def keys() -> None:
    """The keys of the log: which there are, their yearly change, loss, theft and recovery."""


@keys.command("list")
@DATA
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def keys_list(context: click.Context, data: str | None, as_json: bool) -> None:
    """The keys there are and were, and the positions that each signs."""
    from api import key_change

    listed = key_change.listed(config_of(context, data))
    if as_json:
        click.echo(json.dumps(listed))
        return
    for key in listed:
        span = _span(key["from"], key["until"])
        click.echo(f"{key['key_id']}  {key['purpose']}  {span}  {_state(key)}")


@keys.command("make")
@DATA
@click.option("--purpose", type=click.Choice(("record", "checkpoint")))
@click.option(
    "--algorithm",
    type=click.Choice(("ed25519", "ml-dsa-44")),
    default="ed25519",
    show_default=True,
    help="ml-dsa-44: a post-quantum key, which signs published checkpoints beside the other.",
)
@click.pass_context
def keys_make(
    context: click.Context, data: str | None, purpose: str | None, algorithm: str
) -> None:
    """Make a key and keep it; print the fields that put it in force (JSON).

    Of admit_key, which root keys approve; without --purpose, a record key and those of
    rotate_signing_key.
    """
    from api import key_change

    click.echo(json.dumps(key_change.make(config_of(context, data), purpose, algorithm)))


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

    _tell(*key_change.rotate(config_of(context, data), actor, reason, clock_ok))


@keys.command("root")
@click.argument("file", type=PATH)
@SECRET
def keys_root(file: Path, passphrase_file: Path | None) -> None:
    """Make a root key in FILE, under a passphrase of its own; print its public half (JSON).

    Done by whoever will hold it, on a machine of their own: neither the ledger nor a network is
    needed. FILE lies in a directory that nobody else can read (mode 0700).
    """
    from api import approving
    from ledger.proof.dsse import keyid
    from ledger.proof.encoding import b64encode

    public = approving.make_root(file, approving.passphrase_of(passphrase_file, True)).public_key
    said = {"key_id": keyid("root", public), "public_key": b64encode(public)}
    click.echo(json.dumps(said))


@keys.command("propose")
@DATA
@click.argument("action")
@click.option("--fields", required=True, metavar="JSON")
@click.pass_context
def keys_propose(context: click.Context, data: str | None, action: str, fields: str) -> None:
    """Print what the holders of the root keys are asked to approve (JSON); nothing is recorded.

    ACTION is admit_key, revoke_key, declare_key_compromised, reattest_records or change_roots.
    """
    from api import key_change, shell

    config = config_of(context, data)
    click.echo(json.dumps(key_change.propose(config, action, shell.fields(fields)), indent=1))


@keys.command("approve")
@click.argument("proposal", type=PATH)
@click.option("--root", required=True, type=PATH, metavar="FILE", help="The root key.")
@SECRET
@click.option("--yes", is_flag=True, help="Do not ask.")
def keys_approve(proposal: Path, root: Path, passphrase_file: Path | None, yes: bool) -> None:
    """Approve PROPOSAL with a root key; print the approval (JSON). The ledger is not needed.

    What is approved is said in words, on stderr, and asked.
    """
    from api import approving

    asked = approving.read_proposal(proposal)
    for line in approving.in_words(asked):
        click.echo(line, err=True)
    if not yes and not click.confirm("Do you approve?", err=True):
        raise Failed("not approved; nothing was signed")
    key = approving.open_root(root, approving.passphrase_of(passphrase_file))
    click.echo(json.dumps(approving.approve(asked, key)))


@keys.command("record")
@DATA
@click.argument("proposal", type=PATH)
@click.argument("approvals", nargs=-1, required=True, type=PATH)
@click.option("--actor", required=True, metavar="ID", help="A moderator, or one of the SLT.")
@CLOCK_OK
@click.pass_context
def keys_record(
    context: click.Context,
    data: str | None,
    proposal: Path,
    approvals: tuple[Path, ...],
    actor: str,
    clock_ok: bool,
) -> None:
    """Record PROPOSAL with its APPROVALS; prints the receipt."""
    from api import key_change

    _tell(*key_change.record(config_of(context, data), proposal, [*approvals], actor, clock_ok))


def _tell(accepted: bool, answer: dict[str, Any]) -> None:
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
    beside = "" if key["held"] or key["purpose"] == "root" else ", not held here"
    return f"{key['state']}{beside}"


COMMANDS = (keys,)

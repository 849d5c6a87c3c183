"""The door of a ledger as it was set up, and what the command line does with it."""

from __future__ import annotations

from typing import Any

from api import wiring
from api.access import ACCESS
from api.config import Config
from api.door import invitations, passwords, second_factor, sessions
from api.door.store import Door, Provider
from api.shell import ShellError
from ledger.domain import presence
from ledger.domain.school_time import in_london
from ledger.history import Ledger

COMMAND_LINE = "command_line"  # who did it, where nobody was signed in
HERE = "http://127.0.0.1:8000"


def open_door(config: Config, ledger: Ledger) -> Door:
    """The door of an opened ledger. The provider's secret is read here, once."""
    provider = None
    if config.oidc_client_secret_file is not None:
        secret = config.oidc_client_secret_file.read_text("utf-8").strip()
        provider = Provider(config.oidc_issuer, config.oidc_client_id, secret)
    return Door(config.data / ACCESS, ledger.ports.mac, config.address, provider)


def invite(config: Config, person: str, new_factor: bool = False) -> str:
    """The address that lets the person in for the first time, or again. Raises ShellError.

    With `new_factor` the second factor is forgotten, and the next sign-in enrols anew.
    """
    with wiring.open_ledger(config) as ledger:
        if not presence.active(ledger.entries(), person, ledger.ports.clock.now()):
            raise ShellError(f"{person[:64]} is not registered, has left or is suspended")
        door = open_door(config, ledger)
        if new_factor:
            second_factor.remove(door, person, COMMAND_LINE)
        secret = invitations.invite(door, person, COMMAND_LINE)
    return f"{config.address or HERE}/invitation/{secret}"


def listed(config: Config) -> list[dict[str, Any]]:
    """Who has a way in: what it is, and how many sessions are open."""
    with wiring.open_ledger(config) as ledger:
        door = open_door(config, ledger)
    seen, invited = sessions.last_seen(door), invitations.waiting(door)
    return [
        {
            "person": person,
            "password": passwords.has_one(door, person),
            "second_factor": second_factor.enrolled(door, person),
            "invited_until": in_london(invited[person]) if person in invited else None,
            "last_seen": in_london(seen[person]) if person in seen else None,
            "sessions": len(sessions.of(door, person)),
        }
        for person in sorted({*seen, *invited, *passwords.everybody(door)})
    ]


def end(config: Config, person: str) -> int:
    """End the person's sessions and void their invitation; how many sessions were open."""
    with wiring.open_ledger(config) as ledger:
        return invitations.shut_out(open_door(config, ledger), person, COMMAND_LINE)

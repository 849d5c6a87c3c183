"""`handledger init`: a real ledger, with its keys, its first records and its trust file."""

from __future__ import annotations

import re
from typing import Any

from api import proposals, requests, wiring
from api.config import Config
from keys.pkcs11 import Token
from keys.places import VaultError
from keys.vault import SERVICE_COST
from ledger.domain import schemas
from ledger.domain.catalogue import ACTIONS
from ledger.genesis import REHEARSAL
from ledger.outcomes import Declined
from ledger.proof.policy import fingerprint

ORIGIN = re.compile(
    r"([a-z0-9][a-z0-9.-]{0,251}(?::[0-9]{1,5})?)/([a-z0-9][a-z0-9-]{0,62})", re.ASCII
)


def init(config: Config, school: str, origin: str, first: dict[str, Any], unattended: bool) -> str:
    """Create the ledger and return what to tell the user.

    Raises SetupError before anything is made where an argument cannot be meant.
    """
    match = ORIGIN.fullmatch(origin)
    if match is None or match[1] == REHEARSAL:
        raise wiring.SetupError(f"--origin {origin}: give HOST/SLUG, not beginning with rehearsal/")
    data = {
        "school": school,
        "time_zone": "Europe/London",
        "languages": ["en", "cy"],
        "first_person": first,
    }
    _check(data)
    token = wiring.token_of(config)
    ledger = wiring.create(
        config.data,
        match[1],
        match[2],
        _passphrase(config, unattended),
        wiring.WallClock(),
        SERVICE_COST,
        token,
    )
    with ledger:
        outcome = ledger.record(requests.asked("open_ledger", "system", {"data": data}))
        if isinstance(outcome, Declined):
            raise wiring.SetupError(f"open_ledger was refused: {outcome.code}")
        proposed = proposals.lines(ledger.entries(), ledger.ports.clock.now())
    (config.data / proposals.FILE).write_text(proposed, "utf-8")
    printed = fingerprint((config.data / wiring.TRUST).read_bytes())
    return (
        f"{ledger.origin}\n"
        f"trust file: {config.data / wiring.TRUST}\n"
        f"its fingerprint, for the governors' minutes: {printed}\n"
        f"{_where(token)}"
        f"take {config.data / 'keys/root.json'} away and keep it offline\n"
        f"bank holidays, deadlines and policy to look through and fill in: "
        f"{config.data / proposals.FILE}; nothing of it is recorded before `handledger import`"
    )


def _where(token: Token | None) -> str:
    return f"record and checkpoint keys: {token.name}\n" if token else ""


def _check(data: dict[str, Any]) -> None:
    try:
        schemas.load(ACTIONS["open_ledger"], data)
    except schemas.FieldsRefused as refused:
        raise wiring.SetupError(f"{refused.code}: {', '.join(refused.where)}") from None


def _passphrase(config: Config, unattended: bool) -> bytes:
    secret = wiring.passphrase(config, make=unattended)
    if not secret:
        raise VaultError("the passphrase is empty")
    return secret

"""`handledger keys`: which record keys there are, and putting a new one in force."""

from __future__ import annotations

from typing import Any

from api import requests, wiring
from api.config import Config
from api.record_keys import RecordKeys
from api.usage import Failed
from ledger.domain.signing_keys import record_keys
from ledger.epochs import KeysDiffer
from ledger.history import Ledger
from ledger.outcomes import Receipt
from ledger.ports import KeyMissing
from ledger.proof.dsse import keyid
from ledger.proof.encoding import b64encode

ACTION = "rotate_signing_key"


def listed(config: Config) -> list[dict[str, Any]]:
    """Every record key of the log, and what the vault holds beside; no private key is shown.

    `from` and `until` are positions of records; `state` is `in_force`, `ended` or `unused`.
    """
    with wiring.open_ledger(config) as ledger:
        held = _keys(ledger).held()
        rows = [
            {
                "key_id": key.key_id,
                "public_key": key.public_key,
                "from": key.since,
                "until": key.last,
                "state": "in_force" if key.last is None else "ended",
                "held": key.key_id in held,
            }
            for key in record_keys(ledger.entries())
        ]
    told = {row["key_id"] for row in rows}
    blank = {"from": None, "until": None, "state": "unused", "held": True}
    unused = [
        {"key_id": i, "public_key": text, **blank} for i, text in held.items() if i not in told
    ]
    return rows + sorted(unused, key=lambda row: str(row["key_id"]))


def make(config: Config) -> dict[str, str]:
    """A new record key in the vault, as the fields that put it in force; nothing is recorded."""
    with wiring.open_ledger(config) as ledger:
        return _made(ledger)


def rotate(
    config: Config, actor: str, reason: str, clock_ok: bool = False
) -> tuple[bool, dict[str, Any]]:
    """Make a record key, keep it, and put it in force; whether that was accepted, and the answer.

    The key is on the disk before the record names it: a crash between leaves a key never used.
    """
    with wiring.open_ledger(config, clock_ok) as ledger:
        data = {**_made(ledger), "reason": reason}
        outcome = ledger.record(requests.asked(ACTION, actor, {"data": data}))
    if isinstance(outcome, Receipt):
        return True, requests.receipt(outcome)
    return False, requests.refusal(ACTION, outcome)


def epoch(config: Config, clock_ok: bool = False) -> int:
    """Begin a new epoch of the key that wraps the data keys; which one is in force then.

    Raises Failed where that cannot be: then the wrapping key before was not destroyed.
    """
    with wiring.open_ledger(config, clock_ok) as ledger:
        try:
            return ledger.replace_wrapping_key()
        except (KeyMissing, KeysDiffer, ValueError) as error:
            raise Failed(f"the wrapping key was not replaced: {error}") from error


def _made(ledger: Ledger) -> dict[str, str]:
    public = _keys(ledger).make().public_key
    return {"new_key_id": keyid("record", public), "public_key": b64encode(public)}


def _keys(ledger: Ledger) -> RecordKeys:
    found = ledger.ports.record_signer
    assert isinstance(found, RecordKeys)
    return found

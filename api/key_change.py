"""`handledger keys`: which keys there are, new ones, and what the root keys approve of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api import approving, requests, wiring
from api.approving import Proposal
from api.config import Config
from api.record_keys import HeldKeys, PostQuantumKeys
from api.usage import Failed
from ledger.desk import TooLarge
from ledger.domain import signing_keys
from ledger.domain.signing_keys import NOT_APPROVED, KeyOfLog
from ledger.domain.standing import SYSTEM
from ledger.epochs import KeysDiffer
from ledger.history import Ledger
from ledger.outcomes import Receipt
from ledger.ports import KeyMissing
from ledger.proof.dsse import keyid
from ledger.proof.encoding import b64decode, b64encode
from ledger.proof.keyrecords import ED25519
from ledger.proof.merkle import Frontier
from ledger.proof.note import format_vkey
from ledger.proof.record import KEYRING

ACTION = "rotate_signing_key"


class NoSuchKey(Exception):
    """There is no such kind of key; the text says which there is."""


class Unproposed(Exception):
    """What the ledger would refuse is not proposed; the text says why."""


def listed(config: Config) -> list[dict[str, Any]]:
    """Every key of the log, and what is held beside; no private key is shown.

    `from` and `until` are positions of records, of a checkpoint key sizes of the log; `state` is
    `in_force`, `ended`, `compromised` (then with `trusted_until`) or `unused`; `vkey` is what a
    trust file calls a checkpoint key.
    """
    with wiring.open_ledger(config) as ledger:
        held = {purpose: keys.held() for purpose, keys in _held(ledger).items()}
        held["checkpoint"] |= _post_quantum(ledger).held()
        known, keyring = ledger.entries(), ledger.keyring()
        listed = signing_keys.listed(known, keyring)
        rows = [_row(key, held, ledger.origin) for key in listed]
    told = {row["key_id"] for row in rows}
    blank = {"from": None, "until": None, "state": "unused", "held": True}
    unused = [
        {"key_id": i, "purpose": purpose, "public_key": text, **blank}
        for purpose, keys in held.items()
        for i, text in sorted(keys.items())
        if i not in told
    ]
    return rows + unused


def _row(key: KeyOfLog, held: Mapping[str, Mapping[str, str]], origin: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "key_id": key.key_id,
        "purpose": key.purpose,
        "public_key": key.public_key,
        "from": key.since,
        "until": key.last,
        "state": key.state,
        "held": key.key_id in held.get(key.purpose, ()),
    }
    if key.algorithm != ED25519:
        row["algorithm"] = key.algorithm
    elif key.purpose == "checkpoint":
        row["vkey"] = format_vkey(origin, b64decode(key.public_key))
    if key.trusted_until is not None:
        row["trusted_until"] = key.trusted_until
    return row


def make(config: Config, purpose: str | None = None, algorithm: str = ED25519) -> dict[str, str]:
    """A new key in the vault or token, as the fields that put it in force; nothing is recorded.

    Of a record key without `purpose` those of `rotate_signing_key`, else those of `admit_key`.
    Raises NoSuchKey for an algorithm that does not serve the purpose.
    """
    if algorithm != ED25519 and purpose != "checkpoint":
        raise NoSuchKey(f"{algorithm} is for --purpose checkpoint alone")
    with wiring.open_ledger(config) as ledger:
        if purpose is None:
            return _made(ledger)
        if algorithm != ED25519:
            public = _post_quantum(ledger).make().public_key
            return {"algorithm": algorithm, "public_key": b64encode(public), "purpose": purpose}
        public = _held(ledger)[purpose].make().public_key
        return {"public_key": b64encode(public), "purpose": purpose}


def rotate(
    config: Config, actor: str, reason: str, clock_ok: bool = False
) -> tuple[bool, dict[str, Any]]:
    """Make a record key, keep it, and put it in force; whether that was accepted, and the answer.

    The key is on the disk before the record names it: a crash between leaves a key never used.
    """
    with wiring.open_ledger(config, clock_ok) as ledger:
        return _asked(ledger, ACTION, actor, {"data": {**_made(ledger), "reason": reason}})


def propose(config: Config, action: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What the holders of the root keys are asked to approve; nothing is recorded.

    Of `reattest_records` the tree hash is filled in, of `change_roots` the keys are sorted. Raises
    Unproposed for what the ledger would refuse whoever approved it.
    """
    if action not in approving.TYPES:
        raise Unproposed(f"root keys approve {', '.join(approving.TYPES)}; not {action[:40]!r}")
    with wiring.open_ledger(config) as ledger:
        given = _filled(ledger, action, dict(fields))
        known, roots = ledger.entries(), ledger.keyring().roots
        version, event_id = known.version(KEYRING), ledger.ports.chance(16).hex()
        body = {"data": given, "event_id": event_id, "expected_version": version}
        (answer,) = ledger.try_out([requests.asked(action, SYSTEM, body)])
        refusal = answer[1] if isinstance(answer, tuple) else None
        if refusal is None or refusal.code != NOT_APPROVED:
            raise Unproposed(_why(refusal) if refusal else str(answer))
    made = Proposal(action, given, ledger.origin, event_id, version + 1, roots)
    return made.as_json()


def record(
    config: Config, proposal: Path, approvals: list[Path], actor: str, clock_ok: bool = False
) -> tuple[bool, dict[str, Any]]:
    """Record what enough root keys approved; whether that was accepted, and the answer.

    Raises NotApproved for a file that is no proposal, or no approval of it.
    """
    asked = approving.read_proposal(proposal)
    given = approving.read_approvals(asked, approvals)
    version = asked.stream_version - 1
    envelope = {"event_id": asked.event_id, "expected_version": version, "approvals": given}
    with wiring.open_ledger(config, clock_ok) as ledger:
        if ledger.origin != asked.source:
            raise approving.NotApproved(f"{proposal} is of another log: {asked.source}")
        try:
            return _asked(ledger, asked.action, actor, {"data": asked.fields, **envelope})
        except TooLarge as error:
            return False, requests.problem(413, "too_large", str(error))


def _asked(
    ledger: Ledger, action: str, actor: str, body: dict[str, Any]
) -> tuple[bool, dict[str, Any]]:
    outcome = ledger.record(requests.asked(action, actor, body))
    if isinstance(outcome, Receipt):
        return True, requests.receipt(outcome)
    return False, requests.refusal(action, outcome)


def _filled(ledger: Ledger, action: str, fields: dict[str, Any]) -> dict[str, Any]:
    if action == "change_roots" and isinstance(fields.get("keys"), list):
        return {**fields, "keys": sorted(map(str, fields["keys"]))}
    start, stop = fields.get("from"), fields.get("to")
    if action != "reattest_records" or "root" in fields:
        return fields
    if not (type(start) is type(stop) is int and 0 <= start < stop):
        return {**fields, "root": "0" * 64}  # the ledger says which of the fields is wrong
    leaves = ledger.store.leaves(start, stop)
    return {**fields, "root": Frontier().extend(leaves).root().hex()}


def _why(refusal: Any) -> str:
    said = requests.words_of(refusal.code, refusal.details)
    return f"{refusal.code}: {said}"


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
    public = _held(ledger)["record"].make().public_key
    return {"new_key_id": keyid("record", public), "public_key": b64encode(public)}


def _post_quantum(ledger: Ledger) -> PostQuantumKeys:
    found = ledger.ports.post_quantum_signer
    assert isinstance(found, PostQuantumKeys)
    return found


def _held(ledger: Ledger) -> dict[str, HeldKeys]:
    """Where the keys of each purpose are."""
    ports = ledger.ports
    found = {"record": ports.record_signer, "checkpoint": ports.more_checkpoint_signers}
    return {name: keys for name, keys in found.items() if isinstance(keys, HeldKeys)}

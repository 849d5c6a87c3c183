"""From the JSON of a request to what is asked of the ledger, and from its answer to JSON.

The same for HTTP, the command line and a rehearsal.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from ledger.desk import Asked
from ledger.domain.acts import Command, Refused
from ledger.domain.catalogue import ACTIONS
from ledger.domain.refusals import REFUSALS
from ledger.domain.school_time import format_instant, in_london
from ledger.intents import ToSign
from ledger.outcomes import Declined, Receipt
from ledger.proof.actors import intent_body
from ledger.proof.dsse import pae
from ledger.proof.encoding import b64encode
from ledger.proof.intent import INTENT_TYPE

ENVELOPE = (
    *("occurred_at", "done_by", "already_done", "expected_version", "event_id"),
    *("salts", "intent", "approvals"),
)


def asked(action: str, actor: str, body: Mapping[str, Any], key: str | None = None) -> Asked:
    """What a request body asks for. `data` must be an object where it is there at all."""
    client = {name: body.get(name) for name in ENVELOPE}
    extra = {k: v for k, v in body.items() if k not in (*ENVELOPE, "data")}
    command = Command(action, actor, body.get("data", {}), **client, extra=extra)
    return Asked(command, key)


def to_sign(command: Command, found: ToSign) -> dict[str, Any]:
    """What there is to sign of a command: the same command with everything in it that is signed
    (`command`, to be sent with the intent), and the intent, which lacks only its signature.

    A passkey signs `challenge`; a file key the DSSE pre-authentication encoding of the payload.
    """
    record, body = found.record, intent_body(found.record)
    given = {name: getattr(command, name) for name in ENVELOPE}
    given |= {"occurred_at": format_instant(record.occurredat), "event_id": record.id}
    given["salts"] = {path: b64encode(salt) for path, salt in found.salts.items()}
    kept = {name: value for name, value in given.items() if value is not None}
    challenge = urlsafe_b64encode(sha256(pae(INTENT_TYPE, body)).digest()).rstrip(b"=")
    return {
        "command": {"data": dict(command.data), **kept},
        "intent": {"payload": b64encode(body), "payloadType": INTENT_TYPE},
        "challenge": challenge.decode(),
    }


def receipt(given: Receipt) -> dict[str, Any]:
    """A receipt as CONTRACT section 3 words it."""
    said = {
        "position": given.position,
        "event_id": given.event_id,
        "type": given.type,
        "stream": given.stream,
        "stream_version": given.stream_version,
        "recorded_at": in_london(given.recorded_at),
        "proof": given.proof,
    }
    return {**said, "incident": given.incident} if given.incident else said


def refusal(action: str, declined: Declined) -> dict[str, Any]:
    """A refusal as a problem (RFC 9457), with the `refused` object of ACTIONS.md section 4."""
    recorded = {"position": declined.position, "event_id": declined.event_id}
    return {**not_recorded(action, declined), **recorded}


def not_recorded(action: str, declined: Declined | Refused) -> dict[str, Any]:
    """The same of what was refused before there was anything to record."""
    words, declared = REFUSALS[declined.code], ACTIONS[action]
    return {
        "type": f"/problems/{declined.code}",
        "title": words.en,
        "status": words.status,
        "code": declined.code,
        "detail": words_of(declined.code, declined.details),
        "refused": {
            "code": declined.code,
            "rule": declared.mark,
            "policy": declared.policy,
            "message": {"en": words.en, "cy": words.cy},
            "details": declined.details,
        },
    }


def words_of(code: str, details: Mapping[str, Any]) -> str:
    """A refusal in one line: what its code means, which fields it is about, why in particular."""
    words, fields = REFUSALS[code].en, details.get("fields")
    more = f"{words} ({', '.join(fields)})" if fields else words
    return f"{more}: {details['reason']}" if "reason" in details else more


def problem(status: int, code: str, title: str, detail: str = "") -> dict[str, Any]:
    """A problem that is no refusal: nothing was recorded."""
    made = {"type": f"/problems/{code}", "title": title, "status": status, "code": code}
    return {**made, "detail": detail} if detail else made

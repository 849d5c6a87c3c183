"""From the JSON of a request to what is asked of the ledger, and from its answer to JSON.

The same for HTTP, the command line and a rehearsal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.desk import Asked
from ledger.domain.acts import Command
from ledger.domain.catalogue import ACTIONS
from ledger.domain.refusals import REFUSALS
from ledger.domain.school_time import in_london
from ledger.outcomes import Declined, Receipt

ENVELOPE = ("occurred_at", "done_by", "already_done", "expected_version", "event_id", "approvals")


def asked(action: str, actor: str, body: Mapping[str, Any], key: str | None = None) -> Asked:
    """What a request body asks for. `data` must be an object where it is there at all."""
    client = {name: body.get(name) for name in ENVELOPE}
    extra = {k: v for k, v in body.items() if k not in (*ENVELOPE, "data")}
    command = Command(action, actor, body.get("data", {}), **client, extra=extra)
    return Asked(command, key)


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
    words, declared = REFUSALS[declined.code], ACTIONS[action]
    return {
        "type": f"/problems/{declined.code}",
        "title": words.en,
        "status": words.status,
        "code": declined.code,
        "detail": words_of(declined.code, declined.details),
        "position": declined.position,
        "event_id": declined.event_id,
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

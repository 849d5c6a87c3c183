"""A form signed by whoever is signed in, with a passkey: what to sign, and what came back.

Offered by a script alone (`own_key.js`); without one the service vouches for who it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, g, request

from api.actions import answer_to_sign
from api.context import ledger
from api.pages import my_keys
from api.pages.frame import not_found, seen_by
from api.pages.record import asking
from api.pages.record.given import Given
from api.pages.record.place import bp
from api.pages.record.reading import read
from ledger.domain import signatures
from ledger.domain.catalogue import ACTIONS
from ledger.proof.encoding import read_json
from ledger.proof.errors import Malformed

# What a signature fixes beside the fields: it comes back with it, and is compared with it.
SIGNED = ("occurred_at", "event_id", "salts", "intent")


@bp.post("/<action>/intent")
@seen_by
def to_sign(action: str) -> Response:
    """What there is to sign of a form that was looked over. Nothing is recorded."""
    declared = ACTIONS.get(action)
    if declared is None:
        return not_found("action")
    given = read(declared, request.form, request.files)
    return answer_to_sign(action, asking.body(given))


def brought(given: Given) -> Mapping[str, Any]:
    """What a signed form brought beside its fields; nothing where it was not signed.

    What it is worth the ledger says: whatever is no such thing is refused there.
    """
    text = given.typed.get("signed", "")
    if not text:
        return {}
    try:
        value = read_json(text.encode("utf-8", "surrogateescape"), 16)
    except Malformed:
        value = None
    if not isinstance(value, dict):
        return {"intent": {}}
    return {name: value[name] for name in SIGNED if name in value}


def offered(given: Given) -> dict[str, Any]:
    """What the preview says of signing: with which passkeys, and whether the school demands it."""
    known = ledger().entries()
    return {
        "passkeys": my_keys.passkeys(g.token.person),
        "must_sign": given.action.name in signatures.demanded(known),
    }

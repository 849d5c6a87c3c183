"""Restricted reports and the key that opens them: brought for a session, never kept.

The page is the same for whoever does not have a key, whether there is anything to open or not.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from api import circle, may
from api.context import ledger
from api.door.sessions import SAFE
from api.may import KEEPERS as KEEPERS
from api.pages import linked, sign_in, words
from api.pages.frame import page as made
from api.pages.frame import seen_by
from keys import confidential as keyfile
from keys.places import VaultError
from ledger import confidential, unjudged
from ledger.domain.school_time import in_london
from ledger.opening import IDLE

bp = Blueprint("confidential", __name__)

MOST = 4096  # octets of a key file
ONE_AT_A_TIME = threading.Lock()  # opening a key file takes 128 MiB of memory


@bp.before_request
def _a_key_needs_a_session() -> None:
    if request.method not in SAFE:
        sign_in.only_by_session()


@bp.get("/restricted")
@seen_by
def page() -> Response:
    """Which keys are in force, and what is open to whoever looks."""
    return _page()


@bp.post("/restricted/open")
@seen_by
def open() -> Answer:
    """Open what the key in the file opens, until nobody uses it for a while."""
    try:
        with ONE_AT_A_TIME:
            file = request.files.get("key")
            data = file.stream.read(MOST + 1)[:MOST] if file else b""
            secret = request.form.get("passphrase", "").encode()
            key = keyfile.from_bytes(data, secret)
        ledger().open_confidential(key, g.token.person)
    except (VaultError, ValueError):
        return _page(
            400,
            _(
                "This does not open anything: it is no key file, the passphrase is another one, or "
                "no record of this ledger names its key. Nothing of it was kept."
            ),
        )
    return redirect(url_for("confidential.page"), 303)


@bp.post("/restricted/close")
@seen_by
def close() -> Answer:
    """Forget the key, and everything that it opened."""
    if _open_to_me():
        ledger().close_confidential()
    return redirect(url_for("confidential.page"), 303)


def adoptions() -> list[dict[str, Any]]:
    """Every time that keys were adopted, the first first."""
    told = ledger().entries().of(confidential.ADOPTED)
    return [
        {
            "position": entry.position,
            "person": entry.record.actor,
            "at": in_london(entry.record.time),
            **entry.fields,
        }
        for entry in told
    ]


def _page(status: int = 200, wrong: str = "") -> Response:
    open_ = _open_to_me()
    seen = circle.mine() if open_ else None
    return made(
        "confidential",
        status,
        wrong=wrong,
        keys=adoptions(),
        open=open_,
        idle=int(IDLE // 60),
        unfitting=list(_unfitting(seen)) if seen else [],
        readings=list(_readings(seen)) if seen else [],
        linked=linked,
        words=words,
    )


def _open_to_me() -> bool:
    """Whether the reader opened it, or is the chair of governors while somebody did."""
    by = ledger().opened_by(g.token.person)
    return by is not None and (by == g.token.person or may.CHAIR in g.roles)


def _unfitting(seen: circle.View) -> Iterator[Mapping[str, Any]]:
    """What was sent about an incident that is not there, or is not its sender's to add to.

    Who sent it is not said: it may be a reporter who asked for that.
    """
    if may.CHAIR not in g.roles:
        return
    for position, found in sorted(seen.inside.opened.items()):
        if found.late and found.record.type == "CommandRefused" and not found.incident:
            act = ledger().what_lies_in(position)
            if not unjudged.of_chair(act["incident"]):
                continue  # whoever sent it meant what is about the chair
            yield {
                "position": position,
                "at": in_london(found.record.time),
                "action": found.record.fields["action"],
                "data": {name: str(value) for name, value in act["data"].items()},
            }


def _readings(seen: circle.View) -> Iterator[Mapping[str, Any]]:
    for reading in seen.inside.readings:
        if reading.incident in seen.incidents:
            yield {
                "at": in_london(reading.time),
                "person": reading.person,
                "incident": seen.inside.called("incident", reading.incident) or reading.incident,
            }

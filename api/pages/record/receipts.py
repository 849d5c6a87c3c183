"""The receipt of a record, and its proof as a file."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from api import circle
from api.context import ledger
from api.pages import frame, words
from api.pages.frame import page, seen_by
from api.pages.record import stories
from api.pages.record.place import bp
from api.records import may_read
from ledger import confidential
from ledger.domain.school_time import in_london
from ledger.restricted import Opened

SEALED = "Sealed"


@bp.get("/done/<int:position>")
@seen_by
def done(position: int) -> Response:
    """The receipt of a record that the reader made; of a sealed one, what it was about."""
    entry = _made(position)
    opened = _opened(position)
    inner = opened.record if opened else entry.record
    given = ledger().receipt_of(position)
    return page(
        "record_done",
        entry=entry,
        inner=inner,
        sealed=entry.type == SEALED,
        incident=given.incident if given else ledger().restricted().reported_at(position),
        recorded_at=in_london(entry.record.time),
        onward=[] if entry.type == SEALED else stories.onward(inner),
        words=words,
    )


@bp.get("/done/<int:position>/proof")
@seen_by
def proof(position: int) -> Response:
    """The proof of a record that the reader made, as a file."""
    _made(position)
    made = Response(ledger().proof(position), mimetype="text/plain")
    name = f"{position}.tlog-proof"
    made.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return made


def _made(position: int) -> Any:
    """The entry at a position, where the reader may have its receipt. Aborts with 404."""
    known = ledger().entries().all
    if position >= len(known):
        frame.not_found("position")
    opened = _opened(position)
    if opened is not None or known[position].type == SEALED:
        # The log shows a blob; of what lies in it only a receipt is told, to who has one.
        given = ledger().receipt_of(position)
        actor = given.actor if given else opened.record.actor if opened else None
        theirs = actor == g.token.person
    else:
        theirs = may_read(known[position])
    return known[position] if theirs else frame.not_found("position")


def _opened(position: int) -> Opened | None:
    """What lies in a sealed act; where only a private key opens, to whom the circle admits.

    To anybody else the page must be the same whether somebody lent the key or not.
    """
    if confidential.in_force(ledger().entries()) is not None:
        return circle.mine().opened.get(position)
    return ledger().restricted().opened.get(position)

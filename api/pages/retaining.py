"""What has had its time by the retention schedule, and the two steps that let it go."""

from __future__ import annotations

from flask import Blueprint, Response

from api.context import ledger, state
from api.pages import linked, words
from api.pages.frame import ask, page, seen_by
from api.pages.record.dealing import in_ranges
from api.retention import as_json
from ledger.retaining import proposal

bp = Blueprint("retaining", __name__)


@bp.get("/audit/retention")
@seen_by
def due() -> Response:
    """What is due, by which number and since when; nothing is destroyed by looking."""
    held = ledger()
    found = proposal(held, state().now())
    return page(
        "retention",
        due=as_json(held, found),
        positions=in_ranges(found.records.positions),
        told=ask("/v1/retention").answer,
        linked=linked,
        words=words,
    )

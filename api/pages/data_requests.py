"""Requests about personal data: each with its clock, what moved it, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from api.context import ledger, state
from api.pages import linked, links, record_shown, tongue, words
from api.pages.frame import ask_all, may_go, not_found, page, seen_by
from ledger.domain.school_time import DAY, parse_timestamp

bp = Blueprint("data_requests", __name__, url_prefix="/requests")
bp.context_processor(lambda: {"words": words, "linked": linked})

Row = Mapping[str, Any]
OPEN, BREACHED = "open", "breached"
SOON = 7 * DAY


@bp.get("")
@seen_by
def several() -> Response:
    """Every request, what is due first at the top."""
    said = ask_all("/v1/requests")
    rows = sorted(said.answer, key=lambda r: (r["done_at"] is not None, r["due_at"]))
    return page("data_requests", said=said, rows=rows, new=links.form("receive_rights_request"))


@bp.get("/<request>")
@seen_by
def one(request: str) -> Response:
    """One request: its clock, its records, and what to do next."""
    said = ask_all("/v1/requests")
    row = next((r for r in said.answer if r["request"] == request), None)
    if row is None:
        return not_found("request")
    entries = ledger().entries().whole(f"request/{request}")
    fields = entries[0].fields
    return page(
        "data_requests_one",
        row=row,
        received=fields,
        records=[record_shown.row(e) for e in entries],
        left=parse_timestamp(row["due_at"]) - state().now(),
        steps=list(steps(row, fields, state().now())),
    )


def steps(row: Row, received: Row, now: int) -> Iterator[tuple[str, str, str]]:
    """What to do next: (what, why or until when, the address of its form; empty: no form)."""
    if row["done_at"] is not None:
        yield _("Nothing: it was answered."), "", ""
        return
    due = tongue.moment(row["due_at"])
    if row.get("paused_since"):
        why = _("The clock stands until then; each day moves the day it is due.")
        yield _("Go on as soon as what was asked for is there"), why, _form(row, "resume")
    elif row["status"] == BREACHED:
        late = _("It was due on %(at)s. Tell the person why it is late.", at=due)
        yield _("Answer at once, and tell the data-protection officer"), late, ""
    yield from _answers(row, due)
    yield from _time(row, received, now, due)


def _answers(row: Row, due: str) -> Iterator[tuple[str, str, str]]:
    """What answers it, by its kind."""
    until = _("Until %(at)s.", at=due)
    if row["kind"] == "access" and may_go("handing.review"):
        there = url_for("handing.review", person=row["subject"], request=row["request"])
        yield _("Hand out what is held about the person"), until, there
        return
    if row["kind"] == "erasure" and row["decision"] == "granted":
        form = links.form("erase_subject", request=row["request"], subject=row["subject"])
        yield _("Somebody else than who granted it carries the erasure out"), until, form
        return
    if row["decision"] is None:
        yield (
            _("Decide about it"),
            until,
            links.form("decide_rights_request", request=row["request"]),
        )
    if row["kind"] != "erasure":
        done = links.form("complete_rights_request", request=row["request"])
        yield _("Record that it was answered"), until, done


def _time(row: Row, received: Row, now: int, due: str) -> Iterator[tuple[str, str, str]]:
    """What may move the day it is due; after that day nothing does."""
    if row["status"] == BREACHED or row.get("paused_since"):
        return
    if not received.get("identity_checked"):
        why = _("Only where there is a real doubt who asks; the clock stands meanwhile.")
        yield _("Ask for proof of identity"), why, _form(row, "pause", reason="identity")
    if not row.get("extended_at"):
        why = _(
            "By two months, where it is complex; the person is told, and why, by %(at)s.", at=due
        )
        yield _("Extend it"), why, _form(row, "extend")


def _form(row: Row, move: str, **more: str) -> str:
    return links.form(f"{move}_rights_request", request=row["request"], **more)

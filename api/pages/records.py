"""The records themselves: searched and filtered, or one with everything beside it and its proof."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from flask import Blueprint, Response, abort, g, request
from flask_babel import gettext as _

from api import circle, may
from api.answers import as_problem
from api.context import admit, ledger
from api.pages import downloads, linked, record_search, record_shown, tongue, words
from api.pages.frame import address_with, ask_all, page, seen_by
from api.records import destroyed, left_of, may_read
from ledger.domain.entries import Entries, Entry, is_gone
from ledger.domain.school_time import in_london
from projections.asking import whole

bp = Blueprint("records_pages", __name__, url_prefix="/records")

SHOWN = 50  # on one page
FARTHEST = 999_999_999


@bp.get("")
@seen_by
def several() -> Response:
    """The records that fit what is looked for, the last recorded first."""
    known = ledger().entries()
    names = people_by_name()
    sees_all = bool(g.roles & may.OFFICES)
    search, wrong = record_search.read(request.args, names, known if sees_all else None)
    asked = whole(request.args, "before", 0, FARTHEST)
    before = len(known.all) if asked is None else min(asked, len(known.all))
    found = filter(may_read, record_search.newest(known, search, before)) if not wrong else iter(())
    if downloads.asked() and not wrong:
        return _table(found)
    shown = list(islice(found, SHOWN + 1))
    return page(
        "records_search",
        given=request.args,
        search=search,
        wrong=wrong,
        rows=[record_shown.row(e) for e in shown[:SHOWN]],
        older=address_with(before=shown[SHOWN - 1].position) if len(shown) > SHOWN else "",
        newest=address_with(before=None) if asked is not None else "",
        people=names,
        types=record_search.types(),
        accounts=[(a["id"], a["handle"]) for a in ask_all("/v1/accounts").answer],
        sees_all=sees_all,
    )


def people_by_name() -> list[tuple[str, str]]:
    """(id, name) of everybody registered, by name."""
    rows = ask_all("/v1/people").answer
    people = [(row["person"], row["display_name"] or row["person"]) for row in rows]
    return sorted(people, key=lambda who: who[1].casefold())


def _table(found: Iterator[Entry]) -> Response:
    """Everything found, as a file."""
    columns = (
        _("The record"), _("What"), _("Who"), _("When it happened"), _("When it was recorded"),
        _("Belongs to"), _("Remarks"),
    )  # fmt: skip
    kept = list(found)
    rows = [
        (
            e.position,
            words.event(e.type),
            linked.person(e.doer).text,
            tongue.moment(in_london(e.occurred_at)),
            tongue.moment(in_london(e.record.time)),
            e.stream,
            "; ".join(record_shown.remarks(e)),
        )
        for e in kept
    ]
    return downloads.table(_("Records"), columns, rows, (e.position for e in kept))


@bp.get("/<position>")
@seen_by
def one(position: str) -> Response:
    """One record: what was said, by whom, when, what was said of it since, and its proof."""
    entry, known, opened = _entry(position)
    if is_gone(entry.record):
        left = left_of(known, entry.position)
        proved = ledger().proof(entry.position)
        return page(
            "records_gone",
            410,
            left=left,
            leaf=ledger().leaf(entry.position).hex(),
            proof=proved,
            linked=linked,
        )
    values = circle.words(entry.position) if opened else None
    shown = record_shown.whole(entry, known, values)
    return page("records_one", record=shown, proof=ledger().proof(entry.position))


@bp.get("/<position>/raw")
@seen_by
def raw(position: str) -> Response:
    """The exact bytes that were signed."""
    entry, *_rest = _entry(position)
    if is_gone(entry.record):
        abort(destroyed(ledger(), entry.position))
    data = next(ledger().raw(entry.position, entry.position + 1))
    return _file(data, f"record-{entry.position}.json", "application/json")


@bp.get("/<position>/proof")
@seen_by
def proof(position: str) -> Response:
    """The proof that the record is in the log, as `tlog-proof` text."""
    entry, *_rest = _entry(position)
    text = ledger().proof(entry.position).encode()
    return _file(text, f"record-{entry.position}.tlog-proof", "text/plain")


def _file(data: bytes, name: str, mimetype: str) -> Response:
    made = Response(data, mimetype=mimetype)
    made.headers.set("Content-Disposition", "attachment", filename=name)
    return made


def _entry(position: str) -> tuple[Entry, Entries, bool]:
    """The record at a position and the log, as the reader may read them, and whether the record
    was opened for them."""
    known = ledger().entries()
    number = (
        int(position) if position.isascii() and position.isdigit() and len(position) < 16 else -1
    )
    if not 0 <= number < len(known.all):
        abort(as_problem(404, "unknown_reference", "There is no record at this position."))
    if known.all[number].type == "Sealed":
        seen = circle.mine()
        g.opened = seen.opened
        if number in seen.opened:
            circle.reads(seen, seen.opened[number].incident)
            return seen.entry(number), seen.log.known().entries, True
    if not may_read(known.all[number]):
        admit(may.OFFICES)
    return known.all[number], known, False

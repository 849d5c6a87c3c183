"""The governors' report as CSV and as a page to print; as JSON it is a question like any other."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, render_template

from api import cells
from api.context import ledger, requires
from api.queries import answered, params
from api.report_page import headings, said
from api.transparency import trust_file
from ledger.genesis import REHEARSAL
from ledger.proof.note import format_vkey
from ledger.proof.policy import fingerprint

bp = Blueprint("report", __name__, url_prefix="/v1", template_folder="templates")

QUESTION = "/v1/report"
COLUMNS = ("section", "item", "measure", "value", "evidence")


@bp.get("/report.csv")
@requires("read")
def as_csv() -> Response:
    """A line for each figure; positions of evidence stand one after the other."""
    asked = answered(QUESTION, params())
    period = f"{asked.answer['from']}-to-{asked.answer['to']}"
    answer = Response(csv_text(flat(asked.answer["figures"])), mimetype="text/csv")
    name = f"governors-report-{period}-of-{asked.size}-records.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.get("/report.html")
@requires("read")
def as_page() -> Response:
    """The same on paper; no asset comes from elsewhere, and nothing runs."""
    asked, style = answered(QUESTION, params()), render_template("report.css")
    html = render_template(
        "report.html",
        style=style,
        asked=asked,
        headings=headings(flat(asked.answer["figures"])),
        said=said,
        **_log(asked.size),
    )
    digest = b64encode(sha256(style.encode()).digest()).decode("ascii")
    answer = Response(html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"
    )
    return answer


def _log(size: int) -> dict[str, Any]:
    """What the report is true of: the log, its size and root, and by whose key it is checked."""
    held = ledger()
    opened = next(held.entries().of("LedgerOpened"), None)
    return {
        "school": opened.fields["school"] if opened else "",
        "origin": held.origin,
        "is_rehearsal": held.origin.startswith(f"{REHEARSAL}/"),
        "root": b64encode(held.tree.root(size)).decode("ascii"),
        "vkey": format_vkey(held.key.name, held.key.public_key),
        "fingerprint": fingerprint(trust_file().encode()),
    }


def flat(figures: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The figures of the answer one after the other, each with the names it stands under."""
    for section, items in figures.items():
        for item, measures in items.items():
            for measure, figure in measures.items():
                yield {"section": section, "item": item, "measure": measure, **figure}


def csv_text(figures: Iterable[dict[str, Any]]) -> str:
    """The figures as CSV; the positions of evidence stand in one cell."""
    return cells.csv_text(COLUMNS, map(_row, figures))


def _row(figure: Mapping[str, Any]) -> list[Any]:
    told = {**figure, "evidence": " ".join(map(str, figure["evidence"]))}
    return [told[name] for name in COLUMNS]

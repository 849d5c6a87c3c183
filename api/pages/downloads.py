"""A table of a page to download, as CSV or as a spreadsheet, in the reader's language.

A page that shows a table asks `asked` whether it is wanted as a file, and then answers `table`;
`{% include "pages/downloads.html" %}` puts the links beside it. No cell is ever calculated.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Flask, Response, request
from flask_babel import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from api.cells import csv_text, is_formula
from api.context import ledger
from api.pages.frame import address_with, is_practice
from projections.questions import BadQuestion

CSV, XLSX = "csv", "xlsx"
KINDS = (CSV, XLSX)
TYPES = {
    CSV: "text/csv",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BOM = "\ufeff"  # without it a spreadsheet on Windows takes ŵ and ŷ for something else
LONGEST = 32_767  # characters in a cell of a spreadsheet
EXACT = 2**53  # whole numbers beyond lose digits in a spreadsheet
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
Rows = Iterable[Sequence[Any]]


def asked(which: str = "") -> str | None:
    """`csv` or `xlsx` where this request wants a table as a file; of several, the one named.

    Raises BadQuestion for another kind of file.
    """
    kind = request.args.get("as")
    if kind is None or request.args.get("table", "") != which:
        return None
    if kind not in KINDS:
        raise BadQuestion("invalid_field", "as", f"as is none of {', '.join(KINDS)}")
    return kind


def table(name: str, columns: Sequence[str], rows: Rows, evidence: Iterable[int] = ()) -> Response:
    """The file that was asked for. `name` and `columns` are words in the reader's language.

    Cells are text, whole numbers, yes or no, or None; `evidence` are positions of records.
    """
    kind = request.args.get("as", CSV)
    size = ledger().store.size()
    worded = [[_worded(cell) for cell in row] for row in rows]
    about = _about(evidence, size)
    body = (_sheet if kind == XLSX else _csv)(name, columns, worded, about)
    answer = Response(body, mimetype=TYPES[kind])
    words = _("%(name)s, %(size)s records", name=name, size=size)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{words}.{kind}")
    return answer


def _worded(cell: Any) -> Any:
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    return cell


def _about(evidence: Iterable[int], size: int) -> list[list[Any]]:
    """What the table is true of, below it or on a sheet of its own."""
    said: list[list[Any]] = (
        [[_("Practice ledger: nothing in it is real.")]] if is_practice() else []
    )
    positions = " ".join(map(str, evidence))
    return [*said, [_("As of this many records"), size], [_("Records that show it"), positions]]


def _csv(name: str, columns: Sequence[str], rows: Rows, about: Rows) -> bytes:
    return (BOM + csv_text(columns, [*rows, [], *about])).encode()


def _sheet(name: str, columns: Sequence[str], rows: Rows, about: Rows) -> bytes:
    out = io.BytesIO()
    with Workbook(out, OPTIONS) as book:
        strong, quoted = book.add_format({"bold": True}), book.add_format({"quote_prefix": True})
        first = book.add_worksheet(_sheet_name(name))
        for column, words in enumerate(columns):
            first.write_string(0, column, words, strong)
        first.freeze_panes(1, 0)
        _write(first, rows, 1, quoted)
        _write(book.add_worksheet(_sheet_name(_("Evidence"))), about, 0, quoted)
        first.autofit()
    return out.getvalue()


def _write(sheet: Worksheet, rows: Rows, start: int, quoted: Format) -> None:
    for number, row in enumerate(rows, start):
        for column, cell in enumerate(row):
            if isinstance(cell, int) and abs(cell) <= EXACT:
                sheet.write_number(number, column, cell)
            elif cell is not None:
                text = str(cell)[:LONGEST]
                sheet.write_string(number, column, text, quoted if is_formula(text) else None)


def _sheet_name(words: str) -> str:
    """What a spreadsheet takes for the name of a sheet."""
    return "".join(c for c in words if c not in "[]:*?/\\").strip("'")[:31]


def _address(kind: str, which: str = "") -> str:
    """This page, as that kind of file."""
    return address_with(**{"as": kind, "table": which or None})


def on(app: Flask) -> None:
    """Give the templates of an application what their links need."""
    app.jinja_env.globals.update(download_kinds=KINDS, download_address=_address)

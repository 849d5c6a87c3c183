"""A spreadsheet saved as CSV, read strictly: every cell that cannot be meant is named.

Row 1 is the header; rows and columns are numbered as a spreadsheet shows them. Problems never
repeat what a cell holds.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from api.lots import Problem

CUT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
UNDECODED = re.compile("[\ud800-\udfff]")
# What a spreadsheet would compute, and what it shows where it could not. `@handle` is a name.
FORMULA = re.compile(r"\s*(=|[+-]|@(?![\w.]+$)|#(REF|NAME|VALUE|N/A|DIV/0|NULL|NUM)[!?]?$)")
UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class SheetRow:
    """One row: its number in the spreadsheet, and its cells by column."""

    number: int
    cells: dict[str, str]


def read(data: bytes, columns: Collection[str]) -> tuple[list[SheetRow], list[Problem]]:
    """The rows of a sheet that has some of `columns`, and what is wrong with it.

    Rows with nothing in them are passed over. Nothing is read under a header that is wrong.
    """
    if data.startswith(UTF16):
        return [], [Problem(1, "", "wrong_encoding", "UTF-16: save it as CSV UTF-8")]
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    lines = _lines(text)
    number, header = next(lines, (1, []))
    if header is None:
        return [], [_broken(number)]
    wrong = list(_header(header, columns))
    return ([], wrong) if wrong else _body(header, lines)


def _lines(text: str) -> Iterator[tuple[int, list[str] | None]]:
    """Numbered rows; None, and no more after it, where the quoting breaks."""
    rows, number = csv.reader(io.StringIO(text, newline=""), strict=True), 0
    while True:
        number += 1
        try:
            yield number, next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield number, None
            return


def _broken(number: int) -> Problem:
    return Problem(number, "", "malformed_csv", "the quoting breaks in this row")


def _header(header: list[str], columns: Collection[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for n, name in enumerate(header):
        if name in seen:
            yield Problem(1, column(n), "duplicate_column", "the name stands twice")
        elif name and name not in columns:
            yield Problem(1, column(n), "unknown_column", _unknown(name))
        if name:
            seen.add(name)
    if "action" not in seen:
        yield Problem(1, "action", "missing_column", "there must be a column `action`")


def _unknown(name: str) -> str:
    if ";" in name or "\t" in name:
        return "columns are separated by commas"
    return "no action has a field of this name"


def column(n: int) -> str:
    """The letters above a column: A … Z, AA …"""
    letters = ""
    n += 1
    while n:
        n, rest = divmod(n - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"column {letters}"


def _body(
    header: list[str], lines: Iterator[tuple[int, list[str] | None]]
) -> tuple[list[SheetRow], list[Problem]]:
    rows: list[SheetRow] = []
    problems: list[Problem] = []
    for number, cells in lines:
        if cells is None:
            problems.append(_broken(number))
        elif any(cells):
            wrong = list(_row(number, header, cells))
            problems += wrong
            if not wrong:
                kept = {name: cell for name, cell in zip(header, cells, strict=True) if name}
                rows.append(SheetRow(number, kept))
    return rows, problems


def _row(number: int, header: list[str], cells: list[str]) -> Iterator[Problem]:
    if len(cells) != len(header):
        said = f"{len(cells)} cells under {len(header)} columns"
        yield Problem(number, "", "wrong_number_of_cells", said)
    for n, (name, cell) in enumerate(zip(header, cells, strict=False)):
        if cell and not name:
            yield Problem(number, column(n), "unknown_column", "the column has no name")
        code, why = _unreadable(cell)
        if code:
            yield Problem(number, name or column(n), code, why)


def _unreadable(cell: str) -> tuple[str, str]:
    if UNDECODED.search(cell):
        return "wrong_encoding", "this is not UTF-8: save it as CSV UTF-8"
    if CUT.search(cell):
        return "control_character", "there is a character that cannot be seen"
    if FORMULA.match(cell):
        return "formula_cell", "this could be a formula: put its value, or a word before it"
    return "", ""

"""`handledger import`: past paper records from a spreadsheet or a file of commands.

Every row is decided against the ledger as it is and the rows before it. Then all of them are
recorded in one transaction, or nothing is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from api import lots, requests, sheets, wiring
from api.config import Config
from api.lots import Item, Keys, LotError, Problem, Report
from ledger.domain.catalogue import ACTIONS
from ledger.domain.fields import Field
from ledger.proof.encoding import read_json
from ledger.proof.errors import Malformed

ENVELOPE = ("action", *requests.ENVELOPE)
FIELDS = {f.name for a in ACTIONS.values() for f in a.all_fields}
# A field that is called like a column of the envelope is written `data.NAME`.
NAMES = {name: f"data.{name}" for name in FIELDS if name in ENVELOPE}
COLUMNS = {*ENVELOPE, *(NAMES.get(name, name) for name in FIELDS)}
OURS = ("action", "seq", "actor")
STRUCTURED = ("runners", "rules", "first_person", "set")

Parsed = tuple[int, str, dict[str, Any]]  # row, action, body


class BadCell(Exception):
    """A cell that is no value of its field."""


def run(
    config: Config, path: Path, actor: str, late_reason: str | None, dry_run: bool, clock_ok: bool
) -> Report:
    """Bring in a file. Raises LotError where it cannot be read at all."""
    data = lots.read_file(path)
    parsed, wrong = _sheet(data) if path.suffix.lower() == ".csv" else _lines(data, actor)
    if not parsed and not wrong:
        raise LotError(f"{path} holds no command")
    keys = Keys(sha256(data).hexdigest())
    items = [
        Item(lots.ask(action, actor, body, keys, late_reason), row, names=NAMES)
        for row, action, body in parsed
    ]
    with wiring.open_ledger(config, clock_ok) as ledger:
        return lots.run(ledger, actor, items, wrong, dry_run)


# -- a file of commands --------------------------------------------------------------------


def _lines(data: bytes, actor: str) -> tuple[list[Parsed], list[Problem]]:
    """The commands of a JSONL file, by line number, and what is wrong with the others."""
    parsed: list[Parsed] = []
    wrong: list[Problem] = []
    for number, text in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not text.strip():
            continue
        try:
            value = read_json(text)
        except Malformed as error:
            wrong.append(Problem(number, "", "malformed_json", str(error)))
            continue
        found = list(_shape(number, value, actor))
        wrong += found
        if not found:
            body = {k: v for k, v in value.items() if k not in OURS}
            parsed.append((number, value["action"], body))
    return parsed, wrong


def _shape(number: int, value: Any, actor: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(number, "", "malformed_json", "the line is not an object")
        return
    if not isinstance(value.get("action"), str) or value["action"] not in ACTIONS:
        yield Problem(number, "action", "unknown_action", "there is no such action")
    if not isinstance(value.get("data", {}), dict):
        yield Problem(number, "data", "invalid_field", "not an object")
    if value.get("actor", actor) != actor:
        yield Problem(number, "actor", "invalid_field", "only who brings the file records it")


# -- a spreadsheet -------------------------------------------------------------------------


def _sheet(data: bytes) -> tuple[list[Parsed], list[Problem]]:
    rows, wrong = sheets.read(data, COLUMNS)
    parsed: list[Parsed] = []
    for row in rows:
        if row.cells["action"] not in ACTIONS:
            said = "there is no such action"
            wrong.append(Problem(row.number, "action", "unknown_action", said))
            continue
        body, found = _body(row)
        wrong += found
        if not found:
            parsed.append((row.number, row.cells["action"], body))
    return parsed, wrong


def _body(row: sheets.SheetRow) -> tuple[dict[str, Any], list[Problem]]:
    """A row as the body of a request; an empty cell is an absent field."""
    declared = {f.name: f for f in ACTIONS[row.cells["action"]].all_fields}
    body: dict[str, Any] = {"data": {}}
    wrong: list[Problem] = []
    for name, cell in row.cells.items():
        if name == "action" or (name in ENVELOPE and not cell):
            continue
        into = body if name in ENVELOPE else body["data"]
        key = name.removeprefix("data.")
        try:
            if name in ENVELOPE:
                into[key] = _envelope(name, cell)
            elif key in declared:
                into.update(_field(declared[key], cell))
            elif cell:
                raise BadCell(f"{row.cells['action']} has no such field")
        except BadCell as bad:
            wrong.append(Problem(row.number, name, "invalid_field", str(bad)))
    return body, wrong


def _envelope(name: str, cell: str) -> Any:
    if name == "already_done":
        return _boolean(cell)
    return _integer(cell) if name == "expected_version" else cell


def _field(declared: Field, cell: str) -> dict[str, Any]:
    """The field with its value. An empty cell is an absent one, or a list with nothing in it."""
    if declared.many:
        items = [item.strip() for item in cell.split(";")] if cell else []
        if not items and not (declared.required and declared.low == 0):
            return {}
        return {declared.name: [_value(declared, item) for item in items]}
    if not cell:
        return {declared.name: None} if declared.nullable and declared.required else {}
    return {declared.name: _value(declared, cell)}


def _value(declared: Field, cell: str) -> Any:
    if declared.kind == "boolean":
        return _boolean(cell)
    if declared.kind == "integer":
        return _integer(cell)
    return _json(cell) if declared.kind in STRUCTURED else cell


def _boolean(cell: str) -> bool:
    if cell.lower() not in ("true", "false"):
        raise BadCell("true or false")
    return cell.lower() == "true"


def _integer(cell: str) -> int:
    if not cell.isascii() or not cell.isdigit() or len(cell) > 9:
        raise BadCell("a whole number")
    return int(cell)


def _json(cell: str) -> Any:
    try:
        return read_json(cell.encode())
    except (Malformed, json.JSONDecodeError, UnicodeEncodeError):
        raise BadCell("JSON") from None

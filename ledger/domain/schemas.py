"""Schemas made from the declarations: what a command's fields must look like (checks, step 5).

`load` gives the fields as they will stand in the record: JSON values, times as UTC instants,
text in Unicode form C. It never says what a value was, only where it stands.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from ledger.domain import clock_rules, retention
from ledger.domain.catalogue import Action
from ledger.domain.catalogue.accounts import ROLES
from ledger.domain.catalogue.people import KINDS, OFFICES
from ledger.domain.fields import Field, codes, person, text
from ledger.domain.fields import code as one_of
from ledger.domain.school_time import TimeRefused, format_instant, parse_timestamp
from ledger.proof.ed25519 import check_public_key
from ledger.proof.encoding import b64decode, is_id
from ledger.proof.errors import Malformed
from ledger.proof.form import are_ranges

INVALID = "invalid_field"
P25519 = 2**255 - 19
# u of the points of order 1, 2, 4 and 8 on the curve and its twist (RFC 7748, section 6.1).
SMALL_ORDER_U = (
    0,
    1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
    P25519 - 1,
)
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
HEX64 = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
SALTED = re.compile(r"([A-Za-z0-9+/=_.:-]{1,128})\$([0-9a-fA-F]{64})", re.ASCII)
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class FieldsRefused(Exception):
    """The fields are not what the action asks for: the refusal code, and where."""

    def __init__(self, code: str, where: list[str]) -> None:
        super().__init__(code)
        self.code, self.where = code, where


def load(action: Action, data: Mapping[str, Any], spare: frozenset[str] = frozenset()) -> Any:
    """The fields of a command, checked and normalised; `spare` names may be absent this time.

    Raises FieldsRefused with the code of the first failure: what is absent or empty comes before
    what has a wrong value, each in the declared order (ACTIONS.md section 3, notes).
    """
    given = {k: v for k, v in data.items() if not _left_out(action, k, v)}
    schema = schema_of(action.name, action.all_fields, spare)
    try:
        return schema.load(given)
    except ValidationError as error:
        messages = error.messages
        by_name = messages if isinstance(messages, dict) else {}
        raise _first(action, by_name) from None


def load_one(field: Field, value: Any) -> Any:
    """One value, as `load` would take it; an empty one is an invalid one. Raises FieldsRefused."""
    if _empty(value) and not (field.nullable and value is None) and field.low:
        raise FieldsRefused(INVALID, [field.name])
    try:
        return _read(field, value)
    except ValidationError as error:
        code = str(error.messages[0])
        raise FieldsRefused(INVALID if code.startswith("missing") else code, [field.name]) from None


@cache
def schema_of(name: str, declared: tuple[Field, ...], spare: frozenset[str]) -> Schema:
    """The marshmallow schema of an action."""
    parts: dict[str, Any] = {f.name: _Declared(f, f.name in spare) for f in declared}
    return Schema.from_dict(parts, name=name)(unknown=RAISE)


class _Declared(fields.Field[Any]):
    """A marshmallow field that reads what our declaration allows, and fails with a refusal code."""

    def __init__(self, declared: Field, spared: bool) -> None:
        codes: dict[str, Any] = {"required": declared.missing, "null": declared.missing}
        required = declared.required and not spared
        super().__init__(required=required, allow_none=declared.nullable, error_messages=codes)
        self.declared = declared

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if _empty(value) and self.declared.low:
            raise ValidationError(self.declared.missing)
        return _read(self.declared, value)


def _left_out(action: Action, name: str, value: Any) -> bool:
    """Whether an optional field was sent empty, as forms do: as if it were absent."""
    declared = next((f for f in action.all_fields if f.name == name), None)
    return declared is not None and not declared.required and not declared.many and _empty(value)


def _empty(value: Any) -> bool:
    return value is None or value in ([], {}) or (isinstance(value, str) and not value.strip())


def _first(action: Action, messages: dict[str, Any]) -> FieldsRefused:
    order = {f.name: n for n, f in enumerate(action.all_fields)}
    failures = [(name, _code(said)) for name, said in messages.items()]
    failures.sort(key=lambda f: (not f[1].startswith("missing"), order.get(f[0], len(order))))
    code = failures[0][1]
    known = [name for name, c in failures if c == code and name in order]
    return FieldsRefused(code, known or ["(unknown field)"])


def _code(said: Any) -> str:
    code = said[0] if isinstance(said, list) else INVALID
    return code if re.fullmatch("[a-z_]+", str(code)) else INVALID


def _read(field: Field, value: Any) -> Any:
    if field.many:
        return _list(field, value)
    if value is None and field.nullable:
        return None
    return READERS[field.kind](field, value)


def _list(field: Field, value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > field.high:
        raise ValidationError(INVALID)
    items = [READERS[field.kind](field, item) for item in value]
    _must(field.kind != "text" or not any(map(_empty, items)))
    if len(set(items)) != len(items):
        raise ValidationError(INVALID)
    return items


def _must(holds: bool) -> None:
    if not holds:
        raise ValidationError(INVALID)


def _text(field: Field, value: Any) -> str:
    _must(isinstance(value, str))
    value = unicodedata.normalize("NFC", value.replace("\r\n", "\n"))
    _must(len(value) <= field.high and not CONTROL.search(value))
    _must(not any("\ud800" <= c <= "\udfff" for c in value))
    return str(value)


def _allowed(field: Field, value: Any) -> str:
    if value == "":
        raise ValidationError(field.missing)
    _must(isinstance(value, str) and value in field.allowed)
    return str(value)


def _id(field: Field, value: Any) -> str:
    if value == "":
        raise ValidationError(field.missing)
    if isinstance(value, str) and value in field.allowed:
        return value
    _must(isinstance(value, str) and is_id(value))
    _must(not field.digit or any(c.isdigit() for c in value))
    return str(value)


def _integer(field: Field, value: Any) -> int:
    _must(type(value) is int and field.low <= value <= field.high)
    return int(value)


def _boolean(_: Field, value: Any) -> bool:
    _must(type(value) is bool)
    return bool(value)


def is_date(value: Any) -> bool:
    """Whether it is a real date, written YYYY-MM-DD, of 1970 or later."""
    try:
        return DATE.fullmatch(value) is not None and date.fromisoformat(value).year >= 1970
    except (TypeError, ValueError):
        return False


def _date(field: Field, value: Any) -> str:
    if value == "":
        raise ValidationError(field.missing)
    _must(is_date(value))
    return str(value)


def _timestamp(field: Field, value: Any) -> str:
    if value == "":
        raise ValidationError(field.missing)
    _must(isinstance(value, str))
    try:
        return format_instant(parse_timestamp(value))
    except TimeRefused as refused:
        raise ValidationError(refused.code) from None


def _hex(field: Field, value: Any) -> str:
    if value == "":
        raise ValidationError(field.missing)
    _must(isinstance(value, str) and HEX64.fullmatch(value) is not None)
    return str(value).lower()


def _public_key(field: Field, value: Any) -> str:
    if value == "":
        raise ValidationError(field.missing)
    _must(isinstance(value, str))
    try:
        octets = b64decode(value)
        # A post-quantum key has no weak ones; where it may stand, its length is `high`.
        if field.many or len(octets) != field.high:
            check_public_key(octets)
    except Malformed:
        raise ValidationError(INVALID) from None
    return str(value)


def _sealing_key(field: Field, value: Any) -> str:
    """Whatever is sealed to a key of small order anybody can open."""
    if value == "":
        raise ValidationError(field.missing)
    _must(isinstance(value, str))
    try:
        raw = b64decode(value)
    except Malformed:
        raise ValidationError(INVALID) from None
    _must(len(raw) == 32)
    u = int.from_bytes(raw, "little")
    _must(u < P25519 and u not in SMALL_ORDER_U)
    return str(value)


def _salted(_: Field, value: Any) -> str:
    match = SALTED.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValidationError(INVALID)
    return f"{match[1]}${match[2].lower()}"


def _object(value: Any, parts: tuple[Field, ...]) -> dict[str, Any]:
    _must(isinstance(value, dict) and set(value) <= {p.name for p in parts})
    for part in parts:
        if part.name not in value or (part.low and _empty(value[part.name])):
            raise ValidationError("missing_field")
    return {part.name: _read(part, value[part.name]) for part in parts}


FIRST_PERSON = (
    Field("person", "id", digit=True, low=1),
    text("name", 120),
    one_of("kind", KINDS),
    codes("offices", OFFICES),
)
RUNNER = (person("person"), one_of("role", ROLES))


def _first_person(field: Field, value: Any) -> dict[str, Any]:
    if _empty(value):
        raise ValidationError(field.missing)
    return _object(value, FIRST_PERSON)


def _runners(field: Field, value: Any) -> list[dict[str, Any]]:
    if _empty(value):
        raise ValidationError(field.missing)
    _must(isinstance(value, list) and len(value) <= 100)
    runners = [_object(item, RUNNER) for item in value]
    _must(len({(r["person"], r["role"]) for r in runners}) == len(runners))
    return runners


def _rules(field: Field, value: Any) -> dict[str, Any]:
    if _empty(value):
        raise ValidationError(field.missing)
    _must(clock_rules.unknown_part(value) is None)
    return dict(value)


def _periods(field: Field, value: Any) -> dict[str, Any]:
    """Kinds of the retention schedule and for how many months each is kept."""
    if _empty(value):
        raise ValidationError(field.missing)
    kinds = retention.NAMED if field.kind == "periods" else retention.RECORDS_NAMED
    _must(isinstance(value, dict) and set(value) <= kinds)
    _must(all(type(months) is int and 1 <= months <= 1200 for months in value.values()))
    return dict(value)


def _ranges(field: Field, value: Any) -> list[list[int]]:
    """Positions as `[first, last]`, in order and apart from each other."""
    if _empty(value):
        raise ValidationError(field.missing)
    _must(are_ranges(value) and len(value) <= retention.MOST_RANGES)
    return [list(pair) for pair in value]


def _set(_: Field, value: Any) -> dict[str, Any]:
    _must(isinstance(value, dict) and bool(value))
    return dict(value)


READERS: dict[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "code": _allowed,
    "id": _id,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _timestamp,
    "hex": _hex,
    "public_key": _public_key,
    "sealing_key": _sealing_key,
    "salted": _salted,
    "first_person": _first_person,
    "runners": _runners,
    "rules": _rules,
    "periods": _periods,
    "record_periods": _periods,
    "ranges": _ranges,
    "set": _set,
}

"""The form of `handledger adopt`, as data, and a strict look at it.

Whether ids exist and codes are known is asked of the ledger afterwards, command by command.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from api.lots import Problem
from ledger.domain.schemas import is_date
from ledger.domain.school_time import TimeRefused, parse_timestamp

TEXT, FLAG, TEXTS, START, END = "text", "flag", "texts", "start", "end"
LAST_DAY = "9999-12-31"
WORDS = {
    TEXT: "not a text",
    FLAG: "not true or false",
    TEXTS: "not a list of texts",
    START: "not a date or a time",
    END: "not a date or a time",
}


@dataclass(frozen=True)
class Shape:
    """An object: what must be in it and what may be. A Shape as a kind is a list of those."""

    must: dict[str, Any]
    may: dict[str, Any]


PERSON = Shape(
    {"person": TEXT, "name": TEXT, "kind": TEXT, "offices": TEXTS}, {"from": START, "left": END}
)
ROLE = Shape({"person": TEXT, "role": TEXT}, {"from": START, "to": END})
KNOWS = Shape({"person": TEXT}, {"from": START})
CREDENTIAL = Shape({"vault_ref": TEXT, "known_by": KNOWS}, {"from": START})
ACCESS = Shape(
    {"person": TEXT, "platform_role": TEXT, "full_control": FLAG}, {"from": START, "to": END}
)
CONTACT = Shape({"contact_kind": TEXT, "owner": TEXT}, {"from": START})
ACCOUNT = Shape(
    {"account": TEXT, "handle": TEXT, "created_at": START},
    {
        "url": TEXT,
        "roles": ROLE,
        "credentials": CREDENTIAL,
        "platform_roles": ACCESS,
        "recovery": CONTACT,
    },
)
FORM = Shape({"late_reason": TEXT, "accounts": ACCOUNT}, {"people": PERSON})


def moment(text: str, kind: str) -> str:
    """A time as it was given; of a day alone its beginning, or for an END that of the next.

    So what ends on one day and what begins on the next leave no gap between them.
    """
    if not is_date(text):
        return text
    if kind == END and text < LAST_DAY:
        text = (date.fromisoformat(text) + timedelta(days=1)).isoformat()
    return f"{text}T00:00:00"


def instant(text: str, kind: str = START) -> int:
    """The same in seconds UTC. Raises TimeRefused where it is no single moment."""
    return parse_timestamp(moment(text, kind))


def problems(value: Any, shape: Shape, path: str) -> Iterator[Problem]:
    """What is missing, unknown or of the wrong type in an object, each with its path."""
    if not isinstance(value, dict):
        yield Problem(None, path, "invalid_field", "not an object")
        return
    known = {**shape.must, **shape.may}
    for name in value:
        if name not in known:
            yield Problem(None, _under(path, "(unknown field)"), "invalid_field", _there_are(known))
    for name, kind in known.items():
        where = _under(path, name)
        if name in value:
            yield from _value(value[name], kind, where)
        elif name in shape.must:
            yield Problem(None, where, "missing_field", "it must be given")


def _value(value: Any, kind: Any, path: str) -> Iterator[Problem]:
    if isinstance(kind, Shape):
        if not isinstance(value, list):
            yield Problem(None, path, "invalid_field", "not a list")
            return
        for n, item in enumerate(value):
            yield from problems(item, kind, f"{path}[{n}]")
        return
    code = _wrong(value, kind)
    if code:
        yield Problem(None, path, code, WORDS[kind])


def _wrong(value: Any, kind: str) -> str:
    """The code of what is wrong with a value; empty where nothing is."""
    if kind == FLAG:
        return "" if type(value) is bool else "invalid_field"
    if kind == TEXTS:
        good = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return "" if good else "invalid_field"
    if not isinstance(value, str):
        return "invalid_field"
    if not value.strip():
        return "missing_field"
    return _untimely(value, kind) if kind in (START, END) else ""


def _untimely(text: str, kind: str) -> str:
    try:
        instant(text, kind)
    except TimeRefused as refused:
        return refused.code
    return ""


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _there_are(known: dict[str, Any]) -> str:
    return f"there are {', '.join(known)}"

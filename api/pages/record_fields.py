"""What a record says, field by field in words: values by their kind, never a raw code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from api.context import ledger
from api.pages import linked, tongue, words
from api.pages.linked import Linked
from ledger.domain.catalogue import TYPES
from ledger.domain.fields import Field
from ledger.domain.refusals import REFUSALS

# What stands in a field by its name, where no declaration says so: inside a list or a shape.
NAMED = {"person": "person", "role": "role", "offices": "code", "kind": "code", "action": "action"}
REFERS = ("person", "subject", "account", "incident", "enquiry", "entry")


@dataclass(frozen=True)
class Said:
    """A field: its label, and its values as texts with links. `exact`: read letter by letter."""

    label: str
    values: tuple[Linked, ...]
    exact: bool = False


def said(type_: str, fields: Mapping[str, Any]) -> list[Said]:
    """The clear fields of a record, or of one as it reads now, in the order of the declaration."""
    if type_ == "CommandRefused":
        return list(_refusal(fields))
    action = TYPES[type_].name if type_ in TYPES else ""
    declared = declarations(type_)
    order = [*(n for n in declared if n in fields), *(n for n in fields if n not in declared)]
    return [
        part
        for name in order
        for part in _field(action, declared.get(name, Field(name, "")), fields[name])
        if fields[name] is not None
    ]


def declarations(type_: str) -> dict[str, Field]:
    """The declared fields of a type of record, by name."""
    return {f.name: f for f in TYPES[type_].all_fields} if type_ in TYPES else {}


def label(path: str, action: str = "") -> str:
    """What a field is called; of a path, its parts one after the other."""
    own, *rest = path.split(".")
    first = _own(own) or words.field(own, action)
    return ": ".join([first, *(_own(part) or words.field(part, action) for part in rest)])


def _own(name: str) -> str:
    """Fields of the ledger's own records."""
    told = {
        "admitted": _("Keys admitted"),
        "at": _("At"),
        "keys": _("Keys"),
        "new_key_id": _("Number of the new key"),
        "payload_hash": _("Hash of what was sent"),
        "payload_salt": _("Salt of that hash"),
        "public_key": _("Public key"),
        "purpose": _("What for"),
        "reference_ids": _("What it referred to"),
        "rehearsal": _("Practice ledger"),
        "root": _("Root"),
        "roots": _("Root keys"),
        "salt": _("salt"),
        "threshold": _("How many must agree"),
        "token": _("Hash of the token"),
        "values_destroyed": _("Sealed values destroyed"),
    }
    return str(told.get(name, ""))


def _refusal(fields: Mapping[str, Any]) -> Iterator[Said]:
    yield Said(_("What was asked for"), (Linked(words.action(fields["action"])),))
    yield Said(_("Why it was refused"), (Linked(refusal(fields["code"])),))
    for name in ("reference_ids", "payload_hash"):
        if fields.get(name):
            value = fields[name]
            given = tuple(map(Linked, value if isinstance(value, list) else [value]))
            yield Said(label(name), given, exact=True)


def refusal(code: str) -> str:
    """Why something was refused, in the reader's language."""
    if code not in REFUSALS:
        return code
    return REFUSALS[code].cy if tongue.language() == "cy" else REFUSALS[code].en


def _field(action: str, declared: Field, value: Any) -> Iterator[Said]:
    """A field; a shape of several is told part by part."""
    if declared.kind == "set":
        yield from _amended(value)
    elif declared.kind == "runners":
        runners = [f"{linked.person(r['person']).text}: {words.role(r['role'])}" for r in value]
        yield Said(label(declared.name, action), tuple(map(Linked, runners)))
    elif isinstance(value, Mapping):
        yield from _parts(declared.name, value)
    else:
        items = value if isinstance(value, list) else [value]
        shown = tuple(_value(declared, item) for item in items)
        exact = declared.kind in ("hex", "salted", "public_key", "sealing_key")
        yield Said(label(declared.name, action), shown or (Linked(_("none")),), exact)


def _amended(changed: Mapping[str, Any]) -> Iterator[Said]:
    for name, value in changed.items():
        kind = "timestamp" if name == "occurred_at" else ""
        declared = _anywhere(name) or Field(name, kind)
        yield from _field("", declared, value)


def _anywhere(name: str) -> Field | None:
    """The declaration of a field of this name: a name means the same everywhere."""
    found = (f for action in TYPES.values() for f in action.fields if f.name == name)
    return next(found, None)


def _parts(path: str, value: Any) -> Iterator[Said]:
    for name, item in value.items():
        inner = f"{path}.{name}"
        if isinstance(item, Mapping):
            yield from _parts(inner, item)
        else:
            items = item if isinstance(item, list) else [item]
            kind = Field(name, NAMED.get(name, ""), refers="person" if name == "person" else "")
            yield Said(_path(inner), tuple(_value(kind, i) for i in items))


def _path(path: str) -> str:
    """A path within a shape: names of rules and of their parameters among it."""
    first, *rest = path.split(".")
    told = [_own(p) or words.field(words.rule(words.thing(words.parameter(p)))) for p in rest]
    return ": ".join([label(first), *told])


def _value(declared: Field, value: Any) -> Linked:
    if value is None:
        return Linked(_("nothing"))
    if isinstance(value, bool):
        return Linked(_("yes") if value else _("no"))
    if isinstance(value, Mapping):
        return Linked(", ".join(f"{label(k)}: {v}" for k, v in value.items()))
    what = (declared.refers or declared.new) if declared.kind == "id" else declared.kind
    return _known(what, declared, str(value))


def _known(what: str, declared: Field, value: str) -> Linked:
    """A text by what it is: somebody, a thing with a page, a code, a time, or itself."""
    if what in REFERS:
        return _thing(what, value)
    if declared.kind == "id" and declared.digit and not what:
        return linked.person(value)
    if what == "timestamp":
        return Linked(tongue.moment(value))
    if what == "date":
        return Linked(tongue.day(value))
    if what in ("code", "role", "action"):
        said_by = {"role": words.role, "action": words.action}
        told = said_by[what](value) if what in said_by else words.code(value, declared.name)
        return Linked(told)
    return Linked(words.code(value, declared.name) if not what else value)


def _thing(what: str, value: str) -> Linked:
    if what in ("person", "subject"):
        return linked.person(value)
    if what == "entry":
        target = ledger().entries().by_id(value)
        return linked.record(target.position) if target else Linked(value)
    return {
        "account": linked.account,
        "incident": linked.incident,
        "enquiry": linked.enquiry,
    }[what](value)

"""A form told back in words: what will be recorded, who will read it, what is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import g
from flask_babel import gettext as _

from api.context import ledger, state
from api.pages import tongue, words
from api.pages.record import correcting, people, saying, things, widgets
from api.pages.record.given import Given
from ledger import confidential
from ledger.domain import interests, standing
from ledger.domain.catalogue import Action
from ledger.domain.fields import Field
from ledger.domain.trace import PASSAGES, ROWS, Passage


@dataclass(frozen=True)
class Line:
    """One field told: its label, its value in words, and whether it will be sealed."""

    label: str
    said: str
    sealed: bool = False


def lines(given: Given) -> list[Line]:
    """Everything the record will say, in the order of the form."""
    said = [
        Line(words.field(f.name, given.action.name), told(f, given.data[f.name]), bool(f.sealed))
        for f in given.action.all_fields
        if f.name in given.data and not (f.new and f.name == given.action.stream_field)
    ]
    return [*said, *_around(given)]


def _around(given: Given) -> Iterator[Line]:
    kept = given.kept
    when = tongue.moment(kept["occurred_at"]) if kept.get("occurred_at") else _("now")
    yield Line(words.field("occurred_at"), when)
    doer = kept.get("done_by") or g.token.person
    yield Line(words.field("done_by"), somebody(doer))
    if kept.get("already_done"):
        yield Line(words.field("already_done"), _("Yes"))


def somebody(person: str) -> str:
    """A person by name; an organisation or `unknown` in words."""
    if person.startswith("org:"):
        return words.code(person[4:])
    return words.code(person) if person == "unknown" else people.called(person)


def told(field: Field, value: Any) -> str:
    """The value of a field in words."""
    if value is None:
        return str(_("nobody"))
    if isinstance(value, list) and field.kind != "runners":
        return ", ".join(_one(field, item) for item in value) or str(_("none"))
    return _one(field, value)


def _one(field: Field, value: Any) -> str:
    tell = _TELL.get(field.kind)
    return tell(field, value) if tell else str(value)


def _id(field: Field, value: Any) -> str:
    kind = widgets.widget(field)
    if kind in (widgets.PERSON, widgets.PEOPLE):
        return somebody(str(value))
    if field.refers == "entry":
        return correcting.called(str(value))
    return things.called(widgets.refers_to(field), str(value))


def _runners(_field: Field, value: Any) -> str:
    return ", ".join(f"{somebody(r['person'])} ({words.role(r['role'])})" for r in value)


def _rules(_field: Field, value: Mapping[str, Mapping[str, Any]]) -> str:
    return "; ".join(
        f"{words.rule(name)}: "
        + ", ".join(f"{words.parameter(p)} {_plain(v)}" for p, v in given.items())
        for name, given in value.items()
    )


def _plain(value: Any) -> str:
    return words.code(str(value).lower()) if isinstance(value, bool) else words.code(value)


def _set(_field: Field, value: Mapping[str, Any]) -> str:
    return "; ".join(f"{words.field(name)}: {_value(v)}" for name, v in value.items())


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    return _yes_no(value) if isinstance(value, bool) else words.code(value)


def _yes_no(value: Any) -> str:
    return str(_("Yes") if value is True else _("No"))


_TELL: Mapping[str, Any] = {
    "id": _id,
    "code": lambda field, value: words.code(value, field.name),
    "boolean": lambda _field, value: _yes_no(value),
    "date": lambda _field, value: tongue.day(value),
    "timestamp": lambda _field, value: tongue.moment(value),
    "salted": lambda _field, value: _fingerprint(value.rpartition("$")[2]),
    "hex": lambda _field, value: _fingerprint(value),
    "runners": _runners,
    "rules": _rules,
    "periods": lambda _field, value: ", ".join(f"{words.thing(k)} {v}" for k, v in value.items()),
    "record_periods": lambda _field, value: ", ".join(
        f"{words.thing(k)} {v}" for k, v in value.items()
    ),
    "ranges": lambda _field, pair: "-".join(map(str, dict.fromkeys(pair))),
    "set": _set,
    "first_person": lambda _field, value: str(value.get("name", "")),
}


def _fingerprint(digest: str) -> str:
    return str(_("fingerprint %(start)s…", start=digest[:16]))


# -- around the form --------------------------------------------------------------------------


def passages(action: str) -> list[Passage]:
    """The passages of the policy that records of this action evidence."""
    keys = {k for k, row in ROWS.items() if any(e.action == action for e in row.evidence)}
    return [p for p in PASSAGES if p.key in keys]


def readers(given: Given) -> str:
    """Who will be able to read a report of an incident, in words; empty for anything else."""
    if given.action.name != "report_incident":
        return ""
    known, now = ledger().restricted().whole, state().now()
    if not interests.must_be_sealed(known, given.data, now):
        return saying.in_clear()
    about = [p for p in given.data.get("about", []) if isinstance(p, str)]
    if confidential.in_force(known) is not None:
        return saying.confidential()
    return saying.restricted(interests.is_head(known, about, now))


def is_mine_to_do(action: Action) -> bool:
    """Whether the reader's office or role is one that may record this: for what stands first."""
    who = action.who
    if who.offices:
        known, now = ledger().entries(), state().now()
        if any(standing.holds(known, g.token.person, office, now) for office in who.offices):
            return True
        return "runner" in g.roles and not who.code
    return not who.code or who.code in ("must_acknowledge_personally", "not_account_runner")

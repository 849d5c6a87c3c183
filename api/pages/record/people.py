"""People found by name: who is on the roll that the reader may see, and whom a typed name means.

Those of the register are proposed as one types. Whoever is outside it is looked for on the server
alone: their names stand in no list of a page and in no address. Who may not know them all finds
somebody by the whole name only, and is shown no other name than the one typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import g

from api import names, naming, seeing
from api.context import ledger
from api.pages import frame
from ledger.domain.school_time import local_date
from ledger.proof.encoding import is_id

BETWEEN = " · "
REGISTER, OUTSIDE = "/v1/people", "/v1/subjects"


@dataclass(frozen=True)
class Person:
    """Somebody of the register, or outside it (`registered` False); `since` is a day (ISO 8601)."""

    id: str
    name: str
    kind: str
    registered: bool = True
    left: bool = False
    since: str = ""

    @property
    def called(self) -> str:
        """The name with the id, which no two share."""
        return f"{self.name}{BETWEEN}{self.id}" if self.name else self.id


@dataclass(frozen=True)
class Found:
    """Whom a text means: one id, or several people, or nobody."""

    id: str = ""
    several: tuple[Person, ...] = ()


def roll() -> Sequence[Person]:
    """Everybody the reader may know by name, those who left last; asked once a request."""
    if "roll" not in g:
        inside = [_registered(row) for row in frame.ask_all(REGISTER).answer]
        outside = frame.ask_all(OUTSIDE).answer if frame.may_ask(OUTSIDE) else []
        others = [Person(r["subject"], r["display_name"] or "", r["kind"], False) for r in outside]
        g.roll = sorted(
            [*inside, *others], key=lambda p: (p.left, naming.plain(p.name) or "~", p.id)
        )
    held: Sequence[Person] = g.roll
    return held


def _registered(row: Mapping[str, Any]) -> Person:
    left = row["departed_at"] is not None
    return Person(row["person"], row["display_name"] or "", row["kind"] or "", True, left)


def listed() -> list[Person]:
    """Whom to propose as one types: people of the register."""
    return [p for p in roll() if p.registered]


def called(person: str) -> str:
    """How a form shows somebody it knows by id: by the name the reader may know, or typed."""
    found = next((p for p in roll() if p.id == person and p.name), None)
    if found is None and person in spoken():
        return f"{spoken()[person]}{BETWEEN}{person}"
    return found.called if found else person


def spoken() -> dict[str, str]:
    """Id → the name by which whoever fills the form in called somebody outside the register."""
    if "spoken" not in g:
        g.spoken = {}
    held: dict[str, str] = g.spoken
    return held


def find(text: str, outside: bool) -> Found:
    """Whom the text means: an id, `name · id`, a whole name, or part of one that fits only one.

    With `outside` an id that nobody has is a pseudonym, and stands for itself.
    """
    typed = text.rpartition(BETWEEN)[2].strip() if BETWEEN in text else text.strip()
    known = listed()
    if any(p.id == typed for p in known):
        return Found(typed)
    inside = _same(known, typed) or [p for p in known if naming.has_part(p.name, typed)]
    fitting = [*inside, *(_outside(typed) if outside else ())]
    sure = _same(fitting, typed) or (fitting if sees_all() or inside == fitting else [])
    if len(sure) == 1:
        return Found(sure[0].id)
    if not fitting and outside and is_id(typed) and any(c.isdigit() for c in typed):
        return Found(typed)
    return Found("", tuple(_as_typed(p, typed) for p in fitting))


def _same(known: Iterable[Person], typed: str) -> list[Person]:
    return [p for p in known if naming.same(p.name, typed)]


def sees_all() -> bool:
    """Whether the reader may know everybody outside the register by name."""
    return bool(seeing.VALUES[seeing.OUTSIDERS] & g.roles)


def namesakes(typed: str) -> list[Person]:
    """Everybody outside the register who is called so or alike, first who was known first."""
    return [_as_typed(p, typed) for p in _outside(typed)]


def _outside(typed: str) -> list[Person]:
    return [p for p in outsiders() if _fits(p.name, typed)]


def _as_typed(person: Person, typed: str) -> Person:
    """The person with no other name than the one that the reader typed, unless they may know it."""
    hidden = not person.registered and not sees_all()
    return replace(person, name=typed) if hidden else person


def _fits(name: str, typed: str) -> bool:
    return naming.alike(name, typed) or (sees_all() and naming.has_part(name, typed))


def outsiders() -> Sequence[Person]:
    """Everybody outside the register whose name is still held; opened on the server for a search,
    once a request. Who was erased is not among them."""
    if "outsiders" not in g:
        known = ledger().entries()
        entries = sorted(known.of("SubjectRegistered"), key=lambda e: e.position)
        named = ((e, names.name_of(ledger(), known, e.key)) for e in entries)
        g.outsiders = [
            Person(e.key, name, e.fields["kind"], False, since=_day(e.occurred_at))
            for e, name in named
            if name and not e.annulled
        ]
    held: Sequence[Person] = g.outsiders
    return held


def _day(instant: int) -> str:
    return local_date(instant).isoformat()

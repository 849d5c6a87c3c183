"""People found by name: who is on the roll that the reader may see, and whom a typed name means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g

from api.pages import frame
from ledger.proof.encoding import is_id

BETWEEN = " · "
REGISTER, OUTSIDE = "/v1/people", "/v1/subjects"


@dataclass(frozen=True)
class Person:
    """Somebody of the register, or outside it (`registered` False)."""

    id: str
    name: str
    kind: str
    registered: bool = True
    left: bool = False

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
        g.roll = sorted([*inside, *others], key=lambda p: (p.left, plain(p.name) or "~", p.id))
    held: Sequence[Person] = g.roll
    return held


def _registered(row: Mapping[str, Any]) -> Person:
    left = row["departed_at"] is not None
    return Person(row["person"], row["display_name"] or "", row["kind"] or "", True, left)


def listed(outside: bool) -> list[Person]:
    """Whom to propose: people of the register; with `outside` the others too."""
    return [p for p in roll() if p.registered or outside]


def called(person: str) -> str:
    """How a form shows somebody it knows by id."""
    found = next((p for p in roll() if p.id == person), None)
    return found.called if found else person


def find(text: str, outside: bool) -> Found:
    """Whom the text means: an id, `name · id`, a whole name, or part of one that fits only one.

    With `outside` an id that nobody has is a pseudonym, and stands for itself.
    """
    typed = text.rpartition(BETWEEN)[2].strip() if BETWEEN in text else text.strip()
    known = listed(outside)
    if any(p.id == typed for p in known):
        return Found(typed)
    fitting = _same(known, typed) or _part(known, typed)
    if len(fitting) == 1:
        return Found(fitting[0].id)
    if not fitting and outside and is_id(typed) and any(c.isdigit() for c in typed):
        return Found(typed)
    return Found("", tuple(fitting))


def _same(known: Iterable[Person], typed: str) -> list[Person]:
    return [p for p in known if p.name and plain(p.name) == plain(typed)]


def _part(known: Iterable[Person], typed: str) -> list[Person]:
    parts = plain(typed).split()
    return [p for p in known if parts and all(part in plain(p.name) for part in parts)]


def plain(name: str) -> str:
    """A name as it is compared: without accents, case and doubled spaces."""
    letters = unicodedata.normalize("NFKD", name)
    kept = "".join(c for c in letters if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", kept).strip().casefold()

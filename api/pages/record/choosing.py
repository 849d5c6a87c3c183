"""What stands on the page of what happened, and links to forms with ids in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for

from api import naming
from api.pages import words
from api.pages.record import telling
from api.pages.record.happenings import HAPPENINGS, Happening
from ledger.domain.catalogue import ACTIONS

# A field that takes an id of another name, where a form has that instead.
INSTEAD = {"person": ("people", "subject")}


@dataclass(frozen=True)
class Group:
    """A heading with those of its actions that belong in this part of the page."""

    happening: Happening
    actions: Sequence[tuple[str, str]]


def groups(sought: str = "") -> tuple[list[Group], list[Group]]:
    """What the reader may record, and what others record; of each only what was sought."""
    mine = {name for name, action in ACTIONS.items() if telling.is_mine_to_do(action)}
    return _part(sought, mine), _part(sought, ACTIONS.keys() - mine)


def _part(sought: str, names: set[str]) -> list[Group]:
    made = []
    for happening in HAPPENINGS:
        heading = _fits(sought, str(happening.words))
        told = [(a, words.action(a)) for a in happening.actions if a in names]
        kept = [(a, said) for a, said in told if heading or _fits(sought, said)]
        if kept:
            made.append(Group(happening, kept))
    return made


def _fits(sought: str, said: str) -> bool:
    """Whether every word that was sought begins a word that is said."""
    spoken = naming.plain(said).split()
    return all(any(w.startswith(part) for w in spoken) for part in naming.plain(sought).split())


def link(action: str, known: Mapping[str, str | list[str]]) -> str:
    """The form of an action with those of the ids that it has a field for."""
    names = {f.name for f in ACTIONS[action].fields}
    given = {k: v for k, v in known.items() if k in names}
    for name, others in INSTEAD.items():
        if name in known and name not in names:
            given.update({o: known[name] for o in others if o in names})
    address = url_for("record.form", action=action)
    return f"{address}?{urlencode(given, doseq=True)}" if given else address

"""Which personal data there are: taken from the catalogue itself, so that no field is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from api.pages import words
from ledger.domain.catalogue import ACTIONS
from ledger.domain.catalogue.action import LATE_REASON, Action
from ledger.domain.fields import Field

# Numbers that are made like those of people, and are of things.
OF_THINGS = ("contact", "image", "post")


@dataclass
class Category:
    """What records of one kind hold of people: labels of fields, each once, in their order.

    `numbers` name somebody by number in the record; `sealed` lie beside it, encrypted; `open`
    are texts that the record shows.
    """

    kind: str
    numbers: list[str] = field(default_factory=list)
    sealed: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def see(self, action: Action, declared: Field) -> None:
        """Take in a field."""
        label = words.field(declared.name, action.name)
        for fits, labels in (
            (bool(declared.sealed), self.sealed),
            (not declared.sealed and names_somebody(declared), self.numbers),
            (declared.kind == "text" and not declared.sealed, self.open),
        ):
            if fits and label not in labels:
                labels.append(label)


def names_somebody(declared: Field) -> bool:
    """Whether a field holds the number of a person, or of several."""
    if declared.kind in ("runners", "first_person"):
        return True
    named = {declared.refers, declared.new} & {"person", "subject"}
    pseudonym = declared.digit and not declared.refers and not declared.new
    pseudonym = pseudonym and declared.name not in OF_THINGS
    return declared.kind == "id" and (bool(named) or pseudonym)


def categories() -> list[Category]:
    """One for each kind of record that holds anything of people, by kind."""
    made: dict[str, Category] = {}
    for action in ACTIONS.values():
        kind = action.stream.partition("/")[0]
        for declared in _personal(action):
            made.setdefault(kind, Category(kind)).see(action, declared)
    return [made[kind] for kind in sorted(made)]


def _personal(action: Action) -> Iterator[Field]:
    for declared in (*action.all_fields, LATE_REASON):
        if declared.sealed or names_somebody(declared) or declared.kind == "text":
            yield declared

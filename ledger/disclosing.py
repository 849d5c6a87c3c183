"""Which sealed values go into a file: whose, or which single ones; never more than may be seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from ledger.domain.entries import Entry

ALL = "all"
MOST_NAMED = 200  # of those whose values were disclosed, in one record
# A single value: the position of its record, and its path.
SINGLE = re.compile(r"(0|[1-9]\d{0,14}):([A-Za-z][A-Za-z0-9_.]{0,63})", re.ASCII)

Sees = Callable[[Entry, str], bool]


def everything(entry: Entry, path: str) -> bool:
    """Whoever has the machine and its keys can open all of it anyway."""
    return True


@dataclass
class Disclosing:
    """What is wanted, and by `sees` what may be; afterwards also what was given, and kept back.

    `wanted` are `all`, ids of subjects (or `stream` names), and single values (`POSITION:PATH`).
    """

    wanted: Collection[str] = ()
    sees: Sees = everything
    given: dict[str, int] = field(default_factory=dict)
    kept_back: int = 0

    def wants(self, entry: Entry, path: str, subject: str) -> bool:
        """Whether the value may go into the file; takes note of it."""
        names = (ALL, subject.partition(":")[2], f"{entry.position}:{path}")
        if not any(name in self.wanted for name in names):
            return False
        if not self.sees(entry, path):
            self.kept_back += 1
            return False
        self.given[subject] = self.given.get(subject, 0) + 1
        return True

    def singles(self) -> list[tuple[int, str]]:
        """The single values that are wanted."""
        return singles(self.wanted)

    def on_record(self) -> dict[str, Any]:
        """What the record of the export says was disclosed; nothing where nothing was asked for."""
        if not self.wanted:
            return {}
        names = sorted({subject.partition(":")[2] for subject in self.given})
        said: dict[str, Any] = {"values_disclosed": sum(self.given.values())}
        return {**said, "disclosed_of": names} if len(names) <= MOST_NAMED else said


def singles(wanted: Iterable[str]) -> list[tuple[int, str]]:
    """(position, path) of each single value among what is wanted."""
    found = (SINGLE.fullmatch(name) for name in wanted)
    return [(int(match[1]), match[2]) for match in found if match]


def as_disclosing(wanted: Collection[str] | Disclosing) -> Disclosing:
    """The same, where only names are given: by somebody who may see everything."""
    return wanted if isinstance(wanted, Disclosing) else Disclosing(wanted)

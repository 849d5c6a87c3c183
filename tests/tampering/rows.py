"""The form of a row: what is done, who can do it, and what must be said of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Who can do it, by what they need; the numbers are those of the threat model.
WHO = {
    "T1": "who can write to the database and the files beside it, without any key",
    "T2": "who runs the service: has the record key and the checkpoint key",
    "T3": "who has a copy of the record key",
    "T4": "who has a copy of a key that has ended, or was declared compromised",
    "T6": "the head with the service in hand, against the rules of office",
    "T7": "who wants to have done something earlier",
    "T8": "who can set the clock",
    "T9": "whoever passes a file, a receipt or a trust file on, without any key",
    "T12": "the service, which shows two people two histories",
    "T13": "the service together with the witnesses",
}


@dataclass(frozen=True)
class Row:
    """An operation. `make` gets a copy of its own to work on.

    `found` is the code, or the words, that must be said, at `position` where it has one.
    """

    part: str
    name: str
    who: str
    verdict: str
    found: str
    position: int | None
    make: Callable[[Any], Any]


def ident(row: Row) -> str:
    """What a row is called where all rows are listed."""
    return f"{row.part}: {row.name}"


class Part:
    """The rows of one part of the table, in order."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.rows: list[Row] = []

    def row(
        self,
        name: str,
        who: str,
        verdict: str,
        found: str,
        position: int | None = None,
        make: Callable[[Any], Any] | None = None,
    ) -> Any:
        """Add a row; without `make` what follows is decorated."""
        if make is None:
            return lambda made: self.row(name, who, verdict, found, position, made) or made
        assert who in WHO
        self.rows.append(Row(self.title, name, who, verdict, found, position, make))
        return None

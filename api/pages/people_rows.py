"""Answers about people, shaped for their pages: search by name, and what somebody can get into.

Pure functions over answers of the API.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]
HERE, AWAY, LEFT = "here", "away", "left"
WHICH = (HERE, LEFT)  # what a list can be cut down to


def standing(row: Row) -> str:
    """Whether somebody is HERE, AWAY (absent or suspended) or has LEFT."""
    if row["departed_at"]:
        return LEFT
    return AWAY if row.get("away_since") else HERE


def found(rows: Iterable[Row], text: str, which: str, name_of: Callable[[str], str]) -> list[Row]:
    """The rows whose name or id holds every word of `text`, cut down to HERE or LEFT; by name."""
    wanted = plain(text).split()
    kept = [
        row
        for row in rows
        if all(word in plain(f"{name_of(row['person'])} {row['person']}") for word in wanted)
        and which in ("", LEFT if standing(row) == LEFT else HERE)
    ]
    return sorted(kept, key=lambda row: (plain(name_of(row["person"])), row["person"]))


def plain(text: str) -> str:
    """Lower case and without accents: `Siân` is found as `sian`."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


def of_person(rows: Iterable[Row], person: str) -> list[Row]:
    """The rows of a list that are about the person."""
    return [row for row in rows if row.get("person") == person]

"""A form as it was read: what goes into the command, what the form shows again, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from api.pages.record import people
from ledger.domain.catalogue import Action
from ledger.domain.school_time import TimeRefused, parse_timestamp

F = "f."
Typed = MultiDict[str, str]
NOT_FOUND, SEVERAL, NOT_A_NUMBER = "name_not_found", "several_of_this_name", "not_a_number"


@dataclass
class Given:
    """A form as it was read: `data` for the command, `kept` to show it again, and `problems`.

    A problem is a code under the name of its control; `several` lists whom a name may mean, by
    control and row.
    """

    action: Action
    typed: Typed
    files: Mapping[str, FileStorage]
    data: dict[str, Any] = field(default_factory=dict)
    kept: Typed = field(default_factory=MultiDict)
    problems: dict[str, str] = field(default_factory=dict)
    several: dict[tuple[str, int], Sequence[people.Person]] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return self.typed.get(name, "").strip()

    def values(self, name: str) -> list[str]:
        return [v.strip() for v in self.typed.getlist(name)]


def somebody(
    given: Given, control: str, text: str, row: int, anybody: bool, allowed: Sequence[str] = ()
) -> str:
    """The id of whom the text means, else the text itself with a problem noted."""
    picked = given.value(f"{control}.pick.{row}")
    text = picked or text
    if not text or text in allowed or text == "unknown" or text.startswith("org:"):
        return text
    found = people.find(text, anybody)
    if not found.id:
        given.problems[control] = SEVERAL if found.several else NOT_FOUND
        given.several[control, row] = found.several
    return found.id or text


def instant(given: Given, control: str) -> str:
    """A local time; where it happened twice, with the offset that was chosen beside it."""
    text, offset = given.value(control), given.value(f"{control}.offset")
    if not text:
        return text
    try:
        parse_timestamp(text)
    except TimeRefused as refused:
        if refused.code == "ambiguous_local_time" and offset:
            return (text if text.count(":") > 1 else f"{text}:00") + offset
        given.problems[control] = refused.code
    return text

"""A form as it was read: what goes into the command, what the form shows again, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from api.pages.record import dealing, people
from ledger.domain.catalogue import Action
from ledger.domain.catalogue.subjects import KINDS
from ledger.domain.school_time import TimeRefused, parse_timestamp

F = "f."
Typed = MultiDict[str, str]
NEW, NUMBER = "new:", "number"
LONGEST_NAME = 120  # characters, as `register_subject` takes them
NOT_FOUND, SEVERAL, NOT_A_NUMBER = "name_not_found", "several_of_this_name", "not_a_number"


@dataclass(frozen=True)
class Newcomer:
    """Somebody outside the register who is to be registered with what the form records."""

    id: str
    kind: str
    name: str


@dataclass
class Given:
    """A form as it was read: `data` for the command, `kept` to show it again, and `problems`.

    A problem is a code under the name of its control; `several` lists whom a name may mean, by
    control and row; `newcomers` whom the form registers.
    """

    action: Action
    typed: Typed
    files: Mapping[str, FileStorage]
    data: dict[str, Any] = field(default_factory=dict)
    kept: Typed = field(default_factory=MultiDict)
    problems: dict[str, str] = field(default_factory=dict)
    several: dict[tuple[str, int], Sequence[people.Person]] = field(default_factory=dict)
    newcomers: dict[tuple[str, int], Newcomer] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return self.typed.get(name, "").strip()

    def values(self, name: str) -> list[str]:
        return [v.strip() for v in self.typed.getlist(name)]


def somebody(
    given: Given, control: str, text: str, row: int, anybody: bool, allowed: Sequence[str] = ()
) -> str:
    """The id of whom the text means, else the text itself with a problem noted.

    With `anybody` it may be somebody new, who is registered in the same step or gets a number.
    """
    picked = given.value(f"{control}.pick.{row}")
    wanted = picked.removeprefix(NEW) if picked.startswith(NEW) else ""
    if anybody and not wanted and not picked and row == 0:
        wanted = given.value(f"{control}.new")
    if anybody and wanted == NUMBER:
        return dealing.new_id("subject")
    if anybody and wanted in KINDS.split():
        return _newcomer(given, control, text, row, wanted, sure=bool(picked))
    _heard(given, control, text, row, picked)
    text = picked or text
    if not text or text in allowed or text == "unknown" or text.startswith("org:"):
        return text
    found = people.find(text, anybody)
    if not found.id:
        given.problems[control] = SEVERAL if found.several else NOT_FOUND
        given.several[control, row] = found.several
    elif found.id != text and anybody:
        people.spoken().setdefault(found.id, text.partition(people.BETWEEN)[0])
    return found.id or text


def _newcomer(given: Given, control: str, text: str, row: int, kind: str, sure: bool) -> str:
    """A new person outside the register; asked back first where somebody is called alike."""
    wrong = "missing_field" if not text else "invalid_field" if len(text) > LONGEST_NAME else ""
    alike = () if sure or wrong else tuple(people.namesakes(text))
    if wrong or alike:
        given.problems[control] = wrong or SEVERAL
        given.several[control, row] = alike
        return text
    kept = given.value(f"{control}.dealt.{row}")
    dealt = kept if dealing.is_dealt(kept) else dealing.new_id("subject")
    given.newcomers[control, row] = Newcomer(dealt, kind, text)
    people.spoken()[dealt] = text
    return dealt


def _heard(given: Given, control: str, text: str, row: int, picked: str) -> None:
    """How whoever fills the form in called somebody, kept from one step to the next."""
    said = text if picked else given.value(f"{control}.said.{row}")
    who = picked or text.rpartition(people.BETWEEN)[2].strip()
    if said and who and said != who:
        people.spoken()[who] = said.partition(people.BETWEEN)[0]


def keep(given: Given, control: str, found: Sequence[tuple[int, str, str]]) -> None:
    """Keep a control for the next step: (row that was read, id found, text that was typed).

    Somebody new keeps their name, their kind and the id that was dealt.
    """
    given.kept.setlist(control, [])
    for row, (read, who, text) in enumerate(found):
        new = given.newcomers.get((control, read))
        given.kept.add(control, text if new else who)
        if new:
            given.kept[f"{control}.pick.{row}"] = f"{NEW}{new.kind}"
            given.kept[f"{control}.dealt.{row}"] = new.id
        elif who in people.spoken():
            given.kept[f"{control}.said.{row}"] = people.spoken()[who]
        if control in given.problems and given.value(f"{control}.new"):
            given.kept[f"{control}.new"] = given.value(f"{control}.new")
        if (control, read) in given.several:
            given.several[control, row] = given.several.pop((control, read))


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

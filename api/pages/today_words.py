"""The rows of Today in words: what, about whom or which, until when, and what is to be done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from api.pages import links, todo, tongue, words
from api.pages.frame import name_of
from api.pages.today_rows import Reader, left
from api.pages.todo import Thing

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Item:
    """One thing: `seconds` are left until `due` (below zero: late); None where nothing ends."""

    what: str
    about: tuple[Thing, ...]
    due: str = ""
    seconds: int | None = None
    todo: tuple[Thing, ...] = ()

    @property
    def left(self) -> str:
        """The time left, or since when it is late, in words."""
        if self.seconds is None:
            return ""
        span = tongue.span(abs(self.seconds))
        if self.seconds < 0:
            return str(_("%(span)s late", span=span))
        return str(_("%(span)s left", span=span))


@dataclass(frozen=True)
class Section:
    """A list with its name in addresses, its heading, and the positions that evidence it."""

    name: str
    title: str
    items: tuple[Item, ...]
    evidence: tuple[int, ...] = ()

    def cells(self) -> Iterator[list[Any]]:
        """The rows as a table to download."""
        for item in self.items:
            about = ", ".join(thing.words for thing in item.about)
            yield [item.what, about, item.due, item.left, ", ".join(t.words for t in item.todo)]


class Words:
    """Things in words, given what the accounts are called."""

    def __init__(self, reader: Reader, handles: Mapping[str, str]) -> None:
        self.reader, self.handles = reader, handles

    def accounts(self) -> list[Thing]:
        """Every account of the school that is open."""
        return [self.account(name) for name in self.handles]

    def account(self, name: str) -> Thing:
        return Thing(self.handles.get(name, name), links.of("account", name))

    def person(self, name: str) -> Thing:
        return Thing(name_of(name), links.of("person", name))

    def thing(self, kind: str, name: str) -> Thing:
        """An account or a person by name, a policy by version, anything else by kind and id."""
        known: Mapping[str, Callable[[str], Thing]] = {
            "account": self.account,
            "person": self.person,
            "policy": lambda version: Thing(_("Policy %(version)s", version=version)),
        }
        if kind in known:
            return known[kind](name)
        return Thing(f"{words.thing(kind)} {name}", links.of(kind, name))

    def about(self, row: Row, kind: str) -> tuple[Thing, ...]:
        """What a row is about: its subject, and the account and the person beside it."""
        return tuple(self._about(row, kind))

    def _about(self, row: Row, kind: str) -> Iterator[Thing]:
        subject = row.get("subject", "")
        if subject:
            yield self.thing(kind, subject) if kind else Thing(words.code(subject))
        for beside in ("account", "person"):
            if row.get(beside) and row[beside] != subject:
                yield self.thing(beside, row[beside])

    def clock(self, row: Row) -> Item:
        """A row of `/v1/sla`."""
        aim = todo.RULES.get(row["rule"])
        kind = aim.kind if aim else ""
        due = tongue.moment(row["due_at"])
        seconds = left(row, self.reader)
        what = words.rule(row["rule"])
        return Item(what, self.about(row, kind), due, seconds, todo.of_rule(row))

    def finding(self, row: Row) -> Item:
        """A row of `/v1/findings`, since when it is so."""
        aim = todo.FINDINGS.get(row["finding"])
        kind = aim.kind if aim else ("account" if row.get("account") == row["subject"] else "")
        about = self.about(row, kind)
        if "position" in row:
            about = (*about, self.record(row["position"]))
        since = _("since %(moment)s", moment=tongue.moment(row["from"]))
        return Item(words.finding(row["finding"]), about, since, None, todo.of_finding(row))

    def record(self, position: int) -> Thing:
        return Thing(_("record %(position)s", position=position), links.of("record", position))

"""A passage of the policy, and a row: which actions, rules, clocks and questions stand for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Passage:
    """A sentence, bullet or entry of the policy: under which heading, and its first words."""

    key: str
    heading: str
    words: str


@dataclass(frozen=True)
class Evidence:
    """An action whose records evidence a passage: all of them, or those where `field` says so."""

    action: str
    field: str = ""
    values: tuple[str, ...] = ()

    def shown_by(self, action: str, fields: Mapping[str, Any]) -> bool:
        """Whether a record of `action` with these clear fields is evidence."""
        if action != self.action:
            return False
        said = fields.get(self.field)
        found = said if isinstance(said, list) else [said]
        return not self.field or any(str(value).lower() in self.values for value in found)

    def __str__(self) -> str:
        return f"{self.action}({self.field}={','.join(self.values)})" if self.field else self.action


@dataclass(frozen=True)
class Row:
    """Where a passage leads: `rules` are codes of refusals and names of findings."""

    evidence: tuple[Evidence, ...]
    rules: tuple[str, ...]
    clocks: tuple[str, ...]
    asks: tuple[str, ...]


def row(does: str, asks: str, rules: str = "", clocks: str = "") -> Row:
    """A row from words: `does` names actions, each with `(field=value,value)` where only some."""
    evidence = tuple(_evidence(word) for word in does.split())
    return Row(evidence, tuple(rules.split()), tuple(clocks.split()), tuple(asks.split()))


def _evidence(word: str) -> Evidence:
    action, _, only = word.rstrip(")").partition("(")
    name, _, values = only.partition("=")
    return Evidence(action, name, tuple(values.split(",")) if values else ())

"""A lot: commands of one file, recorded together or not at all.

For paper records (`handledger import`) and for what a school had before (`handledger adopt`).
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from api import requests
from ledger.desk import Answer, Asked, KeyReused, TooLarge, objection
from ledger.domain import standing
from ledger.domain.acts import Refusal
from ledger.domain.refusals import REFUSALS
from ledger.history import Ledger
from ledger.outcomes import NotAll
from ledger.sealing import TooLong

MOST_COMMANDS = 10_000  # of one lot: it is one transaction, and others wait for it
MOST_OCTETS = 32 * 1024 * 1024
OTHER_CODES: dict[type[Exception], tuple[str, str]] = {
    TooLarge: ("too_large", "The record would be too large."),
    TooLong: ("too_large", "A text is too long."),
    KeyReused: ("idempotency_key_reused", "Recorded before, with another late reason."),
}


# Refusals that name no field, and the one they are about.
ABOUT = {"late_reason_required": "occurred_at", "occurred_in_future": "occurred_at"}


class LotError(Exception):
    """The file, or who brings it, cannot be meant: nothing was tried."""


@dataclass(frozen=True)
class Problem:
    """Why a command, or a part of the file, cannot be taken. It never says what stood there."""

    row: int | None
    field: str
    code: str
    detail: str

    def __str__(self) -> str:
        where = ", ".join(filter(None, (f"row {self.row}" if self.row else "", self.field)))
        return f"{where or 'file'}: {self.code}: {self.detail}"


@dataclass(frozen=True)
class Item:
    """A command and where it stands: a row, or a path before the names of its fields.

    `names` says what a field is called in the file where that is not its own name.
    """

    asked: Asked
    row: int | None = None
    path: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    def named(self, name: str) -> str:
        called = self.names.get(name, name)
        return f"{self.path}.{called}" if self.path and called else self.path or called


@dataclass(frozen=True)
class Report:
    """What became of a lot."""

    commands: int
    dry_run: bool
    recorded: int = 0
    recorded_before: int = 0
    problems: tuple[Problem, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def bad(self) -> int:
        """How many rows, or places, are bad."""
        return len({p.row or p.field for p in self.problems})


def read_file(path: Path) -> bytes:
    """The bytes of a file of bearable size. Raises LotError."""
    with path.open("rb") as file:
        data = file.read(MOST_OCTETS + 1)
    if len(data) > MOST_OCTETS:
        raise LotError(f"{path} is larger than {MOST_OCTETS} octets")
    return data


class Keys:
    """Idempotency keys: the same command of the same file, sent again, records nothing.

    A command that claims a time of its own is the same in whatever file it stands. One that does
    not happens when it is recorded, so its key holds for the file (`within`) alone.
    """

    def __init__(self, within: str = "") -> None:
        self._within = within
        self._seen: Counter[str] = Counter()

    def key(self, action: str, body: Mapping[str, Any]) -> str:
        within = "" if body.get("occurred_at") else self._within
        said = json.dumps([within, action, body], sort_keys=True, default=repr)
        digest = sha256(said.encode()).hexdigest()
        self._seen[digest] += 1
        return f"lot/{digest}/{self._seen[digest]}"


def ask(
    action: str, actor: str, body: Mapping[str, Any], keys: Keys, late_reason: str | None
) -> Asked:
    """What a command of a file asks for; one that happened before gets the reason of the lot."""
    key = keys.key(action, body)
    data = dict(body.get("data", {}))
    if late_reason and (body.get("occurred_at") or body.get("already_done")):
        data.setdefault("late_reason", late_reason)
    return requests.asked(action, actor, {**body, "data": data}, key)


def run(
    ledger: Ledger, actor: str, items: Sequence[Item], wrong: Sequence[Problem], dry_run: bool
) -> Report:
    """Try a lot, and record it in one transaction where nothing is wrong with any of it.

    `wrong` is what the reading of the file found already. Raises LotError.
    """
    if not standing.registered(ledger.entries(), actor):
        raise LotError(f"{actor[:64]} is not registered")
    if len(items) > MOST_COMMANDS:
        raise LotError(f"{len(items)} commands; at most {MOST_COMMANDS} in one file")
    before = len(ledger.entries().all)
    with watched(items) as seen:
        asked = (item.asked for item in seen)
        try:
            trial = dry_run or wrong
            answers = ledger.try_out(asked) if trial else _recorded(ledger, asked)
        except NotAll as not_all:
            answers = not_all.answers
    problems = [*wrong, *(p for i, a in zip(items, answers, strict=True) for p in _met(i, a))]
    if problems:
        problems.sort(key=lambda p: p.row or 0)
        return Report(len(items), dry_run, problems=tuple(problems))
    old = sum(isinstance(a, int) and a < before for a in answers)
    new = 0 if dry_run else len(answers) - old
    return Report(len(items), dry_run, recorded=new, recorded_before=old)


def _recorded(ledger: Ledger, asked: Iterable[Asked]) -> list[Answer]:
    return [receipt.position for receipt in ledger.record_all(asked)]


def _met(item: Item, answer: Answer) -> Iterator[Problem]:
    """What is wrong with a command: one problem for each field that its refusal names."""
    met = objection(answer)
    if isinstance(met, Refusal):
        about = {k: v for k, v in met.details.items() if k not in ("fields", "record_as")}
        said = "".join(f" ({name}: {value})" for name, value in about.items())
        for name in met.details.get("fields") or [ABOUT.get(met.code, "")]:
            words = REFUSALS[met.code].en + said
            yield Problem(item.row, item.named(name), met.code, words)
    elif met is not None:
        if type(met) not in OTHER_CODES:
            raise met
        yield Problem(item.row, item.named(""), *OTHER_CODES[type(met)])


def watched(items: Sequence[Item]) -> Any:
    """The items, with a progress bar on a terminal and nothing in a pipe."""
    hidden = not sys.stderr.isatty()
    return click.progressbar(items, label="Deciding", file=sys.stderr, hidden=hidden)


Show = Callable[[str], object]


def tell(report: Report, show: Show) -> None:
    """The report in words, one problem a line. Raises LotError where there are problems."""
    for problem in report.problems:
        show(str(problem))
    if report.problems:
        bad = f"{report.bad} rows" if report.problems[0].row else f"{report.bad} places"
        raise LotError(f"{bad} are wrong; nothing was recorded")
    if report.dry_run:
        new = report.commands - report.recorded_before
        show(f"{new} commands would be recorded; nothing was, this was a dry run")
    else:
        show(f"{report.recorded} commands recorded")
    if report.recorded_before:
        show(f"{report.recorded_before} were recorded before")

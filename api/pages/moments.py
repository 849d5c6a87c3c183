"""The two times of a page: how things stood when, and as it had been recorded by when.

Both stand in the address (`at`, `known_at`) and in one form, `templates/pages/moments.html`. What
cannot be meant is said beside the field in words; what was typed stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _

from api.pages import frame, tongue
from api.queries import params
from ledger.domain.school_time import TimeRefused, in_london, parse_timestamp
from projections.questions import BadQuestion

NAMES = ("at", "known_at")
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
CHEAP = "/v1/policy"  # asked to learn whether the times can be meant: every question judges them


@dataclass(frozen=True)
class Moment:
    """What was chosen: `typed` as it came, `asked` as questions take it, `wrong` in words.

    Only what was given and can be meant stands in `asked`.
    """

    typed: Mapping[str, str]
    asked: Mapping[str, str]
    wrong: Mapping[str, str]

    @property
    def at(self) -> str | None:
        return self.asked.get("at")

    @property
    def known(self) -> dict[str, str]:
        """Only what had been recorded, for questions about all times."""
        return {k: v for k, v in self.asked.items() if k == "known_at"}

    @property
    def query(self) -> str:
        """What follows an address so that the next page looks from the same moment."""
        return f"?{urlencode(self.asked)}" if self.asked else ""

    def field(self, name: str) -> Mapping[str, Any]:
        """Kind, value and step of the input: a picker for a local time, else a line of text."""
        text = self.typed.get(name, "")
        local = _local(self.asked[name]) if name in self.asked else ""
        if text and not local:
            return {"type": "text", "value": text, "step": None}
        step = "1" if len(local) > len("2026-12-12T20:00") else None
        return {"type": "datetime-local", "value": local, "step": step}


def chosen() -> Moment:
    """The moment this request asks for. Raises BadQuestion where a parameter is named twice."""
    given = params()
    typed = {name: given[name].strip() for name in NAMES if given.get(name, "").strip()}
    read = {name: _read(text) for name, text in typed.items()}
    wrong = {name: words for name, text in read.items() if (words := _fault(name, text))}
    return Moment(typed, {n: t for n, t in read.items() if n not in wrong}, wrong)


def _read(text: str) -> str:
    """A day alone means its last second; a blank between day and time is as good as a T."""
    if DATE.fullmatch(text):
        return f"{text}T23:59:59"
    return f"{text[:10]}T{text[11:]}" if DATE.match(text) and text[10:11] == " " else text


def _fault(name: str, text: str) -> str:
    """Why this time cannot be meant, in words; empty where it can."""
    try:
        frame.ask(CHEAP, **{name: text})
    except BadQuestion as bad:
        return _words(bad.code, name, text)
    return ""


def _words(code: str, name: str, text: str) -> str:
    if code != "invalid_field":
        return tongue.problem({"code": code, "title": code})
    if not _is_time(text):
        said = _("This is no date and time. Write it like 2026-12-12T20:00.")
    elif name == "known_at":
        said = _("The ledger was not open yet. Choose a later moment, or leave this empty.")
    else:
        said = _("That is more than ten years ahead. Choose an earlier moment.")
    return str(said)


def _is_time(text: str) -> bool:
    try:
        parse_timestamp(text)
    except TimeRefused:
        return False
    return True


def _local(text: str) -> str:
    """The moment as a picker shows it, without offset; empty where that would be two or none."""
    instant = parse_timestamp(text)
    local = in_london(instant)[:19]
    try:
        same = parse_timestamp(local) == instant
    except TimeRefused:
        same = False
    return (local.removesuffix(":00") if local.endswith(":00") else local) if same else ""

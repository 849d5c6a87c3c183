"""The page of a moment: which one is asked for, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response
from flask_babel import gettext as _

from api.context import ledger, state
from api.pages import replays, story
from api.pages.cases import ENQUIRY, Matter
from api.pages.frame import page
from api.queries import OFFSET
from ledger.domain.school_time import TimeRefused, in_london, parse_timestamp

NOW, THEN = "now", "then"
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Moment:
    """An instant of a story of so many steps; `step` is the last that had happened, 0 for none."""

    at: int
    step: int
    exact: bool  # whether the moment is that of the step


def shown(matter: Matter, given: Mapping[str, str]) -> Response:
    """A moment of a matter as known now, or as known then."""
    lines: Rows = matter.timeline().answer
    wrong: dict[str, str] = {}
    chosen = _moment(given, lines, wrong)
    known = given.get("known", NOW)
    if known not in (NOW, THEN):
        wrong["known"], known = _("Choose what was known: now, or then."), NOW
    accounts, subjects = replays.accounts_of(lines), replays.subjects_of(matter, lines)
    now = replays.state(matter, accounts, subjects, chosen.at, None)
    told = chosen.at >= ledger().entries().all[0].record.time
    then = replays.state(matter, accounts, subjects, chosen.at, chosen.at) if told else None
    before = then or replays.NOTHING
    return page(
        "investigate_replay",
        400 if wrong else 200,
        matter=matter,
        there="investigate.replay_enquiry" if matter.kind == ENQUIRY else "investigate.replay",
        own={matter.kind: matter.id},
        wrong=wrong,
        given=given,
        steps=[story.told(number, row) for number, row in enumerate(lines, 1)],
        chosen=chosen,
        at=in_london(chosen.at),
        local=in_london(chosen.at)[:19],
        known=known,
        opened=told,
        now=now,
        then=before,
        shown=before if known == THEN else now,
        differences=replays.differences(now, before),
        accounts=accounts,
    )


def _moment(given: Mapping[str, str], lines: Rows, wrong: dict[str, str]) -> Moment:
    """The moment asked for: `at` a time, else a `step`, else the first step."""
    times = [parse_timestamp(row["at"]) for row in lines]
    if given.get("at"):
        at = _instant(given["at"], wrong)
        if at is not None:
            return Moment(at, sum(t <= at for t in times), at in times)
    step = _step(given.get("step", ""), len(lines), wrong)
    return Moment(times[step - 1], step, True) if times else Moment(state().now(), 0, False)


def _instant(text: str, wrong: dict[str, str]) -> int | None:
    match = OFFSET.fullmatch(text)
    try:
        at = parse_timestamp(f"{match[1]}+{match[2]}" if match else text)
    except TimeRefused as refused:
        wrong["at"] = _time(refused.code)
        return None
    if at > state().now():
        wrong["at"] = _("This time has not come yet. Choose an earlier one.")
        return None
    return at


def _time(code: str) -> str:
    told = {
        "ambiguous_local_time": _(
            "The clocks went back: this time came twice. Write +01:00 or +00:00 behind it."
        ),
        "nonexistent_local_time": _(
            "The clocks went forward: this time never came. Choose an hour later."
        ),
    }
    unclear = _("This is no time. Write it like 2026-10-06T12:45.")
    return str(told.get(code, unclear))


def _step(text: str, most: int, wrong: dict[str, str]) -> int:
    if not text:
        return 1
    fits = text.isascii() and text.isdigit() and len(text) < 6
    if fits and 1 <= int(text) <= most:
        return int(text)
    wrong["step"] = _("There is no such step. Choose one from 1 to %(most)s.", most=most)
    return 1

"""The lists of docs/duties.md: concerns, advice, learning platforms, training sessions.

Standard library only. Each is sorted by when its thing began, then by position. Who a concern is
about is sealed, so no list says it.
"""

from __future__ import annotations

from collections.abc import Iterable

from ledger.domain.entries import Entry
from projections.clocks import judge
from projections.history import History
from projections.sla import clocks
from projections.told import Row, Told, listed, shown, who

ABOUT = ("account", "enquiry", "incident", "post")
ASKED = {
    "SecondOpinionAsked": ("second_opinion", "SecondOpinionGiven"),
    "AdviceSought": ("advice", "AdviceGiven"),
    "MistakeReported": ("mistake", ""),
}


def concerns(history: History, at: int) -> Told:
    """`[{concern, kind, raised_at, due_at, status, outcome, decided_at, incident}]`."""
    rows = []
    for clock in clocks(history, at, "concern_decision"):
        assert clock.start is not None, "the clock of a concern starts when it is raised"
        decided = clock.stop
        row = {
            "concern": clock.subject,
            "kind": clock.start.fields["kind"],
            "raised_at": shown(clock.started),
            "due_at": shown(clock.due),
            "status": judge(clock, at)[0],
            "outcome": decided.fields["outcome"] if decided else None,
            "decided_at": shown(clock.stopped),
            "incident": decided.fields.get("incident") if decided else None,
            **who(clock.start),
        }
        rows.append((row, clock.evidence))
    return listed(rows)


def advice(history: History, at: int) -> Told:
    """Second opinions and advice asked for, and own mistakes reported, with what came of them."""
    return listed(_asked(history, entry, at) for entry in history.of(at, *ASKED))


def _asked(history: History, entry: Entry, at: int) -> tuple[Row, set[int]]:
    kind, answer = ASKED[entry.type]
    given = history.stream(entry.stream, at, answer) if answer else []
    row = {
        "kind": kind,
        "id": entry.key,
        "at": shown(entry.occurred_at),
        **_said(entry, *ABOUT, "asked", "put_right"),
        "answers": [_answer(e) for e in given],
        **who(entry),
    }
    return row, _positions(entry, *given)


def _answer(given: Entry) -> Row:
    return {"at": shown(given.occurred_at), **_said(given, "view", "followed"), **who(given)}


def _said(entry: Entry, *names: str) -> Row:
    """Those of the fields that the entry has."""
    return {name: entry.fields[name] for name in names if name in entry.fields}


def learning_platforms(history: History, at: int) -> Told:
    """`[{learning_platform, commenting, commenting_since, parents_informed_at}]`."""
    moves = history.of(at, "CommentingEnabled", "CommentingDisabled", "ParentsInformed")
    named = dict.fromkeys(e.stream for e in moves)
    return listed(_platform(stream, [e for e in moves if e.stream == stream]) for stream in named)


def _platform(stream: str, moves: list[Entry]) -> tuple[Row, set[int]]:
    switched = [e for e in moves if e.type != "ParentsInformed"]
    informed = [e for e in moves if e.type == "ParentsInformed"]
    row = {
        "learning_platform": stream.partition("/")[2],
        "commenting": bool(switched) and switched[-1].type == "CommentingEnabled",
        "commenting_since": shown(switched[-1].occurred_at) if switched else None,
        "parents_informed_at": shown(informed[0].occurred_at) if informed else None,
    }
    return row, _positions(*moves)


def training_sessions(history: History, at: int) -> Told:
    """`[{session, course, held_on, offered_to, attended, absent}]`; absent: as far as recorded."""
    return listed(_session(history, offered, at) for offered in history.of(at, "TrainingOffered"))


def _session(history: History, offered: Entry, at: int) -> tuple[Row, set[int]]:
    attended = history.stream(offered.stream, at, "TrainingAttended")
    there = _people(attended)
    row = {
        "session": offered.key,
        "course": offered.fields["course"],
        "held_on": offered.fields["held_on"],
        "offered_to": _people([offered]),
        "attended": there,
        "absent": [p for p in _people([offered]) if attended and p not in there],
        **who(offered),
    }
    return row, _positions(offered, *attended)


def _people(entries: Iterable[Entry]) -> list[str]:
    return sorted({person for e in entries for person in e.fields["people"]})


def _positions(*entries: Entry) -> set[int]:
    return {e.position for e in entries}

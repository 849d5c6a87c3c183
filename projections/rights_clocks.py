"""The clock of a request about personal data (ACTIONS.md 8.2, `rights_request`; 5.13).

Standard library only. Received → completed, erased or refused; a granted erasure runs on until it
is done. While the school waits for clarification or proof of identity the clock stands: each
local day of a pause moves the due day by one. An extension adds two months where the person was
told of it before the request was due; told later it changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from ledger.domain.entries import Entry
from ledger.domain.school_time import local_date, months_later
from projections.clocks import Clock
from projections.deadlines import end_of_working_day, working_days_after
from projections.history import History
from projections.terms import Terms, terms
from projections.told import Row, shown

RULE = "rights_request"
EXTENSION = 2  # months, by the statute
WORKING_DAYS, DAYS = "educational_record_working_days", "dp_complaint_days"
ENDS = ("RightsRequestCompleted", "SubjectErased", "RightsRequestDecided")
MOVES = ("RightsRequestPaused", "RightsRequestResumed", "RightsRequestExtended")


class Course:
    """How long a request may take, told move by move up to `at`."""

    def __init__(self, received: Entry, under: Terms) -> None:
        self._received, self._under = received, under
        self._extension, self._days = 0, 0
        self.paused: Entry | None = None
        self.extended: Entry | None = None
        self.moves: list[Entry] = []

    def due(self, now: int) -> int:
        """When it is due as things stand at `now`: a pause still running counts up to then."""
        day = self._day() + timedelta(days=self._days + self._standing(now))
        return end_of_working_day(day, self._under.calendar)

    def _day(self) -> date:
        """The due day without pauses: in days of its own where its kind has them, or in months."""
        start, given = self._received.occurred_at, self._under.parameters
        kind = self._received.fields["kind"]
        if kind == "educational_record" and WORKING_DAYS in given:
            counted = working_days_after(start, given[WORKING_DAYS], self._under.calendar)
            return months_later(local_date(counted), self._extension)
        if kind == "dp_complaint" and DAYS in given:
            day = local_date(start) + timedelta(days=given[DAYS])
            return months_later(day, self._extension)
        return months_later(local_date(start), given["months"] + self._extension)

    def _standing(self, now: int) -> int:
        if self.paused is None:
            return 0
        return (local_date(now) - local_date(self.paused.occurred_at)).days

    def move(self, entry: Entry) -> None:
        """Take in a pause, its end, or an extension; none of them revives a missed deadline."""
        now = entry.occurred_at
        self.moves.append(entry)
        if entry.type == "RightsRequestResumed":
            self._days += self._standing(now)
            self.paused = None
        elif now > self.due(now):
            return
        elif entry.type == "RightsRequestPaused":
            self.paused = self.paused or entry
        elif self.extended is None:
            self.extended = entry
            self._extension = EXTENSION

    @property
    def row(self) -> Row:
        """What there is to say of it; nothing where nothing moved it."""
        if not self.moves:
            return {}
        since = shown(self.paused.occurred_at) if self.paused else None
        told = shown(self.extended.occurred_at) if self.extended else None
        return {"paused_since": since, "extended_at": told}


def course(history: History, received: Entry, at: int) -> Course:
    """The course of a request by `at`, under the rule in force when it was received."""
    made = Course(received, terms(history, RULE, received.occurred_at))
    ends = answered(history, received, at)
    until = ends[0].occurred_at if ends else at
    for entry in history.stream(received.stream, until, *MOVES):
        made.move(entry)
    return made


def rights_clocks(history: History, at: int, only: str | None = None) -> Iterator[Clock]:
    """Every clock of a request received by `at`, or that of one of them."""
    for received in history.starts("RightsRequestReceived", "request", only, at):
        stop = next(iter(answered(history, received, at)), None)
        moved = course(history, received, at)
        yield Clock(
            terms=terms(history, RULE, received.occurred_at),
            subject=received.key,
            started=received.occurred_at,
            due=moved.due(stop.occurred_at if stop else at),
            start=received,
            stop=stop,
            stopped=stop.occurred_at if stop else None,
            about=moved.row,
            moved_by=tuple(moved.moves),
        )


def answered(history: History, received: Entry, at: int) -> list[Entry]:
    """The entries by `at` that end the request."""
    return [
        e
        for e in history.stream(received.stream, at, *ENDS)
        if e.type != "RightsRequestDecided" or e.fields["decision"] == "refused"
    ]

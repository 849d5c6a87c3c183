"""A clock: when it started, when it is due, what stopped it; and how it stands at a moment.

Standard library only (ACTIONS.md section 8; CONTRACT 3, `/v1/sla`). A clock is told only of what
had happened by the moment it is judged at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.domain.entries import Entry
from projections.history import History
from projections.terms import Terms
from projections.told import Row, shown

MET, LATE_RECORDED, BREACHED = "met", "met_late_recorded", "breached"
OPEN, WAIVED, SHORTFALL = "open", "waived", "shortfall"
STATUSES = (MET, LATE_RECORDED, BREACHED, OPEN, WAIVED, SHORTFALL)
LIVE_SECONDS = 15 * 60


@dataclass(frozen=True)
class Clock:
    """One clock of a rule. `started`, `due`, `stopped` are instants, seconds UTC.

    `start` and `stop` are the entries that say so, `waiver` the one that called the clock off.
    `about` holds account, person, branch and the like, as they stand in the row; `moved_by` the
    entries that moved its due time. A `lenient` waiver counts even after due.
    """

    terms: Terms
    subject: str
    started: int
    due: int
    start: Entry | None
    stop: Entry | None = None
    stopped: int | None = None
    waiver: Entry | None = None
    lenient: bool = False
    basis: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    moved_by: tuple[Entry, ...] = ()

    @property
    def rule(self) -> str:
        return self.terms.rule

    @property
    def entries(self) -> list[Entry]:
        """The entries at both ends."""
        return [e for e in (self.start, self.stop) if e is not None]

    @property
    def evidence(self) -> set[int]:
        waived = [self.waiver.position] if self.waiver else []
        ends = {e.position for e in (*self.entries, *self.moved_by)}
        return {*self.terms.evidence, *ends, *waived}


def judge(clock: Clock, at: int) -> tuple[str, Row]:
    """(status, how far from due) at `at`; `stop ≤ due` is met, in whole seconds."""
    if clock.stopped is not None:
        if clock.stopped > clock.due:
            return BREACHED, {"late_by_seconds": clock.stopped - clock.due}
        late = clock.stop is not None and clock.stop.record.time > clock.due
        told_late = late and clock.rule == "enquiry_response"
        margin = {"margin_seconds": clock.due - clock.stopped}
        return (LATE_RECORDED if told_late else MET), margin
    if clock.waiver and (clock.lenient or clock.waiver.occurred_at <= clock.due):
        return WAIVED, {}
    if clock.rule == "monitoring_check":
        return SHORTFALL, {}
    if at <= clock.due:
        return OPEN, {}
    late_by: Row = {"late_by_seconds": at - clock.due}
    if clock.rule == "enquiry_response":
        late_by["no_response_yet"] = True
    return BREACHED, late_by


def row(history: History, clock: Clock, at: int) -> Row:
    """The clock as a row of `/v1/sla`."""
    status, distance = judge(clock, at)
    stop, waiver = clock.stop, clock.waiver
    return {
        "rule": clock.rule,
        "rule_version": clock.terms.version,
        "calendar_version": clock.terms.calendar.version,
        "basis": clock.basis or clock.terms.basis,
        "subject": clock.subject,
        **clock.about,
        "started_at": shown(clock.started),
        "due_at": shown(clock.due),
        "stopped_at": shown(clock.stopped),
        "stopped_by": stop.doer if stop else None,
        "stopped_actor": stop.record.actor if stop else None,
        "stopped_position": stop.position if stop else None,
        "waived_at": shown(waiver.occurred_at) if waiver else None,
        "waived_by": waiver.doer if waiver else None,
        "status": status,
        **distance,
        "grade": grade(history, clock),
    }


def grade(history: History, clock: Clock) -> str:
    """How well the two ends are known: a claimed time is only a claim."""
    if any(e.corrected_at is not None for e in clock.entries):
        return "corrected"
    ends = [(clock.start, clock.started), (clock.stop, clock.stopped)]
    late = [
        e
        for e, instant in ends
        if e is not None and instant is not None and e.record.time - instant > LIVE_SECONDS
    ]
    if not late:
        return "live"
    return "corroborated" if all(_corroborated(history, e) for e in late) else "after_the_fact"


def _corroborated(history: History, entry: Entry) -> bool:
    """Confirmed by a second person, or by a hash of evidence."""
    if "evidence" in entry.fields:
        return True
    first = {entry.doer, entry.record.actor}
    confirmed = history.entries.naming("target", entry.record.id, "EntryConfirmed")
    return any(not first & {e.doer, e.record.actor} for e in confirmed)

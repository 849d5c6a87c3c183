"""The governors' report: deadlines met, late, recorded late and waived; by rule, basis and grade.

Standard library only. A clock belongs to the period in which it started; one that was still
running when the period began is counted apart, as carried in. How it stands is judged at the
moment at which the period is looked back on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from projections.clocks import BREACHED, STATUSES, WAIVED, Clock, row
from projections.enquiry_clocks import RULE
from projections.figures import ALL, Figure, Period, count, itemised, spread
from projections.history import History, remembered
from projections.sla import clocks
from projections.told import Row

MISSED = ("started_at", "due_at", "stopped_at", "late_by_seconds", "basis", "grade")


@dataclass(frozen=True)
class Judged:
    """A clock, its row of `/v1/sla`, and whether it was running before the period began."""

    clock: Clock
    row: Row
    carried_in: bool

    @property
    def evidenced(self) -> tuple[Row, set[int]]:
        return self.row, self.clock.evidence


@remembered
def judged(history: History, period: Period) -> list[Judged]:
    """The clocks that started in the period or were running when it began."""
    found: list[Judged] = []
    for clock in clocks(history, period.at):
        if clock.started <= period.end:
            said = row(history, clock, period.at)
            carried = clock.started < period.start
            if not carried or period.touches(clock.started, _ended(clock, said)):
                found.append(Judged(clock, said, carried))
    return found


def _ended(clock: Clock, said: Row) -> int | None:
    if said["status"] == WAIVED and clock.waiver is not None:
        return clock.waiver.occurred_at
    return clock.stopped


def deadline_figures(history: History, period: Period) -> Iterator[Figure]:
    """Totals of each rule, the same by basis and grade, enquiries by account, what was missed."""
    every = judged(history, period)
    own = [j for j in every if not j.carried_in]
    yield from _by_rule("deadlines", own)
    for named, kept in _grouped(own, "rule", "basis", "grade"):
        yield from spread("deadlines_by_basis_and_grade", named, _rows(kept), "status")
    yield from _by_rule("deadlines_carried_in", [j for j in every if j.carried_in])
    enquiries = [j for j in own if j.clock.rule == RULE]
    for account, kept in _grouped(enquiries, "account"):
        yield from spread("enquiries_by_account", account, _rows(kept), "status")
    missed = [j for j in every if j.row["status"] == BREACHED]
    named_rows = ((_name(j.row), *j.evidenced) for j in missed)
    yield from itemised("each_missed_deadline", named_rows, MISSED)


def _by_rule(section: str, found: list[Judged]) -> Iterator[Figure]:
    for rule, kept in _grouped(found, "rule"):
        yield count(section, rule, ALL, _rows(kept))
        for status in STATUSES:
            those = (j for j in kept if j.row["status"] == status)
            yield count(section, rule, status, _rows(list(those)))


def _rows(found: list[Judged]) -> list[tuple[Row, set[int]]]:
    return [j.evidenced for j in found]


def _grouped(found: list[Judged], *names: str) -> list[tuple[str, list[Judged]]]:
    """Those alike in all of these, by the words they have in common."""
    groups: dict[str, list[Judged]] = {}
    for one in found:
        key = " ".join(str(one.row.get(name, "none")) for name in names)
        groups.setdefault(key, []).append(one)
    return sorted(groups.items())


def _name(said: Row) -> str:
    """The rule, what it is about, and the person or image where there is one."""
    more = (said.get(name) for name in ("person", "image"))
    words = dict.fromkeys((said["rule"], said["subject"], *(m for m in more if m)))
    return " ".join(words)

"""The governors' report: applications, incidents, requests for data, and what became of them.

Standard library only. Each as it stands at the moment at which the period is looked back on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from projections import applications, registers
from projections.applications import STATUS
from projections.figures import ALL, Figure, Period, count, counts, instant, itemised
from projections.history import History
from projections.late import median
from projections.report_deadlines import Judged, judged
from projections.sla import SOURCES
from projections.told import Row, Told

APPLICATION = ("applicant", "submitted_at", "status", "decided_by", "decided_at")
INCIDENT = (
    "kind",
    "account",
    "reported_at",
    "severity",
    "status",
    "closed_at",
    "audience_reason",
)
REQUEST = ("kind", "received_at", "due_at", "decision", "done_at", "outcome", "status")
# The clocks of an incident: each tells how long a step took.
STEPS = frozenset(rule for _, rules, kinds in SOURCES if "incident" in kinds for rule in rules)
Rows = list[tuple[Row, frozenset[int]]]


def application_figures(history: History, period: Period) -> Iterator[Figure]:
    """Applications submitted, decided and still waiting."""
    told = applications.applications(history, period.at)
    clocks = [j for j in judged(history, period) if j.clock.rule == "application_decision"]
    ended = [j for j in clocks if j.clock.stop and period.holds(j.clock.stopped)]
    yield count("applications", ALL, "submitted", _began(period, told, "submitted_at"))
    for type_, status in STATUS.items():
        those = (j.evidenced for j in ended if j.clock.stop and j.clock.stop.type == type_)
        yield count("applications", ALL, status, those)
    yield count("applications", ALL, "pending", _with(told.rows, "status", "pending"))
    listed = {j.clock.subject for j in clocks}
    rows = ((r["application"], r, e) for r, e in told.rows if r["application"] in listed)
    yield from itemised("each_application", rows, APPLICATION)


def incident_figures(history: History, period: Period) -> Iterator[Figure]:
    """Incidents by kind, and the time to each step."""
    told = registers.incidents(history, period.at)
    began = _began(period, told, "reported_at")
    yield count("incidents", ALL, "reported", began)
    yield count("incidents", ALL, "closed", _began(period, told, "closed_at"))
    yield count("incidents", ALL, "open", _with(told.rows, "status", "open"))
    yield from counts("incidents_by_kind", "reported", began, "kind")
    times = list(_times(history, period, began))
    yield from _middles(times)
    shown = [r for r in told.rows if _seen(period, r[0], "reported_at", "closed_at")]
    yield from itemised("each_incident", ((r["incident"], r, e) for r, e in shown), INCIDENT)
    each = ((f"{r['incident']} {r['step']}", r, e) for r, e in times)
    yield from itemised("each_incident_step", each, ("seconds", "late_by_seconds"))


def _times(history: History, period: Period, began: Rows) -> Iterator[tuple[Row, set[int]]]:
    """(`{incident, kind, step, seconds, …}`, evidence) of each step taken, and of each closing."""
    kinds = {row["incident"]: row["kind"] for row, _ in began}
    for one in judged(history, period):
        clock = one.clock
        if clock.rule in STEPS and clock.stopped is not None and clock.subject in kinds:
            yield _step(one, kinds[clock.subject]), clock.evidence
    for row, evidence in began:
        closed, reported = instant(row["closed_at"]), instant(row["reported_at"])
        if closed is not None and reported is not None:
            named = {"incident": row["incident"], "kind": row["kind"], "step": "closing"}
            yield {**named, "seconds": closed - reported}, set(evidence)


def _step(one: Judged, kind: str) -> Row:
    clock, late = one.clock, one.row.get("late_by_seconds")
    taken = {"seconds": (clock.stopped or 0) - clock.started, "late_by_seconds": late}
    return {"incident": clock.subject, "kind": kind, "step": clock.rule, **taken}


def _middles(times: Iterable[tuple[Row, set[int]]]) -> Iterator[Figure]:
    """Of each kind and step: how often it was taken, how long the middle one and the longest."""
    groups: dict[tuple[str, str], list[tuple[Row, set[int]]]] = {}
    for row, evidence in times:
        groups.setdefault((row["kind"], row["step"]), []).append((row, evidence))
    rows = (
        (f"{kind} {step}", _middle([r["seconds"] for r, _ in kept]), _all(kept))
        for (kind, step), kept in sorted(groups.items())
    )
    yield from itemised("incident_steps", rows, ("taken", "median_seconds", "longest_seconds"))


def _middle(seconds: list[int]) -> Row:
    longest = {"longest_seconds": max(seconds)}
    return {"taken": len(seconds), "median_seconds": median(seconds), **longest}


def _all(rows: Iterable[tuple[Row, set[int]]]) -> set[int]:
    return {position for _, evidence in rows for position in evidence}


def request_figures(history: History, period: Period) -> Iterator[Figure]:
    """Requests for personal data: how many of each kind, how each was dealt with."""
    told = registers.requests(history, period.at)
    began = _began(period, told, "received_at")
    yield count("requests", ALL, "received", began)
    yield count("requests", ALL, "done", _began(period, told, "done_at"))
    yield count("requests", ALL, "open", (r for r in told.rows if r[0]["done_at"] is None))
    yield from counts("requests_by_kind", "received", began, "kind")
    shown = [r for r in told.rows if _seen(period, r[0], "received_at", "done_at")]
    yield from itemised("each_request", ((r["request"], r, e) for r, e in shown), REQUEST)


def _began(period: Period, told: Told, moment: str) -> Rows:
    """The rows whose `moment` lies in the period."""
    return [r for r in told.rows if period.holds(instant(r[0][moment]))]


def _with(rows: Iterable[tuple[Row, frozenset[int]]], name: str, value: str) -> Rows:
    return [r for r in rows if r[0][name] == value]


def _seen(period: Period, row: Row, since: str, until: str) -> bool:
    """Whether it began in the period or was still open when the period began."""
    return period.touches(instant(row[since]), instant(row[until])) or period.holds(
        instant(row[since])
    )

"""The governors' report: how well the ledger is kept, what it refused, what it finds missing.

Standard library only. What is told here is about recording: an entry belongs to the period in
which it was recorded, and its lag is that of the time first claimed.
"""

from __future__ import annotations

from collections.abc import Iterator

from projections import late, oversight, refusals, registers, timeline
from projections.figures import ALL, Figure, Period, count, counts, instant, itemised, spread
from projections.finding_rows import Found
from projections.findings import acceptances, found
from projections.history import META, OWN, History
from projections.told import Row, who

HOUR = 3600
# Records that are no accepted command.
NOT_ACCEPTED = (
    "CheckpointTimestamped",
    "CommandRefused",
    "KeyringOpened",
    "Sealed",
    "WrappingKeyReplaced",
)
LATE = ("action", "actor", "done_by", "occurred_at", "recorded_at", "lag_seconds")
REVIEW = ("at", "actor", "done_by", "scope", "outcome", "seen_up_to", "recorded_since")
IRREGULAR = ("subject", "action", "actor", "done_by", "codes")


def recording_figures(history: History, period: Period) -> Iterator[Figure]:
    """Entries and how soon they were recorded, late and irregular ones per person, refusals."""
    yield from _entries(history, period)
    yield from _soon(history, period)
    yield from _late(history, period)
    yield from _irregular(history, period)
    yield from _refusals(history, period)


def _entries(history: History, period: Period) -> Iterator[Figure]:
    rows: list[tuple[Row, set[int]]] = [
        ({"type": e.type}, {e.position}) for e in history.entries.all if period.holds(e.record.time)
    ]
    accepted = [r for r in rows if r[0]["type"] not in NOT_ACCEPTED]
    refused = [r for r in rows if r[0]["type"] == "CommandRefused"]
    changed = timeline.corrections(history, period.end).rows
    recorded = [r for r in changed if period.holds(instant(r[0]["recorded_at"]))]
    yield count("entries", ALL, "accepted", accepted)
    yield count("entries", ALL, "refused", refused)
    yield count("entries", ALL, "sealed", (r for r in rows if r[0]["type"] == "Sealed"))
    for type_, measure in zip(META, ("corrections", "annulments")):
        action = f"{'correct' if type_ == META[0] else 'annul'}_entry"
        yield count("entries", ALL, measure, (r for r in recorded if r[0]["action"] == action))


def _soon(history: History, period: Period) -> Iterator[Figure]:
    """The share of entries recorded within an hour; corrections and annulments say nothing new."""
    rows: list[tuple[int, set[int]]] = [
        (late.lag(e), {e.position})
        for e in history.entries.all
        if e.type not in OWN and not e.annulled and period.holds(e.record.time)
    ]
    lags: list[tuple[Row, set[int]]] = [({"lag": lag}, positions) for lag, positions in rows]
    soon = [r for r in lags if r[0]["lag"] <= HOUR]
    within = [r for r in lags if r[0]["lag"] <= late.LATE_SECONDS]
    yield count("promptness", ALL, "entries", lags)
    yield count("promptness", ALL, "within_an_hour", soon)
    yield count("promptness", ALL, "within_24_hours", within)
    share = (200 * len(soon) + len(lags)) // (2 * len(lags)) if lags else None
    every = frozenset(p for _, positions in lags for p in positions)
    yield Figure("promptness", ALL, "percent_within_an_hour", share, every)


def _late(history: History, period: Period) -> Iterator[Figure]:
    entries = [e for e in late.late_entries(history, period.end) if period.holds(e.record.time)]
    by_person = ((row["person"], row, e) for row, e in late.by_typist(history, entries))
    yield from itemised("late_by_person", by_person, ("entries", "median_lag_seconds", "turned"))
    kept = {e.position for e in entries}
    items = (r for r in late.answer(history, period.end).answer["items"] if r["position"] in kept)
    rows = ((f"position {r['position']}", r, {r["position"]}) for r in items)
    yield from itemised("each_late_entry", rows, (*LATE, "turned_breach_into_met"))


def _irregular(history: History, period: Period) -> Iterator[Figure]:
    rows: list[tuple[Row, frozenset[int]]] = []
    for one in found(history, period.end):
        if one.finding == "irregular" and one.position is not None:
            entry = history.at(one.position)
            if period.holds(entry.record.time):
                said = {**one.row, "action": entry.record.action, **who(entry)}
                rows.append((said, one.evidence))
    yield from counts("irregular_by_person", "entries", rows, "actor")
    named = ((f"position {row['position']}", row, e) for row, e in rows)
    yield from itemised("each_irregular_entry", named, IRREGULAR)


def _refusals(history: History, period: Period) -> Iterator[Figure]:
    items = refusals.refusals(history, period.end).answer["items"]
    kept = [i for i in items if period.holds(instant(i["recorded_at"]))]
    yield from counts("refusals", "refused", ((i, {i["position"]}) for i in kept), "code")


def finding_figures(history: History, period: Period) -> Iterator[Figure]:
    """Findings that held in the period, that still do at its end, and that SLT has accepted."""
    held = [(f.row, f.evidence) for f in found(history, period.end) if _held(f, period)]
    yield from counts("findings", "in_the_period", held, "finding")
    lasting = [r for r in held if r[0]["to"] is None]
    yield from counts("findings", "open_at_the_end", lasting, "finding")
    said = acceptances(history, period.end)
    accepted = (
        (row, {*evidence, said[name].position})
        for row, evidence in lasting
        if (name := (row["finding"], row["subject"])) in said
    )
    yield from counts("findings", "open_and_accepted", accepted, "finding")


def _held(one: Found, period: Period) -> bool:
    if one.position is not None:
        return period.holds(one.start)
    return period.touches(one.start, one.end)


def checkpoint_figures(history: History, period: Period) -> Iterator[Figure]:
    """Checkpoints and evidence given to somebody else, and how old the last of them is.

    An evidence file holds a checkpoint too. Without any, the age is null.
    """
    rows = [r for r in registers.exports(history, period.end).rows if _elsewhere(r[0])]
    made = [r for r in rows if period.holds(instant(r[0]["at"]))]
    yield from spread("checkpoints", "given_to_others", made, "action")
    row, evidence = rows[-1] if rows else ({}, frozenset[int]())
    given = instant(row.get("at"))
    age = None if given is None else period.end - given
    said = {**row, "age_seconds": age}
    measures = ("action", "at", "given_to", "age_seconds")
    yield from itemised("last_checkpoint_elsewhere", [(ALL, said, evidence)], measures)


def review_figures(history: History, period: Period) -> Iterator[Figure]:
    """Reviews made in the period: up to which record, and how many were recorded since."""
    rows = (
        (f"position {row['position']}", row, evidence)
        for row, evidence in oversight.reviews(history, period.end).rows
        if period.holds(instant(row["at"]))
    )
    yield from itemised("reviews", rows, REVIEW)


def _elsewhere(row: Row) -> bool:
    """Whether anybody got it who neither made nor typed it."""
    return bool(set(row["given_to"] or ()) - {row["actor"], row["done_by"]})

"""The clocks of decisions, policy, training and late entries (ACTIONS.md 8.2).

Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.entries import Entry
from ledger.domain.school_time import HOUR, end_of_day, local_date, months_later, parse_date
from projections import offices, roles
from projections.clocks import Clock
from projections.deadlines import duration_after
from projections.history import OWN, History
from projections.spans import union
from projections.terms import Terms, terms

DECISIONS = (
    "AccountApplicationApproved",
    "AccountApplicationRejected",
    "AccountApplicationWithdrawn",
)
RATIFIED = ("PolicyRatified", "PolicyRevised")


def _from(under: Terms, subject: str, start: Entry, due: int, stop: Entry | None) -> Clock:
    return Clock(
        terms=under,
        subject=subject,
        started=start.occurred_at,
        due=due,
        start=start,
        stop=stop,
        stopped=stop.occurred_at if stop else None,
    )


def application_clocks(history: History, at: int, only: str | None = None) -> Iterator[Clock]:
    """Submitted → decided or withdrawn."""
    for asked in history.starts("AccountApplicationSubmitted", "application", only, at):
        under = terms(history, "application_decision", asked.occurred_at)
        due = duration_after(asked.occurred_at, under.parameters, under.calendar)
        stop = next(iter(history.stream(asked.stream, at, *DECISIONS)), None)
        yield _from(under, asked.key, asked, due, stop)


def policy_clocks(history: History, at: int, _: str | None = None) -> Iterator[Clock]:
    """Each ratified version: its review, and its acknowledgement by everybody who runs then."""
    ratified = history.of(at, *RATIFIED)
    for n, entry in enumerate(ratified):
        version = str(entry.fields["policy_version"])
        under = terms(history, "policy_review", entry.occurred_at)
        review = entry.fields.get("review_due")
        months = under.parameters["months"]
        later = months_later(local_date(entry.occurred_at), months)
        due = end_of_day(parse_date(review) if review else later)
        following = ratified[n + 1] if n + 1 < len(ratified) else None
        yield _from(under, version, entry, due, following)
        yield from _acknowledgements(history, entry, version, at)


def _acknowledgements(history: History, ratified: Entry, version: str, at: int) -> Iterator[Clock]:
    start = ratified.occurred_at
    under = terms(history, "policy_reacknowledgement", start)
    due = duration_after(start, under.parameters, under.calendar)
    held = roles.all_roles(history, at)
    for person in sorted({p for _, p, _, span in held if span.holds(start)}):
        read = (
            e
            for e in history.stream(f"person/{person}", at, "PolicyAcknowledged")
            if e.fields["policy_version"] == version
        )
        stop = next(read, None)
        running = union(s for _, p, _, s in held if p == person and s.until > start)[0]
        yield Clock(
            terms=under,
            subject=version,
            started=start,
            due=due,
            start=ratified,
            stop=stop,
            stopped=stop.occurred_at if stop else None,
            # Who runs nothing any more owes no acknowledgement.
            waiver=None if running.ended is None else history.at(running.ended),
            about={"person": person},
        )


def training_clocks(history: History, at: int, _: str | None = None) -> Iterator[Clock]:
    """Training → the end of `valid_until`; stopped by the next training, or by leaving."""
    trained = history.of(at, "TrainingCompleted")
    for n, entry in enumerate(trained):
        under = terms(history, "training_validity", entry.occurred_at)
        for person in entry.fields["people"]:
            again = (e for e in trained[n + 1 :] if person in e.fields["people"])
            stop = next(again, None) or offices.departure(history, person, at)
            yield Clock(
                terms=under,
                subject=person,
                started=entry.occurred_at,
                due=end_of_day(parse_date(entry.fields["valid_until"])),
                start=entry,
                stop=stop,
                stopped=stop.occurred_at if stop else None,
                about={"person": person, "course": entry.key},
            )


def late_entry_clocks(history: History, at: int, _: str | None = None) -> Iterator[Clock]:
    """Happened → recorded, by the times first told: a row for each entry that was late."""
    for entry in history.entries.all:
        record = entry.record
        if record.type in OWN or entry.annulled or record.occurredat > at:
            continue
        under = terms(history, "late_entry", record.occurredat)
        due = record.occurredat + under.parameters["reason_required_after_hours"] * HOUR
        if record.time > due:
            yield Clock(
                terms=under,
                subject=entry.key or entry.stream,
                started=record.occurredat,
                due=due,
                start=None,
                stop=entry,
                stopped=record.time,
                about={"position": entry.position, "action": record.action},
            )

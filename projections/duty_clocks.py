"""The clocks of docs/duties.md: each begins with a record of its own kind, none without one.

Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ledger.domain.entries import Entry
from projections.clocks import Clock
from projections.deadlines import duration_after, months_after
from projections.duty_records import reminder_due, reminders
from projections.history import History
from projections.terms import terms

# rule: what starts it, the kind of its stream, what stops it
ANSWERED = {
    "concern_decision": ("ConcernRaised", "concern", "ConcernDecided"),
    "advice_given": ("AdviceSought", "advice", "AdviceGiven"),
}
# rule: what is to be done again, the kind of its stream
REPEATED = {
    "settings_review": ("AccountSettingsReviewed", "account"),
    "pupil_education": ("PupilEducationDelivered", "pupil-education"),
}


def _clock(
    history: History, rule: str, start: Entry, stop: Entry | None, about: dict[str, str]
) -> Clock:
    under = terms(history, rule, start.occurred_at)
    months = under.parameters.get("months")
    due = (
        duration_after(start.occurred_at, under.parameters, under.calendar)
        if months is None
        else months_after(start.occurred_at, months, under.calendar)
    )
    return Clock(
        terms=under,
        subject=start.key,
        started=start.occurred_at,
        due=due,
        start=start,
        stop=stop,
        stopped=stop.occurred_at if stop else None,
        about=about,
    )


def answered_clocks(history: History, at: int, only: str | None = None) -> Iterator[Clock]:
    """Raised → decided; advice sought → given."""
    for rule, (begins, kind, ends) in ANSWERED.items():
        for start in history.starts(begins, kind, only, at):
            stop = next(iter(history.stream(start.stream, at, ends)), None)
            yield _clock(history, rule, start, stop, _account(start))


def repeated_clocks(history: History, at: int, only: str | None = None) -> Iterator[Clock]:
    """Done → done again, or the account closed; a period of 0 months is off."""
    for rule, (type_, kind) in REPEATED.items():
        for start in history.starts(type_, kind, only, at):
            following = history.stream(start.stream, at, type_, "AccountClosed")
            stop = next((e for e in following if e.order > start.order), None)
            clock = _clock(history, rule, start, stop, _account(start))
            if clock.terms.parameters["months"]:
                yield clock


def conduct_clocks(history: History, at: int, only: str | None = None) -> Iterator[Clock]:
    """Classified illegal → an agency told; called off where it is classified otherwise."""
    for start in history.starts("ConductClassified", "incident", only, at):
        said = history.stream(start.stream, at, "ConductClassified")
        illegal = [e for e in said if e.fields["conduct"] == "illegal"]
        if not illegal or start is not illegal[0]:
            continue
        told = history.stream(start.stream, at, "AgencyNotified")
        clock = _clock(history, "illegal_conduct_reported", start, next(iter(told), None), {})
        yield _called_off(clock, said[-1] if said[-1] is not illegal[-1] else None)


def breach_clocks(history: History, at: int, only: str | None = None) -> Iterator[Clock]:
    """Judged a high risk → the people told; called off where it is judged none any more."""
    for start in history.starts("DataBreachAssessed", "incident", only, at):
        judged = history.stream(start.stream, at, "DataBreachAssessed")
        high = [e for e in judged if e.fields["risk"] == "high_risk"]
        if not high or start is not high[0]:
            continue
        told = history.stream(start.stream, at, "DataSubjectsInformed")
        clock = _clock(history, "breach_subjects_informed", start, next(iter(told), None), {})
        yield _called_off(clock, judged[-1] if judged[-1] is not high[-1] else None)


def reminder_clocks(history: History, at: int, _: str | None = None) -> Iterator[Clock]:
    """Left → reminded of confidentiality, for who left since reminders began to be recorded."""
    for left in history.of(at, "PersonDeparted"):
        person = left.fields["person"]
        own = reminders(history, person, at)
        if own or reminder_due(history, left):
            stop = own[0] if own else None
            yield _clock(history, "confidentiality_reminder", left, stop, {"person": person})


def _called_off(clock: Clock, by: Entry | None) -> Clock:
    return clock if by is None else replace(clock, waiver=by, lenient=True)


def _account(start: Entry) -> dict[str, str]:
    account = start.fields.get("account")
    return {"account": account} if account else {}

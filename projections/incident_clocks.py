"""The clocks of an incident (ACTIONS.md 8.2).

Standard library only. `incident_assessment` and `takedown` start when it was reported,
`conduct_reporting` when it happened or was discovered; each stops at the first entry of its kind.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.entries import Entry
from ledger.domain.school_time import parse_instant
from projections.clocks import Clock
from projections.deadlines import duration_after
from projections.history import History
from projections.terms import terms

REMOVALS = ("ContentTakenDown", "UserBlocked")


def incident_clocks(history: History, at: int, only: str | None = None) -> Iterator[Clock]:
    """Every clock of every incident reported by `at`, or of one of them."""
    for reported in history.starts("IncidentReported", "incident", only, at):
        yield from _reporting(history, reported)
        yield from _assessment(history, reported, at)
        yield from _takedown(history, reported, at)
        yield from _audience(history, reported, at)
        yield from _images(history, reported, at)
        yield from _parent(history, reported, at)
        yield from _breach(history, reported, at)


def _clock(
    history: History,
    rule: str,
    reported: Entry,
    start: tuple[Entry, int],
    stop: Entry | None,
    waiver: Entry | None = None,
) -> Clock:
    began, started = start
    under = terms(history, rule, started)
    account = reported.fields.get("account")
    image = {"image": stop.fields["image"]} if stop and "image" in stop.fields else {}
    return Clock(
        terms=under,
        subject=reported.key,
        started=started,
        due=duration_after(started, under.parameters, under.calendar),
        start=began,
        stop=stop,
        stopped=stop.occurred_at if stop else None,
        waiver=waiver,
        lenient=True,
        about={**({"account": account} if account else {}), **image},
    )


def _first(history: History, reported: Entry, at: int, *types: str) -> Entry | None:
    return next(iter(history.stream(reported.stream, at, *types)), None)


def _reporting(history: History, reported: Entry) -> Iterator[Clock]:
    fields = reported.fields
    claimed = fields.get("discovered_at") or fields.get("happened_at")
    if claimed:
        yield _clock(
            history, "conduct_reporting", reported, (reported, parse_instant(claimed)), reported
        )


def _assessment(history: History, reported: Entry, at: int) -> Iterator[Clock]:
    stop = _first(history, reported, at, "IncidentAssessed")
    yield _clock(history, "incident_assessment", reported, (reported, reported.occurred_at), stop)


def _takedown(history: History, reported: Entry, at: int) -> Iterator[Clock]:
    """Only where something was taken down, or its content decided."""
    stop = _first(history, reported, at, "ContentTakenDown", "ContentDecided")
    if stop:
        yield _clock(history, "takedown", reported, (reported, reported.occurred_at), stop)


def _audience(history: History, reported: Entry, at: int) -> Iterator[Clock]:
    """From the first removal to the first telling at or after it, or the reason for none."""
    began = _first(history, reported, at, *REMOVALS)
    if began is None:
        return
    informed = history.stream(reported.stream, at, "AudienceInformed")
    stop = next((e for e in informed if e.occurred_at >= began.occurred_at), None)
    closed = history.stream(reported.stream, at, "IncidentClosed")
    spared = next((e for e in closed if e.fields.get("audience_reason")), None)
    start = (began, began.occurred_at)
    yield _clock(history, "audience_informed", reported, start, stop, spared)


def _images(history: History, reported: Entry, at: int) -> Iterator[Clock]:
    """One row for each image, unless a crime is suspected: then it is not to be deleted."""
    if reported.fields.get("illegal_suspected"):
        return
    for deleted in history.stream(reported.stream, at, "ImageDeleted"):
        start = (deleted, parse_instant(deleted.fields["taken_at"]))
        yield _clock(history, "compromising_image_deletion", reported, start, deleted)


def _parent(history: History, reported: Entry, at: int) -> Iterator[Clock]:
    if reported.fields["kind"] != "offensive_post_by_parent":
        return
    assessed = _first(history, reported, at, "IncidentAssessed")
    if assessed is not None:
        stop = _first(history, reported, at, "ParentAskedToRemovePost")
        start = (assessed, assessed.occurred_at)
        yield _clock(history, "parent_contact", reported, start, stop)


def _breach(history: History, reported: Entry, at: int) -> Iterator[Clock]:
    """Aware → ICO told: where a judgement or an assessment calls for it, or the ICO was told.

    Whatever the incident began as, a judgement of the breach decides: found not reportable after
    all, it calls the clock off.
    """
    judged = history.stream(reported.stream, at, "DataBreachAssessed")
    if reported.fields["kind"] != "data_breach" and not judged:
        return
    assessed = history.stream(reported.stream, at, "IncidentAssessed")
    notified = history.stream(reported.stream, at, "AgencyNotified")
    stop = next((e for e in notified if e.fields["agency"] == "ico"), None)
    asked_for = any("ico" in e.fields.get("agencies", ()) for e in assessed)
    if stop or asked_for or any(e.fields["reportable"] for e in judged):
        spared = judged[-1] if judged and not judged[-1].fields["reportable"] else None
        start = _aware(reported, judged)
        yield _clock(history, "personal_data_breach", reported, start, stop, spared)


def _aware(reported: Entry, judged: list[Entry]) -> tuple[Entry, int]:
    """Since when the school knew: by the latest judgement, else discovered, else reported."""
    if judged:
        return judged[-1], parse_instant(judged[-1].fields["aware_at"])
    aware = reported.fields.get("discovered_at")
    return reported, parse_instant(aware) if aware else reported.occurred_at

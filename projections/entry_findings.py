"""Findings about single entries: out of order, by the wrong hands, late, on one's own word.

Standard library only (ACTIONS.md section 2, list of findings; section 9).
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain import presence, standing
from ledger.domain.catalogue import TYPES
from ledger.domain.entries import Entry
from projections import late, roles
from projections.applications import STATUS, decision
from projections.enquiry_clocks import RESPONSES
from projections.finding_rows import Found, shown_by
from projections.history import META, OWN, History

REMOVING = ("ContentTakenDown", "UserBlocked", "AudienceInformed")


def entry_findings(history: History, at: int) -> Iterator[Found]:
    """Every finding about an entry that had happened by `at`."""
    for entry in history.happened(history.entries.all, at):
        if not entry.annulled and entry.type not in OWN:
            yield from _hands(history, entry)
            yield from _as_recorded(entry)
    yield from _parents(history, at)
    yield from _before_receipt(history, at)
    yield from _one_person(history, at)
    yield from _turned(history, at)


def _as_recorded(entry: Entry) -> Iterator[Found]:
    record = entry.record
    subject = entry.key or entry.stream
    if record.irregular:
        yield shown_by("irregular", subject, entry, codes=list(record.irregular))
    action = TYPES.get(entry.type)
    if action and action.decision and late.lag(entry) > late.LATE_SECONDS:
        yield shown_by("back_dated_permission", subject, entry, lag_seconds=late.lag(entry))
    if entry.type == "TrainingCompleted":
        for person in sorted({record.actor, entry.doer} & set(entry.fields["people"])):
            yield shown_by("self_certified_training", subject, entry, person=person)
    if entry.type == "PostPublished" and entry.fields["third_party_material"]:
        # The words are sealed: whether there are any shows.
        yield from () if _credited(entry) else (shown_by("uncredited", subject, entry),)


def _credited(entry: Entry) -> bool:
    return "credited" in entry.fields or "credited" in entry.sealed


def _hands(history: History, entry: Entry) -> Iterator[Found]:
    """A response, removal or telling by somebody not entitled at that time."""
    if entry.type in RESPONSES:
        received = history.entries.stream(entry.stream)
        account = next((e.fields.get("account") for e in received), None)
        if entry.fields["automated"]:
            return
    elif entry.type in REMOVING:
        account = entry.fields.get("account")
        if account is None:
            return
    else:
        return
    if not _entitled(history, entry, account):
        yield shown_by("response_by_unentitled", entry.key, entry, person=entry.doer)


def _entitled(history: History, entry: Entry, account: str | None) -> bool:
    """RMS at that time; who stands in for an office is asked only of those who hold none."""
    held = roles.role_spans(history, account) if account else []
    person, at = entry.doer, entry.occurred_at
    if any(p == person and span.holds(at) for (p, _), span in held):
        return not presence.suspended(history.entries, person, at)
    edition = entry.record.catalogue
    return standing.runs_or_oversees(history.entries, person, account, at, edition)


def _parents(history: History, at: int) -> Iterator[Found]:
    """Invited before asked; referred to complaints before asked and invited."""
    steps = (
        ("ParentInvitedToMeet", ("ParentAskedToRemovePost",)),
        ("ParentReferredToComplaints", ("ParentAskedToRemovePost", "ParentInvitedToMeet")),
    )
    for later, earlier in steps:
        for entry in history.of(at, later):
            parent = entry.fields["parent"]
            before = {
                e.type
                for e in history.stream(entry.stream, at, *earlier)
                if e.order < entry.order and e.fields["parent"] == parent
            }
            if before != set(earlier):
                yield shown_by("asked_out_of_order", entry.key, entry, person=parent)


def _before_receipt(history: History, at: int) -> Iterator[Found]:
    """A correction has put a receipt after its response (section 6.9)."""
    for received in history.of(at, "EnquiryReceived"):
        for answer in history.stream(received.stream, at, *RESPONSES):
            if answer.occurred_at < received.occurred_at and not answer.record.irregular:
                codes = ["response_before_receipt"]
                yield shown_by("irregular", received.key, answer, codes=codes)


def _one_person(history: History, at: int) -> Iterator[Found]:
    """Whoever typed somebody else's application decided it."""
    for asked in history.of(at, "AccountApplicationSubmitted"):
        decided = decision(history, asked, at)
        if decided is None or STATUS[decided.type] == "withdrawn":
            continue
        chain = {asked.doer, asked.record.actor} & {decided.doer, decided.record.actor}
        for person in sorted(chain):
            yield shown_by("one_person_chain", asked.key, decided, person=person)


def _turned(history: History, at: int) -> Iterator[Found]:
    for position, clocks in late.turned(history).items():
        entry = history.at(position)
        # A correction counts at every moment once it is known (section 6.6).
        if entry.annulled or (entry.occurred_at > at and entry.type not in META):
            continue
        for clock in clocks:
            yield shown_by("late_turned_breach_into_met", clock.subject, entry, rule=clock.rule)

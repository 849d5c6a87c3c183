"""Findings about who runs what and who can get in: they last from one moment to another.

Standard library only (ACTIONS.md section 2, list of findings).
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.entries import Entry
from projections import (
    access,
    accounts,
    credentials,
    drift,
    gaps,
    offices,
    presence,
    roles,
    training,
)
from projections.credentials import PASSWORD, PLATFORM, RECOVERY, SESSION
from projections.finding_rows import Found, between, lasting
from projections.history import History
from projections.open_items import unapproved
from projections.spans import Span, both, minus, union


def standing_findings(history: History, at: int) -> Iterator[Found]:
    """Every lasting finding that had begun by `at`."""
    for account in accounts.lifetimes(history, at):
        yield from _staffing(history, account, at)
        yield from _without_credential(history, account, at)
        yield from _recovery(history, account, at)
        for item, span in drift.differences(history, account, at):
            yield lasting("drift", account, span, **item)
    yield from _exposures(history, at)
    yield from _suspended(history, at)
    for person, account, span in training.lapse_spans(history, at):
        yield lasting("runner_training_lapsed", account, span, account=account, person=person)
    yield from _unapproved(history, at)
    yield from _no_moderator(history, at)


def _staffing(history: History, account: str, at: int) -> Iterator[Found]:
    for kind, spans in gaps.gap_spans(history, account, at).items():
        for span in spans:
            yield lasting(kind, account, span, account=account)
    held = roles.role_spans(history, account, at)
    leads = [(person, span) for (person, role), span in held if role == "lead"]
    for person, span in leads:
        for part in both([span], presence.away_spans(history, person, at)):
            yield lasting("lead_absent", account, part, account=account, person=person)
    overlaps = (
        both([span], [other])
        for n, (person, span) in enumerate(leads)
        for second, other in leads[n + 1 :]
        if person != second
    )
    for span in union(s for spans in overlaps for s in spans):
        yield lasting("overlapping_leads", account, span, account=account)


def _without_credential(history: History, account: str, at: int) -> Iterator[Found]:
    """Has a role but was never given the current version: information, not a breach."""
    held = roles.role_spans(history, account, at)
    knew = credentials.passwords(history, account, at)
    for version, current in credentials.versions(history, account, at):
        for person in sorted({p for (p, _), _ in held}):
            running = both([s for (p, _), s in held if p == person], [current])
            given = [s for key, s in knew if key == (person, version)]
            for span in minus(running, given):
                about = {"account": account, "person": person, "credential_version": version}
                yield lasting("role_without_credential", account, span, **about)


def _exposures(history: History, at: int) -> Iterator[Found]:
    others = (PLATFORM, RECOVERY, SESSION)
    named = (("credential_exposure", (PASSWORD,)), ("access_not_removed", others))
    for finding, ways in named:
        for e in access.exposed(history, at, ways):
            about = {"account": e.account, "person": e.person, "by": list(e.by)}
            yield lasting(finding, e.account, e.span, **about)


def _suspended(history: History, at: int) -> Iterator[Found]:
    """Whose access is suspended and who can get in all the same; exposures are told already."""
    for account in access.known_accounts(history, at):
        for person, ways in access.ways_in(history, account, at).items():
            barred = presence.suspensions(history, person, at)
            held = access.entitled(history, account, person, at) if barred else []
            inside = {way: both(both(spans, barred), held) for way, spans in ways.items()}
            for by, span in access.joined(inside):
                about = {"account": account, "person": person, "by": list(by)}
                yield lasting("access_not_removed", account, span, **about)


def _recovery(history: History, account: str, at: int) -> Iterator[Found]:
    for (owner, kind), span in credentials.recovery(history, account, at):
        for part in both([span], presence.gone_spans(history, owner, at)):
            about = {"account": account, "person": owner, "contact_kind": kind}
            yield lasting("recovery_held_by_leaver", account, part, **about)


def _unapproved(history: History, at: int) -> Iterator[Found]:
    for found in history.of(at, "UnapprovedAccountDiscovered"):
        still = found in unapproved(history, at)
        ends = history.stream(found.stream, at, "UnapprovedAccountResolved")
        end = None if still else ends[0]
        yield lasting("unapproved_account", found.key, between(found, end))
    for created in history.of(at, "AccountCreated"):
        if not created.fields.get("application"):
            asked = accounts.application_of(history, created, at)
            approved = _approval(history, asked, at) if asked else None
            yield lasting("unapproved_account", created.key, between(created, approved))


def _approval(history: History, asked: Entry, at: int) -> Entry | None:
    return next(iter(history.stream(asked.stream, at, "AccountApplicationApproved")), None)


def _no_moderator(history: History, at: int) -> Iterator[Found]:
    """From the end of the last moderator, or their going away, to the next one."""
    moderators = offices.moderator_spans(history, at)
    spans = [s for p, held in moderators.items() for s in presence.here(history, p, held, at)]
    if moderators:
        first = min(s for held in moderators.values() for s in held)
        for span in minus([Span(first.start, None, first.began)], spans):
            yield lasting("no_moderator", "moderator", span)

"""What was open at a moment (ACTIONS.md section 10, `open_items`).

Standard library only. At (E, K): entries recorded by K that had happened by E. An unanswered
breached enquiry is still open, one waived too late too.
"""

from __future__ import annotations

from ledger.domain.entries import Entry
from projections import access, accounts, casework, gaps, handovers, offices, roles, subjects
from projections.applications import decision
from projections.clocks import BREACHED, OPEN, judge
from projections.credentials import PASSWORD, PLATFORM, RECOVERY, SESSION
from projections.enquiry_clocks import RULE
from projections.history import History
from projections.rights_clocks import answered
from projections.sla import clocks
from projections.told import Row, Told, listed, shown, told


def open_items(history: History, at: int) -> Told:
    """Every list of what is still to do at `at`, as known to this history."""
    lists = {
        "enquiries": _enquiries(history, at),
        "incidents_open": _ids(open_incidents(history, at)),
        "incidents_unassessed": _ids(unassessed(history, at)),
        "applications_pending": _ids(_pending(history, at)),
        "rights_requests_open": _ids(_requests(history, at)),
        "passwords_to_rotate": _exposed(history, at, (PASSWORD,)),
        "access_to_remove": _exposed(history, at, (PLATFORM, RECOVERY, SESSION)),
        "accounts_without_lead": _leaderless(history, at),
        "unapproved_accounts": _ids(unapproved(history, at)),
        "checks_pending": _ids(_checks(history, at)),
        "handovers_announced": _announced(history, at),
    }
    if history.of(at, "FollowUpAssigned"):
        lists["follow_ups"] = casework.follow_ups(history, at)
    if history.of(at, "ImageObjectionRecorded"):
        lists["image_objections"] = subjects.objections(history, at)
    waiting = handovers.unfinished(history, at)
    if waiting.answer:
        lists["handovers_unfinished"] = waiting
    answer = {name: part.answer for name, part in lists.items()}
    return told(answer, *(part.evidence for part in lists.values()))


def _ids(entries: list[Entry]) -> Told:
    found = sorted({e.key for e in entries})
    return told(found, (e.position for e in entries))


def _enquiries(history: History, at: int) -> Told:
    rows = []
    for clock in clocks(history, at, RULE):
        status, _ = judge(clock, at)
        if clock.stopped is None and status in (OPEN, BREACHED):
            row = {"enquiry": clock.subject, "due_at": shown(clock.due), "status": status}
            rows.append((row, clock.evidence))
    return listed(sorted(rows, key=lambda r: str(r[0]["enquiry"])))


def closed(history: History, reported: Entry, at: int) -> Entry | None:
    """The entry that closed the incident, where it was closed at `at`."""
    moves = history.stream(reported.stream, at, "IncidentClosed", "IncidentReopened")
    return moves[-1] if moves and moves[-1].type == "IncidentClosed" else None


def open_incidents(history: History, at: int) -> list[Entry]:
    reported = history.of(at, "IncidentReported")
    return [e for e in reported if closed(history, e, at) is None]


def unassessed(history: History, at: int) -> list[Entry]:
    reported = history.of(at, "IncidentReported")
    return [e for e in reported if not history.stream(e.stream, at, "IncidentAssessed")]


def _pending(history: History, at: int) -> list[Entry]:
    asked = history.of(at, "AccountApplicationSubmitted")
    return [e for e in asked if decision(history, e, at) is None]


def _requests(history: History, at: int) -> list[Entry]:
    received = history.of(at, "RightsRequestReceived")
    return [e for e in received if not answered(history, e, at)]


def _exposed(history: History, at: int, ways: tuple[str, ...]) -> Told:
    running = [e for e in access.exposed(history, at, ways) if e.span.end is None]
    rows: list[tuple[Row, set[int]]] = []
    for exposure in running:
        row: Row = {"account": exposure.account, "person": exposure.person}
        if ways != (PASSWORD,):
            row["by"] = list(exposure.by)
        rows.append((row, exposure.span.evidence))
    return listed(rows)


def _leaderless(history: History, at: int) -> Told:
    names: list[str] = []
    evidence: set[int] = set()
    for account, life in accounts.lifetimes(history, at).items():
        running = [s for s in gaps.gap_spans(history, account, at)["no_lead"] if s.end is None]
        if life.end is None and running:
            names.append(account)
            evidence |= running[-1].evidence
    return told(names, evidence)


def unapproved(history: History, at: int) -> list[Entry]:
    """Accounts that nobody approved, found and not yet dealt with."""
    found = history.of(at, "UnapprovedAccountDiscovered")
    return [e for e in found if not history.stream(e.stream, at, "UnapprovedAccountResolved")]


def _checks(history: History, at: int) -> list[Entry]:
    """Posts whose wording waits for a senior leader."""
    asked = {e.key: e for e in history.of(at, "PrePublicationCheckRequested")}
    decided = ("PrePublicationCleared", "PrePublicationRefused")
    return [
        e
        for e in asked.values()
        if all(d.order < e.order for d in history.stream(e.stream, at, *decided))
    ]


def _announced(history: History, at: int) -> Told:
    """Leads who have given notice and still lead: the warning before a handover is due."""
    rows: list[tuple[Row, set[int]]] = []
    notices = {e.fields["person"]: e for e in history.of(at, "DepartureNoticeGiven")}
    for account, person, role, span in roles.all_roles(history, at):
        notice = notices.get(person)
        if notice is None or role != "lead" or not span.holds(at):
            continue
        if offices.departure(history, person, at) is None:
            leaving = notice.fields["leaving_on"]
            row = {"account": account, "person": person, "leaving_on": leaving}
            rows.append((row, {notice.position, span.began}))
    return listed(rows)

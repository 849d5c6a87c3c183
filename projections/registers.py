"""The lists that a governor, auditor or DPO asks for (CONTRACT 3).

Standard library only. Each is sorted by when its thing began, then by id.
"""

from __future__ import annotations

from ledger.domain.entries import Entry
from projections import casework
from projections.clocks import judge
from projections.enquiry_clocks import RESPONSES, RULE
from projections.history import FOREVER, History
from projections.open_items import closed
from projections.sla import clocks
from projections.told import Row, Told, listed, shown, who


def enquiries(history: History, at: int) -> Told:
    """Every enquiry received by `at`, with how its clock stands and how often it was answered."""
    rows = []
    for clock in clocks(history, at, RULE):
        assert clock.start is not None, "the clock of an enquiry starts with its receipt"
        received = clock.start
        answers = history.stream(received.stream, at, *RESPONSES)
        row = {
            "enquiry": clock.subject,
            "account": received.fields.get("account"),
            "kind": received.fields["kind"],
            "channel": received.fields["channel"],
            "sender": received.fields["sender"],
            "received_at": shown(clock.started),
            "due_at": shown(clock.due),
            "first_response_at": shown(clock.stopped),
            "responses": len(answers),
            "status": judge(clock, at)[0],
            **who(received),
        }
        rows.append((row, clock.evidence | {e.position for e in answers}))
    return listed(rows)


# What a later word adds to an incident's row, where there is one.
JUDGED = {"ConductClassified": ("conduct",), "DataBreachAssessed": ("risk", "reportable")}


def incidents(history: History, at: int) -> Told:
    """Every incident reported by `at`, and whether it was assessed and closed."""
    return listed(_incident(history, e, at) for e in history.of(at, "IncidentReported"))


def _incident(history: History, reported: Entry, at: int) -> tuple[Row, set[int]]:
    assessed = history.stream(reported.stream, at, "IncidentAssessed")
    ended = closed(history, reported, at)
    latest = assessed[-1].fields if assessed else {}
    row = {
        "incident": reported.key,
        "kind": reported.fields["kind"],
        "account": reported.fields.get("account"),
        "reported_at": shown(reported.occurred_at),
        "assessed_at": shown(assessed[0].occurred_at) if assessed else None,
        "severity": latest.get("severity"),
        "classification": latest.get("classification", "internal") if assessed else None,
        "status": "closed" if ended else "open",
        "closed_at": shown(ended.occurred_at) if ended else None,
        "audience_reason": ended.fields.get("audience_reason") if ended else None,
        **who(reported),
    }
    if "about" in reported.fields:
        row["about"] = reported.fields["about"]
    handling, more = casework.handling(history, reported, at)
    entries = [reported, *assessed, *([ended] if ended else []), *more]
    for judged in history.stream(reported.stream, at, *JUDGED):
        row |= {name: judged.fields[name] for name in JUDGED[judged.type]}
        entries.append(judged)
    return {**row, **handling}, {e.position for e in entries}


def requests(history: History, at: int) -> Told:
    """Every request about personal data received by `at`, and how its clock stands."""
    rows = []
    for clock in clocks(history, at, "rights_request"):
        assert clock.start is not None, "the clock of a request starts with its receipt"
        received = clock.start
        decided = history.stream(received.stream, at, "RightsRequestDecided")
        row = {
            "request": clock.subject,
            "kind": received.fields["kind"],
            "subject": received.fields["subject"],
            "received_at": shown(clock.started),
            "due_at": shown(clock.due),
            "decision": decided[0].fields["decision"] if decided else None,
            "done_at": shown(clock.stopped),
            "outcome": clock.stop.fields.get("outcome") if clock.stop else None,
            "status": judge(clock, at)[0],
            **clock.about,
            **who(received),
        }
        rows.append((row, clock.evidence | {e.position for e in decided}))
    return listed(rows)


def holds(history: History, at: int) -> Told:
    """Every legal hold placed by `at`, and when it was released."""
    rows = []
    for placed in history.of(at, "LegalHoldPlaced"):
        ends = history.stream(placed.stream, at, "LegalHoldReleased")
        row = {
            "hold": placed.key,
            "incident": placed.fields.get("incident"),
            "subjects": placed.fields["subjects"],
            "from": shown(placed.occurred_at),
            "to": shown(ends[0].occurred_at) if ends else None,
            **who(placed),
        }
        rows.append((row, {placed.position, *(e.position for e in ends[:1])}))
    return listed(rows)


def exports(history: History, until: int = FOREVER) -> Told:
    """Every export of evidence, and every checkpoint handed out, recorded by `until`."""
    found = history.of(until, "EvidenceExported", "CheckpointPublished")
    names = ("export", "scope", "incident", "account", "from", "to", "subject", "given_to")
    return listed(
        (
            {
                "position": e.position,
                "action": e.record.action,
                "at": shown(e.occurred_at),
                "recorded_at": shown(e.record.time),
                **{name: e.fields.get(name) for name in names},
                **who(e),
            },
            {e.position},
        )
        for e in found
    )

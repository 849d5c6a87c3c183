"""Accounts: from when to when each existed, and how it stood at a moment.

Standard library only (ACTIONS.md 5.4; CONTRACT 3, `/v1/accounts`).
"""

from __future__ import annotations

from ledger.domain import standing
from ledger.domain.entries import Entry
from projections import roles
from projections.history import FOREVER, History, remembered
from projections.spans import Span
from projections.told import Row, Told, listed, shown, who


@remembered
def lifetimes(history: History, until: int = FOREVER) -> dict[str, Span]:
    """Account → from its creation to its closing, of those created by `until`; by id."""
    found: dict[str, Span] = {}
    for entry in history.of(until, "AccountCreated", "AccountClosed"):
        name = entry.key
        if entry.type == "AccountCreated":
            found.setdefault(name, Span(entry.occurred_at, None, entry.position))
        elif name in found and found[name].end is None:
            began = found[name]
            found[name] = Span(began.start, entry.occurred_at, began.began, entry.position)
    return dict(sorted(found.items()))


def application_of(history: History, created: Entry, until: int) -> Entry | None:
    """The submission an account rests on: its own, or an approved one that names it since."""
    if created.fields.get("application"):
        return standing.submission(history.entries, created.fields["application"])
    for approved in history.of(until, "AccountApplicationApproved"):
        asked = standing.submission(history.entries, approved.fields["application"])
        if asked is not None and asked.fields.get("existing_account") == created.key:
            return asked
    return None


def accounts(history: History, at: int) -> Told:
    """The accounts that existed at `at`, by id."""
    living = (name for name, life in lifetimes(history, at).items() if life.holds(at))
    return listed(_account(history, name, at) for name in living)


def _account(history: History, name: str, at: int) -> tuple[Row, set[int]]:
    life = lifetimes(history, at)[name]
    created = history.at(life.began)
    asked = application_of(history, created, at)
    held = [(pair, s) for pair, s in roles.role_spans(history, name, at) if s.holds(at)]
    leads = sorted(person for (person, role), _ in held if role == "lead")
    evidence = {life.began, *(s.began for _, s in held)}
    if asked is not None:
        evidence.add(asked.position)
    row: Row = {
        "id": name,
        "platform": asked.fields["platform"] if asked else None,
        "handle": created.fields.get("handle"),
        "visibility": _visibility(history, name, asked, at),
        "status": status(history, name, at),
        "lead": leads[0] if leads else None,
        "runners": sorted(person for (person, role), _ in held if role == "runner"),
        "application": asked.key if asked else None,
        "created_at": shown(life.start),
    }
    attested = history.stream(f"account/{name}", at, "AccountAttested")
    if attested:
        row["attested"] = _attested(attested[-1])
        evidence.add(attested[-1].position)
    return row, evidence


def _attested(entry: Entry) -> Row:
    """The last access review of the lead."""
    said = {name: entry.fields[name] for name in ("settings_checked", "access_confirmed")}
    return {"at": shown(entry.occurred_at), **who(entry), **said}


def _visibility(history: History, name: str, asked: Entry | None, at: int) -> str | None:
    changed = history.stream(f"account/{name}", at, "AccountVisibilityChanged")
    if changed:
        return str(changed[-1].fields["visibility"])
    return str(asked.fields["visibility"]) if asked else None


def status(history: History, name: str, at: int) -> str:
    """`open`, or what was last recorded of it: `locked_out`, `suspended_by_platform` …"""
    states = history.stream(f"account/{name}", at, "AccountStateRecorded")
    last = str(states[-1].fields["state"]) if states else "regained"
    return "open" if last == "regained" else last

"""Who ran which account, from when to when (ACTIONS.md section 7, first row of the table).

Standard library only. A role starts with the creation (everybody named in the application who
had not left), an assignment or a transfer; it ends with its end, the transfer away (lead only),
the departure or the closing.
"""

from __future__ import annotations

from ledger.domain import standing
from ledger.domain.entries import Entry
from projections.history import FOREVER, History, remembered
from projections.spans import Holding, Span
from projections.told import Told, interval, listed

MOVES = (
    "AccountCreated",
    "AccountClosed",
    "AccountRoleAssigned",
    "AccountRoleEnded",
    "LeadTransferred",
)
Role = tuple[str, str]


@remembered
def role_spans(history: History, account: str, until: int = FOREVER) -> list[tuple[Role, Span]]:
    """((person, role), span) on the account, from what had happened by `until`, by start."""
    own = history.stream(f"account/{account}", until, *MOVES)
    holding: Holding[Role] = Holding()
    for entry in history.happened([*own, *history.of(until, "PersonDeparted")], until):
        _move(history, holding, entry)
    return holding.spans()


def _move(history: History, holding: Holding[Role], entry: Entry) -> None:
    fields = entry.fields
    if entry.type == "AccountCreated":
        for pair in _named(history, entry):
            holding.start(pair, entry)
    elif entry.type == "AccountRoleAssigned":
        holding.start((fields["person"], fields["role"]), entry)
    elif entry.type == "AccountRoleEnded":
        holding.stop((fields["person"], fields["role"]), entry)
    elif entry.type == "LeadTransferred":
        holding.stop((fields["from"] or "", "lead"), entry)
        holding.start((fields["to"], "lead"), entry)
    elif entry.type == "PersonDeparted":
        holding.stop_all(entry, lambda pair: pair[0] == fields["person"])
    else:
        holding.stop_all(entry)


def _named(history: History, created: Entry) -> list[Role]:
    """Whom the application names, without those who had left when the account was created."""
    asked = standing.submission(history.entries, created.fields.get("application"))
    return [
        (r["person"], r["role"])
        for r in (asked.fields["runners"] if asked else ())
        if not standing.departed(history.entries, r["person"], created.occurred_at)
    ]


@remembered
def all_roles(history: History, until: int = FOREVER) -> list[tuple[str, str, str, Span]]:
    """(account, person, role, span) of every account, by account, then start."""
    names = sorted({e.key for e in history.entries.of(*MOVES)})
    return [
        (account, person, role, span)
        for account in names
        for (person, role), span in role_spans(history, account, until)
    ]


def roles_at(history: History, account: str, at: int) -> Told:
    """`[{person, role}]` at the instant `at`, by role, then person."""
    held = [(role, p, s) for (p, role), s in role_spans(history, account, at) if s.holds(at)]
    return listed(({"person": p, "role": role}, s.evidence) for role, p, s in sorted(held))


def role_intervals(history: History, account: str, until: int = FOREVER) -> Told:
    """`[{person, role, from, to}]`, by start, then person."""
    rows = [(s.start, p, role, s) for (p, role), s in role_spans(history, account, until)]
    return listed(
        ({"person": p, "role": role, **interval(s)}, s.evidence) for _, p, role, s in sorted(rows)
    )


def person_roles(history: History, person: str, until: int = FOREVER) -> Told:
    """`[{account, role, from, to}]` of one person, by start, then account."""
    rows = sorted((s.start, a, r, s) for a, p, r, s in all_roles(history, until) if p == person)
    return listed(({"account": a, "role": r, **interval(s)}, s.evidence) for _, a, r, s in rows)

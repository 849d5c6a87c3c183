"""The state of everything at a moment: accounts, roles, access, what was open.

Standard library only (CONTRACT 3, `/v1/replay`).
"""

from __future__ import annotations

from projections import access, accounts, offices, policy, roles
from projections.history import History
from projections.open_items import open_items
from projections.told import Told, listed, told


def replay(history: History, at: int) -> Told:
    """`{policy_version, accounts, roles, access, offices, open_items}` at `at`."""
    parts = {
        "accounts": accounts.accounts(history, at),
        "roles": _roles(history, at),
        "access": _access(history, at),
        "offices": _offices(history, at),
        "open_items": open_items(history, at),
    }
    in_force = policy.policy(history, at)
    answer = {
        "policy_version": in_force.answer["policy_version"],
        **{name: part.answer for name, part in parts.items()},
    }
    return told(answer, in_force.evidence, *(part.evidence for part in parts.values()))


def _roles(history: History, at: int) -> Told:
    held = [(a, r, p, s) for a, p, r, s in roles.all_roles(history, at) if s.holds(at)]
    return listed(
        ({"account": a, "person": p, "role": r}, s.evidence) for a, r, p, s in sorted(held)
    )


def _access(history: History, at: int) -> Told:
    parts = [(a, access.access(history, a, at)) for a in access.known_accounts(history, at)]
    rows = [{"account": account, **row} for account, part in parts for row in part.answer]
    return told(rows, *(part.evidence for _, part in parts))


def _offices(history: History, at: int) -> Told:
    held = [(p, o, s) for (p, o), s in offices.office_spans(history, at) if s.holds(at)]
    return listed(({"person": p, "office": o}, s.evidence) for p, o, s in sorted(held))

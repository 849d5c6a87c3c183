"""Answers about an account, shaped for its pages: the calendar of checks, who gets in, who is rung.

Pure functions over answers of the API.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from api import may, seeing
from ledger.domain.school_time import local_date

Row = Mapping[str, Any]
WEEK = timedelta(days=7)
WEEKS = 5
CHECKED, MISSING, NEITHER = "checked", "missing", ""
# Whom to ring besides those who run the account, most urgent first.
OFFICES = ("moderator", "headteacher", "slt", "dsp", "dpo", "chair_of_governors")
# What ends a gap, and a way in that should not be.
ENDS_GAP = {"no_lead": "transfer_lead"}
ENDS_WAY = {
    "password": "rotate_credential",
    "session": "rotate_credential",
    "platform_role": "end_platform_access",
    "recovery": "change_recovery_contact",
}
KEEPERS = seeing.VALUES[seeing.VAULT]
DONE = ("complete", "replaced", "closed")


@dataclass(frozen=True)
class Entrant:
    """Somebody who can get in: by which ways, since when; `bare`: with neither role nor office.

    `bare` is None where the reader may not be told.
    """

    person: str
    by: tuple[str, ...]
    since: str
    role: str | None
    bare: bool | None


def calendar_days(at: int) -> tuple[date, date]:
    """The first and the last day of the last weeks up to an instant, from a Monday on."""
    last = local_date(at)
    monday = last - timedelta(days=last.weekday())
    return monday - (WEEKS - 1) * WEEK, last


def weeks(told: Row, first: date, last: date) -> list[list[tuple[date, str]]]:
    """Weeks of (day, CHECKED | MISSING | NEITHER), Monday to Sunday; `told` is the answer."""
    checked, missing = set(told["checked"]), set(told["missing"])
    mondays = range((last - first).days // 7 + 1)
    return [[_day(first + n * WEEK, d, checked, missing) for d in range(7)] for n in mondays]


def _day(monday: date, n: int, checked: set[str], missing: set[str]) -> tuple[date, str]:
    day = monday + timedelta(days=n)
    iso = day.isoformat()
    return day, CHECKED if iso in checked else MISSING if iso in missing else NEITHER


def entrants(
    access: Sequence[Row], roles: Iterable[Row], exposed: Iterable[Row] | None
) -> list[Entrant]:
    """Who can get in, those without a role or office first; all answers are of one moment.

    `exposed` are the exposures of the account, None where the reader may not ask for them.
    """
    held = {row["person"]: row["role"] for row in roles}
    bare = None if exposed is None else {r["person"] for r in exposed if r["to"] is None}
    made = [
        Entrant(
            row["person"], tuple(row["by"]), row["from"], held.get(row["person"]),
            None if bare is None else row["person"] in bare,
        )
        for row in access
    ]  # fmt: skip
    return sorted(made, key=lambda e: (not e.bare, e.person))


def running(gaps: Mapping[str, Iterable[Row]]) -> list[tuple[str, str]]:
    """(kind of gap, since when) of those that had not ended."""
    return [(k, row["from"]) for k, rows in gaps.items() for row in rows if row["to"] is None]


def remedies(
    gaps: Iterable[tuple[str, str]], entrants: Iterable[Entrant], roles: may.Roles
) -> list[str]:
    """The actions that end what is wrong, for those whose office it is to do them."""
    if not roles & KEEPERS:
        return []
    ends = [ENDS_GAP.get(kind, "assign_account_role") for kind, _ in gaps]
    ends += [ENDS_WAY[way] for entrant in entrants if entrant.bare for way in entrant.by]
    return list(dict.fromkeys(ends))


def of_account(rows: Iterable[Row], account: str) -> list[Row]:
    """The rows of a list that are about the account."""
    return [row for row in rows if row.get("account") == account]


def latest_handover(rows: Iterable[Row]) -> Row | None:
    """The last hand-over that is not done with."""
    going = [row for row in rows if row["status"] not in DONE]
    return going[-1] if going else None


def to_ring(people: Iterable[Row], roles: Iterable[Row]) -> list[tuple[str, list[str], list[str]]]:
    """(person, their roles, their offices) of whom to ring: who runs it first, then the offices.

    Whoever is away is left out; whoever has left has neither role nor office.
    """
    here = {p["person"]: p for p in people if not p.get("away_since")}
    mine: dict[str, list[str]] = {}
    for row in sorted(roles, key=lambda r: str(r["role"])):
        mine.setdefault(row["person"], []).append(row["role"])
    holders = [p for office in OFFICES for p in here if office in here[p]["offices"]]
    order = dict.fromkeys([*mine, *holders])
    return [(p, mine.get(p, []), list(here[p]["offices"])) for p in order if p in here]

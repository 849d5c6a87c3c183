"""What a new school is proposed: bank holidays, the policy's deadlines, what it must fill in.

Nothing here is recorded. The lines are commands that a person looks through, changes where the
school differs, and brings in with `handledger import`.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from ledger.domain import standing
from ledger.domain.clock_rules import RULES
from ledger.domain.entries import Entries
from ledger.domain.school_time import local_date

FILE = "proposed.jsonl"
YEAR_BEGINS = 9  # school years run from 1 September to 31 August
POLICY_TITLE = "Social Media Policy"


def bank_holidays(first: date, last: date) -> list[date]:
    """The bank holidays of England and Wales from `first` to `last`, both included, in order.

    As proclaimed: where one falls on a Saturday or Sunday the substitute day stands for it.
    """
    from holidays import country_holidays

    years = range(first.year, last.year + 1)
    found = country_holidays("GB", subdiv="ENG", years=years, language="en_GB")
    return sorted(d for d in found if first <= d <= last and d.weekday() < 5)


def school_years(day: date) -> tuple[date, date]:
    """The first day of the school year that `day` lies in, and the last of the one after it."""
    began = day.year if day.month >= YEAR_BEGINS else day.year - 1
    return date(began, YEAR_BEGINS, 1), date(began + 2, YEAR_BEGINS, 1) - timedelta(days=1)


def lines(known: Entries, now: int) -> str:
    """The proposals for a ledger as it is at the instant `now`, one command a line."""
    return "".join(json.dumps(c, ensure_ascii=False) + "\n" for c in proposed(known, now))


def proposed(known: Entries, now: int) -> list[dict[str, Any]]:
    """The next calendar; and where there is none yet: rules, chair of governors, policy.

    What only the school knows is null, and is refused until it is filled in.
    """
    first, last = school_years(local_date(now))
    made = [_calendar(known, first, last)]
    if next(known.of("SlaRulesAdopted"), None) is None:
        made.append(_rules(first))
    chair = _holder(known, "chair_of_governors", now)
    if chair is None:
        made.append(_chair())
    if next(known.of("PolicyRatified", "PolicyRevised"), None) is None:
        made.append(_policy(chair, _holder(known, "headteacher", now)))
    return made


def _calendar(known: Entries, first: date, last: date) -> dict[str, Any]:
    versions = [int(e.fields["version"]) for e in known.of("WorkingCalendarAdopted")]
    data = {
        "calendar": "england-and-wales",
        "version": max(versions, default=0) + 1,
        "weekend": ["sat", "sun"],
        "bank_holidays": [d.isoformat() for d in bank_holidays(first, last)],
    }
    return {"action": "adopt_calendar", "data": data}


def _rules(first: date) -> dict[str, Any]:
    """Every clock with its default (ACTIONS.md section 8), from the start of the school year."""
    defaults = {name: dict(rule.default) for name, rule in RULES.items()}
    began = f"{first.isoformat()}T00:00:00"
    data = {"version": 1, "effective_from": began, "rules": defaults}
    return {"action": "adopt_sla_rules", "data": data}


def _chair() -> dict[str, Any]:
    data = {"person": None, "name": None, "kind": "governor", "offices": ["chair_of_governors"]}
    return {"action": "register_person", "data": data}


def _policy(chair: str | None, head: str | None) -> dict[str, Any]:
    data = {
        "policy_version": "smp-1",
        "title": POLICY_TITLE,
        "ratified_on": None,
        "chair_of_governors": chair,
        "headteacher": head,
        "review_due": None,
    }
    return {"action": "ratify_policy", "data": data}


def _holder(known: Entries, office: str, now: int) -> str | None:
    """Whoever holds the office, where exactly one person does."""
    found = standing.holders(known, office, now)
    return next(iter(found)) if len(found) == 1 else None

"""On which local days an account was looked at, and on which it was not.

Standard library only. Full local days between creation and closing count, up to the moment of
evaluation (ACTIONS.md 8.2, `monitoring_check`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from ledger.domain.entries import Entry
from ledger.domain.school_time import end_of_day, local_date
from projections import accounts
from projections.history import History
from projections.told import Told, told

ONE = timedelta(days=1)


def checks(history: History, account: str, until: int) -> dict[date, Entry]:
    """Local day → the first check of the account on it, of those by `until`."""
    found: dict[date, Entry] = {}
    for entry in history.stream(f"account/{account}", until, "MonitoringCheckRecorded"):
        found.setdefault(local_date(entry.occurred_at), entry)
    return found


def full_days(history: History, account: str, at: int) -> Iterator[date]:
    """The local days that lie wholly in the account's life, up to `at`."""
    life = accounts.lifetimes(history, at).get(account)
    if life is None:
        return
    last = at if life.end is None else min(at, life.end)
    day = local_date(life.start)
    if end_of_day(day - ONE) + 1 < life.start:
        day += ONE
    while end_of_day(day) <= last:
        yield day
        day += ONE


def monitoring(history: History, account: str, first: date, last: date, at: int) -> Told:
    """`{checked, missing}`: local dates from `first` to `last`, both included."""
    done = {d: e for d, e in checks(history, account, at).items() if first <= d <= last}
    missing = [d for d in full_days(history, account, at) if first <= d <= last and d not in done]
    answer = {
        "checked": [d.isoformat() for d in sorted(done)],
        "missing": [d.isoformat() for d in missing],
    }
    life = accounts.lifetimes(history, at).get(account)
    return told(answer, (e.position for e in done.values()), life.evidence if life else ())

"""On which local days an account was looked at, and on which it was not.

Standard library only. Full local days between creation and closing count, up to the moment of
evaluation (ACTIONS.md 8.2, `monitoring_check`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from ledger.domain.entries import Entry
from ledger.domain.school_time import end_of_day, local_date, parse_instant
from projections import accounts
from projections.history import History
from projections.told import Row, Told, shown, told, who

ONE = timedelta(days=1)
# A round of harmless comments is the day's check too (5.13).
ROUND = "CommentRoundRecorded"


def checks(history: History, account: str, until: int) -> dict[date, Entry]:
    """Local day → the first check of the account on it, of those by `until`."""
    found: dict[date, Entry] = {}
    for entry in history.stream(f"account/{account}", until, "MonitoringCheckRecorded", ROUND):
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
    answer: Row = {
        "checked": [d.isoformat() for d in sorted(done)],
        "missing": [d.isoformat() for d in missing],
    }
    rounds = [
        e
        for e in history.stream(f"account/{account}", at, ROUND)
        if first <= local_date(e.occurred_at) <= last
    ]
    if rounds:
        answer["rounds"] = [_round(e) for e in rounds]
    done_by = {e.position for e in (*done.values(), *rounds)}
    life = accounts.lifetimes(history, at).get(account)
    return told(answer, done_by, life.evidence if life else ())


def _round(entry: Entry) -> Row:
    fields = entry.fields
    times = {name: shown(parse_instant(fields[name])) for name in ("from", "to")}
    counted = {name: fields[name] for name in ("seen", "acknowledged", "opened")}
    return {**times, **counted, **who(entry)}

"""Where a platform's own list of who has access differs from what the ledger knows.

Standard library only (ACTIONS.md 5.13, `record_platform_list`). A difference lasts until the next
list of that account or its closing.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.entries import Entry
from projections import access
from projections.credentials import PLATFORM
from projections.history import History
from projections.spans import Span
from projections.told import Row

LISTED = "PlatformListRecorded"


def differences(history: History, account: str, at: int) -> Iterator[tuple[Row, Span]]:
    """(`{account, not_recorded, not_listed, unmatched}`, span) of each list that differs.

    `not_recorded`: on the list, with no way in that the ledger knows; `not_listed`: with a
    platform role in the ledger, but not on the list; `unmatched`: how many nobody here knows.
    """
    told = history.stream(f"account/{account}", at, LISTED, "AccountClosed")
    for n, entry in enumerate(told):
        if entry.type == LISTED:
            row = _difference(history, account, entry)
            following = told[n + 1] if n + 1 < len(told) else None
            if row["not_recorded"] or row["not_listed"] or row["unmatched"]:
                yield row, _until(entry, following)


def _difference(history: History, account: str, entry: Entry) -> Row:
    listed, then = set(entry.fields["matched"]), entry.occurred_at
    ways = access.ways_in(history, account, then)
    known = {p for p, by in ways.items() if any(s.holds(then) for w in by.values() for s in w)}
    roles = {p for p, by in ways.items() if any(s.holds(then) for s in by.get(PLATFORM, ()))}
    return {
        "account": account,
        "not_recorded": sorted(listed - known),
        "not_listed": sorted(roles - listed),
        "unmatched": entry.fields["unmatched"],
    }


def _until(entry: Entry, following: Entry | None) -> Span:
    if following is None:
        return Span(entry.occurred_at, None, entry.position)
    return Span(entry.occurred_at, following.occurred_at, entry.position, following.position)

"""Right of reply: who confirmed an entry and who disputed it, shown beside it for ever.

Standard library only (ACTIONS.md 5.13). An entry without replies has no such keys.
"""

from __future__ import annotations

from ledger.domain.entries import Entries, Entry
from projections.history import FOREVER
from projections.told import Row, shown, who

REPLIES = {"EntryConfirmed": "confirmed_by", "EntryDisputed": "disputed_by"}


def to(entries: Entries, entry: Entry, until: int = FOREVER) -> list[Entry]:
    """The replies to an entry by `until`, in order."""
    named = entries.naming("target", entry.record.id, *REPLIES)
    return sorted((e for e in named if e.occurred_at <= until), key=lambda e: e.order)


def beside(entries: Entries, entry: Entry, until: int = FOREVER) -> Row:
    """`{confirmed_by: […], disputed_by: […]}`, each only where somebody did."""
    row: Row = {}
    for reply in to(entries, entry, until):
        said = {
            "person": reply.doer,
            "at": shown(reply.occurred_at),
            "position": reply.position,
            **who(reply),
        }
        row.setdefault(REPLIES[reply.type], []).append(said)
    return row

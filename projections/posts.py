"""What was published, whom it shows, and whether it is still there (CONTRACT 3, `/v1/posts`).

Standard library only.
"""

from __future__ import annotations

from ledger.domain import images
from ledger.domain.entries import Entry
from projections.history import History
from projections.told import Row, Told, listed, shown, who

GONE = ("removed", "removed_by_platform")


def posts(history: History, at: int, subject: str | None = None, live: bool | None = None) -> Told:
    """Every post published by `at`; `subject`: those that picture them; `live`: still there."""
    rows = []
    for published in history.of(at, "PostPublished"):
        removed = removals(history, published, at)
        if subject is not None and subject not in published.fields["pictured"]:
            continue
        if live is None or live == (not removed):
            changed = history.stream(published.stream, at, "PostUpdated")
            entries = (published, *removed[:1], *changed)
            row = _post(history, published, removed, changed)
            rows.append((row, {e.position for e in entries}))
    return listed(rows)


def live_with(history: History, subject: str, at: int) -> list[Entry]:
    """The entries that published what pictures the subject and is still there at `at`."""
    published = history.of(at, "PostPublished")
    shows = (e for e in published if subject in e.fields["pictured"])
    return [e for e in shows if not removals(history, e, at)]


def removals(history: History, published: Entry, at: int) -> list[Entry]:
    """What took the post away by `at`: its own removal, or a decision in a case about it."""
    own = history.stream(published.stream, at, "OwnContentRemoved")
    named = history.entries.naming("content", published.key, "ContentDecided")
    decided = [e for e in named if e.fields["decision"] in GONE]
    return history.happened((*own, *decided), at)


def _post(history: History, published: Entry, removed: list[Entry], changed: list[Entry]) -> Row:
    fields = published.fields
    return {
        "post": published.key,
        "account": fields["account"],
        "published_at": shown(published.occurred_at),
        "posted_by": fields.get("posted_by", published.doer),
        "pictured": [
            {"subject": s, "consent": images.state(history.entries, s, published.occurred_at)}
            for s in fields["pictured"]
        ],
        "controversial": fields["controversial"],
        "third_party_material": fields["third_party_material"],
        "live": not removed,
        "removed_at": shown(removed[0].occurred_at) if removed else None,
        **({"updated_at": [shown(e.occurred_at) for e in changed]} if changed else {}),
        **who(published),
    }

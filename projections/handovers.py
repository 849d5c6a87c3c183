"""Hand-overs of accounts: departure, transfer, rotation and acceptance as one, with one status.

Standard library only (ACTIONS.md 5.13). What is to be done next is the status; a leaver who can
get in no more, or still has a role or the moderator office, needs no rotation.
"""

from __future__ import annotations

from ledger.domain import handover
from ledger.domain.entries import Entry
from projections import access, accounts, offices, roles
from projections.credentials import PASSWORD
from projections.history import History
from projections.spans import Span
from projections.told import Row, Told, listed, shown, who

TRANSFER, ROTATION, ACCEPTANCE = (
    "waiting_for_transfer",
    "waiting_for_rotation",
    "waiting_for_acceptance",
)
COMPLETE, REPLACED, CLOSED = "complete", "replaced", "closed"


def handovers(history: History, at: int) -> Told:
    """Every hand-over offered by `at`, in order of time."""
    return listed(_handover(history, offer, at) for offer in history.of(at, "HandoverOffered"))


def unfinished(history: History, at: int) -> Told:
    """`[{account, to, status}]` of those that wait for something."""
    rows = (_handover(history, offer, at) for offer in history.of(at, "HandoverOffered"))
    kept = ("account", "to", "status")
    return listed(
        ({name: row[name] for name in kept}, evidence)
        for row, evidence in rows
        if row["status"] in (TRANSFER, ROTATION, ACCEPTANCE)
    )


def _handover(history: History, offer: Entry, at: int) -> tuple[Row, set[int]]:
    account, to = offer.key, str(offer.fields["to"])
    leads = [(p, s) for (p, role), s in roles.role_spans(history, account, at) if role == "lead"]
    outgoing = _outgoing(offer, leads)
    left = offices.departure(history, outgoing, at) if outgoing else None
    transfer = next((s for p, s in leads if p == to and s.until > offer.occurred_at), None)
    still = [e for e in access.exposed_in(history, account, at) if e.person == outgoing]
    still_in = [way for e in still if e.span.end is None for way in e.by]
    said = [e for e in handover.accepted(history.entries, offer) if e.occurred_at <= at]
    last = next((e for e in said if handover.accepted_in_full(e)), said[-1] if said else None)
    row = {
        "account": account,
        "from": outgoing,
        "to": to,
        **who(offer),
        "offered_at": shown(offer.occurred_at),
        "departed_at": shown(left.occurred_at) if left else None,
        "transferred_at": shown(transfer.start) if transfer else None,
        "rotated_at": _out_since(history, account, outgoing, offer, at),
        "still_in": still_in,
        "accepted_at": shown(last.occurred_at) if last else None,
        "access_tested": last.fields["access_tested"] if last else None,
        "open_items_seen": last.fields["open_items_seen"] if last else None,
        "status": _status(history, offer, at, transfer is not None, bool(still_in), last),
    }
    entries = {e.position for e in (offer, left, last) if e is not None}
    spans = [*(e.span for e in still), *([transfer] if transfer else [])]
    return row, entries | {p for span in spans for p in span.evidence}


def _outgoing(offer: Entry, leads: list[tuple[str, Span]]) -> str | None:
    """Who led when it was offered, else who led last before."""
    before = [(s.until, s.start, p) for p, s in leads if s.start <= offer.occurred_at]
    return max(before)[2] if before else None


def _out_since(
    history: History, account: str, person: str | None, offer: Entry, at: int
) -> str | None:
    """Since when the outgoing lead knows no password of the account any more."""
    ways = access.ways_in(history, account, at).get(person or "", {})
    spans = ways.get(PASSWORD, [])
    ends = [s.end for s in spans if s.end is not None and s.end > offer.occurred_at]
    return shown(max(ends)) if ends and all(s.end is not None for s in spans) else None


def _status(
    history: History, offer: Entry, at: int, transferred: bool, still_in: bool, last: Entry | None
) -> str:
    accepted = last is not None and handover.accepted_in_full(last)
    if transferred and not still_in and accepted:
        return COMPLETE
    life = accounts.lifetimes(history, at).get(offer.key)
    if life is None or life.end is not None:
        return CLOSED
    offers = history.of(at, "HandoverOffered")
    if any(e.stream == offer.stream and e.order > offer.order for e in offers):
        return REPLACED
    if not transferred:
        return TRANSFER
    return ROTATION if still_in else ACCEPTANCE

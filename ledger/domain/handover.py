"""A hand-over of an account: offered to somebody, accepted by them (ACTIONS.md 5.13).

Standard library only.
"""

from __future__ import annotations

from ledger.domain.entries import Entries, Entry


def offered(known: Entries, account: str, person: str) -> list[Entry]:
    """The offers to hand the account over to the person."""
    offers = known.naming("to", person, "HandoverOffered")
    return [e for e in offers if e.stream == f"account/{account}"]


def accepted_in_full(entry: Entry) -> bool:
    """Whether an acceptance says that access was tested and the open items were seen."""
    return bool(entry.fields["access_tested"] and entry.fields["open_items_seen"])


def accepted(known: Entries, offer: Entry) -> list[Entry]:
    """What whoever was offered it has said since, in order of time."""
    told = known.stream(offer.stream)
    since = (e for e in told if e.type == "HandoverAccepted" and e.order > offer.order)
    return sorted((e for e in since if e.doer == offer.fields["to"]), key=lambda e: e.order)

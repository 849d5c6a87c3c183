"""Whether a picture of somebody may be shown: the no-publish list, objections, consent.

Standard library only (ACTIONS.md 5.8, 5.13). An objection acts as the list does, at once, until
SLT or DSP decide on it: they put the subject on the list, or end the block.
"""

from __future__ import annotations

from ledger.domain import standing
from ledger.domain.entries import Entries, Entry

BLOCKS = ("NoPublishAdded", "ImageObjectionRecorded")
LISTING = (*BLOCKS, "NoPublishRemoved")
CONSENT = ("ImageConsentGiven", "ImageConsentWithdrawn")
NO_PUBLISH, OBJECTED = "no_publish", "objected"
NOT_RECORDED, GIVEN, WITHDRAWN = "not_recorded", "given", "withdrawn"


def block(known: Entries, subject: str, at: int) -> Entry | None:
    """The entry by which the subject is kept out of pictures at `at`; None where nothing does."""
    moves = standing.in_order(known.naming("subject", subject, *LISTING), at)
    return moves[-1] if moves and moves[-1].type in BLOCKS else None


def state(known: Entries, subject: str, at: int) -> str:
    """What stood at `at`: `no_publish`, `objected`, `withdrawn`, `given` or `not_recorded`."""
    blocked = block(known, subject, at)
    if blocked is not None:
        return NO_PUBLISH if blocked.type == "NoPublishAdded" else OBJECTED
    agreed = standing.in_order(known.naming("subject", subject, *CONSENT), at)
    if not agreed:
        return NOT_RECORDED
    return GIVEN if agreed[-1].type == "ImageConsentGiven" else WITHDRAWN


def may_be_shown(known: Entries, subject: str, at: int) -> bool:
    """Whether a picture might be published: on no list, no objection, no consent withdrawn."""
    return state(known, subject, at) in (GIVEN, NOT_RECORDED)

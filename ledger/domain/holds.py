"""Legal holds: what must be kept while one is in force. Standard library only."""

from __future__ import annotations

from ledger.domain.entries import Entries, Entry


def in_force(known: Entries) -> list[Entry]:
    """The entries that placed a hold not yet released, by everything known."""
    return [e for e in known.of("LegalHoldPlaced") if not released(known, e)]


def released(known: Entries, placed: Entry) -> bool:
    return any(e.type == "LegalHoldReleased" for e in known.stream(placed.stream))


def held(known: Entries, subject: str) -> bool:
    """Whether a hold that covers the subject is in force, by everything known."""
    return any(
        not released(known, placed)
        for placed in known.naming("subjects", subject, "LegalHoldPlaced")
    )

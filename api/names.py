"""Names of people: sealed beside the log, opened for those whose office needs them."""

from __future__ import annotations

from collections.abc import Callable

from api.tokens import Token
from ledger.domain import standing
from ledger.domain.entries import Entries, Entry
from ledger.evidence import open_value
from ledger.history import Ledger
from ledger.rows import SealedRow

# Until the pages bring a table of roles: who has to know people by name.
MAY_SEE = frozenset(
    (
        "slt",
        "headteacher",
        "moderator",
        "dsp",
        "dpo",
        "chair_of_governors",
        "auditor",
        "investigator",
    )
)


def reader(ledger: Ledger, token: Token) -> Callable[[str], str | None]:
    """Names for whoever holds the token: everybody's, their own alone, or none."""
    known = ledger.entries()
    held = standing.offices(known, token.person, ledger.ports.clock.now())
    sees_all = token.local or bool(held & MAY_SEE)
    return lambda person: (
        name_of(ledger, known, person) if sees_all or person == token.person else None
    )


def name_of(ledger: Ledger, known: Entries, person: str) -> str | None:
    """The name as last changed and corrected; None where not known or erased."""
    named = [e for e in known.naming("person", person, "PersonChanged") if "name" in e.sealed]
    registered = known.naming("person", person, "LedgerOpened", "PersonRegistered")
    outside = known.naming("subject", person, "SubjectRegistered")
    named = named or [*registered, *outside][:1]
    if not named:
        return None
    found = named[-1]
    path = "first_person.name" if found.type == "LedgerOpened" else "name"
    corrections = [
        (e, "set.name")
        for e in known.naming("target", found.record.id, "EntryCorrected")
        if "set.name" in e.record.sealed
    ]
    entry, where = corrections[-1] if corrections else (found, path)
    return _opened(ledger, entry, where)


def _opened(ledger: Ledger, entry: Entry, path: str) -> str | None:
    row = ledger.store.row(SealedRow, (entry.position, path))
    if row is None or row.ciphertext is None:
        return None
    return str(open_value(ledger, entry.record.id, row)[1])

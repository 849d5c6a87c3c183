"""Names of people: sealed beside the log, opened for those whose office needs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api import may, seeing
from ledger.domain import standing
from ledger.domain.entries import Entries, Entry
from ledger.evidence import open_value
from ledger.history import Ledger
from ledger.rows import SealedRow


def reader(ledger: Ledger, roles: may.Roles, person: str) -> Callable[[str], str | None]:
    """Names for `person`, who has these roles: everybody's, or those of registered people."""
    known = ledger.entries()
    sees_all = bool(roles & seeing.VALUES[seeing.OUTSIDERS])

    def name(of: str) -> str | None:
        seen = sees_all or of == person or standing.registered(known, of)
        return name_of(ledger, known, of) if seen else None

    return name


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
    return text_of(ledger, known, found, path)


def text_of(ledger: Ledger, known: Entries, entry: Entry, path: str) -> str | None:
    """A sealed text of an entry as last corrected; None where there is none or it was erased."""
    changed = f"set.{path.rpartition('.')[2]}"
    corrections = [
        (e, changed)
        for e in known.naming("target", entry.record.id, "EntryCorrected")
        if changed in e.record.sealed
    ]
    found, where = corrections[-1] if corrections else (entry, path)
    return _opened(ledger, found, where)


def _opened(ledger: Ledger, entry: Entry, path: str) -> str | None:
    value = value_there(ledger, entry, path)
    return None if value is None else str(value)


def value_there(ledger: Ledger, entry: Entry, path: str) -> Any:
    """A sealed value of an entry; None where it was erased, or does not open.

    A restored database whose keys cannot be opened any more is read without; `fsck` and the
    reason for reading only say which.
    """
    row = ledger.store.row(SealedRow, (entry.position, path))
    if row is None or row.ciphertext is None:
        return None
    try:
        return open_value(ledger, entry.record.id, row)[1]
    except ValueError:
        return None

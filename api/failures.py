"""One line for people about what went wrong; never a traceback, never what somebody typed."""

from __future__ import annotations

import sqlite3

from eventsourcing.persistence import PersistenceError


def explain(error: Exception) -> str:
    """What to say of an error that ended a command."""
    if isinstance(error, (sqlite3.Error, PersistenceError)):
        return f"the database: {error}"
    if type(error).__module__.partition(".")[0] in ("api", "keys", "ledger") and str(error):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'file'}: {error.strerror or error}"
    return f"something broke ({type(error).__name__})"

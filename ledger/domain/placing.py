"""Where each value of a command goes: into the record, or sealed beside it, and under whose key.

Standard library only (ACTIONS.md section 1, personal data column).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.domain.catalogue import Action
from ledger.domain.entries import Entries
from ledger.domain.fields import Field


@dataclass(frozen=True)
class SealedValue:
    """A value to be committed to in the record and kept beside it under the key of `under`:
    `subject:ID` or `stream:STREAM`."""

    path: str
    value: Any
    under: str


def place(
    known: Entries, action: Action, stream: str, fields: Mapping[str, Any], prefix: str = ""
) -> tuple[dict[str, Any], tuple[SealedValue, ...]]:
    """Split the fields of an action into clear ones and sealed values."""
    clear: dict[str, Any] = {}
    hidden: list[SealedValue] = []
    for field in action.all_fields:
        if field.name not in fields:
            continue
        value, path = fields[field.name], prefix + field.name
        if field.sealed:
            hidden.append(SealedValue(path, value, _under(known, field, stream, fields)))
        elif field.kind == "salted":
            salt, _, clear[field.name] = value.rpartition("$")
            hidden.append(SealedValue(f"{path}.salt", salt, key_of(known, stream)))
        elif field.kind == "first_person":
            clear[field.name] = {k: v for k, v in value.items() if k != "name"}
            subject = f"subject:{value['person']}"
            hidden.append(SealedValue(f"{path}.name", value["name"], subject))
        else:
            clear[field.name] = value
    return clear, tuple(hidden)


def _under(known: Entries, field: Field, stream: str, fields: Mapping[str, Any]) -> str:
    subject = subject_of(known, field, fields)
    if field.sealed == "incident" and (incident := _incident(known, fields)):
        return f"stream:incident/{incident}"
    # An erased subject gets no new key: what is said of them later lies under the stream's.
    if subject is None or erased(known, subject):
        return key_of(known, stream)
    return f"subject:{subject}"


def _incident(known: Entries, fields: Mapping[str, Any]) -> str | None:
    """The incident under whose key a reason lies: named there, or by the hold it releases."""
    placed = [e for e in known.stream(f"hold/{fields['hold']}") if e.type == "LegalHoldPlaced"]
    named = [fields, *(e.fields for e in placed)]
    return next((str(f["incident"]) for f in named if f.get("incident")), None)


def key_of(known: Entries, stream: str) -> str:
    """Under whose key the free texts of a stream lie: its own, or the person's it is all about."""
    kind, _, name = stream.partition("/")
    if kind in ("person", "image-subject", "subject") and not erased(known, name):
        return f"subject:{name}"
    return f"stream:{stream}"


def subject_of(known: Entries, field: Field, fields: Mapping[str, Any]) -> str | None:
    """The data subject under whose key a field is sealed; None where it is the stream's."""
    how, name = field.sealed[:1], field.sealed[1:].partition("|")[0]
    if how == "@":
        named: str | None = fields.get(name)
        return named
    if how == "#":
        received = known.stream(f"request/{fields[name]}")
        return str(received[0].fields["subject"]) if received else None
    return None


def erased(known: Entries, subject: str) -> bool:
    """Whether the subject's key was destroyed."""
    return next(known.naming("subject", subject, "SubjectErased"), None) is not None

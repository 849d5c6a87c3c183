"""Correcting a record: which fields it has, what they say now, and whether something changes."""

from __future__ import annotations

from typing import Any

from api.context import ledger
from api.pages import words
from api.records import may_read
from ledger.domain.catalogue import TYPES
from ledger.domain.entries import Entry
from ledger.domain.fields import Field, moment
from ledger.domain.school_time import TimeRefused, format_instant, parse_timestamp

WHEN = moment("occurred_at")


def event_id(text: str) -> str:
    """The event id of a record that the reader may read and names by its number in the log;
    anything else as it is."""
    known = ledger().entries().all
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else len(known)
    return known[number].record.id if number < len(known) and may_read(known[number]) else text


def called(event: str) -> str:
    """A record by its number in the log and what it records, as far as the reader may see it."""
    entry = ledger().entries().by_id(event)
    if entry is None or not may_read(entry):
        return event
    return f"{entry.position}: {words.event(entry.type)}"


def number(event: str) -> str:
    """The number in the log of a record that is named by its event id."""
    entry = ledger().entries().by_id(event)
    return str(entry.position) if entry else event


def target(text: str) -> Entry | None:
    """The record that is meant, where the reader may see it and it can be corrected."""
    entry = ledger().entries().by_id(event_id(text))
    return entry if entry and entry.type in TYPES and may_read(entry) else None


def fields_of(entry: Entry) -> list[Field]:
    """What a correction of the record may change: when it happened, and its fields."""
    action = TYPES[entry.type]
    own = action.stream_field
    return [WHEN, *(f for f in action.all_fields if f.name != own and not f.new)]


def said(entry: Entry, field: Field) -> Any:
    """What the record says in clear now; None where it is sealed or absent."""
    if field is WHEN:
        return format_instant(entry.occurred_at)
    return entry.fields.get(field.name)


def differs(entry: Entry, field: Field, value: Any) -> bool:
    """Whether a value is another than the record has."""
    now = said(entry, field)
    if field.kind == "timestamp" and isinstance(value, str) and isinstance(now, str):
        try:
            # A form tells minutes; what it left alone keeps its seconds.
            return parse_timestamp(value) // 60 != parse_timestamp(now) // 60
        except TimeRefused:
            return True
    return bool(value != now)

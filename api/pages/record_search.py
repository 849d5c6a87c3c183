"""Searching the records: what a form asks for, and which records fit it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from api.pages import words
from ledger.domain import matters
from ledger.domain.catalogue import TYPES
from ledger.domain.entries import Entries, Entry, ids_in
from ledger.domain.school_time import local_date, parse_date
from projections.history import META, OWN
from projections.late import LATE_SECONDS, lag

OCCURRED, RECORDED = "occurred", "recorded"
LATE, REFUSED, CORRECTED = "late", "refused", "corrected"
ONLY = (LATE, REFUSED, CORRECTED)
LONGEST = 200  # of what is typed into one field
FIELDS = ("type", "person", "account", "stream", "from", "to", "by", "only")
Names = Sequence[tuple[str, str]]  # (id, name) of everybody whom the reader may find by name


@dataclass(frozen=True)
class Search:
    """What is looked for; empty is everything. Days are London's, both included, by `by`."""

    type: str = ""
    person: str = ""
    account: str = ""
    stream: str = ""
    first: date | None = None
    last: date | None = None
    by: str = OCCURRED
    only: str = ""

    def fits(self, entry: Entry) -> bool:
        """Whether a record is one of those looked for."""
        return (
            self.type in ("", entry.type)
            and self.stream in ("", entry.stream)
            and (not self.person or self.person in people(entry))
            and (not self.account or self.account in _ids(entry))
            and self._in_time(entry)
            and (not self.only or self.only in marks(entry))
        )

    def _in_time(self, entry: Entry) -> bool:
        if self.first is None and self.last is None:
            return True
        day = local_date(entry.record.time if self.by == RECORDED else entry.occurred_at)
        return (self.first or day) <= day <= (self.last or day)


def people(entry: Entry) -> frozenset[str]:
    """Everybody whom a record is by, of, or about."""
    more = frozenset(entry.fields.get("reference_ids", ())) if entry.type in OWN else frozenset()
    return matters.named_in(entry) | {entry.record.actor, entry.doer} | more


def _ids(entry: Entry) -> frozenset[str]:
    """What a record belongs to or refers to, by id."""
    more = entry.fields.get("reference_ids", ()) if entry.type in OWN else ()
    return frozenset({entry.key, *(value for _, value in ids_in(entry.type, entry.fields)), *more})


def marks(entry: Entry) -> frozenset[str]:
    """What is special about a record: recorded late, a refusal, corrected or annulled since."""
    found = {
        LATE: entry.type not in OWN and lag(entry) > LATE_SECONDS,
        REFUSED: entry.type == "CommandRefused",
        CORRECTED: entry.annulled or entry.corrected_at is not None,
    }
    return frozenset(name for name, holds in found.items() if holds)


def types() -> list[tuple[str, str]]:
    """(type, words) of every kind of record, by their words."""
    kinds = (*TYPES, *(kind for kind in OWN if kind not in META))
    return sorted(((kind, words.event(kind)) for kind in kinds), key=lambda k: k[1].lower())


def newest(known: Entries, search: Search, before: int) -> Iterator[Entry]:
    """The records that fit, the last recorded first, of those before a position."""
    return (known.all[p] for p in range(before - 1, -1, -1) if search.fits(known.all[p]))


def read(
    given: Mapping[str, str], names: Names, known: Entries | None
) -> tuple[Search, dict[str, str]]:
    """What a form asks for, and by field what is wrong with it, in words.

    `known` are the entries in which an id may be looked for; None where the reader may not know
    which there are.
    """
    wrong: dict[str, str] = {}
    long = [name for name in FIELDS if len(given.get(name, "")) > LONGEST]
    wrong.update({name: _("This is too long to be looked for.") for name in long})
    text = {name: "" if name in long else given.get(name, "").strip() for name in FIELDS}
    if text["type"] and text["type"] not in dict(types()):
        wrong["type"] = _("There is no such kind of record. Choose one of the list.")
    if text["only"] not in ("", *ONLY):
        wrong["only"] = _("Choose one of the list.")
    first, last = (_day(text[name], name, wrong) for name in ("from", "to"))
    if first and last and last < first:
        wrong["to"] = _("The last day is before the first. Turn them round.")
    person = _person(text["person"], names, known, wrong)
    by = RECORDED if text["by"] == RECORDED else OCCURRED
    kept = (text["type"], person, text["account"], text["stream"], first, last, by, text["only"])
    return Search(*kept), wrong


def _day(text: str, name: str, wrong: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        return parse_date(text)
    except ValueError:
        wrong[name] = _("This is no date. Write year, month and day: 2026-10-06.")
        return None


def _person(text: str, names: Names, known: Entries | None, wrong: dict[str, str]) -> str:
    """The id of somebody who is typed by name, a part of it, or id."""
    if not text or text in dict(names):
        return text
    wanted = text.casefold()
    alike = [who for who, name in names if name.casefold() == wanted]
    alike = alike or [who for who, name in names if wanted in name.casefold()]
    if len(alike) == 1:
        return alike[0]
    if alike:
        told = ", ".join(dict(names)[who] for who in alike[:5])
        wrong["person"] = _("Several people are called that: %(names)s. Type more.", names=told)
    elif known is None or not known.mentions(text):
        wrong["person"] = _("Nobody of this name is known here. Look at how it is spelt.")
    return text

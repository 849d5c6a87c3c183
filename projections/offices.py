"""Who holds which office when, who has left, what kind of person somebody is.

Standard library only. Intervals as in ACTIONS.md section 7: an office starts with the
registration or its assignment and ends with its end or the departure.
"""

from __future__ import annotations

from ledger.domain import presence
from ledger.domain.entries import Entry
from ledger.domain.presence import REGISTRATIONS
from projections.history import FOREVER, History, remembered
from projections.spans import Holding, Span

MOVES = (*REGISTRATIONS, "OfficeAssigned", "OfficeEnded", *presence.LEAVING)
Office = tuple[str, str]


@remembered
def office_spans(history: History, until: int = FOREVER) -> list[tuple[Office, Span]]:
    """((person, office), span) of everybody, from what had happened by `until`.

    Somebody departed holds no office, whatever they were given afterwards, unless they return:
    then offices are given anew.
    """
    holding: Holding[Office] = Holding()
    gone: set[str] = set()
    for entry in history.of(until, *MOVES):
        person = str(entry.fields.get("first_person", entry.fields)["person"])
        if entry.type == "ReturnRecorded":
            gone.discard(person)
        elif person not in gone:
            _office(holding, entry)
        if entry.type == "PersonDeparted":
            gone.add(person)
    return holding.spans()


def _office(holding: Holding[Office], entry: Entry) -> None:
    fields = entry.fields
    if entry.type in REGISTRATIONS:
        first = fields.get("first_person", fields)
        for office in first["offices"]:
            holding.start((first["person"], office), entry)
    elif entry.type == "OfficeAssigned":
        holding.start((fields["person"], fields["office"]), entry)
    elif entry.type == "OfficeEnded":
        holding.stop((fields["person"], fields["office"]), entry)
    else:
        holding.stop_all(entry, lambda key: key[0] == fields["person"])


def moderator_spans(history: History, until: int) -> dict[str, list[Span]]:
    """Person → when they held the moderator office."""
    found: dict[str, list[Span]] = {}
    for (person, office), span in office_spans(history, until):
        if office == "moderator":
            found.setdefault(person, []).append(span)
    return found


@remembered
def people(history: History) -> dict[str, Entry]:
    """Everybody registered → the entry that registered them."""
    return {
        str(e.fields.get("first_person", e.fields)["person"]): e
        for e in history.of(FOREVER, *REGISTRATIONS)
    }


def kind_of(history: History, person: str, at: int) -> str:
    """`staff`, `volunteer`, `parent`, `governor` or `external` then; empty for nobody known."""
    return presence.kind_of(history.entries, person, at)


def departure(history: History, person: str, until: int) -> Entry | None:
    """The departure of the person that had happened by `until` and saw no return since."""
    moves = [e for e in history.of(until, *presence.LEAVING) if e.fields["person"] == person]
    since = [n for n, e in enumerate(moves) if e.type == "ReturnRecorded"]
    return next(iter(moves[since[-1] + 1 if since else 0 :]), None)


def erasure(history: History, subject: str, until: int) -> Entry | None:
    """The entry that erased the subject by `until`."""
    erased = history.of(until, "SubjectErased")
    return next((e for e in erased if e.fields["subject"] == subject), None)

"""Who holds which office and which account role at a moment, as known now.

Standard library only: rules ask it when a command arrives, and the auditor's verifier asks it
again at every record (ACTIONS.md sections 3 and 7). Intervals are half-open: at the second of a
departure the person holds nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any

from ledger.domain import presence
from ledger.domain.catalogue import EDITION
from ledger.domain.entries import Entries, Entry
from ledger.domain.presence import departed as departed
from ledger.domain.presence import kind_of as kind_of
from ledger.domain.presence import registered as registered

# Some people, by whether a person is one of them: nobody else need be asked for.
Group = Callable[[str], bool]

SYSTEM = "system"
# Who acts where nobody holds the office: the first of these that somebody active holds.
STANDS_IN = {
    "slt": ("chair_of_governors", "headteacher", "governor"),
    "moderator": ("slt", "chair_of_governors", "headteacher", "governor"),
}
PERSON_TYPES = (*presence.REGISTRATIONS, "OfficeAssigned", "OfficeEnded", *presence.LEAVING)


def offices(entries: Entries, person: str, at: int) -> frozenset[str]:
    """The offices the person holds at the instant `at`.

    Somebody departed holds none, whatever they were given afterwards; after a return they are
    given anew.
    """
    held: set[str] = set()
    gone = False
    for entry in in_order(entries.naming("person", person, *PERSON_TYPES), at):
        if entry.type in presence.LEAVING:
            gone = entry.type == "PersonDeparted"
            held = set() if gone else held
        elif not gone:
            _office(held, entry)
    return frozenset(held)


def _office(held: set[str], entry: Entry) -> None:
    if entry.type == "OfficeEnded":
        held.discard(entry.fields["office"])
    elif entry.type == "OfficeAssigned":
        held.add(entry.fields["office"])
    else:
        held.update(_registration(entry)["offices"])


def holders(entries: Entries, office: str, at: int) -> frozenset[str]:
    """Everybody who holds the office at the instant `at`."""
    named = entries.of(*presence.REGISTRATIONS, "OfficeAssigned")
    people = {str(_registration(e)["person"]) for e in named}
    return frozenset(p for p in people if office in offices(entries, p, at))


def holds(
    entries: Entries,
    person: str,
    office: str,
    at: int,
    set_aside: frozenset[str] = frozenset(),
    edition: int = EDITION,
) -> bool:
    """Whether the person holds the office, or stands in while nobody else can act.

    `set_aside` are those who may not act in this matter (the applicant, say); who is absent or
    suspended counts as one of them. Where every holder is set aside, the next in line acts
    (ACTIONS.md section 2). Somebody suspended holds nothing.
    """
    line = _line(entries, office, at, edition)
    return _first(entries, person, line, at, set_aside)


def acts(
    entries: Entries,
    person: str,
    order: tuple[str, ...],
    at: int,
    set_aside: frozenset[str],
    edition: int = EDITION,
) -> bool:
    """The same, where others come before: the holders of each office of `order`, the last of them
    with those who stand in for it."""
    before = (_holding(entries, office, at) for office in order[:-1])
    line = _line(entries, order[-1], at, edition)
    return _first(entries, person, chain(before, line), at, set_aside)


def _first(
    entries: Entries,
    person: str,
    line: Iterable[Group],
    at: int,
    set_aside: frozenset[str],
) -> bool:
    """Whether the person is of the first group in which somebody can act, or of one before it."""
    if presence.suspended(entries, person, at):
        return False
    for acting in line:
        if acting(person):
            return True
        others = (p for p in _people(entries) if p not in set_aside and acting(p))
        if any(not presence.away(entries, p, at) for p in others):
            return False
    return False


def _people(entries: Entries) -> Iterator[str]:
    """Everybody who may hold an office, in any order: one who does is enough."""
    named = entries.some(*presence.REGISTRATIONS, "OfficeAssigned")
    seen: set[str] = set()
    for person in (str(_registration(e)["person"]) for e in named):
        if person not in seen:
            yield person
        seen.add(person)


def _line(entries: Entries, office: str, at: int, edition: int) -> Iterator[Group]:
    """Who acts in an office: its holders, then one group after the other of those who stand in.

    Since edition 2 whoever is left acts last of all, staff first, so that somebody always can.
    """
    yield _holding(entries, office, at)
    for acting in STANDS_IN.get(office, ()):
        yield _holding(entries, acting, at)
    if office in STANDS_IN and edition >= 2:
        yield _holding(entries, "moderator", at)
        left = partial(presence.active, entries, at=at)
        yield lambda person: left(person) and kind_of(entries, person, at) == "staff"
        yield left


def _holding(entries: Entries, office: str, at: int) -> Group:
    return lambda person: office in offices(entries, person, at)


def roles(entries: Entries, account: str, at: int) -> frozenset[tuple[str, str]]:
    """The (person, role) pairs on the account at the instant `at`."""
    held: set[tuple[str, str]] = set()
    for entry in in_order(_of_account(entries, account), at):
        if entry.type == "AccountCreated":
            held |= _named_in_application(entries, entry)
        elif entry.type == "AccountClosed":
            held.clear()
        elif entry.type == "AccountRoleAssigned":
            held.add((entry.fields["person"], entry.fields["role"]))
        elif entry.type == "AccountRoleEnded":
            held.discard((entry.fields["person"], entry.fields["role"]))
        elif entry.type == "LeadTransferred":
            held.discard((entry.fields["from"] or "", "lead"))
            held.add((entry.fields["to"], "lead"))
        else:
            held = {pair for pair in held if pair[0] != entry.fields["person"]}
    return frozenset(held)


def runs_or_oversees(
    entries: Entries, person: str, account: str | None, at: int, edition: int = EDITION
) -> bool:
    """RMS: lead or runner of the account at `at`, or moderator, or SLT (section 3, notes)."""
    if account and any(p == person for p, _ in roles(entries, account, at)):
        return not presence.suspended(entries, person, at)
    offices_asked = ("moderator", "slt")
    return any(holds(entries, person, o, at, edition=edition) for o in offices_asked)


def in_order(entries: Iterable[Entry], at: int) -> list[Entry]:
    """Those that had happened by `at`, by `occurred_at`, then position."""
    return sorted({e.position: e for e in entries if e.occurred_at <= at}.values(), key=_order)


def _order(entry: Entry) -> tuple[int, int]:
    return entry.order


def _registration(entry: Entry) -> dict[str, Any]:
    first: dict[str, Any] = entry.fields.get("first_person", entry.fields)
    return first


def _of_account(entries: Entries, account: str) -> Iterable[Entry]:
    own = [
        e
        for e in entries.stream(f"account/{account}")
        if e.type in ("AccountCreated", "AccountClosed", "AccountRoleAssigned")
        or e.type in ("AccountRoleEnded", "LeadTransferred")
    ]
    people = {p for e in own for p in _people_named(entries, e)}
    return [*own, *(e for p in people for e in entries.naming("person", p, "PersonDeparted"))]


def _people_named(entries: Entries, entry: Entry) -> Iterable[str]:
    if entry.type == "AccountCreated":
        return [person for person, _ in _named_in_application(entries, entry)]
    return [entry.fields[f] for f in ("person", "to") if f in entry.fields]


def _named_in_application(entries: Entries, created: Entry) -> set[tuple[str, str]]:
    """Who the approved application names, without those who had left when it was created."""
    asked = submission(entries, created.fields.get("application"))
    return {
        (r["person"], r["role"])
        for r in (asked.fields["runners"] if asked else ())
        if not departed(entries, r["person"], created.occurred_at)
    }


def submission(entries: Entries, application: str | None) -> Entry | None:
    """The entry that submitted the application, if there is one."""
    found = entries.stream(f"application/{application}")
    return next((e for e in found if e.type == "AccountApplicationSubmitted"), None)

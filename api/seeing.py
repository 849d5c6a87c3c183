"""Which sealed values somebody may be shown: the one table, by role and by case, beside `api.may`.

Pages, API and evidence files all ask here. What somebody wrote they may see again; what lies in a
case nobody sees whom the case is about. Restricted incidents have a circle of their own
(`api.circle`), and no file shows anything of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from api import may
from ledger.domain import interests, matters, standing
from ledger.domain.entries import Entries, Entry

COLLEAGUES, OUTSIDERS, ACCOUNTS, VAULT = "colleagues", "outsiders", "accounts", "vault"
ENQUIRIES, CASES, RIGHTS, CONDUCT = "enquiries", "cases", "rights", "conduct"
PEOPLE, REFUSALS, SALTS, OTHERS = "people", "refusals", "salts", "others"

_SLT, _CHAIR, _LOOKS_INTO = may.SLT, may.CHAIR, may.INVESTIGATOR
_RECORDS = frozenset((_SLT, may.MODERATOR, may.AUDITOR, _LOOKS_INTO))
# What kind of value → the roles that may see all of it.
VALUES: Mapping[str, may.Roles] = {
    COLLEAGUES: may.EVERYONE,
    OUTSIDERS: may.RIGHTS | {_LOOKS_INTO},
    ACCOUNTS: _RECORDS | {_CHAIR},
    VAULT: frozenset((_SLT, may.MODERATOR)),
    ENQUIRIES: _RECORDS | {_CHAIR, may.DPO},
    CASES: frozenset((_SLT, _CHAIR, _LOOKS_INTO)),
    RIGHTS: frozenset((_SLT, may.MODERATOR, may.DPO, _CHAIR)),
    CONDUCT: frozenset((_SLT, _CHAIR, _LOOKS_INTO)),
    PEOPLE: frozenset((_SLT, _CHAIR)),
    REFUSALS: _RECORDS,
    SALTS: _RECORDS,
    OTHERS: _RECORDS | {_CHAIR},
}
# What kind of value → what it is, and who else sees it because the case is theirs.
WORDS: Mapping[str, tuple[str, str]] = {
    COLLEAGUES: ("names of people in the register", ""),
    OUTSIDERS: ("names of pupils, parents and others outside it", "their own"),
    ACCOUNTS: (
        "words in applications, accounts, posts and findings",
        "who leads or runs the account",
    ),
    VAULT: ("where a password lies, and what roles are called there", "who leads or runs it"),
    ENQUIRIES: ("words in messages and mentions", "who leads or runs the account"),
    CASES: ("words in incidents and holds", "who is involved in the incident; nobody it is about"),
    RIGHTS: ("words in requests about personal data", ""),
    CONDUCT: ("words in concerns, advice, opinions and mistakes", ""),
    PEOPLE: ("words about a person: absence, suspension, change", "the person"),
    REFUSALS: ("salts of what was refused", ""),
    SALTS: ("salts of files", "who is involved in the incident"),
    OTHERS: ("all other words: the policy, training, reviews, corrections", ""),
}
_OF_STREAM = {
    "application": ACCOUNTS,
    "account": ACCOUNTS,
    "post": ACCOUNTS,
    "finding": ACCOUNTS,
    "credential": VAULT,
    "enquiry": ENQUIRIES,
    "mention": ENQUIRIES,
    "incident": CASES,
    "hold": CASES,
    "request": RIGHTS,
    "concern": CONDUCT,
    "advice": CONDUCT,
    "opinion": CONDUCT,
    "mistake": CONDUCT,
    "scope": CONDUCT,
    "learner-contact": CONDUCT,
    "person": PEOPLE,
    "subject": PEOPLE,
    "image-subject": PEOPLE,
    "refusal": REFUSALS,
}
_NAMES = ("PersonRegistered", "PersonChanged", "LedgerOpened", "SubjectRegistered")
_VAULT_PATHS = ("vault_ref", "platform_role", "recovery_owner")

Sees = Callable[[Entry, str], bool]


@dataclass(frozen=True)
class Reader:
    """Somebody with the roles they have at an instant (`api.may.roles_of`)."""

    person: str
    roles: may.Roles
    at: int


def reader(known: Entries, person: str, at: int) -> Reader:
    """Who asks, with their roles now."""
    return Reader(person, may.roles_of(known, person, at), at)


def kind_of(known: Entries, entry: Entry, path: str) -> str:
    """What kind of value lies at a path of an entry."""
    last = path.rpartition(".")[2]
    if last == "name" and entry.type in _NAMES:
        return COLLEAGUES if standing.registered(known, _named(entry)) else OUTSIDERS
    if last == "salt":
        return SALTS
    if last in _VAULT_PATHS:
        return VAULT
    return _OF_STREAM.get(entry.stream.partition("/")[0], OTHERS)


def sees(known: Entries, who: Reader) -> Sees:
    """Whether the value at a path of an entry may be shown to `who`."""
    theirs = lru_cache(maxsize=None)(lambda stream: _is_theirs(known, who, stream))

    def seen(entry: Entry, path: str) -> bool:
        if entry.type == "Sealed" or may.NOBODY in who.roles:
            return False
        kind = kind_of(known, entry, path)
        if who.person in _about(known, entry):
            return kind == COLLEAGUES
        own = who.person in (entry.record.actor, entry.doer) or _names_self(entry, who)
        return own or bool(who.roles & VALUES[kind]) or theirs(_case(known, entry))

    return seen


def _named(entry: Entry) -> str:
    first = entry.fields.get("first_person")
    return str(first["person"] if first else entry.fields.get("person") or entry.key)


def _names_self(entry: Entry, who: Reader) -> bool:
    """A name of theirs, or words in their own stream."""
    return _named(entry) == who.person and entry.stream.partition("/")[0] in ("person", "subject")


def _incident(known: Entries, entry: Entry) -> str:
    """The incident that an entry belongs to, or its hold; empty where it is of none."""
    kind, _, key = entry.stream.partition("/")
    if kind == "hold":
        placed = (e.fields for e in known.stream(entry.stream) if e.type == "LegalHoldPlaced")
        return str(next(placed, {}).get("incident") or "")
    return key if kind == "incident" else ""


def _case(known: Entries, entry: Entry) -> str:
    """The stream of the case that an entry belongs to: a hold to its incident, others their own."""
    incident = _incident(known, entry)
    return f"incident/{incident}" if incident else entry.stream


def _about(known: Entries, entry: Entry) -> frozenset[str]:
    incident = _incident(known, entry)
    return interests.about(known, incident) if incident else frozenset()


def _is_theirs(known: Entries, who: Reader, stream: str) -> bool:
    """Whether the case is theirs: involved in the incident, or they run the account."""
    kind, _, key = stream.partition("/")
    if kind == "incident":
        return who.person in matters.involved(known, key)
    accounts = {key} if kind in ("account", "credential") else _accounts(known, stream)
    return any(
        who.person == person
        for name in accounts
        for person, _ in standing.roles(known, name, who.at)
    )


def _accounts(known: Entries, stream: str) -> set[str]:
    if stream.partition("/")[0] not in ("enquiry", "post", "mention"):
        return set()
    told = known.stream(stream)
    return {str(e.fields["account"]) for e in told if e.fields.get("account")}

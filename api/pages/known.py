"""What the pages of accounts tell besides the answers: lives of accounts, and what is kept for one.

Whoever may ask for the accounts may know when each began and ended and who owns which recovery
contact. Where the password lies and what a role is called on the platform are sealed: they are
opened for those who run the account, the moderator and the leadership team.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from flask import g

from api import names
from api.context import ledger, state
from api.pages import account_rows
from ledger.domain import standing
from ledger.domain.school_time import in_london, parse_timestamp
from projections import accounts, credentials, presence
from projections.history import History
from projections.spans import Span

SUSPENDED, AWAY, LEFT = "suspended", "away", "left"
Key = TypeVar("Key")


@dataclass(frozen=True)
class Life:
    """An account from its creation to its closing (instants); both records by position."""

    account: str
    handle: str | None
    url: str | None
    start: int
    end: int | None

    def holds(self, at: int) -> bool:
        return self.start <= at and (self.end is None or at < self.end)


@dataclass(frozen=True)
class Way:
    """Somebody's recovery contact or role on the platform, `since` a moment (ISO 8601).

    `kind` is the kind of contact, or what the platform calls the role (None: not for this reader).
    """

    person: str
    kind: str | None
    since: str
    full_control: bool = False


@dataclass(frozen=True)
class Kept:
    """What is kept for an account at a moment. `vault` is where the password lies, in words.

    `vault` is None where the reader may not know (`may_know`), nothing was stored or it was erased.
    """

    version: int | None
    stored_at: str | None
    vault: str | None
    may_know: bool
    contacts: tuple[Way, ...]
    platform: tuple[Way, ...]


def lives(known_at: str | None = None) -> dict[str, Life]:
    """Every account that had been created as known then, closed ones too; by id."""
    with state().asking() as log:
        history = log.known(_instant(known_at))
        found = accounts.lifetimes(history)
        return {name: _life(history, name, span) for name, span in found.items()}


def _life(history: History, name: str, span: Span) -> Life:
    fields = history.at(span.began).fields
    return Life(name, fields.get("handle"), fields.get("url"), span.start, span.end)


def kept(account: str, at: int, known_at: str | None = None) -> Kept:
    """What was kept for the account at that instant, as the reader may be told it."""
    with state().asking() as log:
        history = log.known(_instant(known_at))
        told = may_know(account)
        version = next(iter(_now(credentials.versions(history, account, at), at)), None)
        contacts = _now(credentials.recovery(history, account, at), at)
        platform = _now(credentials.platform_roles(history, account, at), at)
        return Kept(
            version=version[0] if version else None,
            stored_at=in_london(version[1].start) if version else None,
            vault=_text(history, version[1], "vault_ref") if version and told else None,
            may_know=told,
            contacts=tuple(Way(owner, kind, in_london(s.start)) for (owner, kind), s in contacts),
            platform=tuple(_role(history, person, s, told) for (person, _), s in platform),
        )


def absences(person: str, known_at: str | None = None) -> list[tuple[str, str, str | None]]:
    """(SUSPENDED, AWAY or LEFT, from, until) of a person, from what has begun by now."""
    now = state().now()
    with state().asking() as log:
        history = log.known(_instant(known_at))
        barred = presence.suspensions(history, person, now)
        away = [s for s in presence.away_spans(history, person, now) if s not in barred]
        gone = presence.gone_spans(history, person, now)
    return [
        (kind, in_london(s.start), None if s.end is None else in_london(s.end))
        for kind, spans in ((SUSPENDED, barred), (AWAY, away), (LEFT, gone))
        for s in spans
    ]


def may_know(account: str) -> bool:
    """Whether the reader runs this account now, or is of those who keep all of them."""
    known, now = ledger().entries(), state().now()
    runs = {person for person, _ in standing.roles(known, account, now)}
    return bool(g.roles & account_rows.KEEPERS) or g.token.person in runs


def concerning(evidence: Iterable[int], keys: Collection[str]) -> set[int]:
    """Of these positions, those of records in the streams of these accounts or people."""
    entries = ledger().entries().all
    return {position for position in evidence if entries[position].key in keys}


def _now(spans: Iterable[tuple[Key, Span]], at: int) -> list[tuple[Key, Span]]:
    return [(key, span) for key, span in spans if span.holds(at)]


def _role(history: History, person: str, span: Span, told: bool) -> Way:
    granted = history.at(span.began).fields
    called = _text(history, span, "platform_role") if told else None
    return Way(person, called, in_london(span.start), granted.get("full_control") is True)


def _text(history: History, span: Span, path: str) -> str | None:
    return names.text_of(ledger(), history.entries, history.at(span.began), path)


def _instant(text: str | None) -> int | None:
    return None if text is None else parse_timestamp(text)

"""The tables there are, and which of their rows a record may change.

Standard library only. A row is something that was so from one moment to another, for one account
or person, its *scope*; the folds say what the rows are, and nothing here knows better.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from ledger.domain.entries import Entry
from projections import credentials, offices, roles
from projections.credentials import OUTSIDER, PASSWORD, PLATFORM, RECOVERY, SESSION
from projections.history import History, with_corrections
from projections.spans import Span

# What a person says or learns: it moves no role, office or access.
QUIET = ("PolicyAcknowledged", "DisclaimerChecked", "DepartureNoticeGiven")


@dataclass(frozen=True, order=True)
class Row:
    """Something that was so in `[start, end)`, instants in seconds UTC; `end` None still is.

    `key` has a text for each column of the view; `began` and `ended` are the positions of the
    entry that opened the interval and of the one that closed it, each with its corrections.
    """

    key: tuple[str, ...]
    start: int
    end: int | None
    began: tuple[int, ...]
    ended: tuple[int, ...]

    def by(self, until: int) -> Row | None:
        """The row from what had happened by `until`; None where it had not begun."""
        if self.start > until:
            return None
        if self.end is None or self.end <= until:
            return self
        return replace(self, end=None, ended=())


@dataclass(frozen=True)
class View:
    """One table: its columns, the first of which is the scope.

    `concerns` gives the scopes whose rows an entry, the last one of the history, may change.
    """

    name: str
    columns: tuple[str, ...]
    concerns: Callable[[History, Entry], Iterable[str]]
    rows: Callable[[History, str], Iterator[tuple[tuple[str, ...], Span]]]

    def fold(self, history: History, scope: str) -> set[Row]:
        """What the folds say of a scope, however late it happened."""
        return {
            Row(
                (scope, *key),
                span.start,
                span.end,
                with_corrections(history, {span.began}),
                with_corrections(history, span.evidence - {span.began}),
            )
            for key, span in self.rows(history, scope)
        }


def _accounts(history: History, entry: Entry) -> Iterable[str]:
    """The account an entry is about; all of them where it is about a person or an application.

    A correction or an annulment stands in the stream of its target.
    """
    kind, _, key = entry.stream.partition("/")
    if kind in ("account", "credential"):
        return [key]
    return _all_accounts(history) if kind == "application" or _is_of_people(entry) else ()


def _people(history: History, entry: Entry) -> Iterable[str]:
    """The person an entry is about: an office is nobody else's."""
    if not _is_of_people(entry):
        return ()
    first = entry.fields.get("first_person")
    return [str(first["person"]) if first else entry.key]


def _is_of_people(entry: Entry) -> bool:
    if entry.type == "LedgerOpened":
        return True
    return entry.stream.startswith("person/") and entry.type not in QUIET


def _all_accounts(history: History) -> Iterable[str]:
    types = (*roles.MOVES, "CredentialStored", "CredentialRotated", "PlatformAccessGranted")
    return {e.key for e in history.entries.of(*types, "RecoveryContactChanged")}


def _roles(history: History, account: str) -> Iterator[tuple[tuple[str, ...], Span]]:
    yield from roles.role_spans(history, account)


def _access(history: History, account: str) -> Iterator[tuple[tuple[str, ...], Span]]:
    for (person, version), span in credentials.passwords(history, account):
        yield (person, PASSWORD, str(version)), span
    for (person, role), span in credentials.platform_roles(history, account):
        yield (person, PLATFORM, role), span
    for (person, kind), span in credentials.recovery(history, account):
        yield (person, RECOVERY, kind), span
    for person, span in credentials.sessions(history, account):
        yield (person, SESSION, ""), span
    for inside, _ in credentials.outsiders(history, account):
        if inside.start < inside.until:
            yield (OUTSIDER, PASSWORD, str(inside.began)), inside


def _offices(history: History, person: str) -> Iterator[tuple[tuple[str, ...], Span]]:
    for (who, office), span in offices.office_spans(history):
        if who == person:
            yield (office,), span


VIEWS = (
    View("roles", ("account", "person", "role"), _accounts, _roles),
    View("access", ("account", "person", "way", "what"), _accounts, _access),
    View("offices", ("person", "office"), _people, _offices),
)


def view_named(name: str) -> View:
    return next(view for view in VIEWS if view.name == name)

"""What belongs to a case: one incident, account or person (ACTIONS.md 7, docs/format.md 11).

Standard library only. The service chooses by it what a case file shows; the verifier asks it again
of the records that are shown, so that a stream they call for cannot be left out. A case is made of
whole streams, and of single entries elsewhere that name it.

* incident: its stream, the enquiry and the finding it came from; alone: entries elsewhere that
  name it, and what was linked to it.
* account: its stream, that of its credential, the applications it rests on, and the enquiries,
  posts and incidents that name it; alone: other entries that name it.
* person: their stream, and the accounts, applications and credentials that name them; alone: what
  else names them, or was done or typed by them.

What was said about a single entry (corrections, annulments) goes with it. The streams `ledger` and
`keyring` belong to every case, with that of everybody who acted in it or is named in an account.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.domain.catalogue import TYPES
from ledger.domain.entries import Entries, Entry, ids_in
from ledger.domain.shown import SENSELESS, Shown
from ledger.proof.completeness import NOBODY
from ledger.proof.order import is_never_withheld
from ledger.proof.record import Record
from ledger.proof.report import Finding, found

EVERY_CASE = ("keyring", "ledger")
# Kinds of stream that are about an account, and those that say who may get into one.
ABOUT_ACCOUNT = ("application", "enquiry", "incident", "post")
ACCESS = ("account", "application", "credential")


@dataclass(frozen=True)
class Case:
    """The streams that are shown whole, and the positions of what is shown alone."""

    streams: frozenset[str]
    alone: frozenset[int]

    def shows(self, entry: Entry) -> bool:
        """Whether the entry is shown."""
        return entry.stream in self.streams or entry.position in self.alone


def case_of(known: Entries, scope: Mapping[str, str]) -> Case:
    """What belongs to the case that `scope` names (`{"incident": id}` …), of the entries known.

    Of a range of dates (`{"from": …, "to": …}`) only what belongs to every case: the range itself
    is a matter of positions.
    """
    kind, name = next(iter(scope.items()))
    streams, alone = _CASES[kind](known, name) if kind in _CASES else (set(), set())
    alone |= {e.position for e in known.all if e.fields.get("target") in _ids(known, alone)}
    shown = [e for e in known.all if e.stream in streams or e.position in alone]
    return Case(frozenset(streams | with_people(known, shown)), frozenset(alone))


def with_people(known: Entries, shown: Iterable[Entry]) -> set[str]:
    """The streams that go with any entries shown: of the ledger, its keys, and who acted.

    Whoever acted in one of these streams goes with them too, and so on.
    """
    streams: set[str] = set()
    wanted = set(EVERY_CASE) | _people(shown)
    while wanted - streams:
        new = wanted - streams
        streams |= new
        wanted |= _people(e for stream in new for e in known.whole(stream))
    return streams


def _people(entries: Iterable[Entry]) -> set[str]:
    found: set[str] = set()
    for entry in entries:
        if is_never_withheld(entry.stream):
            found.add(entry.stream)
        if entry.record.actor not in NOBODY:
            found.add(f"person/{entry.record.actor}")
        if entry.stream.partition("/")[0] in ACCESS:
            found |= {f"person/{person}" for person in _named(entry)}
    return found


def _named(entry: Entry) -> Iterator[str]:
    """The registered people that an entry names."""
    declared = TYPES[entry.type].fields if entry.type in TYPES else ()
    who = {f.name for f in declared if f.refers == "person" or f.kind == "runners"}
    yield from (value for name, value in ids_in(entry.type, entry.fields) if name in who)


def _incident(known: Entries, name: str) -> tuple[set[str], set[int]]:
    streams, alone = {f"incident/{name}"}, set()
    for entry in known.all:
        if entry.stream == f"incident/{name}":
            for field, kind in (("from_enquiry", "enquiry"), ("from_finding", "finding")):
                streams |= {f"{kind}/{said}" for said in _said(entry, field)}
            alone |= {e.position for e in map(known.by_id, _said(entry, "target")) if e}
        elif name in (*_said(entry, "incident"), *_said(entry, "about")):
            alone.add(entry.position)
    return streams, alone


def _account(known: Entries, name: str) -> tuple[set[str], set[int]]:
    streams, alone = {f"account/{name}", f"credential/{name}"}, set()
    for entry in known.all:
        if entry.stream == f"account/{name}":
            streams |= {f"application/{said}" for said in _said(entry, "application")}
        if name in (*_said(entry, "account"), *_said(entry, "existing_account")):
            if entry.stream.partition("/")[0] in ABOUT_ACCOUNT:
                streams.add(entry.stream)
            else:
                alone.add(entry.position)
    return streams, alone


def _person(known: Entries, name: str) -> tuple[set[str], set[int]]:
    streams, alone = {f"person/{name}"}, set()
    for entry in known.all:
        named = any(value == name for _, value in ids_in(entry.type, entry.fields))
        if named and entry.stream.partition("/")[0] in ACCESS:
            streams.add(entry.stream)
        elif named or name in (entry.record.actor, entry.record.doneby):
            alone.add(entry.position)
    accounts = {s.partition("/")[2] for s in streams if s.startswith(("account/", "credential/"))}
    for entry in known.all:
        used = entry.type == "AccountCreated" and f"application/{entry.fields.get('application')}"
        if used in streams:
            accounts.add(entry.key)
    for account in accounts:
        streams |= _account_itself(known, account)
    return streams, alone


def _account_itself(known: Entries, account: str) -> set[str]:
    created = (e for e in known.whole(f"account/{account}") if e.type == "AccountCreated")
    asked = {f"application/{said}" for e in created for said in _said(e, "application")}
    return {f"account/{account}", f"credential/{account}", *asked}


_CASES: dict[str, Callable[[Entries, str], tuple[set[str], set[int]]]] = {
    "incident": _incident,
    "account": _account,
    "person": _person,
}


def _said(entry: Entry, field: str) -> list[str]:
    """What the field says now, and what it said when it was signed."""
    said = (entry.fields.get(field), entry.record.fields.get(field))
    return [value for value in said if isinstance(value, str)]


def _ids(known: Entries, positions: Collection[int]) -> set[str]:
    return {e.record.id for e in known.all if e.position in positions}


class CaseCheck:
    """Satisfies `ledger.proof.report.Check`: what the records shown call for is shown, and whole.

    Used for one file, once. Of a file that shows a whole log it finds nothing; but asked about a
    case (`ask`) it then says what of that log belongs to it (`ledger.proof.whole.Belonging`).
    """

    name = "case"
    open: Sequence[int] = ()

    def __init__(self) -> None:
        self._known = Shown()
        self._scope: Any = None
        self._whole: frozenset[str] = frozenset()
        self._senseless = False
        self._case: Mapping[str, str] | None = None
        self._log = Entries()
        self._before = 0

    def ask(self, scope: Mapping[str, str], before: int) -> None:
        """Be asked, of a file that shows a whole log, what lies before a position of a case."""
        self._case, self._before = scope, before

    def belonging(self) -> dict[int, str] | None:
        """The positions of what belongs to the case that was asked about, with their streams.

        None where it cannot be told: not asked, or records hidden, or fields without sense.
        """
        try:
            case = case_of(self._log, self._case) if self._case is not None else None
        except SENSELESS:
            return None
        shown = (e for e in self._log.all if case is not None and case.shows(e))
        return None if case is None else {e.position: e.stream for e in shown}

    def begin(self, claims: Mapping[str, Any]) -> None:
        """`claims` say what the case is about (`scope`), and which `streams` it shows whole."""
        self._scope = claims.get("scope")
        self._whole = frozenset(claims.get("streams", ()))

    def skip(self, position: int) -> None:
        """What is not shown cannot be asked; nor can a case of a log with holes."""
        self._case = None

    def see(self, position: int, record: Record) -> Iterable[Finding]:
        if self._case is not None and position < self._before:
            try:
                self._log.see(record)
            except SENSELESS:
                self._case = None
        if isinstance(self._scope, Mapping):
            try:
                self._known.see_at(position, record)
            except SENSELESS:
                self._senseless = True
        return ()

    def done(self) -> Iterator[Finding]:
        if not isinstance(self._scope, Mapping):
            return
        try:
            missing = [] if self._senseless else list(self._missing())
        except SENSELESS:
            self._senseless = True
        if self._senseless:
            missing = ["what the fields of these records do not say"]
        for what in missing:
            yield found("stream_not_proven", f"{what[:200]} belongs to the case")

    def _missing(self) -> Iterator[str]:
        known = self._known
        streams = case_of(known, self._scope).streams | with_people(known, known.all)
        yield from sorted(streams - self._whole)
        for target in _linked(known, str(self._scope.get("incident"))):
            if known.by_id(target) is None:
                yield f"the linked entry {target}"


def _linked(known: Entries, incident: str) -> list[str]:
    own = known.whole(f"incident/{incident}")
    return [e.record.fields["target"] for e in own if e.type == "EntryLinked"]

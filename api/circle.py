"""The log as one person may read it: with every sealed act opened that is theirs to see.

Who that is: `ledger.domain.interests.may_see`, and docs/decisions/0011.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flask import g

from api import may, names
from api.context import admit, ledger, state
from ledger import confidential
from ledger.domain import interests, matters
from ledger.domain.entries import Entries, Entry
from ledger.domain.school_time import in_london
from ledger.history import Ledger
from ledger.proof.record import Record
from ledger.restricted import Opened, Restricted
from projections import questions, registers
from projections.asking import moment
from projections.history import Histories
from projections.questions import Answer

HOUR = 3600  # seconds
PROTECTED = "protected"  # stands for a reporter who asked not to be named
TIMELINE = "/v1/incidents/{incident}/timeline"


@dataclass(frozen=True)
class View:
    """The log as one person may read it: `opened` are the sealed acts they see, by position."""

    inside: Restricted
    person: str
    now: int
    opened: Mapping[int, Opened]
    log: Histories

    @cached_property
    def incidents(self) -> frozenset[str]:
        """The ledger's ids of the restricted incidents that the person may see."""
        return frozenset(o.incident for o in self.opened.values())

    def incident(self, name: str) -> str | None:
        """The ledger's id of the one of them that is called so, by the ledger or by its reporter.

        None where the person sees none of that name.
        """
        found = self.inside.id_of("incident", name, self.person, self.now)
        return found if found in self.incidents else None

    def entry(self, position: int) -> Entry:
        """The entry at a position, as the person may read it."""
        return self.log.known().at(position)


def view(held: Ledger, person: str, now: int) -> View:
    """The log with every sealed act opened that `person` may see at `now`."""
    known, inside = held.entries(), held.restricted()
    sees = {
        incident: interests.may_see(inside.whole, incident, person, now)
        for incident in {o.incident for o in inside.opened.values()}
    }
    opened = {n: o for n, o in inside.opened.items() if sees[o.incident]}
    return View(inside, person, now, opened, Histories(_read(known, inside, opened)))


def mine() -> View:
    """The log as whoever asks may read it now; a key that they lent goes on being used."""
    ledger().opened_by(g.token.person)
    return view(ledger(), g.token.person, state().now())


def _read(known: Entries, inside: Restricted, opened: Mapping[int, Opened]) -> list[Record]:
    records = [entry.record for entry in known.all]
    for position, found in opened.items():
        records[position] = _masked(inside, found)
    return records


def _masked(inside: Restricted, found: Opened) -> Record:
    """The record, without the name of a reporter who is protected."""
    reported, record = matters.reported(inside.whole, found.incident), found.record
    if reported is None or reported.fields.get("protect_reporter") is not True:
        return record
    hidden = {reported.record.actor, reported.doer}
    actor = PROTECTED if record.actor in hidden else record.actor
    doer = PROTECTED if record.doneby in hidden else record.doneby
    offices = () if actor is PROTECTED else record.actoroffices
    doneby = None if doer == actor else doer
    return replace(record, actor=actor, doneby=doneby, actoroffices=offices)


def incidents(seen: View, given: Mapping[str, str]) -> Answer:
    """The rows of the restricted incidents that the person sees, `at` and as known at `known_at`.

    Raises BadQuestion.
    """
    at, known_at = moment(given, "at"), moment(given, "known_at")
    at = seen.now if at is None else at
    told = registers.incidents(seen.log.known(known_at), at)
    rows = [
        {**row, "called": seen.inside.called("incident", row["incident"])}
        for row in told.answer
        if row["incident"] in seen.incidents
    ]
    return Answer(
        answer=rows,
        at=in_london(at),
        known_at=in_london(seen.now if known_at is None else known_at),
        evidence=tuple(sorted(told.evidence & seen.opened.keys())),
        next=None,
        size=len(seen.log.records),
    )


def answered(seen: View, path: str, given: Mapping[str, str]) -> Answer:
    """A question of `projections.routes` over the log as the person may read it.

    The story of an incident that is theirs to see needs no role besides; anything else what the
    table of roles says. Raises BadQuestion; aborts with 403.
    """
    route, ids = questions.route_to(path)
    is_timeline = route.path == TIMELINE
    if not (is_timeline and ids["incident"] in seen.incidents):
        admit(may.QUESTIONS[route.path])
    names_of = names.reader(ledger(), g.roles, seen.person)
    said = questions.answer(path, given, seen.log, seen.now, names_of)
    return replace(said, answer=_with_words(seen, said.answer)) if is_timeline else said


def _with_words(seen: View, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines, with the sealed texts of those that only a few can read."""
    return [
        {**line, "sealed": words(line["position"])} if line["position"] in seen.opened else line
        for line in lines
    ]


def words(position: int) -> dict[str, Any]:
    """Path → value of what the sealed act at a position kept back within; the reader may see it."""
    opened = ledger().restricted().opened.get(position)
    act = ledger().what_lies_in(position)
    if not act or opened is None:
        return {}
    return act["values"] if "values" in act else _typed(act["data"], opened.record.sealed)


def _typed(data: Mapping[str, Any], sealed: Iterable[str]) -> dict[str, Any]:
    """The same of an act that was taken before it could be judged, from what was typed."""
    return {path: data[path] for path in sealed if path in data}


def reads(seen: View, incident: str) -> None:
    """Record, inside, that whoever asks reads an incident of theirs: once an hour is enough.

    Only where confidential keys are in force. What cannot be recorded is not shown: raises what
    recording raises.
    """
    held = ledger()
    if confidential.in_force(held.entries()) is None:
        return
    since = seen.now - HOUR
    told = (r for r in seen.inside.readings if r.time > since and r.incident == incident)
    if all(r.person != seen.person for r in told):
        held.seal_reading(incident, seen.person)

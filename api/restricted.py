"""Asking about restricted incidents: the same questions, with what the caller may see opened.

The ordinary questions never see inside a sealed act: they are what an auditor computes from the
records alone. Here the caller's own sealed acts stand in their places, and `restricted` in the
frame names the positions that only they and a few others can read (docs/decisions/0011).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, g

from api import names
from api.context import ledger, requires, state
from api.frames import framed
from api.queries import params
from ledger.domain import interests, matters
from ledger.domain.entries import Entries
from ledger.domain.school_time import in_london
from ledger.history import Ledger
from ledger.opening import open_act
from ledger.proof.record import Record
from ledger.restricted import Opened, Restricted
from projections import questions, registers
from projections.asking import moment
from projections.history import Histories
from projections.questions import BadQuestion

bp = Blueprint("restricted", __name__, url_prefix="/v1/restricted")

PROTECTED = "protected"  # stands for a reporter who asked not to be named
TIMELINE = ("incidents", "timeline")


@dataclass(frozen=True)
class View:
    """The log as one person may read it: `opened` are the sealed acts they see, by position."""

    inside: Restricted
    person: str
    opened: Mapping[int, Opened]
    log: Histories


def view(held: Ledger, person: str, now: int) -> View:
    """The log with every sealed act opened that `person` may see at `now`."""
    known, inside = held.entries(), held.restricted()
    may = {
        incident: interests.may_see(inside.whole, incident, person, now)
        for incident in {o.incident for o in inside.opened.values()}
    }
    opened = {n: o for n, o in inside.opened.items() if may[o.incident]}
    return View(inside, person, opened, Histories(_read(known, inside, opened)))


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


@bp.get("")
@requires("read")
def incidents() -> Response:
    """The restricted incidents that the caller may see; an empty list says nothing."""
    seen, asked, now = _view(), params(), state().now()
    for name in asked:
        if name not in ("at", "known_at"):
            raise BadQuestion("unknown_parameter", name, f"this question takes no {name}")
    at, known_at = moment(asked, "at"), moment(asked, "known_at")
    at = now if at is None else at
    told = registers.incidents(seen.log.known(known_at), at)
    mine = {o.incident for o in seen.opened.values()}
    rows = [
        {**row, "called": seen.inside.called("incident", row["incident"])}
        for row in told.answer
        if row["incident"] in mine
    ]
    evidence = sorted(told.evidence & seen.opened.keys())
    said_at = (in_london(at), in_london(now if known_at is None else known_at))
    return framed(rows, *said_at, len(seen.log.records), evidence, None, {"restricted": evidence})


@bp.get("/<path:question>")
@requires("read")
def ask(question: str) -> Response:
    """Any question of `projections.routes`, over the log as the caller may read it."""
    seen, now = _view(), state().now()
    parts = question.split("/")
    is_timeline = len(parts) == 3 and (parts[0], parts[2]) == TIMELINE
    if is_timeline:
        parts[1] = seen.inside.id_of("incident", parts[1], seen.person, now) or parts[1]
    names_of = names.reader(ledger(), g.roles, g.token.person)
    said = questions.answer(f"/v1/{'/'.join(parts)}", params(), seen.log, now, names_of)
    answer = _with_words(seen, said.answer) if is_timeline else said.answer
    opened = {"restricted": [n for n in said.evidence if n in seen.opened]}
    return framed(answer, said.at, said.known_at, said.size, said.evidence, said.next, opened)


def _view() -> View:
    return view(ledger(), g.token.person, state().now())


def _with_words(seen: View, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines, with the sealed texts of those that only a few can read."""
    return [
        {**line, "sealed": _words(seen, line["position"])}
        if line["position"] in seen.opened
        else line
        for line in lines
    ]


def _words(seen: View, position: int) -> dict[str, Any]:
    held = ledger()
    outer = held.entries().all[position].record
    act = open_act(held.store, held.ports.wrapper, outer, position)
    return dict(act["values"]) if act else {}

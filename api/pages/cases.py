"""A matter to be investigated, an incident or a message, as its reader may know it.

A restricted incident is asked of the log as its circle reads it, any other of the records alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import g

from api import circle
from api.context import ledger, state
from api.pages import frame
from api.records import may_read
from ledger.domain.school_time import in_london
from projections import questions, timeline
from projections.asking import MOST, NotFound, moment
from projections.questions import Answer

INCIDENT, ENQUIRY = "incident", "enquiry"


@dataclass(frozen=True)
class Matter:
    """An incident or a message. `called` is what its reporter calls a restricted one.

    `ask` answers a question of the API about it, as the reader may be told.
    """

    kind: str
    id: str
    called: str
    restricted: bool
    ask: Callable[..., Answer]

    def timeline(self, known_at: str | None = None, until: str | None = None) -> Answer:
        """What happened of it, in order, as known at a moment. Raises BadQuestion."""
        if self.kind == ENQUIRY:
            return _of_stream(f"enquiry/{self.id}", known_at, until)
        path = f"/v1/incidents/{self.id}/timeline"
        return self.ask(path, known_at=known_at, until=until, limit=MOST)


def incident(name: str) -> Matter:
    """The incident of this name that the reader may know: a restricted one of theirs comes first.

    Raises NotFound, the same for one that there is not and one that is not theirs to know.
    """
    seen = circle.mine()
    own = seen.incident(name)
    if own is not None:
        circle.reads(seen, own)
        g.opened = seen.opened

        def ask(path: str, **given: Any) -> Answer:
            return circle.answered(
                seen, path, {k: str(v) for k, v in given.items() if v is not None}
            )

        return Matter(INCIDENT, own, seen.inside.called(INCIDENT, own) or own, True, ask)
    if not frame.may_ask("/v1/incidents"):
        raise _none(INCIDENT)
    return _ordinary(INCIDENT, name)


def enquiry(name: str) -> Matter:
    """The message of this name. Raises NotFound."""
    return _ordinary(ENQUIRY, name)


def _ordinary(kind: str, name: str) -> Matter:
    if not questions.known(ledger().entries(), kind, name):
        raise _none(kind)
    return Matter(kind, name, name, False, frame.ask)


def _none(kind: str) -> NotFound:
    return NotFound("unknown_reference", kind, f"there is no such {kind}")


def row(matter: Matter) -> Mapping[str, Any]:
    """The row of the matter in the list of its kind; empty where it was annulled."""
    if matter.restricted:
        rows = circle.incidents(circle.mine(), {}).answer
    else:
        question = "/v1/incidents" if matter.kind == INCIDENT else "/v1/enquiries"
        rows = frame.all_of(matter.ask, question).answer
    return next((r for r in rows if r[matter.kind] == matter.id), {})


def _of_stream(stream: str, known_at: str | None, until: str | None) -> Answer:
    """The story of a stream, of those of its records that the reader may read."""
    latest = moment({"until": until} if until else {}, "until")
    known = moment({"known_at": known_at} if known_at else {}, "known_at")
    with state().asking() as log:
        history = log.known(known)
        now = state().now()
        found = history.stream(stream, now if latest is None else latest)
        lines = [timeline.line(history, e) for e in found if may_read(e)]
        told = in_london(now)
        return Answer(lines, told, told, tuple(r["position"] for r in lines), None, log.size())

"""A story as one thing with one status: its steps, which are done, which is next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from api.context import ledger
from api.pages import words
from api.pages.record import choosing
from api.records import may_read
from ledger.domain.entries import Entry

DONE, NEXT, LATER, MAY = "done", "next", "later", "may"


@dataclass(frozen=True)
class Step:
    """One step. `links` are (address, words) of its forms; `record` the position that shows it."""

    words: str
    state: str
    links: Sequence[tuple[str, str]] = ()
    record: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Story:
    """The steps about one person, application or incident, and what it all comes to."""

    title: str
    steps: Sequence[Step]
    status: str
    complete: bool = False


def step(
    action: str,
    record: Entry | None,
    known: Mapping[str, str | list[str]],
    done: bool | None = None,
    needed: bool = True,
    note: str = "",
    said: str = "",
) -> Step:
    """A step taken with one action; `done` where something else than a record says so."""
    is_done = record is not None if done is None else done
    state = DONE if is_done else LATER if needed else MAY
    name = said or words.action(action)
    links = () if is_done else ((choosing.link(action, known), name),)
    return Step(name, state, links, _position(record) if is_done else None, note)


def _position(record: Entry | None) -> int | None:
    return record.position if record is not None and may_read(record) else None


def last(stream: str, *types: str, **fields: str) -> Entry | None:
    """The last record of a stream of these types whose fields say so."""
    found = [e for e in ledger().entries().stream(stream) if e.type in types]
    fits = [e for e in found if all(e.fields.get(k) == v for k, v in fields.items())]
    return fits[-1] if fits else None


def told(title: str, steps: Iterable[Step], ended: str = "") -> Story:
    """The story, with the first step that is still needed marked as next.

    `ended` says how it ended where that is not by its last step.
    """
    made = list(steps)
    first = next((n for n, s in enumerate(made) if s.state == LATER), None)
    if ended or first is None:
        return Story(title, made, ended or _("Complete: nothing is left to do."), True)
    made[first] = replace(made[first], state=NEXT)
    return Story(title, made, _("Next: %(step)s", step=made[first].words))

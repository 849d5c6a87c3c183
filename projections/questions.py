"""Asking: a path of CONTRACT.md section 3 and its parameters in, an answer with evidence out.

Standard library only. HTTP, the command line and the verifier all ask here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ledger.domain import standing
from ledger.domain.entries import Entries
from ledger.domain.school_time import in_london
from projections.asking import BadQuestion, NotFound, Page, cut, moment, page
from projections.history import Histories, History, with_corrections
from projections.routes import ROUTES, Ask, Asked, Route
from projections.told import NameOf
from projections.views import Row

__all__ = ["ROUTES", "Answer", "BadQuestion", "NotFound", "answer", "nobody", "route_to", "split"]

# A question about a day far ahead would count every day until then.
FARTHEST = 3653 * 86400
COMMON = ("at", "known_at", "limit", "after")
# Records known, view, column, value → the rows.
Tables = Callable[[int, str, str, str], list[Row]]
STREAMS = {"account": "account", "enquiry": "enquiry", "incident": "incident"}
NAMED = ("subject",)  # kinds of id that open no stream: it is enough that one is known


@dataclass(frozen=True)
class Answer:
    """An answer in its frame: times are ISO 8601 in London, `evidence` positions in order.

    `size` is how many records the log had; `next` the cursor of the next page, or None.
    """

    answer: Any
    at: str
    known_at: str
    evidence: tuple[int, ...]
    next: str | None
    size: int


def nobody(_: str) -> str | None:
    """A `name_of` that knows no names: for what must hold ids only."""
    return None


def split(target: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of a request target such as `/v1/sla?rule=takedown`.

    Raises BadQuestion where a parameter is named twice.
    """
    parts = urlsplit(target)
    params: dict[str, str] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name in params:
            raise BadQuestion("invalid_field", name, f"{name} is given twice")
        params[name] = value
    return parts.path, params


def answer(
    path: str,
    params: Mapping[str, str],
    log: Histories,
    now: int,
    name_of: NameOf = nobody,
    tables: Tables | None = None,
) -> Answer:
    """Answer one question of `log` at the instant `now`, the default of `at`.

    Where `tables` are given, what they hold is read from them: the answer is the same. Raises
    NotFound for a path or an id in it that does not exist, else BadQuestion.
    """
    route, ids = route_to(path)
    _allowed(route, params)
    part = page(params)
    given, known_at = _times(params, part, log)
    if given is not None and given > now + FARTHEST:
        raise BadQuestion("invalid_field", "at", "that is more than ten years ahead")
    everything = log.known()
    _exist(everything, ids, params)
    at = now if given is None else given
    asked = Asked(at, given, {**params, **ids})
    if route.view is not None and tables is not None:
        said = route.view(asked, partial(tables, log.size(known_at)))
        evidence = tuple(sorted(said.evidence))
    else:
        history = log.known(known_at)
        said = route.answer(Ask(asked.at, asked.given_at, asked.params, history, name_of))
        evidence = with_corrections(history, said.evidence)
    told_at = now if known_at is None else known_at
    shown, following = cut(said.answer, part, at, told_at)
    return Answer(
        answer=shown,
        at=in_london(at),
        known_at=in_london(told_at),
        evidence=evidence,
        next=following,
        size=len(log.records),
    )


def route_to(path: str) -> tuple[Route, dict[str, str]]:
    """The route of a path, and the ids that stand in it. Raises NotFound."""
    asked = path.rstrip("/").split("/")
    for route in ROUTES:
        parts = route.path.split("/")
        if len(parts) != len(asked):
            continue
        ids = {p[1:-1]: unquote(a) for p, a in zip(parts, asked) if p.startswith("{")}
        if all(p == a or p.startswith("{") for p, a in zip(parts, asked)):
            return route, ids
    raise NotFound("unknown_question", "path", "there is no such question")


def _allowed(route: Route, params: Mapping[str, str]) -> None:
    for name in params:
        if name not in (*COMMON, *route.allowed):
            raise BadQuestion("unknown_parameter", name, f"this question takes no {name}")


def _times(params: Mapping[str, str], part: Page, log: Histories) -> tuple[int | None, int | None]:
    """`at` and `known_at` as given, else as the page before had them."""
    at, known_at = moment(params, "at"), moment(params, "known_at")
    if known_at is not None and known_at < log.opened:
        raise BadQuestion("invalid_field", "known_at", "the ledger was not open yet")
    return (
        part.at if at is None and part.offset else at,
        part.known_at if known_at is None and part.offset else known_at,
    )


def _exist(history: History, ids: Mapping[str, str], params: Mapping[str, str]) -> None:
    """Ids in the path must be of their kind; those to filter by must be known at all."""
    for kind, name in ids.items():
        if not known(history.entries, kind, name):
            raise NotFound("unknown_reference", kind, f"there is no such {kind}")
    for parameter in ("account", "subject"):
        if parameter in params and not history.entries.mentions(params[parameter]):
            raise BadQuestion("unknown_reference", parameter, "the ledger knows no such id")


def known(entries: Entries, kind: str, name: str) -> bool:
    """Whether an id was ever given to something of this kind, annulled or not."""
    if kind == "person":
        return standing.registered(entries, name) or entries.version(f"person/{name}") > 0
    if kind in NAMED:
        return entries.mentions(name)
    return entries.version(f"{STREAMS[kind]}/{name}") > 0

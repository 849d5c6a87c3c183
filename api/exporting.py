"""Evidence on request, for the command line and over HTTP: what is wanted, whether it may be had,
the file, and that it was taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from api import requests, seeing
from ledger.desk import Asked, objection
from ledger.disclosing import Disclosing, singles
from ledger.domain import gone
from ledger.domain.school_time import LATEST, end_of_day, format_instant
from ledger.evidence import (
    NotThere,
    export_case,
    export_complete,
    export_redacted,
    withheld_by,
)
from ledger.history import Ledger
from ledger.outcomes import Declined, Receipt
from ledger.proof.encoding import canonical, is_id
from projections.asking import BadQuestion, days
from projections.semantics import all_answers, case_answers

ACTION = "export_evidence"
ABOUT = ("incident", "account", "person")
RANGE = ("from", "to")


class MayNotSee(Exception):
    """A single value was asked for by somebody whose role may not see it."""


@dataclass(frozen=True)
class Wanted:
    """What evidence is wanted of: `scope` as it stands in the file, None for the whole log.

    `recorded` is the same in the fields of `export_evidence`.
    """

    scope: Mapping[str, str] | None
    recorded: Mapping[str, str]
    disclose: tuple[str, ...] = ()
    withhold: tuple[str, ...] = ()

    @property
    def is_partial(self) -> bool:
        return self.scope is not None or bool(self.withhold)


@dataclass(frozen=True)
class Taken:
    """The size of the log that a file is of, and the receipt of the record that it was taken.

    `kept_back` counts the values that were asked for and are not for the eyes of who took it.
    `why_not_complete` says which records were destroyed, where a file of the whole log cannot be
    complete: it is then a redacted one.
    """

    size: int
    receipt: Receipt | None = None
    why_not_complete: str = ""
    kept_back: int = 0


def wanted(
    given: Mapping[str, str], disclose: Sequence[str] = (), withhold: Sequence[str] = ()
) -> Wanted:
    """What is asked for: at most one of incident, account, person, or from and to (both included).

    Raises BadQuestion, which names the parameter.
    """
    scope, recorded = _scope(given)
    if scope is not None and withhold:
        raise BadQuestion("invalid_field", "withhold", "nothing is withheld from a case")
    shown = tuple(name for name in disclose if name != "none")
    odd = [name for name in shown if ":" in name and not singles([name])]
    if odd:
        raise BadQuestion("invalid_field", "disclose", "a single value is POSITION:PATH")
    return Wanted(scope, recorded, shown, tuple(withhold))


def take(
    ledger: Ledger,
    want: Wanted,
    out: Path,
    actor: str | None,
    given_to: Sequence[str],
    key: str | None = None,
) -> Taken | Declined:
    """Write the file and, where an actor is named, record that it was taken, after what it shows.

    Where the actor may not have it, that refusal is recorded and nothing is written. The same
    idempotency `key` again gives the file as it was then, without values erased since, and records
    nothing. Raises NotThere, MayNotSee and KeyReused.
    """
    known = ledger.entries()
    told = _disclosing(ledger, want, actor)
    lacks = "" if want.is_partial else gone.words(known, gone.holes(known))
    if actor is None:
        return Taken(_written(ledger, want, out, told), None, lacks)
    size = len(known.all)
    asked = _asked(ledger, want, size + (want.is_partial or bool(lacks)), actor, given_to, key)
    [answer] = ledger.try_out([asked])
    if isinstance(answer, Exception):
        raise answer
    if objection(answer):
        outcome = ledger.record(asked)
        if isinstance(outcome, Declined):
            return outcome
        return Taken(_written(ledger, want, out, told), outcome, lacks, told.kept_back)
    again = answer if isinstance(answer, int) and answer < size else None
    written = _written(ledger, want, out, told, again)
    taken = _asked(ledger, want, written, actor, given_to, key)
    outcome = ledger.record(replace(taken, counted=told.on_record()))
    if isinstance(outcome, Declined):
        return outcome
    return Taken(written, outcome, lacks, told.kept_back)


def _disclosing(ledger: Ledger, want: Wanted, actor: str | None) -> Disclosing:
    """What is disclosed, by what the actor may see; everything on the ledger's own machine.

    Raises NotThere for a single value that there is not, MayNotSee for one they may not see.
    """
    known = ledger.entries()
    if actor is None:
        told = Disclosing(want.disclose)
    else:
        reader = seeing.reader(known, actor, ledger.ports.clock.now())
        told = Disclosing(want.disclose, seeing.sees(known, reader))
    for position, path in told.singles():
        entry = known.all[position] if position < len(known.all) else None
        if entry is None or path not in entry.record.sealed or entry.type == "Sealed":
            raise NotThere(f"record {position} has no sealed value {path}")
        if not told.sees(entry, path):
            raise MayNotSee(f"value {path} of record {position} is not for {actor}")
    return told


def _written(
    ledger: Ledger, want: Wanted, out: Path, told: Disclosing, again: int | None = None
) -> int:
    if want.scope is not None:
        return export_case(ledger, out, want.scope, case_answers, told, again)
    known = ledger.entries()
    withheld = withheld_by(known, want.withhold, again) if want.withhold else {}
    if withheld or gone.holes(known):
        return export_redacted(ledger, out, withheld, told, again)
    return export_complete(ledger, out, all_answers, told, again)


def _asked(
    ledger: Ledger,
    want: Wanted,
    size: int,
    actor: str,
    given_to: Sequence[str],
    key: str | None,
) -> Asked:
    """The command: asked with a key its export has a name that follows from the whole request."""
    name = str(size)
    if key is not None:
        words = canonical([ACTION, actor, key, list(want.disclose), list(want.withhold)])
        name = ledger.ports.mac(words).hex()[:16]
    data = {"export": f"export-{name}", **want.recorded, "given_to": list(given_to)}
    return requests.asked(ACTION, actor, {"data": data}, key)


def _scope(given: Mapping[str, str]) -> tuple[Mapping[str, str] | None, Mapping[str, str]]:
    asked = [name for name in ABOUT if name in given]
    ranged = [name for name in RANGE if name in given]
    if len(asked) + bool(ranged) > 1:
        raise BadQuestion("invalid_field", (asked + ranged)[1], "evidence is about one thing")
    if ranged:
        return _range(given)
    if not asked:
        return None, {"scope": "full"}
    [kind] = asked
    if not is_id(given[kind]):
        raise BadQuestion("invalid_field", kind, f"{kind} is no id")
    scope = {kind: given[kind]}
    if kind == "person":
        return scope, {"scope": "subject", "subject": given[kind]}
    return scope, {"scope": kind, **scope}


def _range(given: Mapping[str, str]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    for name in RANGE:
        if name not in given:
            raise BadQuestion("missing_field", name, f"{name} is not given")
    first, last = days(given, 0, 0)
    start, end = end_of_day(first - timedelta(days=1)) + 1, end_of_day(last) + 1
    scope = {"from": format_instant(max(start, 0)), "to": format_instant(min(end, LATEST))}
    return scope, {"scope": "date_range", "from": _said(first), "to": _said(last)}


def _said(day: date) -> str:
    return day.isoformat()


__all__ = ("MayNotSee", "NotThere", "Taken", "Wanted", "take", "wanted")

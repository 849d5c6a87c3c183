"""The answers an evidence file makes, and the check that they are those of its records.

Standard library only. Ids only, never a name; evaluated at the last record's time; each with the
positions that evidence it. `SEMANTICS` is the edition of these folds: another edition means
another number, and every old fold stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ledger.domain import standing
from ledger.domain.school_time import in_london
from ledger.domain.shown import SENSELESS
from ledger.proof.errors import Newer
from ledger.proof.record import Record
from ledger.proof.report import INVALID, Finding
from projections import accounts, offices, subjects
from projections.history import FOREVER, Histories, History, with_corrections
from projections.questions import ROUTES, BadQuestion, nobody, route_to, split
from projections.routes import Ask

SEMANTICS = 2
# Asked with an id each; `what-if` and `could-have-posted` are questions about a moment.
LEFT_OUT = ("/what-if", "/could-have-posted")


def all_answers(records: Iterable[Record], semantics: int = SEMANTICS) -> dict[str, Any]:
    """The content of `answers.json`: `{semantics, size, at, answers: {path: {answer, evidence}}}`.

    `records` are those of a complete log, in order; `semantics` an edition up to ours.
    """
    log = Histories(records)
    history, at = log.known(), log.last
    answers: dict[str, Any] = {}
    for path, route, ids in _asked(log, semantics):
        said = route.answer(Ask(at, None, ids, history, nobody))
        evidence = with_corrections(history, said.evidence)
        answers[path] = {"answer": said.answer, "evidence": list(evidence)}
    return {
        "semantics": semantics,
        "size": len(log.records),
        "at": in_london(at),
        "answers": answers,
    }


def _asked(log: Histories, semantics: int) -> Iterator[tuple[str, Any, dict[str, str]]]:
    """(path, route, ids) of every question asked, in the order of the routes, then ids."""
    history = log.known()
    named = {
        "account": list(accounts.lifetimes(history)),
        "person": sorted(offices.people(history)),
        "subject": [e.key for e in subjects.registered(history, FOREVER)],
        "incident": sorted({e.key for e in history.entries.of("IncidentReported")}),
    }
    for route in ROUTES:
        if route.path.endswith(LEFT_OUT) or route.since > semantics:
            continue
        kind = next((k for k in named if f"{{{k}}}" in route.path), None)
        if kind is None:
            yield route.path, route, {}
        for name in named[kind] if kind else ():
            yield route.path.replace(f"{{{kind}}}", name), route, {str(kind): name}


def case_answers(
    scope: Mapping[str, str], records: Mapping[int, Record], semantics: int = SEMANTICS
) -> dict[str, Any]:
    """The same of a case: what the `records` that it shows, by position, answer about it.

    Only what rests on streams that the case shows whole. Of a range of dates there is nothing to
    ask.
    """
    positions = sorted(records)
    history = History.shown((position, records[position]) for position in positions)
    at = records[positions[-1]].time
    answers = {}
    for question in _about(history, scope):
        path, params = split(question)
        route, ids = route_to(path)
        said = route.answer(Ask(at, None, {**params, **ids}, history, nobody))
        evidence = with_corrections(history, said.evidence)
        answers[question] = {"answer": said.answer, "evidence": list(evidence)}
    return {
        "semantics": semantics,
        "size": positions[-1] + 1,
        "at": in_london(at),
        "answers": answers,
    }


def _about(history: History, scope: Mapping[str, str]) -> Iterator[str]:
    """The questions that a case answers."""
    for kind, name in scope.items():
        if kind == "incident":
            yield f"/v1/incidents/{name}/timeline"
            yield f"/v1/sla?subject={name}"
        elif kind == "account":
            for path in ("roles", "credentials", "gaps", "monitoring"):
                yield f"/v1/accounts/{name}/{path}"
        elif kind == "person" and standing.registered(history.entries, name):
            yield f"/v1/people/{name}"
            yield f"/v1/people/{name}/roles"


class AnswersCheck:
    """Satisfies `ledger.proof.report.Check`: recomputes the answers and compares.

    Used for one log, once. Of a file that claims no answers it finds nothing.
    """

    name = "answers"

    def __init__(self) -> None:
        self._is_claimed = False
        self._claimed: Any = None
        self._scope: Any = None
        self._records: dict[int, Record] = {}

    def begin(self, claims: Mapping[str, Any]) -> None:
        """`answers` is the parsed `answers.json`, `scope` what a case is about."""
        self._is_claimed = "answers" in claims
        self._claimed = claims.get("answers")
        self._scope = claims.get("scope")

    def see(self, position: int, record: Record) -> Iterable[Finding]:
        if self._is_claimed:
            self._records[position] = record
        return ()

    def skip(self, position: int) -> None:
        """Answers are those of what is shown."""

    @property
    def open(self) -> Sequence[int]:
        return ()

    def done(self) -> Iterable[Finding]:
        """The first answer that differs, named. Raises Newer for answers of a later edition."""
        if not self._is_claimed:
            return []
        edition = self._claimed.get("semantics") if isinstance(self._claimed, Mapping) else None
        if type(edition) is not int or edition < 1:
            return [Finding("answer_differs", None, "semantics", INVALID)]
        if edition > SEMANTICS:
            raise Newer(f"answers of semantics {edition} are newer than this verifier")
        try:
            computed = self._computed(edition)
        except (*SENSELESS, BadQuestion):
            # Signed well, and its fields make no sense: whatever is claimed of it is not so.
            return [Finding("answer_differs", None, "the records give no answers", INVALID)]
        where = difference(computed, self._claimed)
        # A name that is claimed can be as long as the file.
        return [] if where is None else [Finding("answer_differs", None, where[:200], INVALID)]

    def _computed(self, edition: int) -> dict[str, Any]:
        if isinstance(self._scope, Mapping):
            return case_answers(self._scope, self._records, edition)
        return all_answers(self._records.values(), edition)


def difference(computed: Any, claimed: Any, where: str = "") -> str | None:
    """Where two JSON values differ first, as a path; None where they are equal.

    Booleans are no numbers here, and a number is only equal to one of its own kind.
    """
    if type(computed) is not type(claimed):
        return where or "/"
    if isinstance(computed, dict):
        return _first_of(computed, claimed, where)
    if isinstance(computed, list):
        for n, (one, other) in enumerate(zip(computed, claimed)):
            found = difference(one, other, f"{where}[{n}]")
            if found is not None:
                return found
        return (
            None
            if len(computed) == len(claimed)
            else f"{where}[{min(len(computed), len(claimed))}]"
        )
    return None if computed == claimed else where or "/"


def _first_of(computed: dict[str, Any], claimed: dict[str, Any], where: str) -> str | None:
    for name in [*computed, *(n for n in claimed if n not in computed)]:
        path = f"{where}.{name}" if where and where != "answers" else name
        if name not in computed or name not in claimed:
            return path
        found = difference(computed[name], claimed[name], path)
        if found is not None:
            return found
    return None

"""What is asked for the page of one person: how they stand at a moment, and their history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.context import ledger, state
from api.pages import known, people_rows, spells
from api.pages.frame import ask, ask_all, may_ask, name_of
from api.pages.known import Life
from api.pages.moments import Moment
from api.pages.spells import Spell
from ledger.domain import standing
from ledger.domain.school_time import parse_timestamp

Row = Mapping[str, Any]
DEPARTURES = "/v1/departures/{person}"


def exists(person: str) -> bool:
    """Whether somebody of this id was ever registered."""
    return standing.registered(ledger().entries(), person)


def handles() -> dict[str, str]:
    """What every account there ever was is called."""
    return {name: life.handle or name for name, life in known.lives().items()}


def everything(person: str, moment: Moment) -> dict[str, Any]:
    """What the page of a person holds; what the reader may not ask for is None."""
    said = ask(f"/v1/people/{person}", **moment.asked)
    at = parse_timestamp(said.at)
    return {
        "moment": moment,
        "person": person,
        "said": said,
        "handles": handles(),
        "ways": can_get_into(person, moment, at),
        "ready": _of_person("/v1/readiness", person, moment),
        "departure": ask(f"/v1/departures/{person}", **moment.asked).answer
        if may_ask(DEPARTURES)
        else None,
        **_history(person, moment, at),
    }


def can_get_into(person: str, moment: Moment, at: int) -> list[Row]:
    """`[{account, by, from}]` of the accounts that stood open at that instant."""
    lives = known.lives(moment.asked.get("known_at")).values()
    asked = [(life.account, _access(life, moment)) for life in lives if life.holds(at)]
    return [
        {"account": account, **row}
        for account, rows in asked
        for row in people_rows.of_person(rows, person)
    ]


def _access(life: Life, moment: Moment) -> list[Row]:
    rows: list[Row] = ask(f"/v1/accounts/{life.account}/access", **moment.asked).answer
    return rows


def _of_person(question: str, person: str, moment: Moment) -> Row | None:
    """The row of a list about the person; None where there is none or it is not to be asked."""
    if not may_ask(question):
        return None
    return next(iter(people_rows.of_person(ask_all(question, **moment.asked).answer, person)), None)


def _history(person: str, moment: Moment, at: int) -> dict[str, Any]:
    """Roles and, where the reader may ask, offices, ways in, exposures and lapses; the picture."""
    roles = ask_all(f"/v1/people/{person}/roles", **moment.known)
    made = spells.of_roles(roles.answer)
    evidence = set(roles.evidence)
    if may_ask(DEPARTURES):
        told = ask(f"/v1/departures/{person}", **moment.known)
        made = [*spells.of_offices(told.answer["offices"]), *made]
        made += spells.of_access(told.answer["access"])
        made += spells.of_absences(known.absences(person, moment.known.get("known_at")))
        evidence |= set(told.evidence)
    for question, shape in (
        ("/v1/exposures", spells.of_exposures),
        ("/v1/training-lapses", spells.of_lapses),
    ):
        if may_ask(question):
            told = ask_all(question, **moment.known)
            mine = people_rows.of_person(told.answer, person)
            made += shape(mine)
            keys = {person, *(row["account"] for row in mine)} if mine else set()
            evidence |= known.concerning(told.evidence, keys)
    return {
        "lines": made,
        "picture": _picture(person, made, at, moment) if made else None,
        "evidence": sorted(evidence),
    }


def _picture(person: str, made: list[Spell], at: int, moment: Moment) -> Any:
    names = handles()
    window = (min(parse_timestamp(s.start) for s in made), max(state().now(), at))
    label = spells.with_who(lambda _: "", lambda account: names.get(account, account))
    mark = at if moment.at else None
    return spells.picture("history", name_of(person), made, window, mark, label)

"""What is asked for the pages of one account: how it stands at a moment, and its history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import g

from api.context import state
from api.pages import account_rows, known, links, spells
from api.pages.frame import ask, ask_all, may_ask, name_of
from api.pages.known import Life
from api.pages.moments import Moment
from ledger.domain.school_time import in_london, parse_timestamp
from projections.questions import Answer

CLOSED, NOT_YET, NOT_KNOWN = "closed", "not_yet", "not_known"
NEWEST = 10  # posts on the page of an account
TOLD = frozenset(  # findings that stand in the picture as gaps and exposures
    ("no_lead", "fewer_than_two_runners", "fewer_than_two_staff", "credential_exposure",
     "access_not_removed")
)  # fmt: skip


def everything(life: Life, moment: Moment) -> dict[str, Any]:
    """What the page of an account holds: `now` at the moment, `then` of all times."""
    now = at_moment(life, moment)
    return {
        "moment": moment,
        "life": life,
        "now": now,
        "remedies": [] if moment.asked else _remedies(life, now),
        **_history(life, moment, now.at),
        **_round_about(life, moment, now.at),
        **_papers(life.account, moment),
    }


Row = Mapping[str, Any]


def _remedies(life: Life, now: Now) -> list[tuple[str, str]]:
    """(address of the form, action) of what helps now."""
    actions = account_rows.remedies(now.gaps, now.entrants, g.roles)
    return [(links.form(action, account=life.account), action) for action in actions]


@dataclass(frozen=True)
class Now:
    """How an account stood at one moment: answers, and what was shaped from them.

    `absent` is why there was none to speak of (CLOSED, NOT_YET, NOT_KNOWN), or empty.
    """

    at: int
    absent: str
    row: Mapping[str, Any]
    roles: Answer
    access: Answer
    entrants: list[account_rows.Entrant]
    gaps: list[tuple[str, str]]
    kept: known.Kept


def at_moment(life: Life, moment: Moment) -> Now:
    """The account at the chosen moment; its facts are the last it had where it was closed."""
    about, asked = f"/v1/accounts/{life.account}", moment.asked
    gaps = ask(f"{about}/gaps", **asked)
    at = parse_timestamp(gaps.at)
    roles = ask(f"{about}/roles", **{"at": in_london(at), **asked})
    access = ask(f"{about}/access", **asked)
    exposed = ask_all("/v1/exposures", **asked).answer if may_ask("/v1/exposures") else None
    mine = None if exposed is None else account_rows.of_account(exposed, life.account)
    return Now(
        at=at,
        absent=_absent(life, at, asked.get("known_at")),
        row=_facts(life, at, moment),
        roles=roles,
        access=access,
        entrants=account_rows.entrants(access.answer, roles.answer, mine),
        gaps=account_rows.running(gaps.answer),
        kept=known.kept(life.account, at, asked.get("known_at")),
    )


def _absent(life: Life, at: int, known_at: str | None) -> str:
    then = life if known_at is None else known.lives(known_at).get(life.account)
    if then is None:
        return NOT_KNOWN
    if at < then.start:
        return NOT_YET
    return "" if then.holds(at) else CLOSED


def _facts(life: Life, at: int, moment: Moment) -> Mapping[str, Any]:
    """The row of `/v1/accounts` then, or the last there was, or none."""
    last = at if life.end is None else min(at, life.end - 1)
    rows = ask_all(
        "/v1/accounts", **{**moment.asked, "at": in_london(max(last, life.start))}
    ).answer
    return next((row for row in rows if row["id"] == life.account), {})


def _history(life: Life, moment: Moment, at: int) -> dict[str, Any]:
    """Everything from its creation on, as known then, and its picture."""
    about, then = f"/v1/accounts/{life.account}", moment.known
    roles, gaps = ask(f"{about}/roles", **then), ask(f"{about}/gaps", **then)
    made = [*spells.of_roles(roles.answer), *spells.of_gaps(gaps.answer)]
    evidence = {*roles.evidence, *gaps.evidence}
    if may_ask("/v1/exposures"):
        exposed = ask_all("/v1/exposures", **then)
        mine = account_rows.of_account(exposed.answer, life.account)
        made += spells.of_exposures(mine)
        evidence |= known.concerning(exposed.evidence, {life.account, *_people(mine)})
    window = (life.start, max(state().now(), at) if life.end is None else max(life.end, at))
    label = spells.with_who(name_of, lambda _account: "")
    mark = at if moment.at else None
    draw = spells.picture("history", life.handle or life.account, made, window, mark, label)
    passwords = f"{about}/credentials"
    seen = may_ask("/v1/accounts/{account}/credentials")
    return {
        "lines": made,
        "picture": draw if made else None,
        "evidence": sorted(evidence),
        "passwords": ask(passwords, **then) if seen else None,
    }


def _people(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    return {row["person"] for row in rows}


def _round_about(life: Life, moment: Moment, at: int) -> dict[str, Any]:
    """Checks of the last weeks, and posts."""
    first, last = account_rows.calendar_days(at)
    days = {"from": first.isoformat(), "to": last.isoformat()}
    checks = ask(f"/v1/accounts/{life.account}/monitoring", **{**moment.asked, **days})
    posts, shown = _mine("/v1/posts", life.account, moment)
    return {
        "checks": checks,
        "weeks": account_rows.weeks(checks.answer, first, last),
        "posts": posts[: -NEWEST - 1 : -1],
        "posts_in_all": len(posts),
        "posts_shown_by": shown,
    }


def _papers(account: str, moment: Moment) -> dict[str, Any]:
    """Applications, hand-overs, and findings that do not stand in the picture."""
    findings, shown = _mine("/v1/findings", account, moment)
    handovers, by = _mine("/v1/handovers", account, moment)
    asked = ask_all("/v1/applications", **moment.known).answer
    return {
        "applications": {row["application"]: row for row in asked},
        "findings": [row for row in findings if row["finding"] not in TOLD],
        "findings_shown_by": shown,
        "handovers": handovers,
        "handovers_shown_by": by,
    }


def _mine(question: str, account: str, moment: Moment) -> tuple[list[Row], list[int]]:
    """The rows of a list about the account and their records; none where not to be asked."""
    if not may_ask(question):
        return [], []
    said = ask_all(question, **moment.asked)
    rows = said.answer["items"] if isinstance(said.answer, dict) else said.answer
    mine = [row for row in rows if account in (row.get("account"), row.get("subject"))]
    keys = {str(row[name]) for row in mine for name in ("person", "post", "from") if row.get(name)}
    return mine, sorted(known.concerning(said.evidence, {account, *keys})) if mine else []

"""Accounts: who runs what and who can get in, now and at any moment; the papers of an account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response
from flask_babel import format_date
from flask_babel import gettext as _

from api.pages import (
    account_papers,
    account_rows,
    downloads,
    known,
    moments,
    picture,
    spells,
    standing_tables,
    words,
)
from api.pages.account_answers import Now, at_moment, everything
from api.pages.frame import ask, ask_all, may_ask, page, seen_by
from api.pages.known import Life
from api.pages.moments import Moment
from ledger.domain.school_time import in_london

bp = Blueprint("accounts", __name__)
bp.context_processor(
    lambda: {"words": words, "spells": spells, "key": picture.key, "date_words": format_date}
)

Values = Callable[[Life, Now, Moment], Mapping[str, Any]]


@bp.get("/accounts")
@seen_by
def several() -> Response:
    """Every account that existed at the chosen moment, how it stands, and those that are closed."""
    moment = moments.chosen()
    if moment.wrong:
        return page("accounts_several", 400, moment=moment, said=None)
    said = ask_all("/v1/accounts", **moment.asked)
    here = {row["id"] for row in said.answer}
    lives = known.lives(moment.known.get("known_at")).values()
    exposed = ask_all("/v1/exposures", **moment.asked).answer if may_ask("/v1/exposures") else []
    rows = [{**row, **_standing(row["id"], moment, exposed)} for row in said.answer]
    if downloads.asked():
        return downloads.table(_("Accounts"), *standing_tables.of_accounts(rows), said.evidence)
    return page(
        "accounts_several",
        moment=moment,
        said=said,
        rows=rows,
        others=[(x, _in_words(x.start), _in_words(x.end)) for x in lives if x.account not in here],
    )


def _in_words(instant: int | None) -> str | None:
    return None if instant is None else in_london(instant)


def _standing(account: str, moment: Moment, exposed: list[Any]) -> Mapping[str, Any]:
    """How an account stands: gaps and exposures that go on, the last check, who can get in."""
    about, asked = f"/v1/accounts/{account}", moment.asked
    checked = ask(f"{about}/monitoring", **asked).answer["checked"]
    mine = account_rows.of_account(exposed, account)
    return {
        "last_check": checked[-1] if checked else None,
        "gaps": account_rows.running(ask(f"{about}/gaps", **asked).answer),
        "exposed": [row for row in mine if row["to"] is None],
        "can_get_in": len(ask(f"{about}/access", **asked).answer),
    }


@bp.get("/accounts/<account>")
@seen_by
def one(account: str) -> Response:
    """One account at the chosen moment, and its whole history as known then."""
    moment, life = moments.chosen(), known.lives().get(account)
    if life is None:
        return page("accounts_unknown", 404)
    if moment.wrong:
        return page("accounts_one", 400, moment=moment, life=life, now=None)
    return page("accounts_one", **everything(life, moment))


@bp.get("/accounts/<account>/hand-over")
@seen_by
def sheet(account: str) -> Response:
    """A sheet to print for whoever takes the account over."""
    return _paper("accounts_sheet", account, account_papers.sheet)


@bp.get("/accounts/<account>/emergency")
@seen_by
def card(account: str) -> Response:
    """A card to print: who can get in, where the vault is, whom to ring."""
    return _paper("accounts_card", account, account_papers.card)


def _paper(template: str, account: str, values: Values) -> Response:
    moment, life = moments.chosen(), known.lives().get(account)
    if life is None:
        return page("accounts_unknown", 404)
    if moment.wrong:
        return page("accounts_one", 400, moment=moment, life=life, now=None)
    now = at_moment(life, moment)
    return page(template, moment=moment, life=life, now=now, **values(life, now, moment))

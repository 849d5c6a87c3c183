"""My tokens and my calendar feed: made, shown once, listed with their last use, and ended."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from api.answers import as_problem
from api.context import state
from api.door.sessions import SAFE
from api.pages import calendar, sign_in
from api.pages.frame import page as made
from api.pages.frame import seen_by
from api.tokens import DAYS, FEED, SCOPES

bp = Blueprint("my_tokens", __name__)

LONGEST = 365  # days


@bp.before_request
def _changes_need_a_session() -> None:
    """Whoever stole a token must not make themselves another."""
    if request.method not in SAFE:
        sign_in.only_by_session()


@bp.get("/me/tokens")
@seen_by
def mine() -> Response:
    """The tokens there are, and a form for another one."""
    return _page()


@bp.post("/me/tokens")
@seen_by
def issue() -> Response:
    """Another token; its text is on this one answer and never again."""
    scopes = tuple(s for s in SCOPES if s in request.form.getlist("scope"))
    days = request.form.get("days", "").strip()
    wrong = {
        name for name, is_wrong in (("scope", not scopes), ("days", not _fits(days))) if is_wrong
    }
    if wrong:
        return _page(400, wrong=wrong, days=days, scopes=scopes)
    return _page(secret=state().tokens.issue(g.token.person, scopes, int(days)))


def _fits(days: str) -> bool:
    return days.isascii() and days.isdigit() and len(days) < 4 and 1 <= int(days) <= LONGEST


@bp.post("/me/tokens/end")
@seen_by
def end() -> Answer:
    """End one token of one's own."""
    token = request.form.get("token", "")
    if token not in {t.id for t in state().tokens.of(g.token.person)}:
        abort(as_problem(404, "not_found", "There is no such token in force.", "token"))
    state().tokens.revoke(token)
    return redirect(url_for("my_tokens.mine", ended=1), 303)


@bp.post("/me/calendar")
@seen_by
def feed() -> Response:
    """A new address of the calendar feed; the old one is good for nothing more."""
    tokens = state().tokens
    for old in tokens.of(g.token.person):
        if FEED in old.scopes:
            tokens.revoke(old.id)
    secret = tokens.issue(g.token.person, (FEED,), LONGEST)
    return _page(address=calendar.address(secret))


def _page(
    status: int = 200,
    secret: str = "",
    address: str = "",
    wrong: frozenset[str] | set[str] = frozenset(),
    days: str = str(DAYS),
    scopes: tuple[str, ...] = ("read",),
) -> Response:
    mine = state().tokens.of(g.token.person)
    return made(
        "my_tokens",
        status,
        tokens=[t for t in mine if FEED not in t.scopes],
        feeds=[t for t in mine if FEED in t.scopes],
        secret=secret,
        address=address,
        ended="ended" in request.args,
        wrong=wrong,
        days=days,
        scopes=scopes,
        longest=LONGEST,
    )

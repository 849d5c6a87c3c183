"""What every page loads, and the switch of languages: open to anybody."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response as Answer

from api.answers import as_problem
from api.door.store import the_door
from api.pages import tongue

bp = Blueprint("outside", __name__, static_folder="static", static_url_path="/static")

A_YEAR = 365 * 86400


@bp.get("/")
def start() -> Answer:
    """Whoever comes begins with what is to be done today; a stranger signs in first."""
    return redirect("/today")


@bp.post("/language")
def choose() -> Answer:
    """Keep the language that was chosen, and go back to the page."""
    wanted, back = request.form.get("language", ""), request.form.get("back", "/")
    if wanted not in tongue.LANGUAGES:
        abort(as_problem(400, "invalid_field", "There is no such language.", "language"))
    made = redirect(back if is_here(back) else "/")
    made.set_cookie(
        tongue.COOKIE, wanted, max_age=A_YEAR, httponly=True, samesite="Lax",
        secure=the_door().secure,
    )  # fmt: skip
    return made


def is_here(target: str) -> bool:
    """Whether a place to go to lies within these pages: one slash, and no way out."""
    # Browsers leave out tabs and ends of lines, and take a backslash for a slash.
    plain = all(" " <= letter != "\\" for letter in target)
    return plain and target.startswith("/") and not target.startswith("//")

"""That a form was sent from our own page, by the browser that it was shown to."""

from __future__ import annotations

import hmac
import secrets
from typing import NoReturn

from flask import Response, abort, after_this_request, g, request

from api.answers import as_problem
from api.door import cookies
from api.door.store import digest, the_door

FIELD = "csrf"
VISIT_SECONDS = 180 * 86400
SAME = ("same-origin", "none")


def token_of(secret: str) -> str:
    """The token of the forms of whoever holds the secret; it does not lead back to it."""
    return hmac.digest(secret.encode(), b"csrf", "sha256").hex()


def passes(expected: str) -> bool:
    """Whether the form brought the token, and the browser does not say it came from elsewhere."""
    given = request.form.get(FIELD, "")
    return hmac.compare_digest(given.encode(), expected.encode()) and from_here()


def demand(*expected: str) -> None:
    """Refuse a form that brought none of these tokens. Aborts with 403."""
    if not any(passes(token) for token in expected):
        refuse()


def refuse() -> NoReturn:
    """Say that the form is none of ours. Aborts with 403."""
    title = "This form was not sent from its own page. Open the page again."
    abort(as_problem(403, "form_not_ours", title))


def from_here() -> bool:
    """What the browser says of where the request began. One that says nothing has the token."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in SAME:
        return False
    return origin is None or origin == (the_door().address or request.host_url).rstrip("/")


def visit() -> str:
    """The secret of the browser, given it where it had none: a visitor has no session yet."""
    if "door_visit" not in g:
        g.door_visit = request.cookies.get(cookies.name("visit"), "")
        if len(g.door_visit) != 43:
            g.door_visit = secrets.token_urlsafe(32)
            after_this_request(_keep)
    held: str = g.door_visit
    return held


def browser() -> str:
    """The browser's name in our tables."""
    return digest(visit()).hex()


def visitor_token() -> str:
    """The token of the forms of somebody who is not signed in."""
    return token_of(visit())


def _keep(response: Response) -> Response:
    cookies.give(response, "visit", g.door_visit, VISIT_SECONDS)
    return response

"""Where things have their pages: an address that the reader may open, else nothing.

A page shows a link only where it leads somewhere for whoever looks.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException

from api import records
from api.context import ledger
from api.pages.frame import may_ask, may_go

PLACES = {
    "account": "/accounts/{}",
    "person": "/people/{}",
    "record": "/records/{}",
    "incident": "/incidents/{}",
    "enquiry": "/enquiries/{}",
    "subject": "/people/outside/{}",
    "request": "/requests/{}",
}


def to(path: str) -> str:
    """The address (a path with its query) where the reader may open it, else the empty text."""
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None, "a request has an adapter"
    try:
        endpoint, _ = adapter.match(path.partition("?")[0], "GET")
    except HTTPException:
        return ""
    return path if may_go(endpoint) else ""


def of(kind: str, name: str | int) -> str:
    """The page of an account, person, subject, request, record (its position), incident, enquiry.

    Empty for other kinds, and for a record or an incident that the reader may not read.
    """
    if kind == "record" and not records.may_read(ledger().entries().all[int(name)]):
        return ""
    if kind == "incident" and not may_ask("/v1/incidents/{incident}/timeline"):
        return ""
    place = PLACES.get(kind)
    return to(place.format(quote(str(name), safe=""))) if place else ""


def form(action: str, **fields: str | int | None) -> str:
    """The form of an action, with these of its fields filled in."""
    given = {name: value for name, value in fields.items() if value is not None}
    return to(f"/record/{action}" + (f"?{urlencode(given)}" if given else ""))


def on(app: Flask) -> None:
    """Give the templates of an application `link_of`."""
    app.jinja_env.globals.update(link_of=of)

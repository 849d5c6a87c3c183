"""Cookies: read by no script, sent along by no other site, bound to the host where that can be."""

from __future__ import annotations

from werkzeug.wrappers import Response

from api.door.store import the_door


def name(what: str) -> str:
    """`__Host-` binds a cookie to the host and to https; plain http knows no such thing."""
    return f"__Host-{what}" if the_door().secure else f"handledger-{what}"


def give(response: Response, what: str, secret: str, seconds: int | None = None) -> None:
    """Set a cookie that no script reads and no other site sends along."""
    response.set_cookie(
        name(what),
        secret,
        max_age=seconds,
        path="/",
        secure=the_door().secure,
        httponly=True,
        samesite="Lax",
    )


def take_away(response: Response) -> None:
    """Remove the session's cookie from the browser."""
    response.delete_cookie(
        name("session"),
        path="/",
        secure=the_door().secure,
        httponly=True,
        samesite="Lax",
    )

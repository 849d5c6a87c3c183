"""Asking about restricted incidents: the same questions, with what the caller may see opened.

The ordinary questions never see inside a sealed act: they are what an auditor computes from the
records alone. Here the caller's own sealed acts stand in their places, and `restricted` in the
frame names the positions that only they and a few others can read (docs/decisions/0011).
"""

from __future__ import annotations

from flask import Blueprint, Response

from api import circle
from api.context import requires
from api.frames import framed
from api.queries import params
from projections.questions import BadQuestion

bp = Blueprint("restricted", __name__, url_prefix="/v1/restricted")

TIMELINE = ("incidents", "timeline")


@bp.get("")
@requires("read")
def incidents() -> Response:
    """The restricted incidents that the caller may see; an empty list says nothing."""
    seen, asked = circle.mine(), params()
    for name in asked:
        if name not in ("at", "known_at"):
            raise BadQuestion("unknown_parameter", name, f"this question takes no {name}")
    said = circle.incidents(seen, asked)
    opened = {"restricted": list(said.evidence)}
    return framed(said.answer, said.at, said.known_at, said.size, said.evidence, None, opened)


@bp.get("/<path:question>")
@requires("read")
def ask(question: str) -> Response:
    """Any question of `projections.routes`, over the log as the caller may read it."""
    seen, parts = circle.mine(), question.split("/")
    if len(parts) == 3 and (parts[0], parts[2]) == TIMELINE:
        own = seen.incident(parts[1])
        if own is not None:
            circle.reads(seen, own)
            parts[1] = own
    said = circle.answered(seen, f"/v1/{'/'.join(parts)}", params())
    opened = {"restricted": [n for n in said.evidence if n in seen.opened]}
    return framed(said.answer, said.at, said.known_at, said.size, said.evidence, said.next, opened)

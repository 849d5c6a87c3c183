"""Asking over HTTP: every question of `projections.routes`, in the common frame."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Blueprint, Response, g, request

from api import may, names
from api.context import admit, ledger, requires, state
from api.frames import framed
from projections import questions
from projections.questions import Answer, BadQuestion

bp = Blueprint("queries", __name__, url_prefix="/v1")

# A `+` in a query string means a space; in an offset it can only have been meant as itself.
OFFSET = re.compile(r"(.*T.*) (\d\d:\d\d)", re.ASCII)


@bp.get("/<path:question>")
@requires("read")
def ask(question: str) -> Response:
    """Answer a question as of the caller's last receipt, or say which parameter is wrong."""
    said = answered(f"/v1/{question}", params())
    return framed(said.answer, said.at, said.known_at, said.size, said.evidence, said.next)


def answered(path: str, given: Mapping[str, str]) -> Answer:
    """What whoever is asking now may be told of a question. Raises BadQuestion; aborts with 403."""
    admit(may.QUESTIONS[questions.route_to(path)[0].path])
    names_of, tables = names.reader(ledger(), g.roles, g.token.person), state().tables.rows
    with state().asking() as log:
        return questions.answer(path, given, log, state().now(), names_of, tables)


def params() -> dict[str, str]:
    """The parameters, each once. Raises BadQuestion."""
    params: dict[str, str] = {}
    for name, values in request.args.lists():
        if len(values) != 1:
            raise BadQuestion("invalid_field", name, f"{name} is given twice")
        match = OFFSET.fullmatch(values[0])
        params[name] = f"{match[1]}+{match[2]}" if match else values[0]
    return params

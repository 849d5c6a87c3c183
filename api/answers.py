"""JSON out: answers in their frame, and problems (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from api.requests import problem
from ledger.domain.school_time import in_london
from ledger.history import Ledger
from ledger.proof.encoding import b64encode

PROBLEM = "application/problem+json"


def json_response(value: Any, status: int = 200, mimetype: str = "application/json") -> Response:
    return Response(json.dumps(value, ensure_ascii=False) + "\n", status, mimetype=mimetype)


def as_problem(status: int, code: str, title: str, detail: str = "") -> Response:
    return json_response(problem(status, code, title, detail), status, PROBLEM)


def refused(body: Mapping[str, Any]) -> Response:
    return json_response(body, int(body["status"]), PROBLEM)


def framed(
    ledger: Ledger, answer: Any, evidence: Sequence[int], next_: str | None = None
) -> Response:
    """An answer in the common frame: the log it is true of, and the positions that evidence it."""
    entries = ledger.entries()
    size = len(entries.all)
    moment = in_london(entries.all[-1].record.time) if size else None
    root = b64encode(ledger.tree.frontier(size).root())
    return json_response(
        {
            "answer": answer,
            "at": moment,
            "known_at": moment,
            "as_of": {"size": size, "root": root},
            "evidence": list(evidence),
            "next": next_,
        }
    )

"""JSON out, and problems (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Response

from api.requests import problem

PROBLEM = "application/problem+json"


def json_response(value: Any, status: int = 200, mimetype: str = "application/json") -> Response:
    return Response(json.dumps(value, ensure_ascii=False) + "\n", status, mimetype=mimetype)


def as_problem(status: int, code: str, title: str, detail: str = "") -> Response:
    return json_response(problem(status, code, title, detail), status, PROBLEM)


def refused(body: Mapping[str, Any]) -> Response:
    return json_response(body, int(body["status"]), PROBLEM)

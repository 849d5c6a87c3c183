"""The common frame of an answer: the log it is true of, and the positions that evidence it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from api.answers import json_response
from api.context import ledger
from ledger.proof.encoding import b64encode


def framed(
    answer: Any,
    at: str,
    known_at: str,
    size: int,
    evidence: Sequence[int],
    next_: str | None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """An answer of the first `size` records, at a moment, as known at a moment (CONTRACT 3)."""
    root = ledger().tree.root(size)
    return json_response(
        {
            "answer": answer,
            "at": at,
            "known_at": known_at,
            "as_of": {"size": size, "root": b64encode(root)},
            "evidence": list(evidence),
            "next": next_,
            **(more or {}),
        }
    )

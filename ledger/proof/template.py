"""The template of `report.html`, put together from the files in `page` (format 9).

Only who writes evidence needs it; a verifier knows it by its digest (`embedded`).
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from .encoding import b64encode

_PAGE = Path(__file__).resolve().parent / "page"
# What checks, in the page and in its workers; then what only the page does.
PROOF = ("encoding", "signing", "form", "actors", "tree", "proof", "keyrecords", "checking")
PAGE = (
    *(
        "note",
        "keyring",
        "order",
        "heads",
        "completeness",
        "contents",
        "disclosed",
        "reading",
        "verify",
        "trust",
    ),
    *("manifest", "words", "kinds", "answers", "timeline", "page"),
)


@lru_cache(maxsize=1)
def template() -> bytes:
    """Return all that stands before the data: markup, style and scripts, which nothing fetches."""
    parts = {
        "proof": '"use strict";\n' + "\n".join(_read(f"{name}.js") for name in PROOF),
        "page": '"use strict";\n' + "\n".join(_read(f"{name}.js") for name in PAGE),
        "style": _read("page.css"),
    }
    text = _read("page.html")
    for name, part in parts.items():
        text = text.replace(f"{{{name}}}", _source(part), 1)
    for name, mark in (("proof", "proof.js"), ("page", "page.js"), ("style", "page.css")):
        text = text.replace(f"{{{mark}}}", parts[name], 1)
    return text.encode("utf-8")


def _source(part: str) -> str:
    digest = b64encode(sha256(part.encode("utf-8")).digest())
    return f"'sha256-{digest}'"


def _read(name: str) -> str:
    return (_PAGE / name).read_text("utf-8")

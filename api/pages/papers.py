"""Papers about personal data to download: to be completed by the school, in English and Welsh."""

from __future__ import annotations

from flask import Blueprint, Response

from api.config import read_config
from api.context import ledger, state
from api.document import as_html, as_markdown, blanks
from api.pages import tongue
from api.pages.frame import not_found, page, seen_by
from api.papers import facts, writing

bp = Blueprint("papers", __name__, url_prefix="/papers")

MIMETYPES = {"html": "text/html", "md": "text/markdown"}


@bp.get("")
@seen_by
def several() -> Response:
    """Every paper, how much of it is left to fill in, and where to get it."""
    known = _facts()
    rows = []
    for name, (title, _parts) in writing.PAPERS.items():
        left = len(blanks(writing.paper(name, known, tongue.language())))
        rows.append((name, str(title), left))
    return page("papers", rows=rows, languages=tongue.LANGUAGES)


@bp.get("/<language>/<name>.<ending>")
@seen_by
def one(language: str, name: str, ending: str) -> Response:
    """One paper as a file: `html` to print, `md` to edit; or all of them, `all.zip`."""
    if language not in tongue.LANGUAGES:
        return not_found("paper")
    if (name, ending) == ("all", "zip"):
        return _file(
            writing.zipped(_facts(), language), f"papers-{language}.zip", "application/zip"
        )
    if name not in writing.PAPERS or ending not in MIMETYPES:
        return not_found("paper")
    made = writing.paper(name, _facts(), language)
    text = as_html(made) if ending == "html" else as_markdown(made)
    return _file(text.encode(), f"{name}-{language}.{ending}", MIMETYPES[ending])


def _facts() -> facts.Facts:
    held = ledger()
    return facts.gather(held, read_config(str(held.directory)), state().now())


def _file(data: bytes, name: str, mimetype: str) -> Response:
    made = Response(data, mimetype=mimetype)
    made.headers.set("Content-Disposition", "attachment", filename=name)
    return made

"""The papers as files: each as Markdown to edit, and as a page to print."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import flask_babel
from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from api.document import Document, Heading, Items, Part, Words, as_html, as_markdown, blanks
from api.papers import activities, impact, notices
from api.papers.facts import Facts
from ledger.proof.zipwriter import ZipWriter

Parts = Callable[[Facts], Iterator[Part]]
PAPERS: Mapping[str, tuple[object, Parts]] = {
    "impact-assessment": (lazy_gettext("Data-protection impact assessment"), impact.parts),
    "record-of-processing": (
        lazy_gettext("Record of processing activities"),
        activities.parts,
    ),
    "privacy-notice-staff": (
        lazy_gettext("Privacy notice for staff, volunteers and governors"),
        notices.for_staff,
    ),
    "privacy-notice-families": (
        lazy_gettext("Privacy notice for pupils and parents"),
        notices.for_families,
    ),
}


def paper(name: str, facts: Facts, language: str) -> Document:
    """One of PAPERS in a language. To be called within a request or application context.

    At its end it lists every gap that is to be filled in.
    """
    title, parts = PAPERS[name]
    before = g.get("language")
    g.language = language
    try:
        with flask_babel.force_locale(language):
            words = Words(
                str(_("to be filled in by the school")),
                str(_("(To be confirmed by the school's data-protection officer.)")),
            )
            made = Document(str(title), language, tuple(parts(facts)), words)
            rest = (Heading(_("Still to be filled in")), Items(blanks(made)))
            return Document(made.title, language, (*made.parts, *rest), words)
    finally:
        g.language = before


def files(facts: Facts, language: str) -> Iterator[tuple[str, bytes]]:
    """(name, content) of every paper, as Markdown and as HTML."""
    for name in PAPERS:
        made = paper(name, facts, language)
        yield f"{name}.md", as_markdown(made).encode()
        yield f"{name}.html", as_html(made).encode()


def write(directory: Path, facts: Facts, language: str) -> list[Path]:
    """Write them into a directory, which is made where there is none; returns their paths.

    Raises FileExistsError where one is there already: somebody may have filled it in.
    """
    made = list(files(facts, language))
    paths = [directory / name for name, _content in made]
    there = next((path for path in paths if path.exists()), None)
    if there is not None:
        raise FileExistsError(f"{there} is there already; give another directory")
    directory.mkdir(parents=True, exist_ok=True)
    for path, (_name, content) in zip(paths, made, strict=True):
        path.write_bytes(content)
    return paths


def zipped(facts: Facts, language: str) -> bytes:
    """All of them in one file."""
    out = io.BytesIO()
    archive = ZipWriter(out)
    for name, content in files(facts, language):
        archive.add(name, content)
    archive.close()
    return out.getvalue()

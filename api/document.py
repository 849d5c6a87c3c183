"""A paper as plain data: headings, paragraphs, lists and tables; written as HTML and as Markdown.

What the school has to fill in stands in the text as `blank(…)`: both forms show it, and `blanks`
lists it. What a lawyer has to look at is a paragraph with `confirm`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

OPEN, CLOSE = "\u27e6", "\u27e7"
BLANK = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
STYLE = """
body{font:1rem/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#111}
h1,h2,h3{line-height:1.25}h2{margin-top:2rem;border-bottom:1px solid #999}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;font-weight:bold;padding:.3rem 0}
th,td{border:1px solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top}
th{background:#eee}mark{background:#ffe680;color:#111}.confirm{border-left:4px solid #b35900;
padding-left:.7rem}.text{white-space:pre-wrap}
@media print{body{margin:0;max-width:none;font-size:10pt}
h2,h3{break-after:avoid}tr{break-inside:avoid}}
"""


@dataclass(frozen=True)
class Heading:
    """A heading; `level` 2 or 3, for the title is the only one of level 1."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Para:
    """A paragraph. `confirm`: a statement about the law, for the school's DPO to confirm."""

    text: str
    confirm: bool = False


@dataclass(frozen=True)
class Items:
    """A list."""

    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table; every row has as many cells as there are columns."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


Part = Heading | Para | Items | Table


@dataclass(frozen=True)
class Words:
    """What the renderers say themselves, in the language of the paper."""

    to_fill_in: str
    to_confirm: str


@dataclass(frozen=True)
class Document:
    """A paper in one language (`en` or `cy`)."""

    title: str
    language: str
    parts: Sequence[Part]
    words: Words


def blank(what: str) -> str:
    """A gap for the school to fill in, within a text."""
    return f"{OPEN}{what}{CLOSE}"


def plain(text: str) -> str:
    """A text from outside, in which nothing looks like a gap."""
    return text.replace(OPEN, "[").replace(CLOSE, "]")


def blanks(document: Document) -> list[str]:
    """Everything that is to be filled in, in the order of the paper, each once."""
    found = (
        what for part in document.parts for text in _texts(part) for what in BLANK.findall(text)
    )
    return list(dict.fromkeys(found))


def _texts(part: Part) -> Iterator[str]:
    if isinstance(part, (Heading, Para)):
        yield part.text
    elif isinstance(part, Items):
        yield from part.items
    else:
        yield from (cell for row in part.rows for cell in row)


# -- HTML -------------------------------------------------------------------------------------


def as_html(document: Document) -> str:
    """One page that needs nothing else, and prints well."""
    body = "\n".join(_html(part, document.words) for part in document.parts)
    title = escape(document.title)
    return (
        f'<!doctype html>\n<html lang="{document.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _html(part: Part, words: Words) -> str:
    if isinstance(part, Heading):
        return f"<h{part.level}>{_marked(part.text, words)}</h{part.level}>"
    if isinstance(part, Items):
        items = "".join(f"<li>{_marked(item, words)}</li>\n" for item in part.items)
        return f"<ul>\n{items}</ul>"
    if isinstance(part, Table):
        return _html_table(part, words)
    if part.confirm:
        said = f"<strong>{escape(words.to_confirm)}</strong>"
        return f'<p class="confirm">{_marked(part.text, words)} {said}</p>'
    return f'<p class="text">{_marked(part.text, words)}</p>'


def _html_table(part: Table, words: Words) -> str:
    head = "".join(f'<th scope="col">{escape(c)}</th>' for c in part.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{_marked(cell, words)}</td>" for cell in row) + "</tr>\n"
        for row in part.rows
    )
    caption = escape(part.caption)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{caption}"><table>\n'
        f"<caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n"
        "</table></div>"
    )


def _marked(text: str, words: Words) -> str:
    said = escape(words.to_fill_in)
    return BLANK.sub(rf"<mark>[{said}: \1]</mark>", escape(text)).replace("\n", "<br>")


# -- Markdown ---------------------------------------------------------------------------------


def as_markdown(document: Document) -> str:
    """The same as text that can be edited."""
    parts = (_markdown(part, document.words) for part in document.parts)
    return "\n\n".join((f"# {_text(document.title, document.words)}", *parts)) + "\n"


def _markdown(part: Part, words: Words) -> str:
    if isinstance(part, Heading):
        return f"{'#' * part.level} {_text(part.text, words)}"
    if isinstance(part, Items):
        return "\n".join(f"- {_text(item, words)}" for item in part.items)
    if isinstance(part, Table):
        lines = [part.columns, ["---"] * len(part.columns), *part.rows]
        rows = (" | ".join(_cell(c, words) for c in line) for line in lines)
        return "\n".join((f"**{part.caption}**", "", *(f"| {row} |" for row in rows)))
    said = _text(part.text, words)
    return f"> {said} **{words.to_confirm}**" if part.confirm else said


def _cell(text: str, words: Words) -> str:
    return _text(text, words).replace("|", "\\|").replace("\n", " ")


def _text(text: str, words: Words) -> str:
    kept = re.sub(r"([\\`*_<>#\[\]])", r"\\\1", text)
    return BLANK.sub(rf"**[{words.to_fill_in}: \1]**", kept)

"""Pictures of intervals and numbers as SVG that stands in the page: timelines and bar charts.

Pure functions. A picture is as wide as its place and its text keeps its size (places are per cent,
heights are pixels), so it is legible on a phone and on paper. Each kind of piece has a pattern of
its own besides its colour; whoever cannot see the picture reads the table that the page puts
beside it. Presentation attributes only: the pages allow no style attribute.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

from markupsafe import Markup

INK, SOFT, LINE, PAPER = "#1b1f23", "#4d5761", "#c9d0d6", "#ffffff"
# Kind of piece → its colour, and the strokes of its pattern on a tile of 8 × 8 (none: solid).
KINDS = {
    "held": ("#0b4f8a", ""),
    "good": ("#12633a", ""),
    "other": ("#5b3a8c", "M0 2h8M0 6h8"),
    "warn": ("#7a4a00", "M2 0v8M6 0v8"),
    "quiet": ("#4d5761", "M1 1h2M5 5h2"),
    "gap": ("#a4161a", "M-2 2l4 -4M0 8l8 -8M6 10l4 -4"),
}
LABEL, BAR, ROOM = 18, 16, 12  # heights in pixels: words of a lane, its bar, the room after it
LEGEND, APART = 36, 16  # of the words under the axis, and of those of a strong mark


@dataclass(frozen=True)
class Piece:
    """A stretch of a lane, from `start` to `end` of its width (0 to 1), of one of KINDS."""

    start: float
    end: float
    kind: str
    said: str = ""


@dataclass(frozen=True)
class Lane:
    """One row of a picture: its words, and the pieces that lie on it."""

    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Mark:
    """A line across all lanes at `at` (0 to 1), with up to two lines of words under it.

    A strong one is drawn over the others, and its words stand by themselves.
    """

    at: float
    words: str = ""
    below: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: its words, and (number, kind, words) of each part, from the left."""

    label: str
    parts: tuple[tuple[float, str, str], ...]


def drawing(
    name: str, title: str, about: str, lanes: Sequence[Lane], marks: Sequence[Mark]
) -> Markup:
    """The SVG. `name` makes its ids unique in the page; `title` and `about` say what it shows."""
    height = len(lanes) * (LABEL + BAR + ROOM)
    legend = LEGEND + (APART if any(mark.strong for mark in marks) else 0)
    frame = Markup(
        '<svg class="picture" width="100%" height="{h}" role="img" aria-labelledby="{n}-t {n}-d" '
        'font-size="13" fill="{ink}"><title id="{n}-t">{t}</title><desc id="{n}-d">{d}</desc>'
    ).format(h=height + legend, n=name, ink=INK, t=title, d=about)
    used = sorted({piece.kind for lane in lanes for piece in lane.pieces})
    return Markup("").join(
        (
            frame,
            patterns(name, used),
            axis(marks, height),
            *(_lane(name, n, lane) for n, lane in enumerate(lanes)),
            Markup("</svg>"),
        )
    )


def patterns(name: str, kinds: Iterable[str]) -> Markup:
    """What fills the pieces of these kinds: a colour, and strokes where the kind has some."""
    tile = Markup(
        '<pattern id="{n}-{k}" width="8" height="8" patternUnits="userSpaceOnUse">'
        '<rect width="8" height="8" fill="{ground}"/>'
        '<path d="{strokes}" stroke="{c}" stroke-width="2.5"/></pattern>'
    )
    made = (
        tile.format(n=name, k=kind, c=colour, strokes=strokes, ground=PAPER if strokes else colour)
        for kind, (colour, strokes) in ((k, KINDS[k]) for k in kinds)
    )
    return Markup("<defs>{}</defs>").format(Markup("").join(made))


def axis(marks: Sequence[Mark], height: int) -> Markup:
    """The lines of the marks from the top down to `height`, and their words under it."""
    line = Markup('<line x1="{x}" x2="{x}" y1="0" y2="{h}" stroke="{c}"{dash}/>')
    text = Markup('<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{c}">{words}</text>')
    made = []
    for mark in marks:
        colour = INK if mark.strong else LINE
        dash = Markup(' stroke-width="2" stroke-dasharray="4 3"') if mark.strong else ""
        made.append(line.format(x=percent(mark.at), h=height, c=colour, dash=dash))
        made += [
            text.format(x=percent(mark.at), y=height + y, anchor=_anchor(mark), c=SOFT, words=w)
            for y, w in _words(mark)
        ]
    return Markup("").join(made)


def _words(mark: Mark) -> list[tuple[int, str]]:
    """(how far under the axis, words) of a mark; a strong one has a line of its own."""
    lines = ((46, mark.words),) if mark.strong else ((14, mark.words), (30, mark.below))
    return [(y, words) for y, words in lines if words]


def _anchor(mark: Mark) -> str:
    """Words of a mark far to the right stand before it, so that they stay in the picture."""
    return "end" if mark.at > (0.5 if mark.strong else 0.85) else "start"


def _lane(name: str, n: int, lane: Lane) -> Markup:
    top = n * (LABEL + BAR + ROOM)
    halo = Markup('stroke="{}" stroke-width="3" paint-order="stroke"').format(PAPER)
    words = Markup('<text x="0" y="{}" {}>{}</text>').format(top + 13, halo, lane.label)
    ground = Markup('<rect x="0" width="100%" y="{}" height="1" fill="{}"/>')
    made = [words, ground.format(top + LABEL + BAR, SOFT)]
    made += [_piece(name, top + LABEL, piece) for piece in lane.pieces]
    return Markup("").join(made)


def _piece(name: str, top: int, piece: Piece) -> Markup:
    """A piece, never so narrow that it cannot be seen."""
    width = max(piece.end - piece.start, 0.006)
    start = min(piece.start, 1 - width)
    return Markup(
        '<rect x="{x}" width="{w}" y="{y}" height="{h}" fill="url(#{n}-{k})" stroke="{c}">'
        "<title>{said}</title></rect>"
    ).format(
        x=percent(start), w=percent(width), y=top, h=BAR, n=name, k=piece.kind,
        c=KINDS[piece.kind][0], said=piece.said,
    )  # fmt: skip


def percent(part: float) -> str:
    """A part of the width as an SVG length, in hundredths of a per cent."""
    return f"{min(max(part, 0.0), 1.0) * 100:.2f}%"


def bars(
    name: str, title: str, about: str, rows: Sequence[Bar], limit: float | None = None
) -> Markup:
    """A chart of lying bars on one scale from 0; `limit` draws a line, such as what was allowed."""
    totals = [sum(number for number, _, _ in row.parts) for row in rows]
    most = max([*totals, limit or 0, 1])
    lanes = [Lane(row.label, _parts(row, most)) for row in rows]
    marks = [Mark(step / most, f"{step:g}") for step in steps(most)]
    strong = [] if limit is None else [Mark(limit / most, f"{limit:g}", strong=True)]
    return drawing(name, title, about, lanes, [*marks, *strong])


def _parts(row: Bar, most: float) -> tuple[Piece, ...]:
    made, at = [], 0.0
    for number, kind, said in row.parts:
        if number:
            made.append(Piece(at / most, (at + number) / most, kind, said))
        at += number
    return tuple(made)


def steps(most: float) -> list[float]:
    """Round numbers from 0 up to `most`, at most seven of them."""
    round_ones = (m * 10.0**e for e in count() for m in (1, 2, 5))
    step = next(s for s in round_ones if most / s <= 6)
    return [n * step for n in range(int(most / step) + 1)]


def key(name: str, kinds: Sequence[tuple[str, str]]) -> Markup:
    """What each kind means: a list of (kind, words), each with a swatch."""
    swatch = Markup(
        '<li><svg width="28" height="16" aria-hidden="true">{defs}<rect x="1" y="1" width="26" '
        'height="14" fill="url(#{n}-{k})" stroke="{c}"/></svg> {words}</li>'
    )
    items = (
        swatch.format(
            defs=patterns(f"{name}-key", [kind]), n=f"{name}-key", k=kind, c=KINDS[kind][0],
            words=words,
        )
        for kind, words in kinds
    )  # fmt: skip
    return Markup('<ul class="key">{}</ul>').format(Markup("").join(items))

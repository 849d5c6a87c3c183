"""Pictures: they say what the intervals and numbers say, in colour and without it."""

import xml.etree.ElementTree as ET

import pytest

from api.pages.picture import Bar, Lane, Mark, Piece, bars, drawing, key, steps
from api.pages.timeline import Stretch, ticks, timeline
from ledger.domain.school_time import parse_timestamp

SVG = "{http://www.w3.org/2000/svg}"


def read(svg):
    return ET.fromstring(str(svg).replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))


def pieces(svg):
    return [r for r in read(svg).iter(f"{SVG}rect") if r.find(f"{SVG}title") is not None]


def at(text):
    return parse_timestamp(text)


SEPTEMBER, JANUARY = at("2026-09-01T00:00:00+01:00"), at("2027-01-01T00:00:00+00:00")


def test_a_stretch_lies_where_its_time_lies():
    half = (SEPTEMBER + JANUARY) // 2
    tracks = [("Lead", [Stretch(SEPTEMBER, half, "held", "Anwen"), Stretch(half, None, "gap")])]
    first, second = pieces(timeline("t", "Who", "…", tracks, (SEPTEMBER, JANUARY), "en"))
    assert (first.get("x"), first.get("width")) == ("0.00%", "50.00%")
    assert (second.get("x"), second.get("width")) == ("50.00%", "50.00%")
    assert first.findtext(f"{SVG}title") == "Anwen"


def test_what_lies_outside_the_window_is_left_out_and_what_is_short_is_seen():
    held = [Stretch(0, 10, "held"), Stretch(JANUARY + 1, None, "held")]
    short = [Stretch(JANUARY - 1, JANUARY, "gap")]
    drawn = pieces(timeline("t", "", "", [("a", held), ("b", short)], (SEPTEMBER, JANUARY), "en"))
    assert [(p.get("x"), p.get("width")) for p in drawn] == [("99.40%", "0.60%")]


def test_a_gap_is_told_by_its_pattern_too():
    lanes = [Lane("a", (Piece(0, 0.5, "held"), Piece(0.5, 1, "gap")))]
    drawn = read(drawing("p", "", "", lanes, []))
    strokes = {p.get("id"): p.find(f"{SVG}path").get("d") for p in drawn.iter(f"{SVG}pattern")}
    assert strokes["p-gap"]
    assert not strokes["p-held"]
    assert [p.get("fill") for p in pieces(drawing("p", "", "", lanes, []))] == [
        "url(#p-held)",
        "url(#p-gap)",
    ]


def test_a_picture_is_named_described_and_harmless():
    svg = drawing("n", "<Who>", 'of "A"', [Lane("<script>", ())], [Mark(0, "&")])
    drawn = read(svg)
    assert drawn.get("aria-labelledby") == "n-t n-d"
    assert (drawn.findtext(f"{SVG}title"), drawn.findtext(f"{SVG}desc")) == ("<Who>", 'of "A"')
    assert "<script" not in svg
    assert not [e for e in drawn.iter() if "style" in e.attrib]


@pytest.mark.parametrize(
    ("locale", "words"),
    [("en", ["Oct", "Nov", "Dec", "Jan"]), ("cy", ["Hyd", "Tach", "Rhag", "Ion"])],
)
def test_months_are_named_in_the_readers_language(locale, words):
    marks = ticks(SEPTEMBER + 1, JANUARY, locale)
    assert [w for _, w, _ in marks] == words
    assert [y for _, _, y in marks] == ["2026", "", "", "2027"]
    assert marks[0][0] == at("2026-10-01T00:00:00+01:00")


@pytest.mark.parametrize("days", [1, 3, 12, 40, 200, 1000, 4000, 20000])
def test_a_phone_has_room_for_the_marks(days):
    marks = ticks(SEPTEMBER, SEPTEMBER + days * 86400, "en")
    assert 1 <= len(marks) <= 8


def test_bars_stand_on_one_scale_and_the_limit_is_drawn():
    rows = [
        Bar("Oct", ((6, "good", "6 met"), (2, "gap", "2 late"))),
        Bar("Nov", ((4, "good", ""), (0, "gap", ""))),
    ]
    svg = bars("b", "Met", "…", rows, limit=4)
    assert [(p.get("x"), p.get("width")) for p in pieces(svg)] == [
        ("0.00%", "75.00%"),
        ("75.00%", "25.00%"),
        ("0.00%", "50.00%"),
    ]
    assert 'x1="50.00%"' in svg
    assert "stroke-dasharray" in svg


@pytest.mark.parametrize(
    ("most", "last", "many"), [(1, 1, 2), (6, 6, 7), (8, 8, 5), (100, 100, 6), (2500, 2500, 6)]
)
def test_steps_are_round_and_few(most, last, many):
    assert (steps(most)[-1], len(steps(most))) == (last, many)


def test_no_rows_make_an_empty_picture():
    assert pieces(bars("b", "Met", "…", [])) == []


def test_the_key_says_what_each_pattern_means():
    said = key("k", [("gap", "Nobody leads"), ("held", "In charge")])
    assert "Nobody leads" in said
    assert said.count("<pattern") == 2

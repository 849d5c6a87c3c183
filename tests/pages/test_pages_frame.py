"""What every page has: its language, its layout, and problems said in words."""

import re
from html import unescape

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from api.pages import tongue

METHODS = [
    ("pages/**.py", "python"),
    ("papers/**.py", "python"),
    ("subject_access/**.py", "python"),
    ("report_page.py", "python"),
    ("templates/pages/**.html", "jinja2"),
]
HTML = {"Accept": "text/html"}


KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "marked": None, "ngettext": (1, 2)}


def marked():
    """Every string that is marked for translation."""
    found = extract_from_dir("api", METHODS, keywords=KEYWORDS, comment_tags=())
    return {m[2] for m in found}


def parts():
    for part in sorted(p for p in tongue.PARTS.iterdir() if p.name.endswith(".po")):
        with part.open("rb") as file:
            yield part.name, read_po(file, locale="cy")


def test_every_string_has_its_welsh():
    given = {m.id: m for _, part in parts() for m in part if m.id and all(texts(m.string))}
    wanted = marked()
    assert [w for w in wanted if w not in given] == []
    assert [i for i in given if i not in wanted] == [], "words that no page says any more"


def texts(said):
    return said if isinstance(said, (tuple, list)) else (said,)


def test_parts_do_not_contradict_each_other():
    seen = {}
    for _, part in parts():
        for message in part:
            assert seen.setdefault(message.id, message.string) == message.string, message.id


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 o bobl"), (1, "1 person"), (2, "2 berson"), (3, "3 pherson")]
)
def test_welsh_counts_as_welsh_does(count, words):
    assert (
        tongue.catalogue().ngettext("%(num)s person", "%(num)s people", count) % {"num": count}
        == words
    )


def test_what_stands_in_place_of_words_stays_in_place():
    for _, part in parts():
        for message in part:
            for text in texts(message.string):
                assert set(marks(message.id)) == set(marks(text)), message.id


def marks(text):
    return re.findall(r"%\(\w+\)[sd]", "".join(texts(text)))


@pytest.mark.parametrize(
    ("language", "words"), [("en", "There is no such page."), ("cy", "Nid oes tudalen o'r fath.")]
)
def test_an_unknown_page_says_so_in_the_readers_language(term, language, words):
    client, _, _ = term
    got = client.get("/nowhere", headers={**HTML, "Accept-Language": language})
    assert (got.status_code, got.headers["Content-Language"]) == (404, language)
    assert words in unescape(got.text)
    assert f'<html lang="{language}">' in got.text


def test_machines_are_told_of_problems_as_before(term):
    client, _, _ = term
    got = client.get("/v1/nowhere", headers=HTML)
    assert got.mimetype == "application/problem+json"


def test_the_language_that_was_chosen_is_kept(term):
    client, _, _ = term
    got = client.post("/language", data={"language": "cy", "back": "/nowhere?x=1"})
    assert (got.status_code, got.location) == (302, "/nowhere?x=1")
    assert "Nid oes tudalen" in client.get("/nowhere", headers=HTML).text


@pytest.mark.parametrize(
    "back",
    ["//elsewhere.example", "https://elsewhere.example", "/\\e", "/\n", "/\t/e", "e", "/a\\b"],
)
def test_the_switch_of_languages_leads_nowhere_else(term, back):
    client, _, _ = term
    assert client.post("/language", data={"language": "en", "back": back}).location == "/"


def test_an_unknown_language_is_refused(term):
    client, _, _ = term
    got = client.post("/language", data={"language": "xx"}, headers=HTML)
    assert (got.status_code, "language" in got.text) == (400, True)


def test_a_page_says_that_it_is_practice_and_lets_nothing_in_from_elsewhere(term):
    client, _, _ = term
    got = client.get("/nowhere", headers=HTML)
    assert "Practice ledger" in got.text
    assert "default-src 'none'" in got.headers["Content-Security-Policy"]
    assert "unsafe" not in got.headers["Content-Security-Policy"]


def test_times_are_told_in_words(term):
    client, _, _ = term
    with client.application.test_request_context(headers={"Accept-Language": "cy"}):
        assert tongue.moment("2026-10-06T11:45:00Z") == "6 Hydref 2026, 12:45"
        assert tongue.day("2026-12-01") == "1 Rhagfyr 2026"
    with client.application.test_request_context(headers={"Accept-Language": "en"}):
        assert tongue.moment("2026-11-06T11:45:00Z") == "6 November 2026, 11:45"
        assert (tongue.span(7200), tongue.span(86400 * 3)) == ("2 hours", "3 days")


def test_what_a_page_puts_into_its_head_arrives_there_once(term):
    client, headers, _ = term
    got = client.get("/today", headers={**HTML, **headers("stf-011")})
    assert got.text.count('href="/static/today.css"') == 1

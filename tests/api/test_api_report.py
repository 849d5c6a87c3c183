"""The governors' report as CSV, as a page, and from the command line: the same figures."""

import csv
import io
import re
from base64 import b64encode
from hashlib import sha256
from html import unescape

import pytest
from small import World

from api.app import create_app
from api.cells import harmless
from api.report import csv_text, flat
from api.report_page import HEADINGS, duration, headings, ranges, said, worded
from api.tokens import Tokens
from ledger.proof.note import format_vkey

TERM = "from=2026-09-01&to=2027-01-15"
CELL = r"<t[hd][^>]*>(.*?)</t[hd]>"
NASTY = "=<script>alert('x')</script>"
SPELLINGS = {None: "", True: "true", False: "false"}


@pytest.fixture(name="term", scope="module")
def _term(tmp_path_factory):
    """The sample term behind the door: (get, ledger)."""
    world = World(tmp_path_factory.mktemp("report"))
    with world.found() as ledger:
        world.play(ledger)
        tokens = Tokens(world.directory / "access.db")
        client = create_app(ledger, tokens).test_client()
        secrets = {p: tokens.issue(p) for p in ("stf-041", "gov-002")} | {"nobody": "x"}

        def get(path, person="gov-002"):
            return client.get(path, headers={"Authorization": f"Bearer {secrets[person]}"})

        yield get, ledger


def lines_of(html):
    """Caption → the texts of each line, as a reader sees them."""
    found = {}
    for table in re.findall(r"<table>(.*?)</table>", html, re.DOTALL):
        caption = re.search(r"<caption>(.*?)</caption>", table)[1]
        rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
        found[caption] = [
            [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(CELL, row, re.DOTALL)]
            for row in rows
        ]
    return found


# -- CSV -----------------------------------------------------------------------------------


def test_the_csv_has_the_figures_of_the_json(term):
    get, _ = term
    figures = list(flat(get(f"/v1/report?{TERM}").json["answer"]["figures"]))
    answer = get(f"/v1/report.csv?{TERM}")
    assert "text/csv; charset=utf-8" == answer.content_type
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))
    assert ["section", "item", "measure", "value", "evidence"] == list(rows[0])
    assert len(figures) == len(rows) > 500
    for figure, row in zip(figures, rows, strict=True):
        value = figure["value"]
        is_word = value is None or isinstance(value, bool)
        assert (SPELLINGS[value] if is_word else str(value)) == row["value"]
        assert figure["evidence"] == [int(p) for p in row["evidence"].split()]
        for name in ("section", "item", "measure"):
            assert figure[name] == row[name]


def test_the_csv_is_saved_under_its_period_and_size(term):
    said_ = term[0](f"/v1/report.csv?{TERM}").headers["Content-Disposition"]
    name = "governors-report-2026-09-01-to-2027-01-15-of-125-records.csv"
    assert f'attachment; filename="{name}"' == said_


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_a_spreadsheet_would_calculate_is_made_harmless(start):
    told = {"section": "s", "item": f"{start}1+1", "measure": "m", "evidence": [1, 2]}
    [row] = list(csv.reader(io.StringIO(csv_text([{**told, "value": f"{start}2"}]), newline="")))[
        1:
    ]
    assert ["s", f"'{start}1+1", "m", f"'{start}2", "1 2"] == row


def test_numbers_stay_numbers():
    assert ["-5", "0", "", "true"] == [harmless(v) for v in (-5, 0, None, True)]


# -- the page ------------------------------------------------------------------------------


def test_the_page_shows_every_figure(term):
    get, _ = term
    figures = list(flat(get(f"/v1/report?{TERM}").json["answer"]["figures"]))
    shown = lines_of(get(f"/v1/report.html?{TERM}").get_data(as_text=True))
    captions = {section: c for _, sections in HEADINGS for section, c in sections.items()}
    for figure in figures:
        head, *rows = shown[captions[figure["section"]]]
        column = head.index(worded(figure["measure"]))
        [row] = [r for r in rows if worded(r[0]) == worded(figure["item"])]
        assert row[column].startswith(said(figure["value"])), figure
        evidence = ranges(figure["evidence"])
        assert evidence in (row[-1] or row[column]), figure


def test_every_section_of_the_report_has_its_place_on_the_page(term):
    sections = term[0]("/v1/report").json["answer"]["figures"]
    assert sections.keys() <= {section for _, named in HEADINGS for section in named}
    tables = [table for _, made in headings([]) for table in made]
    assert all(table.lines == () for table in tables)
    assert len(tables) == len({table.caption for table in tables})


def test_the_page_says_what_it_is_true_of(term):
    get, ledger = term
    html = unescape(get(f"/v1/report.html?{TERM}").get_data(as_text=True))
    root = b64encode(ledger.tree.root(125)).decode()
    trust = get("/log/trust.policy").get_data()
    vkey = format_vkey(ledger.key.name, ledger.key.public_key)
    for line in (
        "<title>Governors' report, 2026-09-01 to 2027-01-15</title>",
        "Rhyd-y-Gwennol Community Primary School (fictional)",
        "2026-09-01 to 2027-01-15, both included",
        f"<dd>{ledger.origin}</dd>",
        "<dt>Records</dt><dd>125</dd>",
        f"<dd>{vkey}</dd>",
        f"SHA-256 {sha256(trust).hexdigest()}",
        "Rehearsal",
    ):
        assert line in html, line
    assert root in html


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing(term):
    answer = term[0](f"/v1/report.html?{TERM}")
    html = answer.get_data(as_text=True)
    assert not re.search(r"https?:|<script|<link|<img|\son\w+=|url\(|@import", html)
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'" == policy
    assert "size: A4" in style


def test_names_and_handles_are_escaped(tmp_path):
    world = World(tmp_path)
    with world.found() as ledger:
        world.play(ledger, 24)
        tokens = Tokens(tmp_path / "access.db")
        client = create_app(ledger, tokens).test_client()
        auth = {"Authorization": f"Bearer {tokens.issue('stf-011')}"}
        sent = {"data": {"target": created(ledger), "set": {"handle": NASTY}, "reason": "typed"}}
        assert 201 == client.post("/v1/actions/correct_entry", json=sent, headers=auth).status_code
        named = ledger.entries().stream("person/stf-027")[0].record.id
        sent = {"data": {"target": named, "set": {"name": NASTY}, "reason": "typed"}}
        assert 201 == client.post("/v1/actions/correct_entry", json=sent, headers=auth).status_code
        html = client.get("/v1/report.html", headers=auth).get_data(as_text=True)
        csv_ = client.get("/v1/report.csv", headers=auth).get_data(as_text=True)
    assert NASTY not in html
    assert 2 == html.count("=&lt;script&gt;")
    assert "'=<script>" in csv_


def created(ledger):
    return ledger.entries().stream("account/fb-main")[0].record.id


def test_names_are_for_those_who_may_see_them(term):
    get, _ = term
    assert "Dylan Ashworth" in get(f"/v1/report.html?{TERM}").get_data(as_text=True)
    assert "Dylan Ashworth" not in get(f"/v1/report.html?{TERM}", "stf-041").get_data(as_text=True)


@pytest.mark.parametrize("ending", ["", ".csv", ".html"])
def test_a_bad_period_names_its_parameter(term, ending):
    get, _ = term
    got = get(f"/v1/report{ending}?from=2026-12-02&to=2026-12-01")
    assert (400, "invalid_field", "to") == (got.status_code, got.json["code"], got.json["detail"])
    assert "application/problem+json" == got.mimetype
    assert 400 == get(f"/v1/report{ending}?colour=red").status_code


@pytest.mark.parametrize("ending", [".csv", ".html"])
def test_nobody_reads_it_without_a_token(term, ending):
    get, _ = term
    assert 401 == get(f"/v1/report{ending}", "nobody").status_code


# -- the words -----------------------------------------------------------------------------


def test_values_in_words():
    assert "2026-10-25 01:10:00 +01:00" == said("2026-10-25T01:10:00+01:00")
    assert ["–", "–", "yes", "no", "0", "x"] == [said(v) for v in (None, "", True, False, 0, "x")]
    assert ["", "59 s", "1 min", "1 h 1 s", "17 d 22 h"] == [
        duration(n) for n in (0, 59, 60, 3601, 1548600)
    ]
    assert ["", "3", "3 5–7 9"] == [ranges(p) for p in ([], [3], [3, 5, 6, 7, 9])]

"""Audit: what the log is, its pictures, the governors' report, and evidence to take away."""

import io
import re
from html import unescape

import pytest
from axe_playwright_python.sync_playwright import Axe
from cast import CHAIR, HEAD

from api.pages import audit_figures as figures
from api.transparency import trust_file
from ledger.proof.policy import parse_policy
from ledger.proof.verify import verify

HTML = {"Accept": "text/html"}
LEAD = "stf-035"
PLACES = ("/audit", "/audit/report", "/audit/evidence")


@pytest.fixture(name="look")
def _look(term):
    """look(path, person, language) -> (status, text of the page)."""
    client, bearer, _ = term

    def look(path, person=CHAIR, language="en"):
        headers = {**HTML, **bearer(person), "Accept-Language": language}
        got = client.get(path, headers=headers)
        return got.status_code, unescape(got.text)

    return look


def clock(status, grade, due="2026-10-07T12:00:00+01:00"):
    return {"status": status, "grade": grade, "due_at": due}


def test_deadlines_are_counted_by_the_month_in_which_they_were_due():
    rows = [
        clock("met", "live"),
        clock("met", "after_the_fact"),
        clock("met_late_recorded", "corrected"),
        clock("breached", "live", "2026-11-01T00:00:00+00:00"),
        clock("waived", "live", "2026-11-30T23:59:59+00:00"),
        clock("open", "live", "2026-12-01T00:00:00+00:00"),
    ]
    assert [(m.month, dict(m.counts)) for m in figures.by_month(rows)] == [
        ("2026-10", {"good": 1, "held": 1, "other": 1}),
        ("2026-11", {"gap": 1, "quiet": 1}),
        ("2026-12", {"warn": 1}),
    ]


def test_time_taken_is_a_share_of_the_time_there_was():
    start, due = "2026-10-06T12:00:00+01:00", "2026-10-07T12:00:00+01:00"
    row = {"started_at": start, "due_at": due, "stopped_at": "2026-10-08T00:00:00+01:00"}
    [late] = figures.replies([row, {**row, "stopped_at": None}])
    assert (late.taken, late.allowed, late.share, late.in_time) == (129600, 86400, 150, False)
    [just] = figures.replies([{**row, "stopped_at": due}])
    assert (just.share, just.in_time) == (100, True)


def test_a_governor_can_compare_the_log_with_what_they_hold(look, term):
    _, _, ledger = term
    status, text = look("/audit")
    assert (status, str(ledger.store.size()) in text, ledger.origin in text) == (200, True, True)
    assert "Fingerprint of the trust file" in text
    assert "No witness is named in the trust file." in text
    # The checkpoint that the moderator handed to the chair is the last record of the term.
    assert 'href="/records/125"' in text


def test_pictures_have_tables_that_say_the_same(look):
    _, text = look("/audit")
    assert text.count("<svg class=") == 2
    assert "October 2026" in text
    months = text.partition("<caption>Deadlines by month")[2].partition("</table>")[0]
    counts = [int(n) for n in re.findall(r"<td>(\d+)</td>", months)]
    assert 0 < sum(counts) < 60  # of the daily checks alone more than 200 were missed
    answered = text.partition("Time taken, and the time there was")[2]
    assert '<a href="/enquiries/enq-2026-004">enq-2026-004</a>' in answered
    assert "<td>25 hours</td><td>24 hours</td><td>Too late</td>" in answered


def test_every_figure_of_the_report_leads_to_its_records(look):
    status, text = look("/audit/report?from=2026-09-01&to=2027-01-15")
    assert status == 200
    table = text.partition("Applications in the period")[2].partition("</table>")[0]
    cells = re.findall(r"<td>([^<]*)</td>", table)
    assert cells[:3] == ["3", "2", "1"]  # submitted, approved, rejected
    assert 'href="/records/19"' in table
    assert "fewer_than" not in text
    assert "_seconds" not in text


def test_a_table_of_the_report_can_be_taken_along(term):
    client, bearer, _ = term
    address = "/audit/report?table=each_application&as=csv"
    got = client.get(address, headers=bearer(CHAIR))
    assert (got.status_code, got.mimetype) == (200, "text/csv")
    assert "apl-2026-02" in got.text


@pytest.mark.parametrize("period", ["from=2026-13-01", "from=2027-01-01&to=2026-01-01", "to=x"])
def test_a_period_that_is_none_is_said_in_words(look, period):
    status, text = look(f"/audit/report?{period}", language="cy")
    assert (status, "Rhowch ddau ddyddiad" in text) == (400, True)


def test_the_report_in_welsh_has_no_english_heading(look):
    _, text = look("/audit/report", language="cy")
    said = re.findall(r"<(?:h1|h2|caption|th)[^>]*>([^<]+)<", text)
    assert "Adroddiad y llywodraethwyr" in said
    for word in ("Deadlines", "Incidents", "Recorded", "Began", "Evidence", "Findings"):
        assert not any(word in one for one in said), word


@pytest.mark.parametrize("place", PLACES)
def test_whoever_has_no_office_is_not_let_in(look, place):
    status, text = look(place, LEAD)
    assert (status, "Your role does not cover this page." in text) == (403, True)


def take(term, person, **more):
    client, bearer, _ = term
    form = {"given_to": [CHAIR], "scope": "all", "disclose": "none", "how": "file", **more}
    return client.post("/audit/evidence", data=form, headers={**HTML, **bearer(person)})


def test_the_file_that_is_taken_verifies_and_is_on_record(term):
    client, _, ledger = term
    size = ledger.store.size()
    got = take(term, HEAD)
    assert (got.status_code, got.mimetype) == (200, "application/zip")
    with client.application.app_context():
        trust = parse_policy(trust_file())
    report = verify(io.BytesIO(got.data), trust)
    assert (report.verdict, report.size) == ("VALID", size)
    assert ledger.entries().all[-1].type == "EvidenceExported"
    assert ledger.entries().all[-1].fields["given_to"] == [CHAIR]


def test_evidence_of_some_days(term):
    got = take(term, HEAD, scope="days", **{"from": "2026-10-01", "to": "2026-10-31"})
    assert got.status_code == 200
    report = verify(io.BytesIO(got.data), None)
    assert (report.verdict, report.kind) == ("UNANCHORED", "case")


def test_pressing_twice_records_once(term):
    _, _, ledger = term
    first = take(term, HEAD, key="k-1")
    size = ledger.store.size()
    assert (take(term, HEAD, key="k-1").status_code, ledger.store.size()) == (200, size)
    assert first.status_code == 200


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"given_to": []}, "choose one person at least"),
        ({"given_to": ["stf-999"]}, "choose one person at least"),
        ({"scope": "days", "from": "2026-10-02", "to": "2026-10-01"}, "the first not after"),
        ({"scope": "days", "from": "", "to": "x"}, "the first not after"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_recorded(term, more, words):
    _, _, ledger = term
    size = ledger.store.size()
    got = take(term, HEAD, **more)
    assert (got.status_code, words in unescape(got.text)) == (400, True)
    assert ledger.store.size() == size


def test_a_governor_looks_and_the_page_checks_itself(site, visit):
    page = visit(HEAD, "/audit")
    page.get_by_role("link", name="Take evidence, or check it in this browser").click()
    page.get_by_label("Glenys Harcourt").check()
    page.get_by_role("button", name="Open the page that checks itself").click()
    page.wait_for_selector("html[data-shown]:not([data-verdict=checking])")
    verdict = page.evaluate("document.documentElement.dataset.verdict")
    assert verdict == "holds"
    assert site.ledger.entries().all[-1].type == "EvidenceExported"


@pytest.mark.parametrize(("language", "width", "scripts"), [("en", 320, True), ("cy", 1000, False)])
def test_everybody_can_use_these_pages(visit, language, width, scripts):
    page = visit(CHAIR, "/audit", language, scripts, width)
    for place in PLACES:
        page.goto(place)
        found = Axe().run(page).response["violations"] if scripts else []
        assert [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found] == [], place
        assert page.locator("h1").count() == 1
        if scripts:
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, place


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Received on a bank holiday: ", "→ Like a weekend", "The record · 40")),
        ("cy", ("Y cofnod · 40", "gardd.rhydygwennol · ")),
    ],
)
def test_the_report_says_what_it_means_and_no_codes(look, language, words):
    _, text = look("/audit/report?from=2026-09-01&to=2027-01-15", language=language)
    assert [w for w in words if w not in text] == []
    codes = ("runner_not_trained", "not_moderator", "as_weekend", "fb-main · ", "position · ")
    assert [c for c in codes if c in text] == []


def test_the_parts_of_the_report_are_reached_from_its_top(look):
    _, text = look("/audit/report?from=2026-09-01&to=2027-01-15")
    parts = re.findall(r'<a href="#(part-\d+)">', text)
    assert len(parts) > 5
    assert all(f'<h2 id="{part}">' in text for part in parts)

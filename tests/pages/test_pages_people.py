"""People: everybody by name, the history of one, a leaver's certificate."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from accessible import faults
from cast import CHAIR, HEAD, LEAD, MODERATOR, RUNNER, TEACHER, VOLUNTEER
from small import asked

from api.pages import people_rows
from ledger.outcomes import Receipt

PLAIN = "stf-041"  # Priya Nair: no office, and runs nothing any more
ANSWERS = Path(__file__).resolve().parents[1] / "vectors/autumn_term_answers.json"
BY_ID = {q["id"]: q for q in json.loads(ANSWERS.read_text("utf-8"))["queries"]}


@pytest.fixture(name="see")
def _see(term):
    """see(person, path, language="en") -> the words of the page."""
    client, bearer, _ = term

    def see(person, path, language="en", status=200):
        headers = {**bearer(person), "Accept": "text/html", "Accept-Language": language}
        got = client.get(path, headers=headers)
        assert got.status_code == status
        bare = re.sub(r"<(script|svg|select)\b.*?</\1>", " ", got.text, flags=re.S)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())

    return see


def done(ledger, action, actor=HEAD, **data):
    assert isinstance(ledger.record(asked(action, data, actor)), Receipt)


def test_everybody_stands_there_by_name(see):
    said = see(PLAIN, "/people")
    table = said[said.index("9 people") :]
    names = ["Anwen Tregarth", "Catrin Mostyn", "Dylan Ashworth", "Lowri Gittins", "Priya Nair"]
    assert [table.index(name) for name in names] == sorted(table.index(name) for name in names)
    assert "Lowri Gittins Staff Headteacher, Senior leadership team (SLT) here" in said
    assert "Anwen Tregarth Staff left on 18 December 2026, 15:30" in said
    assert "Catrin Mostyn Staff YsgolRhydyGwennol (Lead) here" in said


def test_somebody_erased_has_no_name_any_more(see):
    said = see(HEAD, "/people")
    assert f"{VOLUNTEER} (name erased) Volunteer left on 3 December 2026, 17:00" in said
    assert "Rhodri" not in said
    assert "Rhodri" not in see(CHAIR, f"/people/{VOLUNTEER}")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=dylan", ["Dylan Ashworth"]),
        ("q=ASHWORTH+dyl", ["Dylan Ashworth"]),
        ("q=stf-011", ["Lowri Gittins"]),
        ("q=0&which=left", ["Anwen Tregarth", VOLUNTEER]),
        ("which=nonsense&q=harcourt", ["Glenys Harcourt"]),
    ],
)
def test_people_are_found_by_name(see, query, found):
    said = see(HEAD, f"/people?{query}")
    assert f"{len(found)} pe" in said
    assert all(name in said for name in found)


def test_a_name_is_found_without_its_accents():
    rows = [{"person": "stf-1", "departed_at": None}, {"person": "stf-2", "departed_at": "x"}]
    names = {"stf-1": "Siân Tŷ-gwyn", "stf-2": "Ann"}.__getitem__
    assert people_rows.found(rows, "sian ty", "", names) == rows[:1]
    assert people_rows.found(rows, "", "left", names) == rows[1:]
    assert [r["person"] for r in people_rows.found(rows, "", "", names)] == ["stf-2", "stf-1"]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Nobody fits."), ("cy", "Nid oes neb yn cyfateb.")]
)
def test_nobody_found_says_what_to_do(see, language, words):
    said = see(HEAD, "/people?q=zebedee", language)
    assert words in said


def test_a_name_that_is_too_long_is_refused_in_words(term):
    client, bearer, _ = term
    long = "n" * 121
    got = client.get(f"/people?q={long}", headers={**bearer(HEAD), "Accept": "text/html"})
    assert got.status_code == 400
    assert got.text.count("has at most 120 characters") == 2
    assert f'value="{long}"' in got.text


def test_a_person_has_a_history_that_says_what_the_answers_say(see):
    said = see(HEAD, f"/people/{TEACHER}")
    assert "Runs YsgolRhydyGwennol (Lead)" in said
    for row in BY_ID["a07"]["answer"]:
        assert row["role"] == "lead"
    assert "Lead gardd.rhydygwennol 2 October 2026, 09:05 11 December 2026, 16:00" in said
    assert "Lead YsgolRhydyGwennol 17 December 2026, 12:00 still going on" in said
    wrong = "Wrong: Could get in without a role (Password) gardd.rhydygwennol 11 December 2026"
    assert wrong in said
    assert "YsgolRhydyGwennol : Password, since 4 January 2027, 10:10" in said


def test_training_that_ran_out_is_marked(see):
    said = see(HEAD, f"/people/{RUNNER}")
    lapses = [row for row in BY_ID["a35"]["answer"] if row["person"] == RUNNER]
    assert said.count("Wrong: Somebody runs the account without valid training") == len(lapses)
    assert "Training valid until 25 November 2027, 23:59" in said
    then = see(HEAD, f"/people/{RUNNER}?at=2026-11-23T12:00")
    assert "Training ran out on 20 November 2026, 23:59" in then


def test_offices_are_intervals(see):
    assert "Administrator/moderator 5 January 2027, 08:55 still going on" in see(
        HEAD, f"/people/{RUNNER}"
    )
    assert "Offices none" in see(HEAD, f"/people/{RUNNER}?at=2027-01-04T12:00")


def test_who_has_no_office_is_told_less(see):
    head, plain = see(HEAD, f"/people/{LEAD}"), see(PLAIN, f"/people/{LEAD}")
    for secret in ("Could get in", "Leaver's certificate", "Wrong:"):
        assert (secret in head, secret in plain) == (True, False), secret
    assert "Lead YsgolRhydyGwennol 16 September 2026, 09:20 17 December 2026, 12:00" in plain
    assert "Training" in see(HEAD, f"/people/{RUNNER}")
    assert "Training" not in see(PLAIN, f"/people/{RUNNER}")
    see(PLAIN, f"/people/{LEAD}/departure", status=403)


def test_a_certificate_says_whether_every_way_in_has_ended(see, term):
    _, _, ledger = term
    said = see(CHAIR, f"/people/{LEAD}/departure")
    assert "Complete: left on 18 December 2026, 15:30" in said
    assert "Password 16 September 2026, 09:33 4 January 2027, 10:10" in said
    early = see(CHAIR, f"/people/{LEAD}/departure?at=2026-12-20T12:00")
    assert "Not complete: left on 18 December 2026, 15:30" in early
    assert "YsgolRhydyGwennol : Password" in early
    assert "This person has not left." in see(CHAIR, f"/people/{RUNNER}/departure")
    done(ledger, "record_departure_notice", person=RUNNER, leaving_on="2027-02-12")
    assert "They are going to leave on 12 February 2027." in see(
        CHAIR, f"/people/{RUNNER}/departure"
    )
    assert "Is going to leave on 12 February 2027" in see(CHAIR, f"/people/{RUNNER}")


def test_the_list_can_be_taken_along(term):
    client, bearer, _ = term
    got = client.get("/people?as=csv&q=ashworth", headers=bearer(PLAIN))
    row = got.get_data(as_text=True).splitlines()[1]
    runs = "YsgolRhydyGwennol (Runner)"
    assert row == f"Dylan Ashworth,{RUNNER},Staff,Administrator/moderator,{runs},here"


def test_somebody_away_or_suspended_is_told_apart(see, term):
    _, _, ledger = term
    since = "2027-01-14T08:00:00+00:00"
    done(ledger, "record_absence", person=PLAIN, kind="sickness", **{"from": since})
    done(ledger, "suspend_access", person=MODERATOR, reason="…", **{"from": since})
    said = see(HEAD, "/people")
    assert "Priya Nair Staff away since 14 January 2027, 08:00" in said
    assert "suspended since 14 January 2027, 08:00" in said
    one = see(HEAD, f"/people/{PLAIN}")
    assert "Away 14 January 2027, 08:00 still going on" in one
    assert "sickness" not in one
    assert "Suspended 14 January 2027, 08:00 still going on" in see(HEAD, f"/people/{MODERATOR}")
    assert "Left the school 18 December 2026, 15:30 still going on" in see(HEAD, f"/people/{LEAD}")
    assert "still going on" not in see(PLAIN, f"/people/{PLAIN}")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "There is nobody of this name"), ("cy", "Nid oes neb o'r enw hwn")],
)
def test_somebody_unknown_is_told_in_words(see, language, words):
    for path in ("stf-999", "stf-999/departure", "par-001", "unknown", "<b>"):
        assert words in see(HEAD, f"/people/{path}", language, status=404)


def test_a_moment_that_cannot_be_meant(see):
    for path in ("/people/stf-011", "/people/stf-011/departure"):
        assert "This is no date and time." in see(HEAD, f"{path}?at=soon", status=400)


def test_the_pages_are_for_everybody_and_fit_a_phone(visit):
    for language in ("en", "cy"):
        page = visit(HEAD, "/people/nobody", language, width=320)
        for path in (
            "/people",
            f"/people?q={'n' * 121}",
            f"/people/{RUNNER}?at=2027-01-10T12:00",
            f"/people/{LEAD}/departure?at=2026-12-20T12:00",
        ):
            page.goto(path)
            assert faults(page) == [], (path, language)


def test_a_stranger_finds_a_person_and_their_history_by_keyboard(visit):
    page = visit(CHAIR, "/people", javascript=False)
    page.get_by_label("Name").fill("ashworth")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Dylan Ashworth").focus()
    page.keyboard.press("Enter")
    page.get_by_role("img", name="Dylan Ashworth").wait_for()
    page.get_by_role("table", name="Offices and roles, and what was wrong").wait_for()

"""Accounts: who runs what, who can get in, at any moment; each role is told what it may know."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from accessible import faults
from cast import CHAIR, HEAD, MODERATOR, RUNNER
from small import asked

from api.pages import account_rows
from ledger.outcomes import Receipt

TEACHER = "stf-041"  # no role any more, no office
ANSWERS = Path(__file__).resolve().parents[1] / "vectors/autumn_term_answers.json"
BY_ID = {q["id"]: q for q in json.loads(ANSWERS.read_text("utf-8"))["queries"]}
GAP = "/accounts/ig-garden?at=2026-12-12T20:00"


@pytest.fixture(name="see")
def _see(term):
    """see(person, path, language="en") -> the page as one line of text; its status in `status`."""
    client, bearer, _ = term

    def see(person, path, language="en", status=200):
        headers = {**bearer(person), "Accept": "text/html", "Accept-Language": language}
        got = client.get(path, headers=headers)
        assert got.status_code == status
        return words_of(got.text)

    return see


def words_of(html):
    bare = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def section(text, start, end):
    return text[text.index(start) : text.index(end, text.index(start))]


def test_the_list_says_how_each_account_stands(see):
    said = see(HEAD, "/accounts")
    assert "YsgolRhydyGwennol" in said
    assert "Lead Catrin Mostyn" in said
    assert "Runners Dylan Ashworth" in said
    assert "Last check 27 October 2026" in said
    assert "Who else can get in (3)" in said
    assert "gardd.rhydygwennol : 2 October 2026, 09:05 to 15 January 2027, 12:00" in said


def test_the_list_of_another_day_is_that_of_the_answers(see):
    for moment, accounts in BY_ID["a39"]["answer"].items():
        said = see(HEAD, f"/accounts?at={moment.replace('+', '%2B')}")
        living = said.split("Closed accounts")[0]
        assert {"fb-main": "YsgolRhydyGwennol" in living}["fb-main"] == ("fb-main" in accounts)
        assert ("Lead Catrin Mostyn" in living or "Runners" in living) == bool(accounts)
        assert (living.count("Last check")) == len(accounts)


def test_gaps_and_exposures_are_told_where_the_account_stands(see):
    said = see(HEAD, GAP)
    for gap in (
        "Account without a lead , since 11 December 2026, 16:00",
        "Fewer than two members of staff run the account , since 11 December 2026, 16:00",
        "Can get in without a role: Catrin Mostyn (Password)",
        "Catrin Mostyn Password 4 December 2026, 09:00 Wrong: neither role nor moderator",
    ):
        assert gap in said


def test_the_history_says_what_the_answers_say(see):
    said = section(see(HEAD, "/accounts/ig-garden"), "Who ran it, and", "records show this")
    rows = BY_ID["a06"]["answer"]
    assert (said.count("Lead ") + said.count("Runner ")) == len(rows)
    assert "Lead Priya Nair 14 December 2026, 09:30 15 January 2027, 12:00" in said
    gaps, exposures = BY_ID["a09"]["answer"], BY_ID["a15"]["answer"]
    mine = [row for row in exposures if row["account"] == "ig-garden"]
    assert said.count("Wrong:") == sum(map(len, gaps.values())) + len(mine)


def test_passwords_and_checks_are_those_of_the_answers(see):
    said = see(RUNNER, "/accounts/fb-main")
    table = section(said, "what they are is never recorded", "Daily checks")
    assert table.count("still going on") == 3
    assert table.count("4 January 2027, 10:10") == len(BY_ID["a11"]["answer"])
    october = see(RUNNER, "/accounts/fb-main?at=2026-10-31T23:00")
    days = section(october, "The last five weeks", "✓ checked,")
    assert "26 Oct ✓ checked 27 ✓ checked 28 ✗ not checked 29 ✗ not checked" in days


def test_as_it_was_known_then(see):
    known = see(HEAD, f"{GAP}&known_at=2026-12-13T12:00")
    assert "Lead: Catrin Mostyn" in known
    assert "as it had been recorded by 13 December 2026, 12:00" in known
    assert "without a role: Catrin" not in known
    assert "Nobody had recorded this account" in see(
        HEAD, "/accounts/ig-garden?known_at=2026-09-20T12:00"
    )


def test_who_has_no_office_is_not_told_of_exposures_nor_passwords(see):
    head, teacher = see(HEAD, GAP), see(TEACHER, GAP)
    for secret in ("Who knew which password", "Could get in without a role", "keepass", "Wrong: n"):
        assert (secret in head, secret in teacher) == (True, False), secret
    assert "What else was found" not in teacher
    assert "Account without a lead" in teacher
    assert "Hand-over sheet" not in teacher
    see(TEACHER, "/accounts/ig-garden/hand-over", status=403)


@pytest.mark.parametrize(
    ("who", "told"),
    [(HEAD, True), (MODERATOR, True), (RUNNER, True), (TEACHER, False), (CHAIR, False)],
)
def test_where_the_password_lies_is_told_to_few(see, who, told):
    said = see(who, "/accounts/fb-main/emergency")
    assert ("keepass/school/fb-main" in said) == told
    assert ("Told only to whoever runs the account" in said) != told
    assert ("Keep this paper under lock" in said) == told


def done(ledger, action, actor=MODERATOR, **data):
    assert isinstance(ledger.record(asked(action, data, actor)), Receipt)


def test_the_card_says_who_else_is_administrator_and_whom_to_ring(see, term):
    _, _, ledger = term
    blank = see(RUNNER, "/accounts/fb-main/emergency")
    assert "Administrators on the platform none recorded to fill in by hand" in blank
    assert "Recovery contact: E-mail none recorded to fill in by hand" in blank
    done(
        ledger, "grant_platform_access", account="fb-main", person="stf-035",
        platform_role="Page owner", full_control=True,
    )  # fmt: skip
    done(
        ledger, "change_recovery_contact", account="fb-main", contact_kind="email",
        owner=MODERATOR,
    )  # fmt: skip
    card = see(RUNNER, "/accounts/fb-main/emergency")
    assert "Administrators on the platform Catrin Mostyn (“Page owner”)" in card
    assert "Recovery contact: E-mail Huw Penhallow" in card
    ring = section(card, "Whom to ring, in this order", "Help page")
    order = ["Catrin Mostyn Lead", "Dylan Ashworth Runner", "Huw Penhallow", "Lowri Gittins"]
    assert [ring.index(name) for name in order] == sorted(ring.index(name) for name in order)
    assert "Anwen Tregarth" not in ring, "she has left"
    assert ring.count("to fill in by hand") == 6
    assert "“Page owner”" not in see(TEACHER, "/accounts/fb-main/emergency")


def test_the_hand_over_sheet_holds_what_the_next_lead_needs(see, term):
    _, _, ledger = term
    sheet = see(MODERATOR, "/accounts/fb-main/hand-over")
    assert "Hands over Catrin Mostyn Takes over to fill in by hand" in sheet
    assert "Message enq-2027-002 has no answer; due on 15 January 2027, 18:50" in sheet
    assert "No incident is open." in sheet
    assert "Dylan Ashworth Password 4 January 2027, 10:10 to fill in by hand" in sheet
    assert "Handed over by to fill in by hand Taken over by" in sheet
    done(ledger, "offer_handover", account="fb-main", to=TEACHER)
    offered = see(MODERATOR, "/accounts/fb-main/hand-over")
    assert "Takes over Priya Nair (Waiting for the transfer of the lead)" in offered
    page = see(MODERATOR, "/accounts/fb-main")
    assert "offered by Catrin Mostyn to Priya Nair . Waiting for the transfer" in page


def test_what_helps_is_offered_to_those_who_may_do_it(term):
    client, bearer, ledger = term
    gone = {"account": "fb-main", "person": "stf-035", "role": "lead", "reason": "workload"}
    done(ledger, "end_account_role", **gone)
    pages = {
        who: unescape(client.get("/accounts/fb-main", headers=bearer(who)).text)
        for who in (MODERATOR, TEACHER)
    }
    for action in ("transfer_lead", "rotate_credential", "assign_account_role"):
        link = f'href="/record/{action}?account=fb-main"'
        assert (link in pages[MODERATOR], link in pages[TEACHER]) == (True, False)
    past = client.get("/accounts/fb-main?at=2026-12-01", headers=bearer(MODERATOR)).text
    assert "What helps" not in past
    listed = words_of(client.get("/accounts", headers=bearer(HEAD)).text)
    assert "Can get in without a role: Catrin Mostyn (Password)" in listed


def test_the_list_can_be_taken_along(term):
    client, bearer, _ = term
    got = client.get("/accounts?as=csv&at=2026-12-12T20:00", headers=bearer(HEAD))
    rows = got.get_data(as_text=True).splitlines()
    assert got.mimetype == "text/csv"
    assert rows[2].startswith("gardd.rhydygwennol,ig-garden,Instagram,,Dylan Ashworth,Open,")
    assert "Without a role: Catrin Mostyn" in rows[2]
    told_less = client.get("/accounts?as=csv&at=2026-12-12T20:00", headers=bearer(TEACHER))
    assert "Without a role" not in told_less.text


def test_who_asked_for_an_account_and_who_approved_it(see):
    approved = "asked for by Anwen Tregarth, approved by Iestyn Rowe on 15 September 2026, 08:45"
    said = see(TEACHER, "/accounts/fb-main").replace(" ,", ",")
    assert f"apl-2026-01 : {approved}" in said


def test_a_closed_account_says_so(see):
    for path in ("", "/emergency", "/hand-over"):
        assert "The account was closed at this moment." in see(HEAD, f"/accounts/ig-garden{path}")
    early = see(HEAD, "/accounts/ig-garden?at=2026-09-20T12:00")
    assert "The account did not exist yet at this moment." in early


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "There is no account of this name"), ("cy", "Nid oes cyfrif o'r enw hwn")],
)
def test_an_unknown_account_is_told_in_words(see, language, words):
    for path in ("nowhere", "nowhere/emergency", "nowhere/hand-over", "fb-main%00", "<b>"):
        assert words in see(HEAD, f"/accounts/{path}", language, status=404)


@pytest.mark.parametrize(
    ("query", "language", "words"),
    [
        ("at=yesterday", "en", "This is no date and time."),
        ("at=2026-13-45T00:00", "cy", "Nid dyddiad ac amser yw hwn."),
        ("known_at=2020-01-01T12:00", "en", "The ledger was not open yet."),
        ("at=2099-01-01T12:00", "en", "more than ten years ahead"),
        ("at=2026-10-25T01:30", "en", "happened twice when the clocks went back"),
        ("at=2026-03-29T01:30", "en", "was skipped when the clocks went forward"),
    ],
)
def test_a_moment_that_cannot_be_meant_is_told_beside_what_was_typed(term, query, language, words):
    client, bearer, _ = term
    for path in ("/accounts", "/accounts/fb-main", "/accounts/fb-main/emergency", "/people"):
        headers = {**bearer(HEAD), "Accept": "text/html", "Accept-Language": language}
        got = client.get(f"{path}?{query}", headers=headers)
        assert got.status_code == 400
        assert unescape(got.text).count(words) == 2, "once in the summary, once at the field"
        assert f'value="{query.split("=")[1]}"' in got.text
        assert "Catrin Mostyn" not in got.text


def test_a_day_alone_is_its_end_and_an_offset_is_understood(see):
    assert "on 12 December 2026, 23:59" in see(HEAD, "/accounts?at=2026-12-12")
    assert "on 25 October 2026, 01:30" in see(HEAD, "/accounts?at=2026-10-25T01:30:00%2B01:00")


def test_nobody_signs_in_first(term):
    client, _, _ = term
    for path in ("/accounts", "/accounts/fb-main", "/people", "/people/stf-011"):
        got = client.get(path)
        assert (got.status_code, got.location.split("?")[0]) == (303, "/sign-in")


def test_whoever_is_away_is_not_rung():
    roles = [{"person": "stf-2", "role": "lead"}, {"person": "stf-1", "role": "lead"}]
    people = [
        {"person": "stf-1", "offices": ["slt"], "away_since": "2026-12-01T08:00:00+00:00"},
        {"person": "stf-2", "offices": []},
        {"person": "stf-3", "offices": ["dpo"]},
        {"person": "stf-4", "offices": ["moderator", "governor"]},
    ]
    ring = account_rows.to_ring(people, roles)
    assert [(who, as_role) for who, as_role, _ in ring] == [
        ("stf-2", ["lead"]),
        ("stf-4", []),
        ("stf-3", []),
    ]


def test_the_calendar_has_whole_weeks():
    first, last = account_rows.calendar_days(1768500000)  # Thursday 15 January 2026
    told = {"checked": ["2026-01-13"], "missing": ["2026-01-12"]}
    weeks = account_rows.weeks(told, first, last)
    assert [len(week) for week in weeks] == [7] * 5
    assert [state for _, state in weeks[-1]] == ["missing", "checked", "", "", "", "", ""]
    assert first.isoformat() == "2025-12-15"


def test_welsh_pages_hold_no_english(see):
    said = see(HEAD, GAP, "cy")
    for words in ("Account without a lead", "Who can get in", "Password", "since", "Runner"):
        assert words not in said
    assert "Cyfrif heb arweinydd" in said


@pytest.mark.parametrize("javascript", [True, False])
def test_a_stranger_finds_who_else_can_get_in_in_two_steps(visit, javascript):
    page = visit(RUNNER, "/", javascript=javascript)
    page.get_by_role("navigation").get_by_role("link", name="Accounts").click()
    page.get_by_role("link", name="Who else can get in").first.click()
    assert page.url.endswith("/accounts/fb-main#access")
    table = page.get_by_role("table", name="Everybody who can get in at this moment")
    assert table.get_by_role("row").count() == 1 + len(("stf-021", "stf-032", "stf-035"))
    page.get_by_text("Look at another moment").click()
    page.get_by_label("How things stood on").fill("2026-12-20T12:00")
    page.get_by_role("button", name="Show that moment").click()
    assert "Anwen Tregarth" in page.locator("#access ~ .wide").first.inner_text()


def test_the_pages_are_for_everybody_and_fit_a_phone(visit):
    paths = (GAP, "/accounts", "/accounts?at=nonsense", "/accounts/fb-main/hand-over")
    for language in ("en", "cy"):
        page = visit(HEAD, "/accounts/nowhere", language, width=320)
        for path in (*paths, "/accounts/fb-main/emergency"):
            page.goto(path)
            assert faults(page) == [], (path, language)


def test_the_summary_of_what_is_wrong_has_the_focus(visit):
    page = visit(HEAD, "/accounts?at=nonsense", javascript=False)
    assert "There is something to put right" in page.locator(":focus").inner_text()
    assert page.get_by_label("How things stood on").input_value() == "nonsense"


def test_paper_leaves_out_what_is_only_for_screens(visit):
    page = visit(RUNNER, "/accounts/fb-main/emergency")
    assert page.get_by_role("button", name="Print").is_visible()
    page.emulate_media(media="print")
    for left_out in ("nav", "button"):
        assert not page.locator(left_out).first.is_visible()
    assert page.get_by_text("keepass/school/fb-main").is_visible()

"""Today: the daily check in two taps, and what waits for whom, with what to do about it."""

import csv
import io
import re
from html import unescape

import pytest
from accessible import faults
from cast import CHAIR, DEPUTY, HEAD, MODERATOR, RUNNER, TEACHER, VOLUNTEER
from small import asked

from api.door import csrf, sessions
from ledger.outcomes import Receipt

HTML = {"Accept": "text/html"}
LEAD = TEACHER  # by the end of the term she leads the one account there still is
DPO, NEWCOMER = "ext-050", "stf-054"
GARDEN = "ig-garden-2"


def see(term, who, language="en", query="", **more):
    client, headers, _ = term
    asks = {**HTML, **headers(who), "Accept-Language": language}
    got = client.get(f"/today{query}", headers=asks, **more)
    assert got.status_code == 200
    return got


def text_of(answer):
    html = re.sub(r"<pre.*?</pre>", "", answer.get_data(as_text=True), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html[html.index("<main") :])))


def table(term, who, name, language="en"):
    """The rows of a list, from its CSV."""
    text = see(term, who, language, f"?as=csv&table={name}").get_data().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    return rows[1 : rows.index([])]


def record(term, action, data, actor=MODERATOR, **rest):
    answer = term[2].record(asked(action, data, actor, **rest))
    assert isinstance(answer, Receipt), answer
    return answer


def second_account(term):
    """Another account, opened before anybody asked: its lead is the same."""
    late = {"already_done": True}
    account = {"account": GARDEN, "handle": "GarddYsgol", "late_reason": "found out"}
    record(term, "create_account", account, **late)
    lead = {"account": GARDEN, "person": LEAD, "role": "lead", "late_reason": "found out"}
    record(term, "assign_account_role", lead, **late)


def keys_in(html):
    return re.findall(r'name="key" value="([0-9a-f]+)"', html)


def accounts_in(html):
    """The accounts of the one large button."""
    form = re.search(r'<form [^>]*class="all">(.*?)</form>', html, re.S)
    return re.findall(r'name="account" value="([^"]+)"', form[1]) if form else []


def checks(term, account):
    return [e for e in term[2].entries().stream(f"account/{account}") if "Check" in e.type]


# -- the daily check -----------------------------------------------------------------------


def test_one_button_records_the_check_of_all_accounts_of_somebody(term):
    second_account(term)
    client, headers, ledger = term
    html = see(term, LEAD).text
    assert accounts_in(html) == ["fb-main", GARDEN]
    form = {"account": accounts_in(html), "key": keys_in(html)[0]}
    size = ledger.store.size()
    answer = client.post("/today/check", data=form, headers=headers(LEAD))
    assert answer.status_code == 303
    assert answer.location == f"/today?recorded={size}.{size + 1}#recorded"
    done = see(term, LEAD, query=f"?recorded={size}.{size + 1}").text
    assert "2 checks: what became of them" in done
    assert done.count("c2sp.org/tlog-proof@v1") == 2, "both receipts"
    assert "Checked today: nothing is left to check." in done
    assert [(e.fields["result"], e.doer) for e in checks(term, GARDEN)] == [("nothing_found", LEAD)]


def test_the_same_form_again_records_nothing_more(term):
    client, headers, ledger = term
    html = see(term, LEAD).text
    form = {"account": accounts_in(html), "key": keys_in(html)[0]}
    first = client.post("/today/check", data=form, headers=headers(LEAD))
    size = ledger.store.size()
    again = client.post("/today/check", data=form, headers=headers(LEAD))
    assert (again.location, ledger.store.size()) == (first.location, size)


def test_the_moderator_checks_every_account_and_a_teacher_none(term):
    second_account(term)
    assert accounts_in(see(term, MODERATOR).text) == ["fb-main", GARDEN]
    html = see(term, DEPUTY).text
    assert accounts_in(html) == []
    assert "Daily check" not in html


def test_what_the_ledger_refuses_is_said_with_its_record(term):
    client, headers, ledger = term
    size = ledger.store.size()
    form = {"account": ["fb-main", "no-such-1"]}
    answer = client.post("/today/check", data=form, headers=headers(VOLUNTEER))
    assert (answer.status_code, ledger.store.size()) == (403, size), "she has left"
    client.post("/today/check", data=form, headers=headers(LEAD))
    said = text_of(see(term, LEAD, query=f"?recorded={size}.{size + 1}"))
    assert "YsgolRhydyGwennol: checked, nothing new" in said
    assert "Not recorded: Something referred to does not exist in this ledger." in said
    in_welsh = text_of(see(term, LEAD, "cy", f"?recorded={size + 1}"))
    assert "Heb ei gofnodi: " in in_welsh
    assert "Something" not in in_welsh


@pytest.mark.parametrize("said", ["1.2.3", "999999", "x", "1..2", "-1", "9" * 40, ""])
def test_a_confirmation_shows_nothing_but_the_readers_own_checks(term, said):
    assert "what became of" not in see(term, LEAD, query=f"?recorded={said}").text


def test_a_form_without_an_account_records_nothing(term):
    client, headers, ledger = term
    size = ledger.store.size()
    answer = client.post("/today/check", data={}, headers=headers(LEAD))
    assert (answer.location, ledger.store.size()) == ("/today", size)


def test_a_form_from_elsewhere_records_nothing(term):
    client, _, ledger = term
    door = client.application.extensions["handledger.door"]
    secret = sessions.begin(door, LEAD, sessions.INSIDE, "password")
    client.set_cookie("handledger-session", secret)
    size, form = ledger.store.size(), {"account": "fb-main", "key": "0" * 32}
    assert client.post("/today/check", data=form).status_code != 200
    assert ledger.store.size() == size
    page = client.get("/today", headers=HTML).text
    assert csrf.token_of(secret) in page
    form["csrf"] = csrf.token_of(secret)
    assert client.post("/today/check", data=form).location.startswith("/today?recorded=")
    assert ledger.store.size() == size + 1


# -- what waits for whom -------------------------------------------------------------------


def test_a_stranger_is_sent_to_sign_in(term):
    client, _, _ = term
    assert client.get("/").location == "/today"
    assert client.get("/today").location == "/sign-in?next=%2Ftoday"


def test_a_lead_sees_her_own_account_and_the_head_everything(term):
    [[what, about, due, left, _]] = table(term, LEAD, "due")
    assert (what, about) == ("Answer to a message", "Message enq-2027-002, YsgolRhydyGwennol")
    assert (due, left) == ("15 January 2027, 18:50", "4 hours left")
    assert "Late" not in re.findall(r"<h2[^>]*>([^<]*)<", see(term, LEAD).text)
    [[what, about, _, left, _]] = table(term, HEAD, "late")
    assert (what, about) == ("Assessment of an incident", "Incident case-2027-001")
    assert left == "2 days late"


def test_whoever_has_neither_office_nor_account_has_nothing_due(term):
    record(
        term, "register_person", {"person": NEWCOMER, "name": "X", "kind": "staff", "offices": []}
    )
    said = text_of(see(term, NEWCOMER))
    assert "Nothing is due." in said
    assert "YsgolRhydyGwennol" in said, "from here to who else can get in"


def test_the_data_protection_officer_sees_requests_and_holds(term):
    dpo = {"person": DPO, "name": "Y", "kind": "external", "offices": ["dpo"]}
    record(term, "register_person", dpo)
    request = {"request": "rts-2027-09", "kind": "access", "subject": "ext-a05"}
    record(term, "receive_rights_request", request)
    [[what, about, *_]] = table(term, DPO, "due")
    assert (what, about[-11:]) == ("Answer to a request about personal data", "rts-2027-09")
    [[what, about, *_]] = table(term, DPO, "holds")
    assert "lh-2026-01" in about
    assert "Assessment" not in see(term, DPO).text


def test_the_chair_is_told_what_no_review_has_seen(term):
    size = term[2].store.size()
    [[what, *_]] = table(term, CHAIR, "oversight")
    assert what == f"{size} records that no review has seen"
    record(
        term,
        "record_review",
        {"size": size, "scope": "everything", "outcome": "nothing_to_note"},
        CHAIR,
    )
    assert table(term, CHAIR, "oversight")[0][0] == "1 record that no review has seen"


def test_whoever_left_with_the_password_is_told_of_and_how_to_end_it(term):
    rotate = {"account": "fb-main", "person": RUNNER, "role": "runner", "reason": "other"}
    record(term, "end_office", {"person": RUNNER, "office": "moderator"}, HEAD)
    record(term, "end_account_role", rotate)
    [[what, about, *_]] = table(term, MODERATOR, "access")
    assert (what, about) == ("Password to change", "YsgolRhydyGwennol, Dylan Ashworth")
    assert [r[0] for r in table(term, LEAD, "gaps")] == [
        "Fewer than two people run the account",
        "Fewer than two members of staff run the account",
    ]


def test_a_hand_over_and_a_follow_up_wait_for_whom_they_were_given_to(term):
    record(term, "offer_handover", {"account": "fb-main", "to": RUNNER}, LEAD)
    task = {"incident": "case-2027-001", "follow_up": "fu-1", "to": RUNNER, "text": "ring them"}
    record(term, "assign_follow_up", task)
    rows = table(term, RUNNER, "asked")
    assert [r[0] for r in rows] == [
        "Hand-over: Waiting for the transfer of the lead",
        "Something to do in a case",
    ]
    assert "ring them" not in see(term, RUNNER).text


def test_of_a_restricted_incident_there_is_no_trace(term):
    before = text_of(see(term, MODERATOR))
    report = {"kind": "conduct", "summary": "x", "restricted": True, "about": [LEAD]}
    record(term, "report_incident", report, HEAD)
    after = text_of(see(term, MODERATOR))
    count = re.compile(r"\d+ records?,|As of \d+")
    assert count.sub("", before) == count.sub("", after)


def test_a_page_in_welsh_has_no_english_in_it(term):
    second_account(term)
    for who in (HEAD, LEAD, CHAIR):
        said = text_of(see(term, who, "cy"))
        assert "Gwiriadau ar goll yn y saith diwrnod diwethaf" in said
        assert not re.search(r"\b(the|of|and|is|late|left|record)\b", said), said


def test_evidence_is_linked_and_counted(term):
    size = term[2].store.size()
    html = see(term, HEAD).text
    assert "3 records show it" in html
    assert f"As of {size} records." in html
    text = see(term, HEAD, query="?as=csv&table=late").get_data().decode("utf-8-sig")
    assert "Records that show it,11 12 120" in text


@pytest.mark.parametrize("who", [HEAD, MODERATOR, LEAD, CHAIR, NEWCOMER, DPO])
def test_every_link_leads_to_where_the_reader_may_go(term, who):
    """Today and Me, with something to do for everybody."""
    for person, offices in ((NEWCOMER, []), (DPO, ["dpo"])):
        data = {"person": person, "name": "X", "kind": "external", "offices": offices}
        record(term, "register_person", data)
    task = {"incident": "case-2027-001", "follow_up": "fu-1", "to": who, "text": "ring them"}
    record(term, "assign_follow_up", task)
    record(term, "offer_handover", {"account": "fb-main", "to": RUNNER}, LEAD)
    client, headers, _ = term
    asks = {**HTML, **headers(who)}
    found = {
        unescape(href).partition("#")[0]
        for page in ("/today", "/me")
        for href in re.findall(r'<a [^>]*?href="([^"]+)"', client.get(page, headers=asks).text)
    } - {""}
    assert any(href.startswith("/record") for href in found)
    wrong = {
        href: client.get(href, headers=asks, follow_redirects=True).status_code
        for href in sorted(found)
    }
    # What lets somebody in is for a session: a token is not enough there.
    assert {h: s for h, s in wrong.items() if s != 200 and h != "/me/door"} == {}


# -- in a browser --------------------------------------------------------------------------


@pytest.mark.parametrize(("javascript", "language"), [(True, "en"), (False, "cy")])
def test_the_daily_check_takes_two_taps(visit, site, javascript, language):
    page = visit(LEAD, "/", language, javascript, width=320)
    size = site.ledger.store.size()
    page.locator("form.all button").click()  # opening the page was the first tap
    page.wait_for_url("**/today?recorded=*")
    assert site.ledger.store.size() == size + 1
    assert page.locator("#recorded li").count() == 1
    assert page.locator("form.all").count() == 0


@pytest.mark.parametrize("language", ["en", "cy"])
def test_everybody_can_use_the_page(visit, site, language):
    page = visit(LEAD, "/", language, width=320)
    assert faults(page) == []
    page.locator("form.all button").click()
    page.wait_for_url("**/today?recorded=*")
    assert faults(page) == []
    for who in (HEAD, CHAIR):
        assert faults(visit(who, "/today", language, width=320)) == []


def test_a_stranger_finds_who_else_can_get_in_in_two_steps(visit):
    page = visit(LEAD, "/", width=320)
    page.locator("main li", has_text="YsgolRhydyGwennol").get_by_role("link").first.click()
    page.get_by_role("heading", name="Who can get in").first.wait_for()


def test_what_came_at_the_weekend_is_one_form_away(visit):
    page = visit(LEAD, "/")
    page.get_by_role("link", name="A message came").click()
    page.wait_for_url("**/record/receive_enquiry?account=fb-main")
    assert page.locator("textarea").count() >= 1, "the late reason stands in the same form"

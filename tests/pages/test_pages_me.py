"""Me: what I did, what names me, my tokens and my calendar, which tells nobody anything."""

import csv
import io
import re
import time
from html import unescape

import pytest
from accessible import faults
from cast import CHAIR, HEAD, LEAD, MODERATOR, RUNNER, TEACHER
from icalendar import Calendar
from small import asked

from api.access import database
from api.door import csrf, sessions
from api.tokens import FEED, Tokens
from ledger.outcomes import Receipt

HTML = {"Accept": "text/html"}


def inside(term, who):
    """(client, csrf): a browser in which somebody is signed in."""
    client = term[0].application.test_client()
    door = term[0].application.extensions["handledger.door"]
    secret = sessions.begin(door, who, sessions.INSIDE, "password")
    client.set_cookie("handledger-session", secret)
    return client, {"csrf": csrf.token_of(secret)}


def text_of(answer):
    html = answer.get_data(as_text=True)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html[html.index("<main") :])))


def record(term, action, data, actor=MODERATOR, **rest):
    answer = term[2].record(asked(action, data, actor, **rest))
    assert isinstance(answer, Receipt), answer
    return answer


def lines(term, who, name):
    client, _ = inside(term, who)
    text = client.get(f"/me?as=csv&table={name}", headers=HTML).get_data().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    return rows[1 : rows.index([])]


# -- what I did, what names me -------------------------------------------------------------


def test_everything_somebody_did_is_listed_newest_first_in_parts(term):
    known = term[2].entries().all
    mine = [e.position for e in known if MODERATOR in (e.record.actor, e.doer)]
    assert [int(r[0]) for r in lines(term, MODERATOR, "did")] == mine[::-1]
    client, _ = inside(term, MODERATOR)
    seen, address = [], "/me"
    while address:
        html = client.get(address, headers=HTML).text
        part = html[html.index('id="did"') :]
        seen += [int(p) for p in re.findall(r"<tr>\s*<td[^>]*>(?:<a[^>]*>)?(\d+)", part)]
        older = re.search(r'class="button" href="(/me\?did_before=\d+)', part)
        address = older[1] if older else None
    assert seen == mine[::-1]
    assert len(mine) > 25, "there is more than one part"


def test_entries_of_others_that_name_me_can_be_confirmed_or_disputed(term):
    rows = lines(term, RUNNER, "named")
    assert rows[0][1:3] == ["Give somebody an office", "Dylan Ashworth"]
    client, _ = inside(term, RUNNER)
    html = client.get("/me", headers=HTML).text
    target = term[2].entries().all[int(rows[0][0])].record.id
    assert f"/record/confirm_entry?target={target}" in html
    assert f"/record/dispute_entry?target={target}" in html
    record(term, "dispute_entry", {"target": target, "reason": "no"}, RUNNER)
    assert lines(term, RUNNER, "named")[0][5].startswith("Disputed by Dylan Ashworth, ")
    assert "no" not in lines(term, RUNNER, "named")[0][5].split(), "the reason is sealed"


def test_whom_no_entry_names_is_told_so(term):
    newcomer = {"person": "stf-054", "name": "X", "kind": "staff", "offices": []}
    record(term, "register_person", newcomer, HEAD)
    said = text_of(inside(term, "stf-054")[0].get("/me", headers=HTML))
    assert "You have recorded nothing yet." in said


@pytest.mark.parametrize("query", ["did_before=x", "named_before=-1", "as=exe&table=did"])
def test_a_part_that_cannot_be_meant_is_refused_in_words(term, query):
    got = inside(term, RUNNER)[0].get(f"/me?{query}", headers=HTML)
    assert got.status_code == 400
    assert "<h1>" in got.text


def test_a_restricted_incident_about_somebody_never_shows_here(term):
    before = [r[1:] for r in lines(term, LEAD_NOW, "named")]
    report = {"kind": "conduct", "summary": "x", "restricted": True, "about": [LEAD_NOW]}
    record(term, "report_incident", report, HEAD)
    assert [r[1:] for r in lines(term, LEAD_NOW, "named")] == before
    assert "report" not in str(lines(term, HEAD, "did")[0]).lower()


LEAD_NOW = TEACHER  # who leads the account by the end of the term


# -- tokens --------------------------------------------------------------------------------


def test_a_token_is_shown_once_good_for_what_was_said_and_ended_by_its_owner(term):
    client, form = inside(term, RUNNER)
    got = client.post("/me/tokens", data={**form, "scope": "read", "days": "7"}, headers=HTML)
    [secret] = re.findall(r"<code>(hl_[^<]+)</code>", got.text)
    tokens = Tokens(term[2].directory / "access.db")
    found = tokens.find(secret)
    assert (found.person, found.scopes) == (RUNNER, ("read",))
    assert 0 <= time.time() + 7 * 86400 - found.expires < 60
    assert secret not in client.get("/me/tokens", headers=HTML).text
    other, others = inside(term, MODERATOR)
    refused = other.post("/me/tokens/end", data={**others, "token": found.id}, headers=HTML)
    assert (refused.status_code, tokens.find(secret) is not None) == (404, True)
    ended = client.post("/me/tokens/end", data={**form, "token": found.id})
    assert (ended.status_code, tokens.find(secret)) == (303, None)


def test_when_a_token_was_last_used_is_told(term):
    client, _form = inside(term, RUNNER)
    tokens = Tokens(term[2].directory / "access.db")
    secret = tokens.issue(RUNNER)
    assert "not yet" in client.get("/me/tokens", headers=HTML).text
    auth = {"Authorization": f"Bearer {secret}"}
    assert client.get("/v1/accounts", headers=auth).status_code == 200
    [token] = tokens.of(RUNNER)
    assert abs(token.used - time.time()) < 60
    assert "not yet" not in client.get("/me/tokens", headers=HTML).text


def test_a_file_of_tokens_from_an_earlier_release_is_taken_over(tmp_path):
    path = tmp_path / "access.db"
    path.touch()
    with database(path) as db:
        db.execute(
            "CREATE TABLE tokens (id TEXT PRIMARY KEY, person TEXT NOT NULL, "
            "secret_sha256 BLOB NOT NULL, scopes TEXT NOT NULL, created INTEGER NOT NULL, "
            "expires INTEGER NOT NULL, revoked INTEGER)"
        )
        db.execute("INSERT INTO tokens VALUES ('ab', 'stf-011', x'00', 'read', 1, 2, NULL)")
    assert [(t.id, t.used) for t in Tokens(path).all()] == [("ab", None)]
    assert Tokens(path).find(Tokens(path).issue("stf-011")).person == "stf-011"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"scope": "read", "days": "0"}, "Give a number of days from 1 to 365."),
        ({"scope": "read", "days": "366"}, "Give a number of days from 1 to 365."),
        ({"scope": "read", "days": "soon"}, "Give a number of days from 1 to 365."),
        ({"scope": "calendar", "days": "9"}, "Say what it is good for."),
        ({}, "Say what it is good for."),
    ],
)
def test_a_form_that_cannot_be_meant_makes_no_token_and_keeps_what_was_typed(term, given, words):
    client, form = inside(term, RUNNER)
    got = client.post("/me/tokens", data={**form, **given}, headers=HTML)
    assert (got.status_code, words in got.text) == (400, True)
    assert f'value="{given.get("days", "")}"' in got.text
    assert Tokens(term[2].directory / "access.db").of(RUNNER) == []


def test_a_stolen_token_makes_no_other_token(term):
    client, headers, _ = term
    before = len(Tokens(term[2].directory / "access.db").all())
    for path in ("/me/tokens", "/me/calendar", "/me/tokens/end"):
        got = client.post(path, data={"scope": "read", "days": "9"}, headers=headers(RUNNER))
        assert got.status_code == 403
    assert len(Tokens(term[2].directory / "access.db").all()) == before + 3


# -- the calendar --------------------------------------------------------------------------


def feed_of(term, who, language="en"):
    client, form = inside(term, who)
    got = client.post("/me/calendar", data=form, headers={**HTML, "Accept-Language": language})
    return unescape(re.search(r"<code>http://localhost(/calendar/[^<]+)</code>", got.text)[1])


def test_the_calendar_tells_when_in_neutral_words_and_nothing_of_what(term):
    path = feed_of(term, LEAD_NOW)
    got = term[0].get(path)
    assert (got.status_code, got.mimetype) == (200, "text/calendar")
    events = Calendar.from_ical(got.get_data()).walk("VEVENT")
    told = {str(e["summary"]): e.decoded("dtend") for e in events}
    assert told["A deadline of the ledger ends: Answer to a message"].isoformat() == (
        "2027-01-15T18:50:00+00:00"
    )
    assert all(str(e["url"]) == "http://localhost/today" for e in events)
    body = got.get_data(as_text=True).replace("\r\n ", "")
    known = term[2].entries()
    ids = {e.key for e in known.all if e.key} | {e.record.actor for e in known.all}
    names = ("Mostyn", "YsgolRhydyGwennol", "enq-", "case-", "Ashworth")
    assert [i for i in ids if len(i) > 3 and i in body] == []
    assert [n for n in names if n in body] == []


def test_an_event_keeps_its_id_which_tells_nothing(term):
    path = feed_of(term, LEAD_NOW)
    first, second = (
        [str(e["uid"]) for e in Calendar.from_ical(term[0].get(path).get_data()).walk("VEVENT")]
        for _ in range(2)
    )
    assert first == second
    assert len(set(first)) == len(first) > 0
    theirs = Calendar.from_ical(term[0].get(feed_of(term, HEAD)).get_data()).walk("VEVENT")
    assert not set(first) & {str(e["uid"]) for e in theirs}


def test_the_calendar_speaks_the_language_of_the_page_that_gave_it(term):
    path = feed_of(term, LEAD_NOW, "cy")
    body = term[0].get(path, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "Daw dyddiad cau'r llyfr i ben" in body
    assert "deadline of" not in body


def test_a_new_address_ends_the_old_one_and_departure_ends_both(term):
    old = feed_of(term, LEAD_NOW)
    new = feed_of(term, LEAD_NOW)
    assert (term[0].get(old).status_code, term[0].get(new).status_code) == (404, 200)
    record(term, "record_departure", {"person": LEAD_NOW, "reason": "retired"}, HEAD)
    assert term[0].get(new).status_code == 403


def test_the_secret_of_a_calendar_opens_nothing_else(term):
    client, _, ledger = term
    secret = feed_of(term, HEAD).split("/")[2].partition(".ics")[0]
    auth = {"Authorization": f"Bearer {secret}"}
    for path in ("/today", "/me", "/v1/accounts", "/me/tokens"):
        assert client.get(path, headers=auth).status_code == 403, path
    assert client.post("/today/check", headers=auth).status_code == 403
    reading = Tokens(ledger.directory / "access.db").issue(HEAD)
    assert client.get(f"/calendar/{reading}.ics").status_code == 404
    assert client.get("/calendar/x.ics").status_code == 404


def test_the_secret_of_a_calendar_is_kept_hashed(term):
    secret = feed_of(term, HEAD).split("/")[2].partition(".ics")[0]
    path = term[2].directory / "access.db"
    with database(path) as db:
        held = str([tuple(row) for row in db.execute("SELECT * FROM tokens")])
    assert secret.split("_", 2)[2] not in held
    assert [t.scopes for t in Tokens(path).of(HEAD)] == [(FEED,)]


def test_of_a_restricted_incident_the_calendar_says_nothing(term):
    path = feed_of(term, HEAD)
    stamp = re.compile(r"DTSTAMP:\S+")
    before = stamp.sub("", term[0].get(path).get_data(as_text=True))
    report = {"kind": "conduct", "summary": "x", "restricted": True, "about": [LEAD_NOW]}
    record(term, "report_incident", report, HEAD)
    assert stamp.sub("", term[0].get(path).get_data(as_text=True)) == before


def test_staff_without_an_account_have_a_calendar_of_their_own_training(term):
    training = {"people": [CHAIR], "course": "sm-foundation", "valid_until": "2027-06-30"}
    record(term, "record_training", training, HEAD)
    newcomer = {"person": "stf-054", "name": "X", "kind": "staff", "offices": []}
    record(term, "register_person", newcomer, HEAD)
    record(term, "record_training", {**training, "people": ["stf-054"]}, HEAD)
    events = Calendar.from_ical(term[0].get(feed_of(term, "stf-054")).get_data()).walk("VEVENT")
    assert [str(e["summary"]) for e in events] == [
        "A deadline of the ledger ends: Validity of training"
    ]


# -- in a browser --------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "cy"])
def test_everybody_can_use_the_pages(visit, site, language):
    page = visit(RUNNER, "/me", language, width=320)
    assert faults(page) == []
    page.goto("/me/tokens")
    assert faults(page) == []


def test_a_page_in_welsh_has_no_english_in_it(term):
    client, form = inside(term, RUNNER)
    welsh = {**HTML, "Accept-Language": "cy"}
    feed_of(term, RUNNER)
    shown = [
        client.get("/me", headers=welsh),
        client.post("/me/tokens", data={**form, "scope": "read", "days": "7"}, headers=welsh),
        client.post("/me/tokens", data=form, headers=welsh),
        client.post("/me/calendar", data=form, headers=welsh),
    ]
    for answer in shown:
        said = text_of(answer)
        assert not re.search(r"\b(the|of|and|is|good|never|token|name)\b", said), said
    assert LEAD not in text_of(shown[0]), "who has left is told by name"

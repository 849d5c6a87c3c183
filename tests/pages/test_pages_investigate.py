"""The pages of an investigation: incidents and messages, replay, evidence, files."""

import io
import json
import re
import zipfile
from hashlib import sha256

import pytest
from axe_playwright_python.sync_playwright import Axe
from door import Service, csrf_in
from small import World

from api import requests
from api.door import sessions
from api.pages import evidence_files
from ledger.domain.case import CaseCheck
from ledger.domain.replay import Duties
from ledger.outcomes import Receipt
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy, parse_policy
from ledger.proof.verify import verify
from projections.semantics import AnswersCheck

HEAD, DEPUTY, MODERATOR, LEAD = "stf-011", "stf-014", "stf-021", "stf-027"
RUNNER, TEACHER, CHAIR = "stf-032", "stf-041", "gov-002"
CASE = "/incidents/case-2026-003"
PICTURE, SALT = b"the picture as it was sent", "c2FsdA"


def tell(ledger, action, actor, /, **data):
    """Record something in the term, and its receipt."""
    [outcome] = ledger.submit([requests.asked(action, actor, {"data": data})])
    assert isinstance(outcome, Receipt), outcome
    return outcome


def words(text):
    """What a page says in its main part."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.partition("<main")[2]))


def table(text, caption):
    """The rows of the table with this caption, as lists of texts."""
    [found] = [t for t in re.findall(r"<table>.*?</table>", text, re.S) if caption in t]
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", r, re.S) for r in found.split("<tr>")[2:])
    return [[re.sub(r"<[^>]+>", "", c).strip() for c in row] for row in cells]


# -- incidents and messages --------------------------------------------------------------------


def test_the_start_lists_incidents_and_messages_with_their_clocks(look):
    _, text = look("/investigate")
    assert [row[0] for row in table(text, "Incidents, the newest first")] == [
        "case-2027-001", "case-2026-004", "case-2026-003", "case-2026-002", "case-2026-001",
    ]  # fmt: skip
    messages = {row[0]: row[-1] for row in table(text, "Messages, the newest first")}
    assert messages["enq-2026-007"] == "Too late"
    assert messages["enq-2026-001"] == "In time, recorded late"


def test_whoever_has_no_part_in_it_sees_their_own_records_only(look, term):
    newcomer = {"person": "stf-099", "name": "Nobody Else", "kind": "staff", "offices": []}
    tell(term[2], "register_person", HEAD, **newcomer)
    _, text = look("/investigate", "stf-099")
    assert "case-2026" not in text
    assert "Your own records you can search" in text
    for path in (f"{CASE}/replay", f"{CASE}/export", "/enquiries/enq-2026-006"):
        assert look(path, "stf-099")[0] == 403
    assert look(CASE, "stf-099")[0] == 404, "as for one that there is not"
    assert look(CASE, RUNNER)[0] == 200
    assert look(f"{CASE}/replay", RUNNER)[0] == 200, "he was made moderator in January"
    text = look(CASE, "stf-035")[1]
    assert f"{CASE}/replay" not in text
    assert look(f"{CASE}/replay", "stf-035")[0] == 403


def test_a_story_is_told_as_the_answers_of_the_term_have_it(look):
    _, text = look(CASE)
    story = text.partition('<ol class="story">')[2]
    told = [int(n) for n in re.findall(r'<a href="/records/(\d+)">', story)]
    assert told == [82, 83, 84, 85, 86, 87, 92, 95, 96, 97, 98, 121]
    assert "6 December 2026, 18:30" in story
    assert "7 December 2026, 08:20" in story
    clocks = {row[0]: row[4] for row in table(text, "Clocks of this incident")}
    basis = {row[0]: row[5] for row in table(text, "Clocks of this incident")}
    assert basis["Answer to a message"] == "The policy"
    assert basis["Assessment of an incident"] == "The school's own choice"
    assert clocks["Assessment of an incident"] == "Too late"
    assert clocks["Contacting a parent"] == "In time"


def test_another_version_of_the_rule(look):
    _, text = look("/enquiries/enq-2027-001?rule_version=1")
    said = words(text)
    assert "As recorded, under version 2 In time" in said
    assert "Under version 1 Too late, due 2 January 2027, 13:15" in said
    assert look("/enquiries/enq-2027-001?rule_version=9")[0] == 400


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize(
    "path", ["/incidents/none-1", "/incidents/none-1/replay", "/enquiries/case-2026-003"]
)
def test_what_is_not_there(look, path, language):
    status, text = look(path, language=language)
    assert status == 404
    assert f'<html lang="{language}">' in text


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("52", "/records/52"),
        ("case-2026-003", CASE),
        ("enq-2026-006", "/enquiries/enq-2026-006"),
        ("YsgolRhydyGwennol", "/records?account=fb-main"),
        ("Priya Nair", "/records?person=stf-041"),
        ("nothing such", "/investigate?for=nothing+such"),
    ],
)
def test_the_search_box_leads_there(term, typed, there):
    client, headers, _ = term
    got = client.get("/investigate/find", query_string={"for": typed}, headers=headers(HEAD))
    assert (got.status_code, got.location) == (303, there)


def test_the_search_box_says_that_it_found_nothing(look):
    _, text = look("/investigate?for=nothing+such", language="cy")
    assert "Nid oes dim o'r enw hwn yn hysbys yma" in text
    assert 'value="nothing such"' in text


# -- replay ------------------------------------------------------------------------------------


def test_who_could_have_posted_as_we_know_now_and_as_was_known_then(look):
    moment = "/incidents/case-2026-002/replay?at=2026-12-12T20:00"
    could = "Who could do what"
    now = {r[0]: r[2] for r in table(look(moment)[1], could)}
    then = {r[0]: r[2] for r in table(look(f"{moment}&known=then")[1], could)}
    assert {name for name in now if now[name].startswith("could post")} == {
        "Huw Penhallow", "Dylan Ashworth", "Catrin Mostyn",
    }  # fmt: skip
    assert [name for name in now if "without a role" in now[name]] == ["Catrin Mostyn"]
    assert [name for name in then if "without a role" in then[name]] == []
    differences = table(look(moment)[1], "as it was known then")
    assert ["Catrin Mostyn, gardd.rhydygwennol", "could post; Password",
            "could post; Lead; Password"] in differences  # fmt: skip


def test_an_entry_that_was_recorded_later_was_not_known_then(look):
    step = f"{CASE}/replay?step=11"
    assert "Step 11 of 12: 6 December 2026, 18:30" in words(look(step)[1])
    then = words(look(f"{step}&known=then")[1])
    assert "the ledger did not know of this yet: it was recorded on 7 December 2026" in then
    [row] = [r for r in table(look(step)[1], "as it was known then") if "Record 98" in r[0]]
    assert row[2] == "not known yet"


def test_a_corrected_time_reads_as_it_was_known_then(look):
    moment = "/enquiries/enq-2026-004/replay?at=2026-11-17T20:00"
    assert "17 November 2026, 08:10" in words(look(moment)[1])  # due, as we know now
    clocks = table(look(moment)[1], "Clocks as they stood")
    assert [row[4] for row in clocks] == ["Too late"]
    clocks = table(look(f"{moment}&known=then")[1], "Clocks as they stood")
    assert [row[4] for row in clocks] == ["In time"]


def test_an_entry_from_before_the_ledger_was_opened(look, term):
    tell(term[2], "report_incident", RUNNER, incident="case-9", kind="other", summary="Old")
    _, text = look("/incidents/case-9/replay?at=2026-08-01T12:00&known=then")
    assert "The ledger was not opened yet" in text
    assert "No account is named" in text


@pytest.mark.parametrize(
    ("asked", "en", "cy"),
    [
        ("step=13", "There is no such step", "Nid oes cam o'r fath"),
        ("step=-1", "There is no such step", "Nid oes cam o'r fath"),
        ("step=first", "There is no such step", "Nid oes cam o'r fath"),
        ("at=yesterday", "This is no time", "Nid amser yw hwn"),
        ("at=2026-10-25T01:30", "came twice", "ddwywaith"),
        ("at=2026-03-29T01:30", "never came", "ni ddaeth"),
        ("at=2036-01-01T12:00", "has not come yet", "wedi dod eto"),
        ("known=maybe", "now, or then", "nawr, neu bryd hynny"),
    ],
)
def test_a_moment_that_cannot_be_meant(look, asked, en, cy):
    for language, said in (("en", en), ("cy", cy)):
        status, text = look(f"{CASE}/replay?{asked}", language=language)
        assert (status, said in text) == (400, True)


# -- evidence ----------------------------------------------------------------------------------


def verified(data, ledger):
    """A verdict of the Python verifier, and the kind of the file."""
    trust = parse_policy(format_policy(format_vkey(ledger.key.name, ledger.key.public_key)))
    report = verify(io.BytesIO(data), trust, checks=(Duties(), AnswersCheck(), CaseCheck()))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return report.verdict, archive.read("disclosures.jsonl").decode()


def hand_out(client, headers, person, **form):
    said = {**headers(person), "Accept": "text/html"}
    return client.post(f"{CASE}/export", data=form, headers=said)


def test_a_case_is_handed_out_and_that_is_recorded(term):
    client, headers, ledger = term
    form = {"given_to": [CHAIR, DEPUTY], "disclose": "none", "key": "once"}
    got = hand_out(client, headers, HEAD, **form)
    assert (got.status_code, got.mimetype) == (200, "application/zip")
    assert "evidence-case-2026-003" in got.headers["Content-Disposition"]
    assert verified(got.data, ledger) == ("VALID", "")
    last = ledger.entries().all[-1]
    assert (last.type, last.fields["given_to"]) == ("EvidenceExported", [CHAIR, DEPUTY])
    size = len(ledger.entries().all)
    assert hand_out(client, headers, HEAD, **form).data == got.data
    assert len(ledger.entries().all) == size, "the same form twice is recorded once"
    other = hand_out(client, headers, HEAD, **{**form, "given_to": [CHAIR]})
    assert (other.status_code, "Send it again" in other.text) == (422, True)


def test_what_is_disclosed_is_what_was_chosen(term):
    client, headers, ledger = term
    words_of_it = "incident/case-2026-003"
    form = {"given_to": CHAIR, "disclose": "some", "subject": words_of_it}
    _, told = verified(hand_out(client, headers, HEAD, **form).data, ledger)
    paths = {json.loads(line)["path"] for line in told.splitlines()}
    assert "summary" in paths
    assert "name" not in paths
    _, everything = verified(
        hand_out(client, headers, HEAD, **{**form, "disclose": "all"}).data, ledger
    )
    assert '"path":"name"' in everything


@pytest.mark.parametrize(
    ("form", "en", "cy"),
    [
        ({}, "choose one person at least", "o leiaf un person"),
        ({"given_to": "x-1"}, "is not registered", "wedi'i gofrestru"),
        ({"given_to": CHAIR, "disclose": "some"}, "whose words", "eiriau ac enwau pwy"),
        ({"given_to": CHAIR, "disclose": "x"}, "Choose one of these", "Dewiswch un o'r rhain"),
    ],
)
def test_a_form_that_is_not_complete(look, term, form, en, cy):
    size = len(term[2].entries().all)
    for language, said in (("en", en), ("cy", cy)):
        status, text = look(f"{CASE}/export", language=language, form=form)
        assert (status, said in text) == (400, True)
    assert len(term[2].entries().all) == size


def test_a_refusal_is_told_in_words_and_recorded(look, term):
    _, _, ledger = term
    tell(ledger, "assign_office", HEAD, person=TEACHER, office="dpo")
    form = {"given_to": CHAIR, "disclose": "none"}
    status, text = look(f"{CASE}/export", TEACHER, form=form)
    assert status == 409
    assert "ask one of them" in text
    last = ledger.entries().all[-1]
    assert (last.type, last.record.actor) == ("CommandRefused", TEACHER)
    assert f"/records/{last.position}" in text


def test_a_form_sent_after_the_session_had_ended_comes_back_and_takes_nothing(tmp_path):
    service = Service(World(tmp_path)).open()
    with service.ledger:
        said = {"incident": "case-1", "kind": "other", "summary": "Something"}
        tell(service.ledger, "report_incident", HEAD, **said)
        service.enrol()
        client, _ = service.signed_in()
        token = csrf_in(client.get("/incidents/case-1/export"))
        size = len(service.ledger.entries().all)
        form = {"given_to": "stf-011", "disclose": "all"}
        foreign = client.post("/incidents/case-1/export", data={**form, "csrf": "0" * 64})
        assert foreign.status_code == 403
        service.at += sessions.IDLE
        client.post("/incidents/case-1/export", data={**form, "csrf": token})
        assert len(service.ledger.entries().all) == size
        service.signed_in(client=client, after="/incidents/case-1/export")
        text = client.get("/incidents/case-1/export").text
        assert 'value="all" checked' in text
        assert 'value="none" checked' not in text


# -- files -------------------------------------------------------------------------------------


def kept(ledger):
    """The position at which the picture is on record."""
    digest = sha256(SALT.encode() + PICTURE).hexdigest()
    said = {"incident": "case-2026-003", "evidence": f"{SALT}${digest}", "kept_at": "In the safe"}
    return tell(ledger, "add_evidence", HEAD, **said).position


def sent(data=PICTURE, name="picture.png"):
    return {"file": (io.BytesIO(data), name)}


def test_a_file_is_found_and_another_is_not(look, term):
    position = kept(term[2])
    _, text = look("/investigate/file", form=sent())
    assert f'<a href="/records/{position}">' in text
    assert "Add evidence" in text
    assert sha256(PICTURE).hexdigest() in text
    _, other = look("/investigate/file", form=sent(PICTURE + b"!"), language="cy")
    assert "Nid oes cofnod y cewch ei gymharu yn adnabod y ffeil hon" in other
    assert term[2].entries().all[-1].position == position, "looking leaves no record"


def test_whoever_may_not_have_the_salt_is_told_so(look, term):
    position = kept(term[2])
    _, text = look("/investigate/file", CHAIR, form=sent())
    assert f"/records/{position}" in text, "an auditor may"
    tell(term[2], "assign_office", HEAD, person=TEACHER, office="dpo")
    _, text = look("/investigate/file", TEACHER, form=sent())
    assert f"/records/{position}" not in text
    assert "1 record has a salted hash whose salt you may not have" in text
    _, text = look("/investigate/file", "stf-035", form=sent())
    assert "No record that you may compare" in text
    assert "salted hash" not in text, "a record that she may not read"


def test_salts_are_given_to_those_who_may_take_evidence(term):
    client, headers, ledger = term
    kept(ledger)
    assert client.get("/investigate/file/salts", headers=headers(HEAD)).json == {"salts": [SALT]}
    assert client.get("/investigate/file/salts", headers=headers("stf-035")).json == {"salts": []}


def test_a_hash_alone_is_not_enough_for_a_salted_one(look, term):
    kept(term[2])
    _, text = look("/investigate/file", form={"hash": sha256(PICTURE).hexdigest()})
    assert "could not be compared by the SHA-256 alone" in text
    salted = sha256(SALT.encode() + PICTURE).hexdigest()
    both = {"hash": sha256(PICTURE).hexdigest(), "salted": salted, "name": "picture.png"}
    assert "This file is the evidence of" in look("/investigate/file", form=both)[1]


@pytest.mark.parametrize(
    ("form", "status", "en", "cy"),
    [
        ({}, 400, "Choose a file", "Dewiswch ffeil"),
        ({"hash": "abc"}, 400, "This is no SHA-256", "Nid SHA-256 yw hwn"),
        ({"hash": "0" * 64, "salted": "x"}, 400, "This is no SHA-256", "Nid SHA-256 yw hwn"),
        ("empty", 400, "This file is empty", "Mae'r ffeil hon yn wag"),
    ],
)
def test_what_is_no_file_to_look_up(look, form, status, en, cy):
    for language, said in (("en", en), ("cy", cy)):
        made = sent(b"") if form == "empty" else form
        got, text = look("/investigate/file", language=language, form=made)
        assert (got, said in text) == (status, True)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "more than 8 megabytes"), ("cy", "fwy na 8 megabeit")]
)
def test_a_file_that_is_too_large(look, term, language, said):
    config = term[0].application.config
    assert config["MAX_CONTENT_LENGTH"] == evidence_files.MOST_MEGABYTES << 20
    config["MAX_CONTENT_LENGTH"] = 1000  # the same, with less to send
    status, text = look("/investigate/file", language=language, form=sent(b"x" * 2000))
    assert (status, said in text) == (413, True)


# -- restricted --------------------------------------------------------------------------------


@pytest.fixture(name="secret")
def _secret(term):
    """A restricted incident about the head teacher: (its id, the position of its report)."""
    ledger = term[2]
    said = {"kind": "bullying", "summary": "In the staff room, again", "about": [HEAD]}
    told = tell(ledger, "report_incident", RUNNER, incident="case-77", account="fb-main", **said)
    tell(ledger, "assess_incident", CHAIR, incident="case-77", severity="high", involve=[])
    return told.incident, told.position


def test_the_circle_has_the_same_pages(look, secret):
    incident, position = secret
    _, start = look("/investigate", CHAIR)
    assert "Restricted incidents" in start
    for name in (incident, "case-77"):
        _, text = look(f"/incidents/{name}", CHAIR)
        assert "In the staff room, again" in text
        assert f'<a href="/records/{position}">' in text
        assert "export" not in text.partition("<main")[2]
    _, replay = look(f"/incidents/{incident}/replay?step=2&known=then", CHAIR)
    assert "Assess an incident" in replay
    assert "could post" in replay
    _, record = look(f"/records/{position}", CHAIR)
    assert "In the staff room, again" in record
    assert "part of a restricted incident" in record
    assert look(f"/incidents/{incident}/export", CHAIR)[0] == 404


def test_a_correction_inside_stands_beside_what_it_corrects(look, secret, term):
    incident, position = secret
    _, text = look(f"/records/{position}", CHAIR)
    [event_id] = re.findall(r"Id of the record:\s*<code>(.*?)</code>", text)
    said = {"target": event_id, "set": {"kind": "grievance_aired"}, "reason": "A slip"}
    told = tell(term[2], "correct_entry", CHAIR, **said)
    assert f"/records/{told.position}" in look(f"/records/{position}", CHAIR)[1]
    assert f"/records/{told.position}" not in look(f"/records/{position}", MODERATOR)[1]
    assert "corrected on" in look(f"/incidents/{incident}", CHAIR)[1]


def test_whoever_was_involved_reads_the_story_without_any_role(look, secret, term):
    incident, _ = secret
    newcomer = {"person": "stf-099", "name": "Nobody Else", "kind": "staff", "offices": []}
    tell(term[2], "register_person", HEAD, **newcomer)
    assert look(f"/incidents/{incident}", "stf-099")[0] == 404
    said = {"incident": incident, "person": "stf-099", "purpose": "Was there"}
    tell(term[2], "involve_staff", CHAIR, **said)
    status, text = look(f"/incidents/{incident}", "stf-099")
    assert (status, "In the staff room, again" in text) == (200, True)
    assert "replay" not in text
    assert "Restricted incidents" in look("/investigate", "stf-099")[1]


@pytest.mark.parametrize("person", [HEAD, DEPUTY, MODERATOR, TEACHER, "stf-035"])
def test_nobody_else_meets_a_trace_of_it(look, secret, person):
    incident, position = secret
    pages = ("/investigate", f"/records/{position}", "/records", f"{CASE}/replay?step=12")
    told = [look(path, person)[1] for path in pages]
    for text in told:
        for trace in ("case-77", incident, "staff room", "Restricted incidents"):
            assert trace not in text
    for path in ("", "/replay", "/export"):
        known, unknown = (look(f"/incidents/{i}{path}", person) for i in (incident, "none-123"))
        assert known[0] == unknown[0]
        assert words(known[1]) == words(unknown[1])
    _, missed = look(f"/investigate?for={incident}", person)
    assert "Nothing of this name" in missed
    _, record = look(f"/records/{position}")
    assert "Sealed record" in record
    assert "bullying" not in record.lower()


# -- in a browser ------------------------------------------------------------------------------


def no_fault(page):
    """axe finds nothing, and the page does not have to be scrolled sideways."""
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found] == []
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, page.url


DROP = """text => {
    const brought = new DataTransfer();
    brought.items.add(new File([text], "picture.png"));
    const drop = new DragEvent("drop", {dataTransfer: brought, bubbles: true, cancelable: true});
    document.getElementById("drop").dispatchEvent(drop);
}"""


def investigator(site):
    tell(site.ledger, "assign_office", HEAD, person=TEACHER, office="investigator")
    return kept(site.ledger)


def test_an_investigator_slides_through_a_case_and_hands_it_out(site, visit):
    position = investigator(site)
    page = visit(TEACHER, "/investigate")
    page.get_by_role("link", name="case-2026-003").click()
    page.get_by_role("link", name="Replay it step by step").click()
    slider = page.get_by_role("slider")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector('#moment[data-step="11"]')
    assert "step=11" in page.url
    assert slider.evaluate("e => e === document.activeElement")
    assert slider.get_attribute("aria-valuetext").startswith("Step 11: 6 December 2026")
    assert page.get_by_label("Or a moment of your own").input_value() == "2026-12-06T18:30"
    page.get_by_role("link", name="As it was known then").click()
    assert page.get_by_text("the ledger did not know of this yet").is_visible()
    no_fault(page)
    page.get_by_role("link", name="Incident case-2026-003").click()
    page.get_by_role("link", name="Hand out its evidence").click()
    page.get_by_label("Glenys Harcourt").check()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Make the file and record it").click()
    data = waited.value.path().read_bytes()
    assert verified(data, site.ledger)[0] == "VALID"
    page.goto("/investigate/file")
    page.evaluate(DROP, PICTURE.decode())
    with page.expect_request(lambda r: r.method == "POST") as posted:
        page.get_by_role("button", name="Look it up").click()
    assert b"the picture" not in (posted.value.post_data_buffer or b"")
    page.get_by_role("link", name=f"Record {position}").click()
    assert page.get_by_role("heading", level=1).inner_text().startswith(f"Record {position}")


def test_without_scripts_and_in_welsh(site, visit):
    position = investigator(site)
    page = visit(TEACHER, "/investigate", language="cy", javascript=False, width=320)
    page.get_by_role("link", name="case-2026-003").first.click()
    page.get_by_role("link", name="Ei ailchwarae gam wrth gam").click()
    page.get_by_role("slider").fill("11")
    page.get_by_role("button", name="Mynd i'r cam hwn").click()
    page.get_by_role("link", name="Fel y gwyddys bryd hynny").click()
    assert page.get_by_text("ni wyddai'r llyfr am hyn eto").is_visible()
    page.goto("/incidents/case-2026-003/export")
    page.get_by_label("Glenys Harcourt").check()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Gwneud y ffeil a'i chofnodi").click()
    assert verified(waited.value.path().read_bytes(), site.ledger)[0] == "VALID"
    page.goto("/investigate/file")
    page.get_by_label("Y ffeil wreiddiol").set_input_files(
        {"name": "picture.png", "mimeType": "image/png", "buffer": PICTURE}
    )
    page.get_by_role("button", name="Chwilio amdani").click()
    assert page.get_by_role("link", name=f"Cofnod {position}").is_visible()


PAGES = (
    "/investigate?for=x", CASE, f"{CASE}/replay?step=99", f"{CASE}/export", "/investigate/file",
    "/enquiries/enq-2026-004?rule_version=0", "/enquiries/enq-2026-004/replay?known=then",
    "/records?only=late", "/records?from=x", "/records/61", "/records/12",
)  # fmt: skip


@pytest.mark.parametrize(("language", "width", "scripts"), [("en", 320, False), ("cy", 1000, True)])
def test_every_page_is_usable_by_everybody(visit, language, width, scripts):
    page = visit(HEAD, "/records/0", language, width=width)
    if not scripts:  # axe is a script itself: ours are kept away
        page.route("**/static/*.js", lambda route: route.abort())
    for path in PAGES:
        page.goto(path)
        no_fault(page)


def test_what_is_wrong_has_the_focus_and_leads_to_its_field(visit):
    page = visit(HEAD, "/records?from=x")
    assert page.evaluate("document.activeElement.id") == "wrong"
    page.get_by_role("link", name="This is no date").click()
    assert page.evaluate("document.activeElement.id") == "from"

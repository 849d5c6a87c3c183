"""Requests about data and what is handed out, on the pages."""

import io
import json
import zipfile

import pytest
from accessible import faults
from cast import CHAIR, DEPUTY, HEAD, MODERATOR, RUNNER, TEACHER, VOLUNTEER
from forms import Desk, fields_of, text

CHILD = "Elin Parry-Huws"


@pytest.fixture(name="desk")
def _desk(term):
    client, headers, _ = term
    return lambda who, language="en": Desk(client, headers(who), language)


@pytest.fixture(name="ledger")
def _ledger(term):
    return term[2]


@pytest.fixture(name="child")
def _child(desk, ledger):
    """A pupil with a case: registered by name, in a report whose words name another child."""
    done = desk(TEACHER).record("register_subject", name=CHILD, kind="pupil")
    assert done.status_code == 303
    who = ledger.entries().all[-1].key
    fields = desk(TEACHER).open("report_incident")
    fields["f.about"] = [who, VOLUNTEER]
    summary = f"{CHILD} and Tomos Ellis called each other names"
    looked = desk(TEACHER).send(
        "report_incident", fields, "look", kind="pupil_comment", summary=summary
    )
    assert desk(TEACHER).again("report_incident", looked, "record").status_code == 303
    return who


def asked(desk, ledger, who):
    desk(TEACHER).record("receive_rights_request", kind="access", subject=who)
    return ledger.entries().all[-1].key


def form(desk, who, person=DEPUTY, query=""):
    got = desk(person).get(f"/data/{who}{query}")
    assert got.status_code == 200, text(got)
    return got, fields_of(got.text, f"/data/{who}")


def send(desk, who, fields, person=DEPUTY, **more):
    someone = desk(person)
    data = {**fields, "step": "make", **more}
    return someone.client.post(f"/data/{who}", data=data, headers=someone.headers)


def read(got):
    """(page, data) of a file that was handed out."""
    assert got.status_code == 200, text(got)
    with zipfile.ZipFile(io.BytesIO(got.data)) as file:
        assert sorted(file.namelist()) == ["what-we-hold.html", "what-we-hold.json"]
        return file.read("what-we-hold.html").decode(), json.loads(file.read("what-we-hold.json"))


def to_decide(fields):
    return sorted(name[5:] for name in fields if name.startswith("text."))


def test_without_a_decision_the_words_of_others_are_left_out_and_listed(desk, ledger, child):
    _, fields = form(desk, child)
    [key] = to_decide(fields)
    html, data = read(send(desk, child, fields))
    assert CHILD in html
    assert "Tomos" not in html + json.dumps(data)
    assert "nobody has decided yet whether these words may be shown" in html
    [left] = data["left_out"]
    assert f"{left['position']}.{left['value']}" == key
    assert left["why"] == "not_reviewed"


def test_words_are_taken_out_and_the_rest_is_shown(desk, ledger, child):
    _, fields = form(desk, child)
    [key] = to_decide(fields)
    cut = f"{CHILD} and […] called each other names"
    html, data = read(send(desk, child, fields, **{f"how.{key}": "include", f"text.{key}": cut}))
    assert cut in html
    assert "words about others were taken out" in html
    assert "Tomos" not in html + json.dumps(data)
    [left] = data["left_out"]
    assert left["why"] == "words_taken_out"


def test_whole_where_the_reviewer_says_so(desk, ledger, child):
    _, fields = form(desk, child)
    [key] = to_decide(fields)
    html, data = read(send(desk, child, fields, **{f"how.{key}": "include"}))
    assert "Tomos Ellis called each other names" in html
    assert data["left_out"] == []


def test_a_reviewer_puts_no_words_in(desk, ledger, child):
    before = ledger.store.size()
    _, fields = form(desk, child)
    [key] = to_decide(fields)
    wrong = {f"how.{key}": "include", f"text.{key}": f"{CHILD} was rude"}
    got = send(desk, child, fields, **wrong)
    assert got.status_code == 400
    assert "none put in" in text(got)
    assert fields_of(got.text, f"/data/{child}")[f"text.{key}"][0].strip() == f"{CHILD} was rude"
    got = send(desk, child, fields, **{f"how.{key}": "withhold"})
    assert "Choose why" in text(got)
    assert ledger.store.size() == before


def test_it_answers_the_request_and_both_are_on_record(desk, ledger, child):
    request = asked(desk, ledger, child)
    _, fields = form(desk, child, query=f"?request={request}")
    assert fields["request"] == [request]
    [key] = to_decide(fields)
    said = {f"how.{key}": "withhold", f"reason.{key}": "third_party", "language": "cy"}
    html, data = read(send(desk, child, fields, **said))
    assert 'lang="cy"' in html
    assert "mae am berson arall" in html
    assert data["request"] == request
    export, completed = ledger.entries().all[-2:]
    assert (export.type, export.fields["scope"], export.fields["subject"]) == (
        "EvidenceExported", "subject", child,
    )  # fmt: skip
    assert (export.fields["values_disclosed"], export.fields["disclosed_of"]) == (1, [child])
    assert completed.fields == {"request": request, "outcome": "partly_disclosed"}
    assert request not in fields_of(form(desk, child)[0].text, f"/data/{child}").get("request", [])


def test_words_that_are_not_theirs_to_read_wait_for_somebody_else(desk, ledger, child):
    """The words of a case are for the leadership: the moderator hands out the rest."""
    got, fields = form(desk, child, MODERATOR)
    assert "1 text is not yours to read" in text(got)
    assert to_decide(fields) == []
    assert "Tomos" not in got.text
    html, data = read(send(desk, child, fields, MODERATOR))
    assert CHILD in html
    assert "Tomos" not in html + json.dumps(data)
    assert [left["why"] for left in data["left_out"]] == ["not_reviewed"]


def test_pressed_twice_it_is_recorded_once(desk, ledger, child):
    _, fields = form(desk, child)
    send(desk, child, fields)
    size = ledger.store.size()
    assert send(desk, child, fields).status_code == 200
    assert ledger.store.size() == size


def test_everybody_else_is_masked(desk, ledger):
    known = ledger.entries()
    others = {e.key for e in known.of("PersonRegistered")} - {RUNNER}
    _, fields = form(desk, RUNNER)
    fields |= {f"how.{key}": ["withhold"] for key in to_decide(fields)}
    fields |= {f"reason.{key}": ["security"] for key in to_decide(fields)}
    html, data = read(send(desk, RUNNER, fields))
    said = html + json.dumps(data)
    assert "another member of staff" in html
    assert [who for who in {*others, HEAD} if who in said] == []
    for name in ("Gittins", "Rowe", "Tregarth", "Mostyn", "Penhallow"):
        assert name not in said
    assert "Dylan Ashworth" in html
    assert "Administrator/moderator" in html


def test_a_linked_number_is_theirs_only_where_the_reviewer_says_so(desk, ledger, child):
    desk(TEACHER).record("register_subject", name="Elin Huws", kind="pupil")
    other = ledger.entries().all[-1].key
    desk(TEACHER).record("link_subjects", subject=child, linked_to=other, relation="same_person")
    got, fields = form(desk, child)
    assert other in text(got)
    html, data = read(send(desk, child, fields))
    assert "Elin Huws" not in html
    assert other not in html + json.dumps(
        [r for r in data["records"] if r["type"] != "SubjectsLinked"]
    )
    assert "it is not confirmed that this is you" in html
    html, data = read(send(desk, child, fields, same=other, key="another"))
    assert data["ids"] == sorted([child, other])
    assert "Elin Huws" in html


def test_a_restricted_report_leaves_no_trace_in_the_file_of_whom_it_is_about(desk, ledger):
    _, fields = form(desk, HEAD)
    before = read(send(desk, HEAD, fields))
    chair = desk(CHAIR)
    sent = chair.open("report_incident")
    sent["f.about"] = [HEAD]
    looked = chair.send("report_incident", sent, "look", kind="bullying", summary="Shouts")
    assert chair.again("report_incident", looked, "record").status_code == 303
    assert ledger.entries().all[-1].type == "Sealed"
    _, fields = form(desk, HEAD)
    after = read(send(desk, HEAD, fields))
    assert "Shouts" not in after[0]
    kinds = [{r["type"] for r in data["records"]} for _, data in (before, after)]
    assert kinds[0] | {"EvidenceExported"} == kinds[1] | {"EvidenceExported"}
    assert "reports that only a small circle may read" in before[0], "in every file, always"


def test_nobody_decides_about_their_own_file(desk):
    assert desk(HEAD).get(f"/data/{HEAD}").status_code == 403


@pytest.mark.parametrize("who", [TEACHER, CHAIR])
def test_others_do_not_hand_out(desk, who):
    assert desk(who).get(f"/data/{RUNNER}").status_code == 403


def test_nobody_of_that_number(desk):
    assert desk(HEAD).get("/data/pup-404").status_code == 404


# -- requests ---------------------------------------------------------------------------------


def test_a_request_shows_its_clock_and_what_to_do_next(desk, ledger, child):
    request = asked(desk, ledger, child)
    said = text(desk(HEAD).get(f"/requests/{request}"))
    assert "15 February 2027, 23:59" in said
    assert "Hand out what is held about the person" in said
    assert "Extend it" in said
    desk(HEAD).record("pause_rights_request", f"?request={request}", reason="identity")
    said = text(desk(HEAD).get(f"/requests/{request}"))
    assert "The clock stands since 15 January 2027" in said
    assert "Go on as soon as what was asked for is there" in said
    assert "Extend it" not in said
    desk(HEAD).record("resume_rights_request", f"?request={request}")
    desk(HEAD).record("extend_rights_request", f"?request={request}", reason="Four years")
    said = text(desk(HEAD, "cy").get(f"/requests/{request}"))
    assert "15 Ebrill 2027, 23:59" in said
    desk(HEAD).record("complete_rights_request", f"?request={request}", outcome="nothing_held")
    assert "Nothing: it was answered." in text(desk(HEAD).get(f"/requests/{request}"))
    assert request in desk(HEAD).get("/requests").text


def test_an_erasure_goes_from_decision_to_another_person(desk, ledger, child):
    desk(TEACHER).record("receive_rights_request", kind="erasure", subject=child)
    request = ledger.entries().all[-1].key
    assert "Decide about it" in text(desk(HEAD).get(f"/requests/{request}"))
    desk(HEAD).record("decide_rights_request", f"?request={request}", decision="granted")
    said = text(desk(HEAD).get(f"/requests/{request}"))
    assert "Somebody else than who granted it carries the erasure out" in said


def test_no_request_of_that_number(desk):
    assert desk(HEAD).get("/requests/rts-404").status_code == 404


# -- the register -----------------------------------------------------------------------------


def find(desk, name, who=HEAD):
    someone = desk(who)
    fields = fields_of(
        someone.get("/people/outside").text.replace('method="post" class', 'action="" class'), ""
    )
    return someone.client.post(
        "/people/outside", data={**fields, "name": name}, headers=someone.headers
    )


def test_somebody_is_found_by_name_and_their_page_says_what_names_them(desk, ledger, child):
    got = find(desk, "Ellen Parri Hughes")
    assert f"/people/outside/{child}" in got.text
    assert "Pupil, known since 15 January 2027" in text(got)
    said = text(desk(HEAD).get(f"/people/outside/{child}"))
    assert CHILD in said
    assert "Report an incident" in said
    assert "Nobody is called so" in text(find(desk, "Nobody Atall"))
    assert find(desk, "x" * 121).status_code == 400


def test_likely_doubles_are_shown_until_they_are_linked(desk, ledger, child):
    desk(TEACHER).record("register_subject", name="Ellen Parry Huws", kind="pupil")
    other = ledger.entries().all[-1].key
    assert "Registered twice, perhaps" in text(desk(HEAD).get("/people/outside"))
    page = desk(HEAD).get(f"/people/outside/{child}")
    assert "They are the same person" in text(page)
    link = f"?subject={child}&linked_to={other}&relation=same_person"
    assert link.replace("&", "&amp;") in page.text
    assert desk(TEACHER).record("link_subjects", link).status_code == 303
    assert "Registered twice" not in text(desk(HEAD).get("/people/outside"))


def test_a_register_of_names_is_not_for_everybody(desk, child):
    for path in ("/people/outside", f"/people/outside/{child}", "/requests"):
        assert desk(TEACHER).get(path).status_code == 403
    assert desk(HEAD).get("/people/outside/pup-404").status_code == 404
    assert desk(HEAD).get(f"/people/outside/{RUNNER}").location == f"/people/{RUNNER}"


# -- papers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "cy"])
def test_who_leads_downloads_the_papers(desk, language):
    head = desk(HEAD, language)
    assert head.get("/papers").status_code == 200
    got = head.get(f"/papers/{language}/impact-assessment.html")
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert f'<html lang="{language}">' in got.text
    assert head.get(f"/papers/{language}/privacy-notice-families.md").text.startswith("# ")
    assert head.get(f"/papers/{language}/all.zip").data[:2] == b"PK"
    for wrong in ("/papers/fr/all.zip", "/papers/en/no.html", "/papers/en/impact-assessment.x"):
        assert head.get(wrong).status_code == 404
    assert desk(TEACHER).get("/papers").status_code == 403


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_pages_can_be_used_by_everybody(visit, site, language):
    page = visit(HEAD, "/people/outside", language=language, width=320)
    assert faults(page) == []
    page.fill("#name", "Nobody")
    page.locator("main button.main").click()
    assert faults(page) == []
    page.goto("/requests")
    assert faults(page) == []
    page.locator("main tbody a").first.click()
    assert faults(page) == []
    page.goto("/papers")
    assert faults(page) == []
    page.goto(f"/data/{RUNNER}")
    assert faults(page) == []
    page.get_by_role("radio").nth(1).check()
    page.locator("main button.main").last.click()
    assert faults(page) == []
    page.goto("/record/receive_enquiry")
    page.fill("#f-sender", "Somebody New")
    page.locator("form.record p button.main").click()
    assert faults(page) == []

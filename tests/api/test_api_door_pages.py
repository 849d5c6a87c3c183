"""The pages of the door, from somebody's first visit on, and with somebody else's tricks."""

import html
import re
import time

import pytest
from door import PASSWORD, Service, csrf_in, send
from flask import Blueprint, request
from liar import location, real_provider
from small import World, asked

from api import may
from api.door import attempts, invitations, passwords, second_factor, sessions, typed
from api.door.store import Provider
from api.pages.frame import seen_by
from api.tokens import Tokens

ME, OTHER = "stf-011", "stf-014"


@pytest.fixture(name="service")
def _service(tmp_path):
    service = Service(World(tmp_path, host="ledger.example.org")).open()
    yield service
    service.ledger.close()


@pytest.fixture(name="practice")
def _practice(tmp_path):
    service = Service(World(tmp_path)).open()
    yield service
    service.ledger.close()


def text(answer) -> str:
    return html.unescape(answer.get_data(as_text=True))


def is_in(client) -> bool:
    return client.get("/me/door").status_code == 200


def test_somebody_comes_for_the_first_time(service):
    link = invitations.invite(service.door, ME, OTHER)
    client = service.browser()
    path = f"/invitation/{link}"
    assert "Your user name is stf-011" in text(client.get(path))
    sent = send(client, path, password=PASSWORD, again=PASSWORD)
    assert (303, "/sign-in/second?next=/") == (sent.status_code, sent.location)
    assert not is_in(client)
    shown = client.get(sent.location)
    assert "<svg" in text(shown)
    service.keys[ME] = re.search(r"<code>([A-Z2-7 ]+)</code>", text(shown))[1].replace(" ", "")
    wrong = send(client, "/sign-in/second", code="123")
    assert 401 == wrong.status_code
    assert service.keys[ME] in text(wrong).replace(" ", "")
    codes = send(client, "/sign-in/second", code=service.code())
    assert 10 == len(re.findall(r"<code>[a-z2-9]{4}(?:-[a-z2-9]{4}){2}</code>", text(codes)))
    assert is_in(client)
    assert 404 == client.get(path).status_code


def test_somebody_comes_again(service):
    service.enrol()
    client, sent = service.half(after="/me/door")
    assert (303, "/sign-in/second?next=/me/door") == (sent.status_code, sent.location)
    assert not is_in(client)
    sent = send(client, "/sign-in/second", code=service.code(), next="/me/door")
    assert (303, "/me/door") == (sent.status_code, sent.location)
    assert is_in(client)


def test_whoever_is_not_in_is_led_to_the_door_and_then_to_where_they_wanted(service):
    sent = service.browser().get("/door/people?x=1")
    assert (303, "/sign-in?next=%2Fdoor%2Fpeople%3Fx%3D1") == (sent.status_code, sent.location)


@pytest.mark.parametrize(
    "after",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/me/door\\@evil.example",
        "javascript:alert(1)",
        "/me/door\r\nSet-Cookie: a=b",
        "/\t/evil.example",
        "/nowhere",
        "",
    ],
)
def test_the_door_leads_nowhere_else(service, after):
    service.enrol()
    _, sent = service.signed_in(after=after)
    assert "/" == sent.location


def test_a_recovery_code_lets_in_once(service):
    codes = service.enrol()
    client, _ = service.half()
    assert 303 == send(client, "/sign-in/recovery", code=codes[3]).status_code
    assert is_in(client)
    client, _ = service.half()
    assert 401 == send(client, "/sign-in/recovery", code=codes[3]).status_code
    assert not is_in(client)


def test_a_replayed_code_lets_nobody_in(service):
    service.enrol()
    code = service.code()
    client, _ = service.half()
    assert 303 == send(client, "/sign-in/second", code=code).status_code
    client, _ = service.half()
    assert 401 == send(client, "/sign-in/second", code=code).status_code
    assert not is_in(client)


def test_the_second_half_is_nothing_without_the_first(service):
    service.enrol()
    client = service.browser()
    for path in ("/sign-in/second", "/sign-in/recovery"):
        assert client.get(path).location.startswith("/sign-in?")
        form = {"code": service.code(), "csrf": csrf_in(client.get("/sign-in"))}
        assert client.post(path, data=form).location.startswith("/sign-in?")
    assert not is_in(client)


def test_each_step_of_the_way_in_has_another_cookie(service):
    """Fixation: what somebody planted before the sign-in is worth nothing after it."""
    service.enrol()
    client = service.browser()
    planted = sessions.begin(service.door, OTHER, sessions.HALFWAY, "password")
    client.set_cookie("handledger-session", planted)
    seen = [planted]
    service.half(client=client)
    seen.append(client.get_cookie("handledger-session").value)
    send(client, "/sign-in/second", code=service.code())
    seen.append(client.get_cookie("handledger-session").value)
    assert 3 == len(set(seen))
    for old in seen[:2]:
        assert sessions.find(service.door, old).ended
    assert sessions.find(service.door, seen[2]).person == ME


@pytest.mark.parametrize(
    ("address", "name", "secure"),
    [("", "handledger-session", False), ("https://ledger.example", "__Host-session", True)],
)
def test_cookies_are_for_us_alone(tmp_path, address, name, secure):
    service = Service(World(tmp_path), address=address).open()
    service.enrol()
    # As behind a proxy for TLS: the browser's address is https, ours is not.
    client = service.app.test_client(use_cookies=False)
    shown = client.get("/sign-in")
    visit = shown.headers["Set-Cookie"].split(";")[0]
    form = {"person": ME, "password": PASSWORD, "csrf": csrf_in(shown)}
    sent = client.post("/sign-in", data=form, headers={"Cookie": visit})
    for cookie in (*shown.headers.getlist("Set-Cookie"), *sent.headers.getlist("Set-Cookie")):
        flags = {flag.strip() for flag in cookie.split(";")[1:]}
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= flags
        assert secure == ("Secure" in flags)
        assert not any(flag.startswith("Domain") for flag in flags)
    assert secure == ("Strict-Transport-Security" in shown.headers)
    (session,) = sent.headers.getlist("Set-Cookie")
    assert session.startswith(f"{name}=")
    assert "Max-Age" not in session
    service.ledger.close()


def test_the_answer_is_the_same_whether_somebody_exists_or_not(service):
    """Enumeration: status, words and headers, up to the wait."""
    service.enrol()

    def told(person):
        client, answers = service.browser(), []
        for _ in range(6):
            _, sent = service.half(person, "wrong password here", client)
            body = re.sub(r'value="[^"]*"', "", text(sent))
            answers.append((sent.status_code, body, sent.headers.get("Retry-After")))
        return answers

    known, unknown = told(ME), told("stf-999")
    assert [401] * 5 + [429] == [status for status, _, _ in known]
    assert known == unknown
    assert "30" == known[-1][2]


def test_many_wrong_passwords_make_even_the_right_one_wait(service):
    service.enrol()
    for _ in range(5):
        assert 401 == service.half(password="wrong password here")[1].status_code
    client, sent = service.half()
    assert 429 == sent.status_code
    assert client.get_cookie("handledger-session") is None
    service.at += 30
    assert 303 == service.half()[1].status_code


def test_the_right_password_does_not_give_more_tries_at_the_code(service):
    """Who has the password only gets as many codes as anybody has passwords."""
    service.enrol()
    told = []
    for _ in range(6):
        client, sent = service.half()
        if sent.status_code == 303:
            sent = send(client, "/sign-in/second", code="000000")
        told.append(sent.status_code)
    assert [401] * 5 + [429] == told


def test_recovery_codes_cannot_be_guessed_at_leisure(service):
    service.enrol()
    client, _ = service.half()
    told = [send(client, "/sign-in/recovery", code="x").status_code for _ in range(6)]
    assert [401] * 5 + [429] == told


def test_somebody_elses_guessing_does_not_keep_a_known_browser_out(service):
    service.enrol()
    mine, _ = service.signed_in()
    for _ in range(6):
        service.half(password="wrong password here")
    assert 429 == service.half()[1].status_code
    assert 303 == service.half(client=mine)[1].status_code


def test_somebody_who_is_invited_comes_in_whatever_others_try_meanwhile(service):
    """Otherwise whoever guesses all day would keep a new telephone out all day."""
    client = service.browser()
    sent = send(
        client,
        f"/invitation/{invitations.invite(service.door, ME, OTHER)}",
        password=PASSWORD,
        again=PASSWORD,
    )
    for _ in range(6):
        service.half(password="wrong password here")
    shown = text(client.get(sent.location))
    service.keys[ME] = re.search(r"<code>([A-Z2-7 ]+)</code>", shown)[1].replace(" ", "")
    assert 200 == send(client, "/sign-in/second", code=service.code()).status_code
    assert is_in(client)


def test_whoever_has_left_does_not_come_in(service):
    service.enrol(OTHER)
    secret = invitations.invite(service.door, OTHER, ME)
    service.world.clock.at += 60
    service.ledger.record(asked("record_departure", {"person": OTHER, "reason": "new_post"}))
    assert 401 == service.half(OTHER)[1].status_code
    assert 404 == service.browser().get(f"/invitation/{secret}").status_code


FORMS = [
    "/me/door/password",
    "/me/door/factor",
    "/me/door/codes",
    "/me/door/end",
    "/door/people/invite",
    "/door/people/end",
    "/door/people/factor",
    "/door/people/map",
    "/door/people/unmap",
    "/sign-out",
]


@pytest.mark.parametrize("path", FORMS)
def test_a_form_without_the_token_of_this_session_does_nothing(service, path):
    service.enrol(ME)
    service.enrol(OTHER)
    client, other = service.inside(), service.inside(OTHER)
    foreign = csrf_in(other.get("/me/door"))
    visitors = csrf_in(service.browser().get("/sign-in"))
    fields = {"old_password": PASSWORD, "person": OTHER, "session": "others"}
    before = dump(service)
    for token in ("", "wrong", foreign, visitors):
        assert 403 == client.post(path, data={**fields, "csrf": token}).status_code
    assert 403 == client.post(path, data=fields).status_code
    own = csrf_in(client.get("/me/door"))
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        sent = client.post(path, data={**fields, "csrf": own}, headers=headers)
        assert 403 == sent.status_code, headers
    assert before == dump(service)
    good = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert 403 != client.post(path, data={**fields, "csrf": own}, headers=good).status_code


@pytest.mark.parametrize("path", FORMS[:-1])
def test_a_stolen_token_does_not_open_the_door(service, path):
    bearer = {"Authorization": f"Bearer {Tokens(service.door.path).issue(ME)}"}
    form = {"person": OTHER, "session": "others", "old_password": PASSWORD}
    sent = service.browser().post(path, data=form, headers=bearer)
    assert 403 == sent.status_code
    assert not invitations.waiting(service.door)


def dump(service):
    with service.door.database() as db:
        return list(db.iterdump())


@pytest.mark.parametrize("path", ["/sign-in", "/invitation/{}"])
def test_somebody_is_not_signed_in_by_a_form_of_another_site(service, path):
    """Login CSRF: the victim would type into the attacker's account."""
    service.enrol()
    path = path.format(invitations.invite(service.door, OTHER, ME))
    foreign = csrf_in(service.browser().get("/sign-in"))
    client = service.browser()
    client.get("/sign-in")
    form = {"person": ME, "password": PASSWORD, "again": PASSWORD, "csrf": foreign}
    assert 403 == client.post(path, data=form).status_code
    assert client.get_cookie("handledger-session") is None


def test_signing_out_ends_the_session_for_good(service):
    service.enrol()
    client, _ = service.signed_in()
    secret = client.get_cookie("handledger-session").value
    assert 303 == send(client, "/sign-out", "/me/door").status_code
    assert client.get_cookie("handledger-session") is None
    client.set_cookie("handledger-session", secret)
    assert not is_in(client)


def test_somebody_changes_their_password(service):
    service.enrol()
    client, _ = service.signed_in()
    elsewhere = service.inside()
    new = "yet another long one"
    form = {"password": new, "again": new}
    path, page = "/me/door/password", "/me/door"
    assert 401 == send(client, path, page, old_password="wrong", **form).status_code
    old = {"old_password": PASSWORD}
    assert 400 == send(client, path, page, **old, password=new, again="x").status_code
    short = send(client, path, page, **old, password="short", again="short")
    assert "at least 12 characters" in text(short)
    before = client.get_cookie("handledger-session").value
    assert 303 == send(client, path, page, **old, **form).status_code
    assert before != client.get_cookie("handledger-session").value
    assert (True, False) == (is_in(client), is_in(elsewhere))
    assert passwords.right(service.door, ME, new)


def test_somebody_makes_new_recovery_codes_and_a_new_second_factor(service):
    old = service.enrol()
    client, _ = service.signed_in()
    form = {"old_password": PASSWORD}
    made = send(client, "/me/door/codes", "/me/door", **form)
    assert 10 == len(re.findall(r"<code>", text(made)))
    assert not second_factor.recover(service.door, ME, old[0])
    sent = send(client, "/me/door/factor", "/me/door", **form)
    assert "/sign-in/second?next=/" == sent.location
    assert "Scan this picture" in text(client.get(sent.location))
    assert not is_in(client)


def test_an_unlocked_screen_is_not_the_person(service):
    service.enrol()
    client, _ = service.signed_in()
    for path in ("/me/door/codes", "/me/door/factor", "/me/door/password"):
        assert 401 == send(client, path, "/me/door", old_password="").status_code
    assert second_factor.enrolled(service.door, ME)


def test_somebody_ends_their_own_sessions(service):
    service.enrol()
    client, _ = service.signed_in()
    one, two, stranger = service.inside(), service.inside(), service.inside(OTHER)
    (session,) = sessions.of(service.door, OTHER)
    send(client, "/me/door/end", "/me/door", session=session.id)
    assert is_in(stranger), "only one's own"
    which = re.findall(r'name="session" value="(\w{12})"', text(client.get("/me/door")))
    send(client, "/me/door/end", "/me/door", session=which[0])
    assert 1 == [is_in(one), is_in(two)].count(False)
    send(client, "/me/door/end", "/me/door", session="others")
    assert [False, False, True] == [is_in(one), is_in(two), is_in(client)]


def test_a_member_of_the_slt_looks_after_who_comes_in(service):
    service.enrol(OTHER)
    client, other = service.inside(), service.inside(OTHER)
    page = "/door/people"
    assert "Iestyn Rowe" in text(client.get(page))
    invited = send(client, "/door/people/invite", page, person=OTHER)
    link = re.search(r"<code>(\S+)</code>", text(invited))[1]
    assert link.startswith("http://localhost/invitation/")
    assert OTHER == invitations.invited(service.door, link.rpartition("/")[2])
    send(client, "/door/people/factor", page, person=OTHER)
    assert not second_factor.enrolled(service.door, OTHER)
    send(client, "/door/people/end", page, person=OTHER)
    assert not is_in(other)
    assert 404 == client.get(link.removeprefix("http://localhost")).status_code
    seen = text(service.inside(OTHER).get("/me/door"))
    for words in ("invited", "second factor removed", "all sessions ended"):
        assert f"{words} (by Lowri Gittins)" in seen


LETS_IN = ["/door/people/invite", "/door/people/factor", "/door/people/map"]


@pytest.mark.parametrize("path", LETS_IN)
def test_a_session_that_was_left_or_stolen_lets_nobody_else_in(service, path):
    service.enrol(OTHER)
    client = service.inside()
    service.at += sessions.FRESH
    sent = send(client, path, "/door/people", person=OTHER)
    assert (303, "/sign-in?next=/door/people&again=yes") == (sent.status_code, sent.location)
    assert "Sign in once more" in text(client.get(sent.location))
    assert second_factor.enrolled(service.door, OTHER)
    assert not invitations.waiting(service.door)


@pytest.mark.parametrize("path", LETS_IN)
def test_nobody_gives_themselves_another_way_in(service, path):
    service.enrol()
    client = service.inside()
    assert 403 == send(client, path, "/door/people", person=ME).status_code
    assert second_factor.enrolled(service.door, ME)
    assert not invitations.waiting(service.door)


@pytest.mark.parametrize("path", LETS_IN)
def test_the_head_does_not_come_in_as_the_chair(service, path):
    data = {"person": OTHER, "office": "chair_of_governors"}
    service.ledger.record(asked("assign_office", data))
    client = service.inside()
    assert 403 != send(client, path, "/door/people", person=OTHER).status_code
    service.enrol(OTHER)
    invited = invitations.waiting(service.door)
    sent = send(client, path, "/door/people", person=OTHER)
    assert 403 == sent.status_code
    assert "not_the_chair" in text(sent)
    assert second_factor.enrolled(service.door, OTHER)
    assert invited == invitations.waiting(service.door)


@pytest.mark.parametrize("person", ["stf-999", "", "system"])
def test_nobody_is_invited_who_is_not_here(service, person):
    sent = send(service.inside(), "/door/people/invite", "/door/people", person=person)
    assert 404 == sent.status_code
    assert not invitations.waiting(service.door)


def test_whoever_is_not_of_the_slt_does_not(service):
    teacher = {"person": "stf-035", "name": "Catrin Mostyn", "kind": "staff", "offices": []}
    service.ledger.record(asked("register_person", teacher))
    client = service.inside("stf-035")
    assert 403 == client.get("/door/people").status_code
    assert "/door/people" not in text(client.get("/me/door"))
    for path in FORMS:
        if path.startswith("/door"):
            assert 403 == send(client, path, "/me/door", person=OTHER).status_code
    assert not invitations.waiting(service.door)


@pytest.fixture(name="with_form")
def _with_form(service):
    """The service with a page that has a form, as the pages that record have them."""
    bp = Blueprint("form", __name__)

    @bp.route("/form", methods=["GET", "POST"])
    @seen_by
    def form():
        held = typed.given_back() if request.method == "GET" else request.form
        return {"held": held.to_dict(flat=False) if held else None}

    service.app.register_blueprint(bp)
    places = dict(may.PLACES)
    may.PLACES["form.form"] = may.EVERYONE
    yield service
    may.PLACES.clear()
    may.PLACES.update(places)


def late(service, client, **form):
    """A form sent after the session has ended."""
    token = csrf_in(client.get("/me/door"))
    service.at += sessions.IDLE
    return client.post("/form", data={"csrf": token, "text": ["one", "two"], **form})


def test_a_late_form_comes_back_filled_in_and_is_not_sent(with_form):
    service = with_form
    service.enrol()
    client, _ = service.signed_in()
    sent = late(service, client, password="a secret")
    assert (303, "/sign-in?next=%2Fform") == (sent.status_code, sent.location)
    assert "What you typed is kept" in text(client.get(sent.location))
    _, sent = service.signed_in(client=client, after="/form")
    assert "/form" == sent.location
    assert {"held": {"text": ["one", "two"]}} == client.get("/form").json
    assert {"held": None} == client.get("/form").json


def test_a_late_form_is_given_to_nobody_else(with_form):
    service = with_form
    service.enrol()
    service.enrol(OTHER)
    client, _ = service.signed_in()
    late(service, client)
    service.signed_in(OTHER, client=client, after="/form")
    assert {"held": None} == client.get("/form").json


def test_a_late_form_whose_page_is_elsewhere_leads_to_the_start(service):
    service.enrol()
    client, _ = service.signed_in()
    token = csrf_in(client.get("/me/door"))
    service.at += sessions.IDLE
    assert "/sign-in?next=%2F" == client.post("/me/door/end", data={"csrf": token}).location


def test_a_form_that_another_site_sent_is_not_kept(with_form):
    service = with_form
    service.enrol()
    client, _ = service.signed_in()
    service.at += sessions.IDLE
    for form in ({"text": "planted"}, {"text": "planted", "csrf": "wrong"}):
        client.post("/form", data=form)
    assert not service.door.kept.forms
    service.browser().post("/form", data={"text": "planted"})
    assert not service.door.kept.forms


def test_a_practice_ledger_lets_anybody_in_as_anybody(practice):
    client = practice.browser()
    shown = text(client.get("/sign-in"))
    assert "Enter as Lowri Gittins, headteacher" in shown.replace(
        "senior leadership", "headteacher"
    )
    assert "Practice" in shown
    sent = send(client, "/sign-in/practice", "/sign-in", person=ME, next="/me/door")
    assert (303, "/me/door") == (sent.status_code, sent.location)
    assert is_in(client)
    assert 404 == send(client, "/sign-in/practice", "/sign-in", person="stf-999").status_code


def test_a_real_ledger_never_does(service):
    client = service.browser()
    shown = text(client.get("/sign-in"))
    assert "Enter as" not in shown
    assert "ractice" not in shown
    assert 404 == send(client, "/sign-in/practice", "/sign-in", person=ME).status_code
    assert not is_in(client)


def test_somebody_signs_in_at_the_schools_provider(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    with real_provider() as issuer:
        provider = Provider(issuer, "handledger", "between us")
        world = World(tmp_path, host="ledger.example.org")
        service = Service(world, time.time(), "http://localhost", provider).open()
        client = service.browser()

        def way_back():
            sent = client.get("/sign-in/provider?next=/me/door")
            return location(sent.location, sub="subject-7").removeprefix("http://localhost")

        path = way_back()
        sent = client.get(path)
        assert (403, False) == (sent.status_code, is_in(client))
        assert "nobody here has said yet who you are" in text(sent)
        head = service.inside(OTHER)
        assert "Lowri, l@s.example" in text(head.get("/door/people"))
        form = {"issuer": issuer, "subject": "subject-7", "person": ME}
        send(head, "/door/people/map", "/door/people", **form)
        assert 400 == client.get(path).status_code, "the old way back is used up"
        path = way_back()
        thief = service.browser()
        thief.get("/sign-in")
        sent = client.get(path)
        assert (303, "/me/door") == (sent.status_code, sent.location)
        assert is_in(client)
        assert 400 == thief.get(path).status_code
        assert not is_in(thief)
        send(head, "/door/people/unmap", "/door/people", **form)
        assert not is_in(client)
        assert 403 == client.get(way_back()).status_code
        teacher = {"person": "stf-035", "name": "Catrin Mostyn", "kind": "staff", "offices": []}
        service.ledger.record(asked("register_person", teacher))
        send(head, "/door/people/map", "/door/people", **{**form, "person": "stf-035"})
        assert 303 == client.get(way_back()).status_code
        world.clock.at += 60
        gone = {"person": "stf-035", "reason": "new_post"}
        service.ledger.record(asked("record_departure", gone))
        assert 403 == client.get(way_back()).status_code, "whoever has left stays out"
        service.ledger.close()


def test_without_a_provider_there_is_no_such_way(service):
    assert 404 == service.browser().get("/sign-in/provider").status_code
    back = service.browser().get("/sign-in/provider/back?state=a&code=b")
    assert 400 == back.status_code


def test_no_page_of_the_door_is_kept_by_a_browser_or_framed(service):
    service.enrol()
    client = service.inside()
    for path in ("/sign-in", "/me/door", "/door/people"):
        shown = client.get(path)
        assert "no-store" == shown.headers["Cache-Control"]
        assert "frame-ancestors 'none'" in shown.headers["Content-Security-Policy"]


def test_what_somebody_typed_is_not_in_the_problem(service):
    answer = service.browser().post("/sign-in", data={"password": PASSWORD, "person": "stf-011"})
    assert 403 == answer.status_code
    assert PASSWORD not in text(answer)


def test_a_known_browser_is_forgotten_after_half_a_year(service):
    attempts.remember(service.door, "b" * 64, ME)
    assert attempts.knows(service.door, "b" * 64, ME)
    service.at += attempts.KNOWN
    assert not attempts.knows(service.door, "b" * 64, ME)

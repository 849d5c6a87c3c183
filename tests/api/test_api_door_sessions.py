"""Sessions: they end, they can be ended, and a stolen or planted secret is worth little."""

import sqlite3

import pytest
from door import Service
from small import World, asked

from api.door import sessions
from api.door.kept import AT_MOST, FORMS, Kept
from api.door.sessions import HALFWAY, INSIDE

PATH = "/v1/records?limit=1"


@pytest.fixture(name="service")
def _service(tmp_path):
    service = Service(World(tmp_path)).open()
    yield service
    service.ledger.close()


def status(client, path=PATH, **kw):
    return client.get(path, **kw).status_code


def test_somebody_signed_in_reads_what_a_token_of_theirs_reads(service):
    assert 401 == status(service.browser())
    assert 200 == status(service.inside())


def test_a_session_ends_when_nothing_is_done_for_half_an_hour(service):
    client = service.inside()
    for _ in range(3):
        service.at += 29 * 60
        assert 200 == status(client)
    service.at += 30 * 60
    assert 401 == status(client)


def test_a_session_ends_after_twelve_hours_whatever_is_done(service):
    client = service.inside()
    for _ in range(12 * 3 - 1):
        service.at += 20 * 60
        assert 200 == status(client)
    service.at += 20 * 60
    assert 401 == status(client)


def test_half_a_sign_in_opens_nothing_and_ends_after_ten_minutes(service):
    secret = sessions.begin(service.door, "stf-011", HALFWAY, "password")
    client = service.browser()
    client.set_cookie("handledger-session", secret)
    assert 401 == status(client)
    service.at += 10 * 60
    assert not sessions.find(service.door, secret).open_at(service.door.now())


def test_a_session_that_goes_on_has_another_secret(service):
    """Fixation: the secret from before the sign-in opens nothing after it."""
    planted = sessions.begin(service.door, "stf-011", HALFWAY, "password")
    old = sessions.find(service.door, planted)
    secret = sessions.begin(service.door, "stf-011", INSIDE, "password", old)
    new = sessions.find(service.door, secret)
    assert (old.id != new.id, old.csrf != new.csrf) == (True, True)
    client = service.browser()
    client.set_cookie("handledger-session", planted)
    assert 401 == status(client)


def test_a_secret_that_a_stranger_chose_is_no_session(service):
    client = service.browser()
    client.set_cookie("handledger-session", "a" * 43)
    assert 401 == status(client)


def test_each_session_can_be_ended_and_only_by_its_person(service):
    here, there = service.inside(), service.inside()
    first, second = sessions.of(service.door, "stf-011")
    assert not sessions.end(service.door, first.id, "stf-014")
    assert sessions.end(service.door, first.id, "stf-011")
    assert [second.id] == [s.id for s in sessions.of(service.door, "stf-011")]
    assert {200, 401} == {status(here), status(there)}
    assert 1 == sessions.end_all(service.door, "stf-011")
    assert (401, 401) == (status(here), status(there))


def test_whoever_is_suspended_or_has_left_reads_nothing_more(service):
    client = service.inside("stf-014")
    assert 200 == status(client)
    service.world.clock.at += 60
    gone = service.ledger.record(
        asked("record_departure", {"person": "stf-014", "reason": "new_post"})
    )
    assert not hasattr(gone, "code")
    assert 403 == status(client)


def test_a_cookie_alone_records_nothing(service):
    """A form of another site brings the cookie in an old browser, but never the token."""
    client = service.inside()
    before = len(service.ledger.entries().all)
    body = {"data": {"person": "stf-077", "name": "N N", "kind": "staff", "offices": []}}
    assert 401 == client.post("/v1/actions/register_person", json=body).status_code
    assert 401 == client.post("/v1/actions/register_person", data={"csrf": "x"}).status_code
    assert before == len(service.ledger.entries().all)


def test_a_wrong_bearer_token_is_not_made_good_by_a_cookie(service):
    assert 401 == status(service.inside(), headers={"Authorization": "Bearer hl_1_2_3"})


def test_the_secrets_do_not_lie_in_the_file(service):
    secret = sessions.begin(service.door, "stf-011", INSIDE, "password")
    csrf = sessions.find(service.door, secret).csrf
    with sqlite3.connect(service.door.path) as db:
        dump = "\n".join(map(str, db.iterdump()))
    db.close()
    assert secret not in dump
    assert csrf not in dump
    assert 0o600 == service.door.path.stat().st_mode & 0o777


def test_old_sessions_are_forgotten_after_a_month(service):
    secret = sessions.begin(service.door, "stf-011", INSIDE, "password")
    service.at += 31 * 86400
    assert sessions.find(service.door, secret) is not None
    sessions.begin(service.door, "stf-011", INSIDE, "password")
    assert sessions.find(service.door, secret) is None


def test_what_was_typed_waits_for_its_person_and_is_given_once():
    kept = Kept()
    typed = {"text": ("Half a report",), "csrf": ("c",), "new_password": ("p",), "code": ("1",)}
    assert kept.keep("browser", "stf-011", "/form", typed, 0)
    assert "/form" == kept.waits("browser", "stf-011", 1)
    assert kept.take("browser", "stf-011", "/other", 1) is None
    assert {"text": ("Half a report",)} == kept.take("browser", "stf-011", "/form", 1)
    assert kept.take("browser", "stf-011", "/form", 1) is None


def test_what_was_typed_is_given_to_nobody_else_and_not_kept_for_long():
    kept = Kept()
    kept.keep("browser", "stf-011", "/form", {"text": ("t",)}, 0)
    assert kept.waits("browser", "stf-014", 1) is None
    assert kept.waits("browser", "stf-011", 1) is None
    kept.keep("browser", "stf-011", "/form", {"text": ("t",)}, 0)
    assert kept.waits("browser", "stf-011", 30 * 60) is None


def test_what_is_kept_has_bounds():
    kept = Kept()
    assert not kept.keep("browser", "stf-011", "/form", {"text": ("t" * AT_MOST,)}, 0)
    for number in range(FORMS + 5):
        kept.keep(f"browser-{number}", "stf-011", "/form", {"text": ("t",)}, 0)
    assert FORMS == len(kept.forms)
    assert kept.waits("browser-0", "stf-011", 1) is None

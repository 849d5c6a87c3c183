"""Passwords, second factors, recovery codes and invitations, tried by somebody who wants in."""

import sqlite3
from base64 import b32decode
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from door import CHEAP, PASSWORD, Service
from small import World

from api.door import attempts, invitations, passwords, second_factor, sessions
from api.door.store import COST, digest, told

ME = "stf-011"


@pytest.fixture(name="service")
def _service(tmp_path):
    service = Service(World(tmp_path)).open()
    yield service
    service.ledger.close()


def dump(door) -> str:
    with sqlite3.connect(door.path) as db:
        text = "\n".join(map(str, db.iterdump()))
    db.close()
    return text


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short words", "short"),
        ("x" * 257, "long"),
        ("Password1234", "common"),
        ("qwertyuiop2026!", "common"),
        ("aaaaaaaaaaaaaaaa", "common"),
        ("croesocroeso99", "common"),
        ("stf-011 here", "named"),
        ("YsgolFach2026", "named"),
        (PASSWORD, None),
        ("cennin pedr ger yr afon", None),
    ],
)
def test_a_password_is_long_and_no_common_one(password, why):
    assert why == passwords.refusal(password, ME, "YsgolFach")


def test_a_password_is_kept_as_a_slow_hash(service):
    passwords.take(service.door, ME, PASSWORD, "password_set", ME)
    assert passwords.right(service.door, ME, PASSWORD)
    assert not passwords.right(service.door, ME, PASSWORD + "!")
    assert not passwords.right(service.door, "stf-014", PASSWORD)
    assert PASSWORD not in dump(service.door)
    assert ("scrypt:32768:8:3", "scrypt:1024:8:2") == (COST, CHEAP)


def test_a_password_is_the_same_however_its_letters_are_put_together(service):
    passwords.take(service.door, ME, "tŷ bach twt ger y môr", "password_set", ME)
    assert passwords.right(service.door, ME, "tŷ bach twt ger y môr")


def test_for_somebody_unknown_the_same_work_is_done(service, monkeypatch):
    """No stop-watch: whether a hash of the same cost is computed."""
    asked = []
    real = passwords.check_password_hash
    monkeypatch.setattr(
        passwords, "check_password_hash", lambda h, p: (asked.append(h), real(h, p))[1]
    )
    passwords.take(service.door, ME, PASSWORD, "password_set", ME)
    assert not passwords.right(service.door, ME, "wrong")
    assert not passwords.right(service.door, "stf-999", "wrong")
    assert not passwords.right(service.door, "stf-999", "nobody's")
    assert {CHEAP} == {kept.partition("$")[0] for kept in asked}
    assert 3 == len(asked)


def test_a_code_of_the_moment_is_good_once(service):
    service.enrol()
    code = service.code()
    assert second_factor.accept(service.door, ME, code)
    assert not second_factor.accept(service.door, ME, code), "replayed"
    service.at += second_factor.STEP
    assert second_factor.accept(service.door, ME, service.code())


def test_an_older_code_is_not_good_after_a_newer_one(service):
    service.enrol()
    older = service.code()
    service.at += second_factor.STEP
    assert second_factor.accept(service.door, ME, service.code())
    assert not second_factor.accept(service.door, ME, older)


def test_a_code_is_good_for_half_a_minute_either_way_and_no_longer(service):
    service.enrol()
    early = service.code()
    service.at += 2 * second_factor.STEP
    assert not second_factor.accept(service.door, ME, early)
    late = pyotp.TOTP(service.keys[ME]).at(int(service.at) + 2 * second_factor.STEP)
    assert not second_factor.accept(service.door, ME, late)
    for wrong in ("", "12345", "１２３４５６", "0" * 400):
        assert not second_factor.accept(service.door, ME, wrong)


def test_the_code_that_enrolled_does_not_sign_in(service):
    key = service.keys[ME] = second_factor.new_key()
    code = service.code()
    assert second_factor.enrol(service.door, ME, key, "000000" if code != "000000" else "1") is None
    assert second_factor.enrol(service.door, ME, key, code) is not None
    assert not second_factor.accept(service.door, ME, code)


def test_of_many_at_once_with_the_same_code_one_comes_in(service):
    codes = service.enrol()
    code = service.code()
    with ThreadPoolExecutor(8) as pool:
        came = list(pool.map(lambda _: second_factor.accept(service.door, ME, code), range(8)))
        recovered = list(
            pool.map(lambda _: second_factor.recover(service.door, ME, codes[0]), range(8))
        )
    assert (1, 1) == (sum(came), sum(recovered))


def test_a_recovery_code_is_good_once_and_of_one_person(service):
    codes = service.enrol()
    service.enrol("stf-014")
    assert (10, 10) == (len(set(codes)), second_factor.codes_left(service.door, ME))
    assert not second_factor.recover(service.door, "stf-014", codes[0])
    assert second_factor.recover(service.door, ME, f" {codes[0].upper().replace('-', ' ')} ")
    assert not second_factor.recover(service.door, ME, codes[0])
    assert 9 == second_factor.codes_left(service.door, ME)
    again = second_factor.new_codes(service.door, ME)
    assert not second_factor.recover(service.door, ME, codes[1])
    assert second_factor.recover(service.door, ME, again[1])


def test_a_thief_of_the_file_has_no_second_factor(service):
    codes = service.enrol()
    text = dump(service.door)
    key = service.keys[ME]
    assert key not in text
    assert b32decode(key).hex().upper() not in text.upper()
    assert codes[0] not in text
    with service.door.database() as db:
        kept = db.execute("SELECT factor FROM door_people").fetchone()[0]
    assert key == second_factor.unseal(service.door, kept, ME)
    assert key != second_factor.unseal(service.door, kept, "stf-014")


def test_a_removed_second_factor_takes_its_recovery_codes_along(service):
    codes = service.enrol()
    second_factor.remove(service.door, ME, "stf-014")
    assert not second_factor.enrolled(service.door, ME)
    assert not second_factor.accept(service.door, ME, service.code())
    assert not second_factor.recover(service.door, ME, codes[0])
    assert ("factor_removed", "stf-014") == tuple(told(service.door, ME)[0])[1:]


def test_an_invitation_is_good_once(service):
    service.enrol()
    old = sessions.begin(service.door, ME, sessions.INSIDE, "password")
    secret = invitations.invite(service.door, ME, "stf-014")
    assert ME == invitations.invited(service.door, secret)
    assert ME == invitations.use(service.door, secret, "another long password")
    assert invitations.use(service.door, secret, "the thief's password") is None
    assert passwords.right(service.door, ME, "another long password")
    assert not second_factor.enrolled(service.door, ME)
    assert sessions.find(service.door, old).ended == service.door.now()


def test_of_two_who_use_an_invitation_at_once_one_does(service):
    secret = invitations.invite(service.door, ME, "stf-014")
    with ThreadPoolExecutor(6) as pool:
        used = list(
            pool.map(lambda n: invitations.use(service.door, secret, PASSWORD + str(n)), range(6))
        )
    assert 1 == used.count(ME)


def test_an_invitation_ends_after_three_days_or_by_a_newer_one(service):
    first = invitations.invite(service.door, ME, "stf-014")
    second = invitations.invite(service.door, ME, "stf-014")
    assert invitations.invited(service.door, first) is None
    assert {ME: service.door.now() + 72 * 3600} == invitations.waiting(service.door)
    service.at += 72 * 3600
    assert invitations.use(service.door, second, PASSWORD) is None
    assert {} == invitations.waiting(service.door)
    assert second not in dump(service.door)


def test_shutting_somebody_out_ends_sessions_and_invitation(service):
    session = sessions.begin(service.door, ME, sessions.INSIDE, "password")
    secret = invitations.invite(service.door, ME, "stf-014")
    assert 1 == invitations.shut_out(service.door, ME, "stf-014")
    assert sessions.find(service.door, session).ended
    assert invitations.use(service.door, secret, PASSWORD) is None


def waits(service, counted, tries):
    return [attempts.wait(service.door, counted) for _ in range(tries)]


def test_who_fails_five_times_waits_longer_each_time_and_never_for_ever(service):
    name = ("person:x",)
    assert [0] * 5 + [30, 30] == waits(service, name, 7)
    delays = []
    for _ in range(9):
        delays.append(attempts.wait(service.door, name))
        service.at += delays[-1]
        assert 0 == attempts.wait(service.door, name)
    assert [30, 60, 120, 240, 480, 900, 900, 900, 900] == delays
    service.at += 24 * 3600 + 1
    assert [0] * 5 == waits(service, name, 5)


def test_a_good_attempt_forgets_the_persons_failures_not_the_addresses(service):
    counted = ("person:x", "address:y")
    waits(service, counted, 4)
    attempts.undo(service.door, counted)
    attempts.succeeded(service.door, counted)
    with service.door.database() as db:
        rows = db.execute("SELECT name, failures FROM door_attempts").fetchall()
    assert [("address:y", 3)] == [tuple(row) for row in rows]


def test_one_address_that_tries_many_people_waits_too(service):
    got = [waits(service, (f"person:{n}", "address:y"), 1)[0] for n in range(51)]
    assert [0] * 50 + [30] == got


def test_many_at_once_are_no_way_around_the_limit(service):
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: attempts.wait(service.door, ("person:x",)), range(16)))
    assert 5 == got.count(0)


def test_whoever_guesses_from_elsewhere_does_not_keep_somebody_out(service):
    def names(client):
        with service.app.test_request_context(
            environ_overrides={"REMOTE_ADDR": "192.0.2.1"},
            headers={"Cookie": f"handledger-visit={client}"},
        ):
            return attempts.names(ME)

    mine, theirs = "m" * 43, "t" * 43
    assert names(mine) == names(theirs)
    attempts.remember(service.door, digest(mine).hex(), ME)
    assert names(mine) != names(theirs)
    assert 6 * [0] != waits(service, names(theirs), 6)
    assert 0 == attempts.wait(service.door, names(mine))
    assert not any(ME in name for name in (*names(mine), *names(theirs)))

"""`handledger door`: the first way in, and the last resort."""

import json

import pyotp
from calling import run

from api import wiring
from api.config import read_config
from api.door import invitations, passwords, second_factor, sessions
from api.door.opening import open_door
from api.door.store import told

ME = "stf-011"


def door_of(school):
    config = read_config(str(school))
    with wiring.open_ledger(config) as ledger:
        return open_door(config, ledger)


def listed(school, capsys):
    assert 0 == run("--data", school, "door", "list", "--json")
    return json.loads(capsys.readouterr().out)


def test_somebody_is_invited_listed_and_shut_out(school, capsys):
    assert [] == listed(school, capsys)
    assert 0 == run("--data", school, "door", "invite", "--person", ME)
    link = capsys.readouterr().out.strip()
    assert link.startswith("http://127.0.0.1:8000/invitation/")
    (invited,) = listed(school, capsys)
    assert (ME, False, False, 0) == tuple(
        invited[name] for name in ("person", "password", "second_factor", "sessions")
    )
    assert invited["invited_until"]
    door = door_of(school)
    assert ME == invitations.use(door, link.rpartition("/")[2], "a long enough password")
    secret = sessions.begin(door, ME, sessions.INSIDE, "password")
    (inside,) = listed(school, capsys)
    assert (True, 1, None) == (inside["password"], inside["sessions"], inside["invited_until"])
    assert 0 == run("--data", school, "door", "list")
    assert "sessions: 1" in capsys.readouterr().out
    assert 0 == run("--data", school, "door", "end", "--person", ME)
    assert "sessions ended: 1\n" == capsys.readouterr().out
    assert sessions.find(door, secret).ended
    assert ["ended", "password_set", "invited"] == [row["what"] for row in told(door, ME)]
    assert "command_line" == told(door, ME)[0]["by"]


def test_whoever_lost_the_second_factor_enrols_anew(school, capsys):
    door = door_of(school)
    key = pyotp.random_base32()
    second_factor.enrol(door, ME, key, pyotp.TOTP(key).now())
    assert second_factor.enrolled(door, ME)
    assert 0 == run("--data", school, "door", "invite", "--person", ME)
    assert second_factor.enrolled(door, ME)
    assert 0 == run("--data", school, "door", "invite", "--person", ME, "--new-factor")
    assert not second_factor.enrolled(door, ME)
    assert ["invited", "factor_removed"] == [row["what"] for row in told(door, ME)][:2]


def test_the_link_begins_with_the_address_that_was_set(school, capsys, monkeypatch):
    monkeypatch.setenv("HANDLEDGER_ADDRESS", "https://ledger.example")
    assert 0 == run("--data", school, "door", "invite", "--person", ME)
    assert capsys.readouterr().out.startswith("https://ledger.example/invitation/")
    assert door_of(school).secure


def test_nobody_is_invited_who_is_not_registered(school, capsys):
    assert 1 == run("--data", school, "door", "invite", "--person", "stf-999")
    assert "stf-999 is not registered" in capsys.readouterr().err
    assert [] == listed(school, capsys)


def test_what_the_command_line_makes_the_service_reads(school):
    """Both have the key of the second factors from the vault."""
    key, door = second_factor.new_key(), door_of(school)
    passwords.take(door, ME, "a long enough password", "password_set", ME)
    kept = second_factor.seal(door, key, ME)
    assert key == second_factor.unseal(door_of(school), kept, ME)


def test_the_providers_secret_is_read_from_its_file_and_not_shown(school, tmp_path, monkeypatch):
    file = tmp_path / "oidc"
    file.write_text("between us\n")
    monkeypatch.setenv("HANDLEDGER_ADDRESS", "https://ledger.example")
    monkeypatch.setenv("HANDLEDGER_OIDC_ISSUER", "https://login.example")
    monkeypatch.setenv("HANDLEDGER_OIDC_CLIENT_ID", "handledger")
    monkeypatch.setenv("HANDLEDGER_OIDC_CLIENT_SECRET_FILE", str(file))
    provider = door_of(school).provider
    assert "between us" == provider.client_secret
    assert "between us" not in repr(provider)

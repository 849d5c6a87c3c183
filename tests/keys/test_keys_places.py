"""Where keys and passphrases may lie, and what a running service makes of a vault gone wrong."""

import os
import shutil

import pytest
from simulator import MODERATOR, School

from api import wiring
from api.app import create_app
from api.config import Config
from api.key_change import listed, rotate
from api.tokens import Tokens
from keys.places import VaultError, read_secret
from keys.vault import REHEARSAL_COST, create, open_vault

WORDS = b"correct horse"
PERSON = {"person": "stf-901", "name": "Nobody", "kind": "staff", "offices": []}


@pytest.fixture(name="path")
def _path(tmp_path):
    path = tmp_path / "keys/vault.json"
    create(path, ("record",), WORDS, REHEARSAL_COST)
    return path


@pytest.fixture(name="secret")
def _secret(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(WORDS + b"\n")
    secret.chmod(0o600)
    return secret


# -- the vault file ---------------------------------------------------------------------------


def test_a_vault_file_that_is_a_link_is_refused(path):
    """Who can change where it leads could hand the service other keys."""
    path.rename(path.with_name("elsewhere.json"))
    path.symlink_to("elsewhere.json")
    with pytest.raises(VaultError, match=r"vault\.json is a link"):
        open_vault(path, WORDS)


def test_a_directory_of_keys_that_is_a_link_is_refused(path):
    path.parent.rename(path.parent.with_name("elsewhere"))
    path.parent.symlink_to("elsewhere")
    with pytest.raises(VaultError, match="keys is a link"):
        open_vault(path, WORDS)


def test_a_link_that_leads_nowhere_is_not_a_missing_vault(path):
    path.unlink()
    path.symlink_to("nowhere")
    with pytest.raises(VaultError, match="is a link"):
        open_vault(path, WORDS)


def test_a_directory_in_the_place_of_the_vault_is_refused(path):
    path.unlink()
    path.mkdir()
    with pytest.raises(VaultError, match="no plain file"):
        open_vault(path, WORDS)


def test_a_vault_of_another_user_is_refused(path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(VaultError, match="keys belongs to another user; run this as its owner"):
        open_vault(path, WORDS)


@pytest.mark.parametrize("mode", [0o601, 0o610, 0o620, 0o640, 0o602, 0o604, 0o700, 0o4600])
def test_every_mode_beyond_reading_and_writing_by_its_owner_is_refused(path, mode):
    path.chmod(mode)
    with pytest.raises(VaultError, match=f"has mode {mode:04o}: others may read it; allow 0600"):
        open_vault(path, WORDS)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_vault_of_ours_alone_opens(path, mode):
    path.chmod(mode)
    assert open_vault(path, WORDS).signers("record")


# -- passphrase and PIN -----------------------------------------------------------------------


def test_a_passphrase_comes_without_the_line_feed_of_an_editor(secret):
    assert WORDS == read_secret(secret)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_passphrase_that_others_may_read_is_refused(secret, mode):
    secret.chmod(mode)
    with pytest.raises(VaultError, match=f"secret has mode {mode:04o}: others may read it"):
        wiring.passphrase(Config(secret.parent, secret))


def test_a_passphrase_beside_the_keys_is_judged_in_the_same_way(secret):
    beside = secret.rename(secret.with_name("passphrase"))
    assert WORDS == wiring.passphrase(Config(beside.parent, None))
    beside.chmod(0o644)
    with pytest.raises(VaultError, match="others may read it"):
        wiring.passphrase(Config(beside.parent, None))


def test_a_passphrase_may_be_a_link_as_a_container_is_handed_it(secret):
    secret.with_name("linked").symlink_to(secret)
    assert WORDS == read_secret(secret.with_name("linked"))
    secret.chmod(0o644)
    with pytest.raises(VaultError, match="others may read it"):
        read_secret(secret.with_name("linked"))


def test_a_passphrase_of_another_user_is_refused(secret, monkeypatch):
    owner = secret.stat().st_uid
    if owner == 0:
        os.chown(secret, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(VaultError, match="belongs to another user"):
        read_secret(secret)


def test_an_empty_passphrase_is_none(secret):
    secret.write_bytes(b" \n")
    with pytest.raises(VaultError, match="is empty"):
        read_secret(secret)


def test_a_passphrase_file_that_went_is_named(tmp_path):
    with pytest.raises(VaultError, match="No such file"):
        read_secret(tmp_path / "gone")


# -- a vault that goes wrong while the service runs -------------------------------------------


@pytest.fixture(name="office")
def _office(tmp_path):
    """The settings of a staffed school, which nobody has open."""
    school = School(tmp_path / "school").staffed()
    config = school.office()
    school.close()
    return config


def _readable(vault):
    vault.chmod(0o644)


def _cut(vault):
    vault.write_bytes(vault.read_bytes()[:100])


def _gone(vault):
    vault.unlink()


def _linked(vault):
    vault.rename(vault.with_name("elsewhere.json"))
    vault.symlink_to("elsewhere.json")


def _other(vault):
    vault.unlink()
    create(vault, ("record",), b"another", REHEARSAL_COST)


WRONG = {
    _readable: "others may read it",
    _cut: "is not a vault",
    _gone: "no keys at",
    _linked: "is a link",
    _other: "wrong passphrase, or the file was changed",
}


@pytest.mark.parametrize("go_wrong", WRONG)
def test_a_vault_that_goes_wrong_stops_no_reader_and_is_named_when_a_key_is_looked_for(
    office, tmp_path, go_wrong
):
    """Another process has put a key into force that this one would have to read from the vault."""
    vault, words = office.data / "keys/vault.json", WRONG[go_wrong]
    with wiring.open_ledger(office) as ledger:
        accepted, _ = rotate(office, MODERATOR, "A year has passed")
        assert accepted
        kept = shutil.copy2(vault, tmp_path / "kept.json")
        go_wrong(vault)
        client, headers = _client(ledger, office)
        answer = _register(client, headers)
        assert (503, "writes_refused") == (answer.status_code, answer.json["code"])
        assert words in answer.json["detail"]
        for path in ("/v1/records/0", "/v1/accounts", "/v1/findings"):
            assert 200 == client.get(path, headers=headers).status_code, path
        vault.unlink(missing_ok=True)
        shutil.copy2(kept, vault)
        assert 201 == _register(client, headers).status_code  # it is read again by itself


@pytest.mark.parametrize("go_wrong", WRONG)
def test_a_vault_that_went_wrong_opens_no_ledger_and_makes_no_key(office, go_wrong):
    go_wrong(office.data / "keys/vault.json")
    before = {p: p.read_bytes() for p in office.data.rglob("*") if p.is_file()}
    for call in (wiring.open_ledger, listed, lambda c: rotate(c, MODERATOR, "A year has passed")):
        with pytest.raises(VaultError, match=WRONG[go_wrong]):
            call(office)
    assert before == {p: p.read_bytes() for p in before}


def test_records_go_on_with_keys_that_were_read_before_it_went_wrong(office):
    with wiring.open_ledger(office) as ledger:
        _cut(office.data / "keys/vault.json")
        client, headers = _client(ledger, office)
        assert 201 == _register(client, headers).status_code


def _client(ledger, config):
    tokens = Tokens(config.data / "access.db")
    headers = {"Authorization": f"Bearer {tokens.issue('stf-011')}"}
    return create_app(ledger, tokens).test_client(), headers


def _register(client, headers):
    return client.post("/v1/actions/register_person", json={"data": PERSON}, headers=headers)

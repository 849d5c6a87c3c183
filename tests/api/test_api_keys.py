"""The record key is changed from the shell, while the service runs."""

import json
import signal
import subprocess
import urllib.error
import urllib.request

import pytest
from shelled import COMMAND, ROOT, environment, good, run
from simulator import HEAD, MODERATOR, NEXT_KEY, School, key_fields

from api import wiring
from api.app import create_app
from api.config import Config
from api.context import LOCAL
from api.tokens import Token, Tokens
from keys.signer import FileSigner

REASON = ("--reason", "A year has passed")


@pytest.fixture(name="data")
def _data(tmp_path):
    """The directory of a staffed school, which nobody has open."""
    school = School(tmp_path / "school").staffed()
    school.office()
    school.close()
    return tmp_path / "school"


def keys(data):
    """The record keys."""
    listed = json.loads(good(data, "keys", "list", "--json"))
    return [key for key in listed if key["purpose"] == "record"]


def test_the_keys_there_are_and_were(data):
    first, ready = keys(data)
    assert (first["state"], first["from"], first["until"], first["held"]) == (
        "in_force", 0, None, True)  # fmt: skip
    assert (ready["state"], ready["from"]) == ("unused", None)
    changed = json.loads(good(data, "keys", "rotate", "--actor", MODERATOR, *REASON))
    at = changed["position"]
    old, new, _ = keys(data)
    assert (old["key_id"], old["state"], old["until"]) == (first["key_id"], "ended", at)
    assert (new["state"], new["from"], new["held"]) == ("in_force", at + 1, True)
    root, checkpoint, *lines = good(data, "keys", "list").splitlines()
    assert root.split()[1:] == ["root", "0-", "in_force"]
    assert checkpoint.split()[1:] == ["checkpoint", "1-", "in_force"]
    assert lines[0] == f"{old['key_id']}  record  0-{at}  ended"
    assert lines[1] == f"{new['key_id']}  record  {at + 1}-  in_force"
    assert lines[2] == f"{ready['key_id']}  record  never  unused"


def test_who_may_not_changes_nothing(data):
    done = run(data, "keys", "rotate", "--actor", HEAD, *REASON)
    assert (1, True) == (done.returncode, "not_moderator" in done.stderr)
    assert [key["state"] for key in keys(data)] == ["in_force", "unused", "unused"]


def test_a_key_made_on_its_own_is_put_in_force_by_the_action(data):
    made = json.loads(good(data, "keys", "make"))
    assert made.keys() == {"new_key_id", "public_key"}
    said = json.dumps({**made, "reason": "A year has passed"})
    good(data, "record", "rotate_signing_key", "--actor", MODERATOR, "--fields", said)
    assert made["new_key_id"] in [k["key_id"] for k in keys(data) if k["state"] == "in_force"]


def test_evidence_is_valid_and_the_store_sound_after_the_change(data, tmp_path):
    trust = ("--trust", str(data / "trust.policy"))
    for name in ("before", "after"):
        good(data, "export", str(tmp_path / f"{name}.zip"))
        good(data, "keys", "rotate", "--actor", MODERATOR, *REASON)
    good(data, "export", str(tmp_path / "last.zip"))
    for name in ("before", "after", "last"):
        done = run(data, "verify", str(tmp_path / f"{name}.zip"), *trust)
        assert "VALID" in done.stdout.split(), done.stdout
    assert run(data, "fsck").returncode == 0


def test_a_lost_key_is_named_and_nothing_is_written(data):
    vault = (data / "keys/vault.json").read_bytes()
    made = json.loads(good(data, "keys", "rotate", "--actor", MODERATOR, *REASON))
    (data / "keys/vault.json").write_bytes(vault)
    lost = next(key for key in keys(data) if key["state"] == "in_force")
    assert not lost["held"]
    given = json.dumps({"person": "stf-090", "office": "dsp"})
    done = run(data, "record", "assign_office", "--actor", HEAD, "--fields", given)
    assert (1, 1) == (done.returncode, done.stderr.count("\n"))
    assert f"record key {lost['key_id']} is not in vault.json" in done.stderr
    assert json.loads(good(data, "get", f"/v1/records/{made['position']}"))


def test_over_http_only_a_key_of_the_vault_is_taken(data):
    with School(data, "2026-10-01T09:00:00+01:00", opened(data)).ledger as ledger:
        client = create_app(ledger, Tokens(data / "access.db")).test_client()
        as_moderator = {LOCAL: Token("local", MODERATOR, ("read", "record"), local=True)}

        def ask(key):
            body = {"data": {**key_fields(FileSigner("record", key)), "reason": "Yearly"}}
            path = "/v1/actions/rotate_signing_key"
            return client.post(path, json=body, environ_overrides=as_moderator)

        refused = ask(b"x" * 32)
        assert (refused.status_code, refused.json["code"]) == (422, "unknown_reference")
        assert ask(NEXT_KEY).status_code == 201


def opened(data):
    """The ports of a service that has opened the vault."""
    with wiring.open_ledger(Config(data, None)) as ledger:
        return ledger.ports


def test_a_served_ledger_goes_on_with_the_key_that_the_shell_put_in_force(data):
    token = good(data, "token", "issue", "--person", HEAD).split()[-1]
    process = subprocess.Popen(
        [*COMMAND, "--data", str(data), "serve", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
        env=environment(),
    )  # fmt: skip
    try:
        address = next(line.strip() for line in process.stdout if line.startswith("http://"))
        assert post(address, token, "mtn-1") == 201
        good(data, "keys", "rotate", "--actor", MODERATOR, *REASON)
        assert post(address, token, "mtn-2") == 201
        (data / "keys/vault.json").chmod(0o644)
        assert post(address, token, "mtn-3") == 201  # what it has found it keeps
        (data / "keys/vault.json").chmod(0o600)
        kept = (data / "keys/vault.json").read_bytes()
        good(data, "keys", "rotate", "--actor", MODERATOR, *REASON)
        newest = (data / "keys/vault.json").read_bytes()
        (data / "keys/vault.json").write_bytes(kept)
        assert post(address, token, "mtn-4") == 503
        (data / "keys/vault.json").write_bytes(newest)
        assert post(address, token, "mtn-4") == 201
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert run(data, "fsck").returncode == 0


def post(address, token, mention):
    fields = {"mention": mention, "where": "w", "tone": "neutral", "action": "none_needed"}
    request = urllib.request.Request(
        f"{address}/v1/actions/record_public_mention",
        data=json.dumps({"data": fields}).encode(),
        headers={"Authorization": f"Bearer {token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_new_epoch_is_begun_from_the_shell_and_everything_goes_on(data, tmp_path):
    assert good(data, "keys", "epoch") == "epoch 2\n"
    assert good(data, "keys", "epoch") == "epoch 3\n"
    assert run(data, "fsck").returncode == 0
    evidence, trust = str(tmp_path / "e.zip"), ("--trust", str(data / "trust.policy"))
    good(data, "export", evidence, "--disclose", "all")
    said = json.loads(run(data, "verify", evidence, *trust, "--json").stdout)
    assert (said["verdict"], said["findings"]) == ("VALID", [])


def test_a_vault_from_before_the_epoch_is_said_to_be_too_old(data):
    vault = data / "keys/vault.json"
    before = vault.read_bytes()
    good(data, "keys", "epoch")
    vault.write_bytes(before)
    done = run(data, "keys", "epoch")
    assert done.returncode == 1
    assert "the vault holds no wrapping key of epoch 2" in done.stderr
    assert "Traceback" not in done.stderr

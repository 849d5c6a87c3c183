"""A person signs from the shell and over HTTP, with a key of their own in a file."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from actors import FileKey
from cast import HEAD, MODERATOR
from simulator import School

from api import wiring
from api.app import create_app
from api.config import Config
from api.context import LOCAL
from api.tokens import Token, Tokens
from ledger.proof.encoding import b64decode, parse_canonical

COMMAND = [sys.executable, "-c", "from api.main import main; main()"]
ROOT = Path(__file__).resolve().parents[2]
PERSON = {"person": "stf-050", "name": "Mari Evans", "kind": "staff", "offices": []}


def run(directory, *arguments, text=""):
    return subprocess.run(
        [*COMMAND, *arguments, "--data", str(directory)] if directory else [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        input=text,
        timeout=120,
        env={k: v for k, v in os.environ.items() if not k.startswith("HANDLEDGER_")},
        cwd=ROOT,
    )


def good(directory, *arguments, text=""):
    done = run(directory, *arguments, text=text)
    assert done.returncode == 0, done.stderr
    return done.stdout


def failed(directory, *arguments, text=""):
    done = run(directory, *arguments, text=text)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.fixture(name="data")
def _data(tmp_path):
    """The directory of a staffed school, which nobody has open."""
    school = School(tmp_path / "school").staffed()
    school.office()
    school.close()
    return tmp_path / "school"


@pytest.fixture(name="own")
def _own(tmp_path):
    """Where somebody keeps their key, and how it is opened."""
    folder = tmp_path / "mine"
    folder.mkdir(mode=0o700)
    (folder / "words").write_text("a passphrase of my own\n")
    (folder / "words").chmod(0o600)
    return folder / "my.key", ("--passphrase-file", str(folder / "words"))


def enrol(data, own, person=HEAD):
    file, words = own
    said = good(data, "keys", "actor", str(file), "--person", person, *words)
    good(data, "record", "enrol_actor_key", "--actor", person, "--fields", said)
    return json.loads(said)


def record(data, own, *more, actor=HEAD, fields=PERSON):
    file, words = own
    given = ("--actor", actor, "--fields", json.dumps(fields))
    return run(data, "record", "register_person", *given, "--sign-with", str(file), *words, *more)


def test_a_key_is_made_enrolled_and_signed_with(data, own, tmp_path):
    enrol(data, own)
    done = record(data, own)
    assert done.returncode == 0, done.stderr
    position = json.loads(done.stdout)["position"]
    told = json.loads(good(data, "get", f"/v1/records/{position}"))["answer"]
    assert told["assurance"] == "actor-signed"
    out = str(tmp_path / "all.zip")
    good(data, "export", out)
    trust = ("--trust", str(data / "trust.policy"))
    report = json.loads(good(None, "verify", out, *trust, "--json"))
    assert (report["verdict"], report["actor_signed"]) == ("VALID", 1)
    assert "1 records are signed by their actors too" in good(None, "verify", out, *trust)
    good(data, "fsck")


def test_the_same_key_is_told_again(data, own):
    first = enrol(data, own)
    file, words = own
    assert json.loads(good(data, "keys", "actor", str(file), "--person", HEAD, *words)) == first


def test_a_key_that_is_not_enrolled_or_somebody_elses_signs_nothing(data, own):
    file, words = own
    good(data, "keys", "actor", str(file), "--person", HEAD, *words)
    done = record(data, own)
    assert (done.returncode, "actor_signature_wrong" in done.stderr) == (1, True)
    enrol(data, own)
    done = record(data, own, actor=MODERATOR)
    assert (done.returncode, "actor_signature_wrong" in done.stderr) == (1, True)


def test_a_bad_command_is_not_signed(data, own):
    enrol(data, own)
    done = record(data, own, fields={**PERSON, "kind": "robot"})
    assert (done.returncode, "invalid_field" in done.stderr) == (1, True)


def test_a_key_file_is_opened_by_its_words_alone_and_by_its_owner(data, own, tmp_path):
    file = own[0]
    enrol(data, own)
    (tmp_path / "other").write_text("other words")
    (tmp_path / "other").chmod(0o600)
    other = (own[0], ("--passphrase-file", str(tmp_path / "other")))
    assert "wrong passphrase" in record(data, other).stderr
    assert "no passphrase" in record(data, (file, ())).stderr
    (tmp_path / "other").write_text("\n")
    assert "is empty" in record(data, other).stderr
    file.chmod(0o644)
    assert "others may read it" in record(data, own).stderr
    vault = (data / "keys/vault.json", ("--passphrase-file", str(data / "passphrase")))
    assert "holds no actor's key" in record(data, vault).stderr


def test_a_key_is_not_made_where_others_look(data, own, tmp_path):
    open_ = tmp_path / "open"
    open_.mkdir(mode=0o755)
    said = failed(data, "keys", "actor", str(open_ / "k"), "--person", HEAD, *own[1])
    assert "others may read it" in said
    assert not (open_ / "k").exists()


# -- over HTTP ------------------------------------------------------------------------------


@pytest.fixture(name="asked")
def _asked(data):
    """POST to the API of the school as somebody, the head unless told otherwise."""
    with wiring.open_ledger(Config(data, None)) as ledger:
        ports = ledger.ports
    with School(data, "2026-10-01T09:00:00+01:00", ports).ledger as ledger:
        client = create_app(ledger, Tokens(data / "access.db")).test_client()

        def post(path, body, person=HEAD):
            token = Token("local", person, ("read", "record"), local=True)
            answer = client.post(path, json=body, environ_overrides={LOCAL: token})
            return answer.status_code, answer.json

        post.ledger = ledger
        yield post


def test_what_there_is_to_sign_is_signed_elsewhere_and_sent(asked, own):
    key = FileKey(HEAD)
    enrolment = key.enrolment(asked.ledger.origin)
    assert asked("/v1/actions/enrol_actor_key", {"data": enrolment})[0] == 201
    size = asked.ledger.store.size()
    status, made = asked("/v1/actions/register_person/intent", {"data": PERSON})
    assert (status, asked.ledger.store.size()) == (200, size)
    body = b64decode(made["intent"]["payload"])
    said = parse_canonical(body)
    assert said["fields"] == {"kind": "staff", "offices": [], "person": "stf-050"}
    assert (said["actor"], said["action"]) == (HEAD, "register_person")
    assert said["commitments"].keys() == made["command"]["salts"].keys() == {"name"}
    command = {**made["command"], "intent": key.envelope(body)}
    status, receipt = asked("/v1/actions/register_person", command)
    assert (status, receipt["event_id"]) == (201, said["id"])
    status, again = asked("/v1/actions/register_person", command)
    assert (status, again["code"]) == (409, "duplicate_id")


def test_what_is_of_no_form_is_not_recorded_and_there_is_nothing_to_sign(asked):
    size = asked.ledger.store.size()
    bad = {"data": {**PERSON, "kind": "robot"}}
    status, said = asked("/v1/actions/register_person/intent", bad)
    assert (status, said["code"], said["refused"]["details"]) == (
        422, "invalid_field", {"fields": ["kind"]})  # fmt: skip
    assert "position" not in said
    assert asked("/v1/actions/launch_rocket/intent", bad)[0] == 404
    assert asked("/v1/actions/register_person/intent", {"data": []})[0] == 400
    assert asked.ledger.store.size() == size


def test_the_answer_is_signed_away_from_the_ledger(asked, own):
    file, words = own
    origin = asked.ledger.origin
    made = good(None, "keys", "actor", str(file), "--person", HEAD, "--origin", origin, *words)
    assert asked("/v1/actions/enrol_actor_key", {"data": json.loads(made)})[0] == 201
    _, answer = asked("/v1/actions/register_person/intent", {"data": PERSON})
    done = run(None, "keys", "sign", str(file), *words, text=json.dumps(answer))
    assert '"action": "register_person"' in done.stderr
    assert asked("/v1/actions/register_person", json.loads(done.stdout))[0] == 201


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"intent": {"payloadType": "x", "payload": ""}, "command": {}}']
)
def test_what_is_nothing_to_sign_is_not_signed(own, text):
    file, words = own
    origin = "log.example.org/school/" + "0" * 32
    good(None, "keys", "actor", str(file), "--person", HEAD, "--origin", origin, *words)
    assert "nothing to sign" in failed(None, "keys", "sign", str(file), *words, text=text)

"""Witnesses as processes of their own, and a ledger that asks them."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

import pytest
from calling import run
from small import asked

from api import witness
from api.app import create_app
from api.config import read_config
from api.cosigning import BadAddress, Witnesses
from api.tokens import Tokens
from api.wiring import open_ledger
from keys.signer import FileSigner
from ledger.proof.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from ledger.proof.encoding import b64encode
from ledger.proof.merkle import consistency_path, leaf_hash, root
from ledger.proof.note import COSIGNATURE, cosigned_at, format_vkey, parse_note, parse_vkey
from ledger.proof.policy import parse_policy

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from api.main import main; main()"]
MENTION = {"where": "w", "tone": "neutral", "action": "none_needed"}


class Process:
    """`handledger witness serve`, on a free port."""

    def __init__(self, directory, name, *logs, port=0):
        self.directory, self.lines = directory, []
        given = [part for log in logs for part in ("--log", str(log))]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("HANDLEDGER_")}
        command = ["witness", "serve", "--data", str(directory), "--name", name, *given]
        self.process = subprocess.Popen(
            [*COMMAND, *command, "--port", str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        )
        self.vkey = self.process.stdout.readline().removeprefix("witness ").strip()
        self.url = self.process.stdout.readline().strip()

    def kill(self):
        self.process.kill()
        self.process.communicate()

    def stop(self):
        """What it said on stderr."""
        self.process.send_signal(signal.SIGINT)
        return self.process.communicate(timeout=30)[1]


@pytest.fixture(name="two")
def _two(school, tmp_path):
    """Two witnesses that the ledger's trust file names, both of which must have seen it."""
    trust = school / "trust.policy"
    known = tmp_path / "known.policy"
    shutil.copy(trust, known)
    both = [Process(tmp_path / f"w{n}", f"witness.example/w{n}", known) for n in (1, 2)]
    lines = [f"witness w{n} {w.vkey} {w.url}" for n, w in enumerate(both, 1)]
    [log, _] = trust.read_text("utf-8").splitlines()
    policy = [log, *lines, "group both all w1 w2", "quorum both", ""]
    trust.write_text("\n".join(policy), "utf-8")
    yield both
    for one in both:
        if one.process.poll() is None:
            one.stop()


def verdict(capsys, *arguments):
    capsys.readouterr()
    code = run("verify", *arguments, "--json")
    return code, json.loads(capsys.readouterr().out)


def post(url, body):
    request = urllib.request.Request(f"{url}/add-checkpoint", body)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read()


@contextmanager
def opened(directory):
    with open_ledger(read_config(str(directory))) as ledger:
        yield ledger


def mention(ledger, number):
    ledger.record(asked("record_public_mention", {**MENTION, "mention": f"mtn-{number}"}))


def cosigners(note, directory):
    found = []
    for name, key in parse_policy(
        (directory / "trust.policy").read_text("utf-8")
    ).witnesses.items():
        try:
            cosigned_at(parse_note(note), key)
        except ValueError:
            continue
        found.append(name)
    return found


def test_evidence_is_anchored_while_the_quorum_is_reached(school, two, tmp_path, capsys):
    trust, file = school / "trust.policy", tmp_path / "evidence.zip"
    assert 0 == run("--data", school, "export", file)
    code, said = verdict(capsys, file, "--trust", trust)
    assert (0, "VALID") == (code, said["verdict"])
    two[0].kill()
    assert 0 == run("--data", school, "record", "record_public_mention", "--actor", "stf-011",
                    "--fields", json.dumps({**MENTION, "mention": "mtn-1"}))  # fmt: skip
    assert 0 == run("--data", school, "export", file)
    assert "witness.example/w1: not reached" in capsys.readouterr().err
    code, said = verdict(capsys, file, "--trust", trust)
    assert (10, "UNANCHORED") == (code, said["verdict"])
    assert ["quorum_not_reached"] == [f["code"] for f in said["findings"]]


def test_the_served_checkpoint_carries_the_cosignatures_there_are(school, two):
    with opened(school) as ledger:
        tokens = Tokens(school / "access.db")
        client = create_app(ledger, tokens).test_client()
        headers = {"Authorization": f"Bearer {tokens.issue('stf-011')}"}

        def published():
            return client.get("/log/checkpoint", headers=headers).get_data()

        assert ["w1", "w2"] == cosigners(published(), school)
        again = published()
        two[0].kill()
        assert again == published()  # kept: nobody is asked for what is there
        for number in range(300):  # more than a tile, so that the proofs are not all of one
            mention(ledger, number)
        note = published()
        assert ["w2"] == cosigners(note, school)
        assert 302 == parse_checkpoint(parse_note(note).text).size
        assert (school / "trust.policy").read_text("utf-8") == client.get(
            "/log/trust.policy", headers=headers
        ).get_data(as_text=True)


def test_a_witness_that_comes_back_cosigns_again(school, two):
    with opened(school) as ledger:
        ledger.publish()
    port = two[0].url.rpartition(":")[2]
    two[0].kill()
    with opened(school) as ledger:
        mention(ledger, 1)
        assert ["w2"] == cosigners(ledger.publish(), school)
    two[0] = Process(two[0].directory, "w1", school / "trust.policy", port=port)
    with opened(school) as ledger:
        assert ["w1", "w2"] == cosigners(ledger.publish(), school)


def test_the_kept_cosignatures_may_get_lost(school, two):
    """The witness says what it has seen, and is asked once more."""
    with opened(school) as ledger:
        ledger.publish()
        mention(ledger, 1)
    (school / "cosigned").unlink()
    with opened(school) as ledger:
        assert ["w1", "w2"] == cosigners(ledger.publish(), school)


def test_every_part_of_the_log_is_exported_with_cosignatures(school, two, tmp_path, capsys):
    file = tmp_path / "evidence.zip"
    assert 0 == run("--data", school, "export", file, "--person", "stf-011")
    code, said = verdict(capsys, file, "--trust", school / "trust.policy")
    assert (0, "VALID") == (code, said["verdict"])


def test_a_forked_history_is_refused_and_leaves_a_line(school, two, tmp_path):
    """Somebody restores an old copy of everything and goes on from there."""
    shutil.copytree(school, tmp_path / "old")
    shutil.copytree(school, tmp_path / "shorter")
    with opened(school) as ledger:
        mention(ledger, 1)
        assert ["w1", "w2"] == cosigners(ledger.publish(), school)
    told = []
    for directory, further in ((tmp_path / "old", (2,)), (tmp_path / "shorter", ())):
        with opened(directory) as ledger:
            policy = parse_policy((directory / "trust.policy").read_text("utf-8"))
            object.__setattr__(ledger.ports, "cosign", Witnesses(directory, policy, told.append))
            for number in further:
                mention(ledger, number)
            assert [] == cosigners(ledger.publish(), directory)
    with opened(tmp_path / "old") as ledger:
        mention(ledger, 3)
        assert [] == cosigners(ledger.publish(), tmp_path / "old")
    assert 2 == sum("REFUSED: it has seen another history of 3 records" in line for line in told)
    assert 2 == sum("it has seen 3 records of this ledger, which has 2" in line for line in told)
    for one in two:
        lines = one.stop().splitlines()
        refused = [line for line in lines if "REFUSED another history" in line]
        assert ["(409)", "(422)"] == [re.search(r"\(\d+\)", line)[0] for line in refused]


def test_killed_again_and_again_it_signs_one_history(school, tmp_path):
    """Two histories are pushed at a witness that is killed meanwhile, six times."""
    key = FileSigner("checkpoint", b"L" * 32)
    vkey = format_vkey("log.example/x", key.public_key)
    leaves = {
        name: [leaf_hash(f"{name if n >= 3 else ''}{n}".encode()) for n in range(60)]
        for name in "ab"
    }
    signed = set()

    def push(url, name, old, size):
        def node(level, index):
            return root(leaves[name][index << level : (index + 1) << level])

        path = [b64encode(h) for h in consistency_path(old, size, node)]
        note = sign_checkpoint(Checkpoint("log.example/x", size, root(leaves[name][:size])), key)
        body = "".join(f"{line}\n" for line in (f"old {old}", *path)).encode() + b"\n" + note
        status, _, said = post(url, body)
        if status == 200:
            signed.add((name, size))
        return status, said

    def hammer(url, name):
        old = 0
        try:
            for size in range(4, 60):
                if size < old:
                    continue
                status, said = push(url, name, old, size)
                old = int(said) if status == 409 else size
        except (OSError, HTTPException):
            return

    for round_ in range(6):
        one = Process(tmp_path / "w", "witness.example/w", vkey)
        threads = [threading.Thread(target=hammer, args=(one.url, name)) for name in "ab"]
        for thread in threads:
            thread.start()
        threads[0].join(0.05 * (round_ + 1))
        one.kill()
        for thread in threads:
            thread.join()
    assert 1 == len({name for name, _ in signed})


def test_what_it_answers_over_http(school, two):
    url = two[0].url
    with opened(school) as ledger:
        note = ledger.publish()
    assert (400, "text/plain; charset=utf-8") == post(url, b"x")[:2]
    assert (409, "text/x.tlog.size", b"2\n") == post(url, b"old 0\n\n" + note)
    status, kind, line = post(url, b"old 2\n\n" + note)
    assert (200, "text/plain; charset=utf-8") == (status, kind)
    assert cosigned_at(
        parse_note(note.partition(b"\n\n")[0] + b"\n\n" + line), parse_vkey(two[0].vkey)
    )
    assert 413 == post(url, bytes(100_000))[0]
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{url}/add-checkpoint", timeout=30)
    with error.value:
        assert 405 == error.value.code


def test_init_makes_one_witness_and_never_touches_it(school, tmp_path, capsys):
    place = tmp_path / "w"
    assert 0 == run("witness", "init", "--data", place, "--name", "w.example/1")
    key = parse_vkey(capsys.readouterr().out.strip())
    assert ("w.example/1", COSIGNATURE) == (key.name, key.algorithm)
    assert 1 == run("witness", "init", "--data", place, "--name", "w.example/1")
    assert 1 == run("witness", "init", "--data", school, "--name", "w.example/1")
    assert 1 == run("witness", "init", "--data", tmp_path / "v", "--name", "a b")
    assert not (tmp_path / "v").exists()
    assert 0 == run("witness", "show", "--data", place, "--json")
    assert [] == json.loads(capsys.readouterr().out)["logs"]
    (place / "witness.db").unlink()
    assert 1 == run("witness", "serve", "--data", place)
    assert "must be retired" in capsys.readouterr().err
    (place / "witness.vkey").unlink()
    assert 1 == run("witness", "init", "--data", place, "--name", "w.example/1")
    assert "must be retired" in capsys.readouterr().err


def test_logs_are_given_as_keys_or_trust_files(school, tmp_path):
    vkey = (school / "trust.policy").read_text("utf-8").split()[1]
    (tmp_path / "logs").mkdir()
    shutil.copy(school / "trust.policy", tmp_path / "logs/fach.policy")
    expected = [parse_vkey(vkey)]
    assert expected == witness.watched_logs(tmp_path, [])
    assert expected * 3 == witness.watched_logs(tmp_path, [vkey, str(school / "trust.policy")])
    with pytest.raises(witness.wiring.SetupError):
        witness.watched_logs(tmp_path, [format_vkey("w", bytes.fromhex("58" + "66" * 31), 4)])


def test_an_address_is_http(school, capsys):
    trust = school / "trust.policy"
    key = format_vkey("w", bytes.fromhex("58" + "66" * 31), COSIGNATURE)
    trust.write_text(trust.read_text("utf-8") + f"witness w {key} file:///etc/passwd\n", "utf-8")
    with pytest.raises(BadAddress):
        Witnesses(school, parse_policy(trust.read_text("utf-8")))
    assert 1 == run("--data", school, "get", "/v1/accounts")
    assert "is no address of a witness" in capsys.readouterr().err

"""Checkpoints are timestamped by a real authority, and each token is on record."""

import json
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import contextmanager
from urllib.request import urlopen

import pytest
from calling import run
from small import asked
from stamper import Holder
from tsa import CURVE, Authority, openssl

from api import timestamping, tsp
from api.config import ConfigError, read_config
from ledger.proof.authority import named_authority
from ledger.proof.certificate import read_pem
from ledger.proof.checkpoint import parse_checkpoint
from ledger.proof.note import parse_note
from projections.semantics import all_answers


@pytest.fixture(name="authority")
def _authority(tmp_path, monkeypatch):
    authority = Authority(tmp_path / "tsa")
    with authority.serving() as url:
        monkeypatch.setenv("HANDLEDGER_TSA_URL", url)
        authority.url = url
        yield authority


KINDS = {
    "rsa": {},
    "p384": {"key": CURVE},
    "named by SHA-1": {"named": "sha1"},
    "a chain": {"chain": True},
    "a chain of curves, named by SHA-512": {"key": CURVE, "chain": True, "named": "sha512"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_openssl_writes_is_read(tmp_path, kind):
    authority = Authority(tmp_path / "tsa", **KINDS[kind])
    digest = bytes(range(32))
    token = tsp.read_answer(authority.answer(tsp.request(digest, 12345)), digest, 12345)
    assert abs(token.time - time.time()) < 60
    named = read_pem(authority.root.read_bytes())
    assert named[0] == named_authority(token, named)
    assert None is named_authority(token, read_pem(Holder("Root", ca=True).pem))


def text_of(directory, size):
    return parse_note((directory / f"timestamps/{size}.checkpoint").read_bytes()).text


def test_a_token_is_kept_and_its_hash_is_on_record(school, authority, tmp_path, capsys):
    assert 0 == run("--data", school, "timestamp", "--json")
    said = json.loads(capsys.readouterr().out)
    token = school / "timestamps/2.tsr"
    assert (2, str(token)) == (said["size"], said["token"])
    kept = (school / "timestamps/2.checkpoint").read_bytes()
    point = parse_checkpoint(parse_note(kept).text)
    assert 0 == run("--data", school, "get", "/v1/records/2")
    record = json.loads(capsys.readouterr().out)["answer"]
    assert ("CheckpointTimestamped", "system") == (record["type"], record["actor"])
    assert (2, point.root.hex()) == (record["fields"]["size"], record["fields"]["root"])
    for_an_auditor(school, authority, token, tmp_path, capsys)


def for_an_auditor(school, authority, token, tmp_path, capsys):
    """The commands of docs/operations.md: the authority's word, and where the log names it."""
    (tmp_path / "text").write_text(text_of(school, 2))
    verify = ("ts", "-verify", "-in", token, "-CAfile", authority.certificate)
    openssl(*verify, "-data", tmp_path / "text")
    (tmp_path / "other").write_text(text_of(school, 2).replace("\n2\n", "\n3\n"))
    with pytest.raises(AssertionError, match="imprint"):
        openssl(*verify, "-data", tmp_path / "other")
    file, trust = tmp_path / "e.zip", school / "trust.policy"
    assert 0 == run("--data", school, "export", file)
    capsys.readouterr()
    known = ("--known", school / "timestamps/2.checkpoint", "--file", token)
    known += ("--authority", authority.root)
    assert 0 == run("verify", file, "--trust", trust, *known)
    printed = capsys.readouterr().out
    assert "record 2, CheckpointTimestamped in ledger, token is its SHA-256" in printed
    assert "timestamps 1, 1 by an authority that you named" in printed
    with zipfile.ZipFile(file) as archive:
        assert token.read_bytes() == archive.read("timestamps/2.tsr")
    token.write_bytes(b"spoiled, or lost")
    assert 0 == run("--data", school, "export", file)
    with zipfile.ZipFile(file) as archive:
        assert "timestamps/2.tsr" not in archive.namelist()
    assert 0 == run("verify", file, "--trust", trust)


PARTS = {
    "a person": ("--person", "stf-011"),
    "some days": ("--from", "2020-01-01", "--to", "2040-01-01"),
    "withheld": ("--withhold", "2"),
}


@pytest.mark.parametrize("part", PARTS)
def test_evidence_of_a_part_holds_tokens(school, authority, tmp_path, capsys, part):
    fields = {"mention": "mtn-1", "where": "w", "tone": "neutral", "action": "none_needed"}
    command = ("record", "record_public_mention", "--actor", "stf-011")
    assert 0 == run("--data", school, *command, "--fields", json.dumps(fields))
    assert 0 == run("--data", school, "timestamp")
    assert 0 == run("--data", school, "export", tmp_path / "e.zip", *PARTS[part])
    capsys.readouterr()
    trust = ("--trust", school / "trust.policy", "--authority", authority.root)
    assert 0 == run("verify", tmp_path / "e.zip", *trust, "--json")
    said = json.loads(capsys.readouterr().out)
    assert [(3, 3, True)] == [(s["size"], s["position"], s["vouched"]) for s in said["timestamps"]]


def test_a_log_that_was_rewritten_contradicts_its_timestamped_checkpoint(
    school, authority, tmp_path, capsys
):
    """The tampering twin: the token's checkpoint is known, and the history is another."""
    import shutil

    shutil.copytree(school, tmp_path / "other")
    for directory, mention in ((school, "mtn-1"), (tmp_path / "other", "mtn-2")):
        fields = {"mention": mention, "where": "w", "tone": "neutral", "action": "none_needed"}
        command = ("record", "record_public_mention", "--actor", "stf-011")
        assert 0 == run("--data", directory, *command, "--fields", json.dumps(fields))
    assert 0 == run("--data", school, "timestamp")
    assert 0 == run("--data", tmp_path / "other", "export", tmp_path / "e.zip")
    known = ("--known", school / "timestamps/3.checkpoint")
    assert 30 == run("verify", tmp_path / "e.zip", "--trust", school / "trust.policy", *known)


@pytest.mark.parametrize("change", ["nothing", "cut", "other", "refused", "long"])
def test_a_bad_answer_leaves_no_record(school, authority, capsys, change):
    spoiled = {
        "nothing": lambda answer: b"",
        "cut": lambda answer: answer[:-1],
        "other": lambda answer: other_answer(authority),
        "refused": lambda answer: bytes.fromhex("30053003020102"),
        "long": lambda answer: bytes(70_000),
    }
    authority.change = spoiled[change]
    assert 1 == run("--data", school, "timestamp")
    assert "Traceback" not in capsys.readouterr().err
    assert not (school / "timestamps/2.tsr").exists()
    assert 0 == run("--data", school, "get", "/v1/records")
    assert 2 == json.loads(capsys.readouterr().out)["as_of"]["size"]


def other_answer(authority):
    """A timestamp that the authority did give, of something else."""
    authority.change = lambda answer: answer
    return authority.answer(tsp.request(bytes(32), 7))


def test_an_authority_that_is_away(school, capsys, monkeypatch):
    assert 1 == run("--data", school, "timestamp")
    assert "HANDLEDGER_TSA_URL" in capsys.readouterr().err
    monkeypatch.setenv("HANDLEDGER_TSA_URL", "http://127.0.0.1:9/")
    assert 1 == run("--data", school, "timestamp")
    assert "the authority was not reached" in capsys.readouterr().err


def test_once_a_day_and_only_when_there_is_something_new(world, authority):
    with world.open_school() as ledger:
        assert timestamping.is_due(ledger)
        timestamping.stamp(ledger, authority.url)
        assert not timestamping.is_due(ledger)
        world.clock.at += 86_400
        assert not timestamping.is_due(ledger)  # nothing but the timestamp itself is new
        ledger.record(asked("record_public_mention", {}))
        assert timestamping.is_due(ledger)
        told = []
        end = timestamping.daily(ledger, authority.url, told.append)
        until = time.monotonic() + 20
        while timestamping.is_due(ledger) and time.monotonic() < until:
            time.sleep(0.05)
        end()
        assert (2, []) == (authority.asked, told)
        assert not timestamping.is_due(ledger)


def test_answers_are_those_without_it(world, authority):
    """Nothing that is asked of the records counts it as something somebody did."""
    with world.open_school() as ledger:
        before = all_answers([e.record for e in ledger.entries().all])
        timestamping.stamp(ledger, authority.url)
        after = all_answers([e.record for e in ledger.entries().all])
    assert before["answers"].keys() == after["answers"].keys()
    differing = {path for path, said in before["answers"].items() if said != after["answers"][path]}
    assert set() == differing


def test_the_query_is_what_openssl_makes(tmp_path):
    (tmp_path / "q").write_bytes(tsp.request(bytes(range(32)), 0xFEDCBA9876543210))
    said = openssl("ts", "-query", "-in", tmp_path / "q", "-text").decode()
    assert "Hash Algorithm: sha256" in said
    assert "Nonce: 0xFEDCBA9876543210" in said
    assert "Certificate required: yes" in said


def test_every_changed_octet_of_the_information_is_seen_or_harmless(authority):
    """No change makes another hash or nonce pass, and none breaks the reader."""
    digest, nonce = bytes(range(32)), 12345
    answer = authority.answer(tsp.request(digest, nonce))
    stamp = tsp.read_answer(answer, digest, nonce)
    assert abs(stamp.time - time.time()) < 60
    for at in range(0, len(answer), 3):
        changed = answer[:at] + bytes([answer[at] ^ 1]) + answer[at + 1 :]
        try:
            said = tsp.read_answer(changed, digest, nonce)
        except tsp.BadAnswer:
            continue
        assert (digest, nonce) == (said.digest, said.nonce)


def test_the_address_is_http(tmp_path):
    with pytest.raises(ConfigError, match="TSA_URL"):
        read_config(str(tmp_path), {"HANDLEDGER_TSA_URL": "file:///x"})


@contextmanager
def served(school):
    """`handledger serve` in a process of its own: gives its address, and its stderr so far."""
    errors = school / "errors"
    command = [sys.executable, "-m", "api.main", "--data", str(school), "serve", "--port", "0"]
    with errors.open("w") as file:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=file, text=True)
    try:
        yield process.stdout.readline().strip(), errors.read_text
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def until(holds):
    end = time.monotonic() + 30
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def test_a_served_ledger_asks_by_itself(school, authority):
    with served(school) as (address, said):
        assert until((school / "timestamps/2.tsr").exists), said()
        with urlopen(f"{address}/health/live") as answer:
            assert 200 == answer.status
    assert 1 == authority.asked


def test_a_served_ledger_goes_on_when_the_authority_is_away(school, monkeypatch):
    monkeypatch.setenv("HANDLEDGER_TSA_URL", "http://127.0.0.1:9/")
    with served(school) as (address, said):
        assert until(lambda: "no timestamp: the authority was not reached" in said()), said()
        with urlopen(f"{address}/health/live") as answer:
            assert 200 == answer.status
    assert not (school / "timestamps/2.tsr").exists()


def test_an_authority_that_comes_back_is_asked_again(world, authority, monkeypatch):
    monkeypatch.setattr(timestamping, "LOOK", 0.05)
    good, told = authority.change, []
    authority.change = lambda answer: b""
    with world.open_school() as ledger:
        end = timestamping.daily(ledger, authority.url, told.append)
        assert until(lambda: len(told) > 1)
        authority.change = good
        assert until(lambda: not timestamping.is_due(ledger))
        end()
    assert all("no timestamp" in line for line in told)

"""A served ledger, over a real socket."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from api.main import main; main()"]


@pytest.fixture(name="sample_service")
def _sample_service(tmp_path):
    """`make run`, on a free port: (address, {person: token})."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HANDLEDGER_")}
    process = subprocess.Popen(
        [*COMMAND, "--data", str(tmp_path / "ledger"), "run", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env=environment,
    )
    tokens, address = {}, ""
    for line in process.stdout:
        if line.startswith("  "):
            tokens[line.split()[0]] = line.split()[-1]
        if line.startswith("http://"):
            address = line.strip()
            break
    yield address, tokens
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert 0 == process.returncode


def call(address, path, token, body=None):
    request = urllib.request.Request(
        address + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_the_sample_term_is_served_and_goes_on(sample_service):
    """The clock of a served rehearsal goes on from its last record."""
    address, tokens = sample_service
    status, shown = call(address, "/v1/records/125", tokens["gov-002"])
    assert (200, "CheckpointPublished") == (status, shown["answer"]["type"])
    body = {"data": {"mention": "mtn-9", "where": "w", "tone": "neutral", "action": "none_needed"}}
    status, receipt = call(address, "/v1/actions/record_public_mention", tokens["stf-032"], body)
    assert (201, 126) == (status, receipt["position"])
    assert receipt["recorded_at"].startswith("2027-01-15T15:0")
    status, refused = call(address, "/v1/actions/record_public_mention", tokens["stf-032"], body)
    assert (409, "duplicate_id") == (status, refused["code"])


@pytest.mark.parametrize(
    ("proxy", "counted"),
    [("127.0.0.1", "192.0.2.9"), ("192.0.2.1", "127.0.0.1"), ("", "127.0.0.1")],
)
def test_only_the_proxy_that_was_set_says_who_asks(school, proxy, counted):
    """Whoever writes a header themself would have a new address for every guess."""
    environment = {**os.environ, **({"HANDLEDGER_PROXY": proxy} if proxy else {})}
    process = subprocess.Popen(
        [*COMMAND, "--data", str(school), "serve", "--port", "0"],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment,
    )  # fmt: skip
    address = next(line.strip() for line in process.stdout if line.startswith("http://"))
    jar = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with jar.open(f"{address}/sign-in", timeout=30) as shown:
        token = re.search(r'name="csrf" value="([^"]+)"', shown.read().decode()).group(1)
    form = urllib.parse.urlencode({"csrf": token, "person": "stf-011", "password": "x"}).encode()
    said = {"X-Forwarded-For": "192.0.2.9", "Origin": address}
    with pytest.raises(urllib.error.HTTPError) as refused:
        jar.open(urllib.request.Request(f"{address}/sign-in", form, said), timeout=30)
    refused.value.close()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert 401 == refused.value.code
    with closing(sqlite3.connect(school / "access.db")) as db:
        names = {name for (name,) in db.execute("SELECT name FROM door_attempts")}
    assert f"address:{sha256(counted.encode()).hexdigest()}" in names


@pytest.mark.parametrize(
    ("host", "address", "warned"),
    [("0.0.0.0", "", True), ("0.0.0.0", "https://ledger.example", False), ("127.0.0.1", "", False)],
)
def test_whoever_serves_without_tls_is_told_what_that_means(school, host, address, warned):
    environment = {**os.environ, **({"HANDLEDGER_ADDRESS": address} if address else {})}
    process = subprocess.Popen(
        [*COMMAND, "--data", str(school), "serve", "--host", host, "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment,
    )  # fmt: skip
    next(line for line in process.stdout if line.startswith("http://"))
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert warned == ("travel in clear" in said)

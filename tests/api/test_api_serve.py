"""A served ledger, over a real socket."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
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
    status, shown = call(address, "/v1/records/124", tokens["gov-002"])
    assert (200, "CheckpointPublished") == (status, shown["answer"]["type"])
    body = {"data": {"mention": "mtn-9", "where": "w", "tone": "neutral", "action": "none_needed"}}
    status, receipt = call(address, "/v1/actions/record_public_mention", tokens["stf-032"], body)
    assert (201, 125) == (status, receipt["position"])
    assert receipt["recorded_at"].startswith("2027-01-15T15:0")
    status, refused = call(address, "/v1/actions/record_public_mention", tokens["stf-032"], body)
    assert (409, "duplicate_id") == (status, refused["code"])

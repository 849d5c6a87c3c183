"""Timestamp tokens in an evidence file: only those that the records name, over what they name."""

import io
from hashlib import sha256

import pytest

from ledger.proof.checkpoint import parse_checkpoint
from ledger.proof.note import parse_note
from ledger.proof.verify import verify

TOKEN = b"what an authority answered"


@pytest.fixture(name="stamped")
def _stamped(new_ledger):
    """A ledger whose first three records were timestamped, and the record that says so."""

    def make(**other):
        ledger = new_ledger()
        ledger.fill(3)
        point = parse_checkpoint(parse_note(ledger.checkpoint()).text)
        fields = {
            "at": "2026-11-02T12:00:00Z",
            "root": point.root.hex(),
            "size": point.size,
            "token": sha256(TOKEN).hexdigest(),
            **other,
        }
        action = "timestamp_checkpoint"
        kind = "CheckpointTimestamped"
        ledger.append(ledger.record(kind, "ledger", action, "system", fields=fields))
        return ledger, point.size

    return make


def said(ledger, tokens):
    report = verify(io.BytesIO(ledger.evidence(timestamps=tokens)), ledger.trust)
    return report.verdict, [f.code for f in report.findings]


def test_a_token_that_a_record_names_is_in_the_file(stamped):
    ledger, size = stamped()
    report = verify(io.BytesIO(ledger.evidence(timestamps={size: TOKEN})), ledger.trust)
    assert ("VALID", ()) == (report.verdict, tuple(report.findings))
    assert "timestamps 1, their authority not checked" in report.steps[11].outcome


def test_a_token_may_be_left_out(stamped):
    ledger, _ = stamped()
    assert ("VALID", []) == said(ledger, {})


@pytest.mark.parametrize("change", ["another token", "another size", "too large", "nobody's"])
def test_another_token_is_a_contradiction(stamped, new_ledger, change):
    ledger, size = stamped()
    tokens = {
        "another token": {size: TOKEN + b"."},
        "another size": {size - 1: TOKEN},
        "too large": {size: TOKEN, 10**15: TOKEN},
        "nobody's": {size: TOKEN, 1: b"of a rewritten log"},
    }
    assert ("INVALID", ["timestamp_differs"]) == said(ledger, tokens[change])


def test_a_record_of_a_checkpoint_that_never_was_is_a_contradiction(stamped):
    """Somebody rewrote the beginning, and says the token of before is over it."""
    ledger, size = stamped(root="0" * 64)
    assert ("INVALID", ["timestamp_differs"]) == said(ledger, {size: TOKEN})


@pytest.mark.parametrize("name", ["0.tsr", "03.tsr", "3.TSR", "3", "x.tsr", "../3.tsr"])
def test_other_names_are_no_members(stamped, box, name):
    ledger, size = stamped()
    members = box.open(ledger.evidence(timestamps={size: TOKEN}))
    members[f"timestamps/{name}"] = TOKEN
    data = box.pack(box.with_manifest(members, ledger, ledger.record_key))
    assert "MALFORMED" == verify(io.BytesIO(data), ledger.trust).verdict


def test_an_older_format_has_none(stamped, box):
    ledger, size = stamped()
    members = box.open(ledger.evidence(timestamps={size: TOKEN}))
    data = box.pack(box.in_format_1(members, ledger))
    assert "MALFORMED" == verify(io.BytesIO(data), ledger.trust).verdict

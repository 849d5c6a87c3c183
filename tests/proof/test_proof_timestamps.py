"""Timestamps in an evidence file: those that records name, over what they name, and as bounds."""

import io
import json
from hashlib import sha256

import pytest
from stamper import Holder, stamped

from ledger.proof.checkpoint import parse_checkpoint
from ledger.proof.command import as_json, as_text
from ledger.proof.instants import format_instant
from ledger.proof.note import parse_note
from ledger.proof.report import WrongUsage
from ledger.proof.timestamp import imprint
from ledger.proof.timestamps import TOLERANCE
from ledger.proof.verify import verify

HOLDER = Holder()
ROOT = Holder("Root", ca=True)
BEGIN = 1_700_000_000  # when record 0 of the small ledger was recorded; one a minute follow


class Stamped:
    """A ledger, and the tokens over it; each is put on record where it stands."""

    def __init__(self, ledger):
        self.ledger, self.tokens = ledger, {}

    def stamp(self, at=None, holder=HOLDER, fault=None, said_at=None, **fields):
        """Have what there is timestamped, `at` in seconds since 1970: by default in this minute."""
        text = parse_note(self.ledger.checkpoint()).text
        point = parse_checkpoint(text)
        at = BEGIN + 60 * point.size if at is None else at
        answer = (fault or (lambda answer: answer))(stamped(holder, imprint(text), at))
        self.tokens[point.size] = answer
        said = {
            "at": said_at or format_instant(at),
            "root": point.root.hex(),
            "size": point.size,
            "token": sha256(answer).hexdigest(),
            **fields,
        }
        action, kind = "timestamp_checkpoint", "CheckpointTimestamped"
        record = self.ledger.record(kind, "ledger", action, "system", fields=said)
        self.ledger.append(record)
        return self

    def verified(self, *holders, tokens=None):
        file = self.ledger.evidence(timestamps=self.tokens if tokens is None else tokens)
        named = [holder.pem for holder in holders]
        return verify(io.BytesIO(file), self.ledger.trust, authorities=named)


@pytest.fixture(name="log")
def _log(new_ledger):
    return Stamped(new_ledger().fill(3))


def found(report):
    return report.verdict, [(f.code, f.position) for f in report.findings]


def test_a_token_that_a_record_names_is_the_word_of_its_authority(log):
    report = log.stamp().verified()
    assert ("VALID", []) == found(report)
    assert "timestamps 1, 0 by an authority that you named" in report.steps[11].outcome
    printed = "\n".join(as_text(report, None))
    assert f"timestamp of {format_instant(BEGIN + 180)} over the first 3 records" in printed
    [line] = [line for line in printed.split("\n") if "nobody you named vouches for it" in line]
    assert f"An authority (SHA-256 {sha256(HOLDER.der).hexdigest()})" in line


def test_an_authority_that_was_named_vouches_for_it(log):
    report = log.stamp().verified(HOLDER)
    assert ("VALID", []) == found(report)
    assert "timestamps 1, 1 by an authority that you named" in report.steps[11].outcome
    assert "whom you named" in "\n".join(as_text(report, None))
    said = json.loads(json.dumps(as_json(report)))
    fingerprint = sha256(HOLDER.der).hexdigest()
    at = format_instant(BEGIN + 180)
    assert [
        {"size": 3, "position": 3, "at": at, "authority": "An authority",
         "fingerprint": fingerprint, "vouched": True}
    ] == said["timestamps"]  # fmt: skip
    assert [{"name": "An authority", "fingerprint": fingerprint, "timestamps": 1}] == said[
        "authorities"
    ]


def test_a_named_authority_that_no_token_leads_to_is_said(log):
    for made in (log.stamp().verified(ROOT), log.verified(ROOT, tokens={})):
        assert ("VALID", []) == found(made)
        assert 0 == made.authorities[0].timestamps
        assert "Root (SHA-256" in "\n".join(as_text(made, None))
        assert "no timestamp here leads to it" in "\n".join(as_text(made, None))


def test_a_token_may_be_left_out(log):
    report = log.stamp().verified(tokens={})
    assert ("VALID", []) == found(report)
    assert "timestamps not disclosed" in report.steps[11].outcome


@pytest.mark.parametrize("data", [b"", b"no certificate", HOLDER.der, HOLDER.pem[:-40]])
def test_what_is_no_certificate_is_wrong_usage(log, data):
    file = io.BytesIO(log.stamp().ledger.evidence())
    with pytest.raises(WrongUsage, match="authority"):
        verify(file, log.ledger.trust, authorities=[data])


def test_there_may_not_be_very_many(log):
    with pytest.raises(WrongUsage, match="at most 32"):
        log.verified(*[HOLDER] * 33)


# What contradicts


def test_another_token_is_a_contradiction(log):
    log.stamp()
    [token] = log.tokens.values()
    other = stamped(HOLDER, bytes(32), BEGIN)
    for tokens in ({3: other}, {2: token}, {3: token, 10**15: token}, {3: token, 1: other}):
        assert ("INVALID", [("timestamp_differs", None)]) == found(log.verified(tokens=tokens))


def test_a_record_of_a_checkpoint_that_never_was_is_a_contradiction(log):
    """Somebody rewrote the beginning, and says the token of before is over it."""
    log.stamp(root="0" * 64)
    assert ("INVALID", [("timestamp_differs", None)]) == found(log.verified(HOLDER))


def test_a_record_that_says_another_time_is_a_contradiction(log):
    text = format_instant(BEGIN + 181)
    log.stamp(said_at=text)
    assert ("INVALID", [("timestamp_differs", 3)]) == found(log.verified(HOLDER))


@pytest.mark.parametrize("named", [(), (HOLDER,)], ids=["nobody named", "named"])
def test_faults_of_tokens_have_codes(new_ledger, named):
    for fault, code in (
        (lambda answer: b"no token", ("timestamp_form", None)),
        (lambda answer: answer[:-1], ("timestamp_form", None)),
        (lambda answer: answer[:-1] + bytes([answer[-1] ^ 1]), ("timestamp_signature", None)),
        (lambda answer: stamped(HOLDER, bytes(32), BEGIN + 180), ("timestamp_imprint", 3)),
        (lambda answer: stamped(ROOT, bytes(32), BEGIN + 180), ("timestamp_signature", None)),
    ):
        log = Stamped(new_ledger().fill(3)).stamp(fault=fault)
        assert ("INVALID", [code]) == found(log.verified(*named))


@pytest.mark.parametrize("name", ["0.tsr", "03.tsr", "3.TSR", "3", "x.tsr", "../3.tsr"])
def test_other_names_are_no_members(log, box, name):
    ledger = log.stamp().ledger
    members = box.open(ledger.evidence(timestamps=log.tokens))
    members[f"timestamps/{name}"] = log.tokens[3]
    data = box.pack(box.with_manifest(members, ledger, ledger.record_key))
    assert "MALFORMED" == verify(io.BytesIO(data), ledger.trust).verdict


def test_an_older_format_has_none(log, box):
    ledger = log.stamp().ledger
    members = box.open(ledger.evidence(timestamps=log.tokens))
    data = box.pack(box.in_format_1(members, ledger))
    assert "MALFORMED" == verify(io.BytesIO(data), ledger.trust).verdict


# Bounds


def test_records_may_not_be_later_than_when_they_were_timestamped(new_ledger):
    """Record 2 was recorded at BEGIN + 120, by its own word."""
    for early, expected in (
        (120 - TOLERANCE, []),
        (120 - TOLERANCE - 1, [("later_than_timestamp", 2)]),
        (-TOLERANCE - 1, [("later_than_timestamp", 0)]),
    ):
        log = Stamped(new_ledger().fill(3)).stamp(at=BEGIN + early)
        log.ledger.fill(6)
        assert found(log.verified(HOLDER)) == ("SUSPECT" if expected else "VALID", expected)
        assert ("VALID", []) == found(log.verified())
        assert ("VALID", []) == found(log.verified(ROOT))


def test_records_may_not_be_earlier_than_a_timestamp_that_was_on_record(new_ledger):
    """Record 3 names the token, and was recorded at BEGIN + 180."""
    for late, expected in (
        (180 + TOLERANCE, []),
        (180 + TOLERANCE + 1, [("earlier_than_timestamp", 3)]),
        (86_400, [("earlier_than_timestamp", 3)]),
    ):
        log = Stamped(new_ledger().fill(3)).stamp(at=BEGIN + late)
        log.ledger.fill(6)
        assert found(log.verified(HOLDER)) == ("SUSPECT" if expected else "VALID", expected)
        assert ("VALID", []) == found(log.verified())


def test_of_many_tokens_each_bounds_what_is_its_own(new_ledger):
    """Two are right, the one between them is not: its records are named, no others."""
    log = Stamped(new_ledger().fill(3)).stamp()
    log.ledger.fill(20)
    log.stamp(at=BEGIN + 60 * 20 - 5_000)
    log.ledger.fill(30)
    log.stamp()
    log.ledger.fill(40)
    assert [("later_than_timestamp", 0)] == found(log.verified(HOLDER))[1]
    assert 3 == len(log.verified(HOLDER).timestamps)
    assert ("VALID", []) == found(log.verified(HOLDER, tokens={3: log.tokens[3]}))


def test_the_clock_of_a_rehearsal_is_set(new_ledger):
    log = Stamped(new_ledger(host="rehearsal").fill(3)).stamp(at=BEGIN + 86_400)
    assert ("VALID", []) == found(log.verified(HOLDER))
    assert log.verified(HOLDER).timestamps[0].vouched


def test_a_root_vouches_over_what_lies_in_the_token(new_ledger):
    log = Stamped(new_ledger().fill(3)).stamp(at=BEGIN - 700, holder=Holder("Own", "p384", ROOT))
    assert ("SUSPECT", [("later_than_timestamp", 0)]) == found(log.verified(ROOT))
    assert "Root" == log.verified(ROOT).authorities[0].name
    assert ("VALID", []) == found(log.verified(HOLDER))

"""Of which records is this file the evidence? Its SHA-256 says, plain or salted."""

import json
import os
from hashlib import sha256

import pytest

from ledger.proof.command import main

MINUTES = b"Minutes of the governing body\n" * 90_000
PICTURE = os.urandom(2_000)
SALT = "a9:F=/+.x_-"


@pytest.fixture(scope="module", name="ledger")
def _ledger(new_ledger):
    """Records that name documents: plainly, salted, in an object, in a list, of nothing."""
    ledger = new_ledger("documents").fill(2)
    plain, salted = sha256(MINUTES).hexdigest(), sha256(SALT.encode() + PICTURE).hexdigest()
    add(ledger, "PolicyRatified", "ledger", {"document_sha256": plain})
    add(ledger, "EvidenceAdded", "incident/inc-1", {"evidence": salted}, evidence=SALT)
    add(ledger, "EntryCorrected", "incident/inc-1", {"set": {"evidence": salted}})
    add(ledger, "Linked", "ledger", {"documents": [{"sha256": "0" * 64}, {"sha256": plain}]})
    add(ledger, "EvidenceAdded", "incident/inc-2", {"evidence": plain}, evidence="other")
    return ledger


def add(ledger, kind, stream, fields, **salts):
    record = ledger.record(kind, stream, "act", "per-1", fields=fields)
    for field, salt in salts.items():
        record = ledger.seal(record, f"{field}.salt", salt)
    ledger.append(record)


@pytest.fixture(name="folder")
def _folder(ledger, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evidence.zip").write_bytes(ledger.evidence())
    (tmp_path / "closed.zip").write_bytes(ledger.evidence(disclosures=[]))
    (tmp_path / "trust.policy").write_text(ledger.trust_text)
    (tmp_path / "minutes.pdf").write_bytes(MINUTES)
    (tmp_path / "picture.jpg").write_bytes(PICTURE)
    (tmp_path / "other.txt").write_bytes(b"")
    return tmp_path


TRUST = ("--trust", "trust.policy")


def answered(capsys, *arguments):
    code = main([*arguments, "--json"], tuple, "verify")
    return code, json.loads(capsys.readouterr().out)


def places(found):
    return [(f["position"], f["field"], f["salted"]) for f in found]


def test_a_plain_hash_is_found_wherever_it_stands(folder, capsys):
    code, said = answered(capsys, "evidence.zip", *TRUST, "--file", "minutes.pdf")
    (file,) = said["files"]
    assert (0, "minutes.pdf", sha256(MINUTES).hexdigest()) == (code, file["file"], file["sha256"])
    assert [(2, "document_sha256", False), (5, "documents[1].sha256", False)] == places(
        file["evidence_of"]
    )
    assert [] == file["not_disclosed"]


def test_a_salted_hash_is_found_where_the_salt_is_disclosed(folder, capsys):
    """The correction has the same hash, and no salt of its own: it is another claim."""
    _, said = answered(capsys, "evidence.zip", *TRUST, "--file", "picture.jpg")
    (found,) = said["files"][0]["evidence_of"]
    assert {
        "position": 3,
        "type": "EvidenceAdded",
        "stream": "incident/inc-1",
        "field": "evidence",
        "salted": True,
    } == found


def test_without_the_salt_nobody_can_tell(folder, capsys):
    _, said = answered(capsys, "closed.zip", *TRUST, "--file", "picture.jpg")
    (file,) = said["files"]
    assert [] == file["evidence_of"]
    assert [(3, "evidence", True), (6, "evidence", True)] == places(file["not_disclosed"])


def test_a_hash_under_another_salt_is_not_the_files(folder, capsys):
    """Record 6 holds the plain hash of the minutes, and says it is salted: it is not theirs."""
    _, said = answered(capsys, "evidence.zip", *TRUST, "--file", "minutes.pdf")
    assert 6 not in [f["position"] for f in said["files"][0]["evidence_of"]]


def test_the_text_says_it_before_the_verdict(folder, capsys):
    files = ("--file", "minutes.pdf", "--file", "picture.jpg", "--file", "other.txt")
    assert 0 == main(["closed.zip", *TRUST, *files], tuple, "verify")
    lines = capsys.readouterr().out.splitlines()
    assert f"file minutes.pdf, SHA-256 {sha256(MINUTES).hexdigest()}" in lines
    assert "    record 2, PolicyRatified in ledger, document_sha256 is its SHA-256" in lines
    closed = "    record 3, EvidenceAdded in incident/inc-1, evidence: salt not disclosed"
    assert 3 == lines.count(closed)
    assert 2 == lines.count(
        "    no record shown here, whose hash is disclosed, has it as its evidence"
    )
    assert lines[-1].startswith("VALID: ")
    main(["evidence.zip", *TRUST, "--file", "picture.jpg"], tuple, "verify")
    salted = "    record 3, EvidenceAdded in incident/inc-1, evidence is its salted SHA-256"
    assert salted in capsys.readouterr().out.splitlines()


def test_the_file_of_a_record_that_does_not_hold_is_not_looked_up(folder, ledger, box, capsys):
    members = box.open(ledger.evidence())
    bad = box.pack({**members, "README.txt": b"trust me"})
    (folder / "bad.zip").write_bytes(bad)
    (folder / "none.zip").write_bytes(b"")
    for name, code in (("bad.zip", 30), ("none.zip", 40)):
        given, said = answered(capsys, name, *TRUST, "--file", "minutes.pdf")
        assert (code, None, None) == (
            given,
            said["files"][0]["evidence_of"],
            said["files"][0]["not_disclosed"],
        )
        main([name, *TRUST, "--file", "minutes.pdf"], tuple, "verify")
        assert "    not looked up: the evidence file is " in capsys.readouterr().out


def test_a_salt_that_was_changed_is_no_salt(folder, ledger, capsys):
    """A disclosure that does not give its commitment makes the file invalid."""
    lines = [{**d, "value": "b" + d["value"][1:]} if d["position"] == 3 else d
             for d in ledger.disclosures]  # fmt: skip
    (folder / "changed.zip").write_bytes(ledger.evidence(disclosures=lines))
    code, said = answered(capsys, "changed.zip", *TRUST, "--file", "picture.jpg")
    assert (30, None) == (code, said["files"][0]["evidence_of"])


def test_nothing_is_said_of_files_when_none_is_asked_about(folder, capsys):
    _, said = answered(capsys, "evidence.zip", *TRUST)
    assert "files" not in said


def test_a_file_that_cannot_be_read_is_wrong_usage(folder, capsys):
    for name in ("missing.pdf", "."):
        assert 2 == main(["evidence.zip", *TRUST, "--file", name], tuple, "verify")
        said = capsys.readouterr()
        assert "" == said.out
        assert 1 == said.err.count("\n")

"""Every later version verifies the golden ledger and evidence file as they were committed."""

import shutil
import zipfile
from pathlib import Path

import pytest
from small import TEACHER, World, asked

from ledger.domain.case import CaseCheck
from ledger.domain.replay import Duties
from ledger.evidence import disclosures
from ledger.fsck import fsck
from ledger.outcomes import Receipt
from ledger.proof.encoding import b64encode
from ledger.proof.policy import parse_policy
from ledger.proof.verify import verify
from projections.semantics import AnswersCheck

GOLDEN = Path(__file__).resolve().parent / "edition-1"
RECORDS = 128


@pytest.fixture(name="golden")
def _golden(tmp_path):
    shutil.copytree(GOLDEN, tmp_path / "ledger")
    return World(tmp_path / "ledger")


@pytest.mark.parametrize(
    ("name", "answers"), [("evidence-1.zip", "not disclosed"), ("evidence-2.zip", "recomputed")]
)
def test_the_golden_evidence_is_valid(name, answers):
    trust = parse_policy((GOLDEN / "trust.policy").read_text("utf-8"))
    report = verify(GOLDEN / name, trust, checks=(Duties(), AnswersCheck()))
    assert ("VALID", RECORDS, ()) == (report.verdict, report.size, report.findings)
    assert answers == report.answers


@pytest.mark.parametrize(
    ("name", "kind", "answers", "shown"),
    [
        ("evidence-3-redacted.zip", "redacted", "not disclosed", RECORDS - 2),
        ("evidence-3-days.zip", "case", "recomputed", None),
    ],
)
def test_the_golden_evidence_of_a_part_is_valid(name, kind, answers, shown):
    trust = parse_policy((GOLDEN / "trust.policy").read_text("utf-8"))
    known = [_checkpoint("evidence-2.zip")]
    checks = (Duties(), AnswersCheck(), CaseCheck())
    report = verify(GOLDEN / name, trust, known=known, checks=checks)
    assert ("VALID", RECORDS + 1, ()) == (report.verdict, report.size, report.findings)
    assert (kind, answers) == (report.kind, report.answers)
    assert shown in (None, report.records)


def _checkpoint(name):
    with zipfile.ZipFile(GOLDEN / name) as archive:
        return archive.read("checkpoint")


def test_the_golden_ledger_is_sound_and_gives_the_golden_root(golden):
    trust = parse_policy((GOLDEN / "trust.policy").read_text("utf-8"))
    report = verify(GOLDEN / "evidence-1.zip", trust)
    with golden.open() as ledger:
        assert "" == ledger.closed_because
        assert report.root == b64encode(ledger.tree.root(RECORDS))
        assert [] == fsck(golden.directory, ledger.key)


def test_the_golden_ledger_can_be_read_and_written_on(golden):
    with golden.open() as ledger:
        golden.clock.at = ledger.entries().all[-1].record.time
        said = {
            (d["position"], d["path"]): d["value"] for d in disclosures(ledger, RECORDS, ["all"])
        }
        assert "Iestyn Rowe" == said[2, "name"]
        new = {**TEACHER, "person": "stf-900"}
        assert isinstance(ledger.record(asked("register_person", new)), Receipt)


def test_the_golden_ledger_holds_every_form_of_record(golden):
    with golden.open() as ledger:
        records = [e.record for e in ledger.entries().all]
    assert {"KeyringOpened", "CommandRefused", "Sealed", "EntryCorrected"} <= {
        r.type for r in records
    }
    assert any(r.causedby for r in records)
    assert any(r.irregular for r in records)

"""Every later version verifies the golden ledger and evidence file as they were committed."""

import shutil
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from small import TEACHER, World, asked

from ledger.domain.case import CaseCheck
from ledger.domain.replay import Duties
from ledger.evidence import disclosures
from ledger.fsck import fsck
from ledger.outcomes import Receipt
from ledger.proof.embedded import TEMPLATES
from ledger.proof.encoding import b64encode
from ledger.proof.layout import FORMAT
from ledger.proof.policy import parse_policy
from ledger.proof.template import template
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


IN_FORMAT_4 = {
    "evidence-4.zip": ("complete", "recomputed", RECORDS + 2),
    "evidence-4-redacted.zip": ("redacted", "not disclosed", RECORDS + 3),
    "evidence-4-incident.zip": ("case", "recomputed", RECORDS + 3),
}


@pytest.mark.parametrize("name", IN_FORMAT_4)
def test_the_golden_evidence_with_a_page_is_valid(name):
    """In it the record key changes, and a page stands in every kind."""
    trust = parse_policy((GOLDEN / "trust.policy").read_text("utf-8"))
    checks = (Duties(), AnswersCheck(), CaseCheck())
    report = verify(GOLDEN / name, trust, known=[_checkpoint("evidence-2.zip")], checks=checks)
    kind, answers, size = IN_FORMAT_4[name]
    assert ("VALID", ()) == (report.verdict, report.findings)
    assert (kind, answers, size) == (report.kind, report.answers, report.size)


@pytest.mark.parametrize("name", IN_FORMAT_4)
def test_its_page_begins_with_the_template_as_it_was_released(name):
    size, digest = TEMPLATES[4]
    with zipfile.ZipFile(GOLDEN / name) as archive:
        page = archive.read("report.html")
    assert digest == sha256(page[:size]).hexdigest()
    assert page[size:].startswith(b'<script type="text/plain" class="about">')
    if FORMAT == 4:
        assert page.startswith(template())


@pytest.mark.parametrize("name", IN_FORMAT_4)
def test_its_page_still_opens_and_turns_green(name, browser, tmp_path):
    with zipfile.ZipFile(GOLDEN / name) as archive:
        for member in ("report.html", "manifest.json"):
            (tmp_path / member).write_bytes(archive.read(member))
    with browser.open(tmp_path / "report.html") as page:
        assert ("holds", None) == page.checked()
        page.give(GOLDEN / "trust.policy", tmp_path / "manifest.json")
        page.until("STATE.taken === 2")
        assert (("anchored", None), []) == (page.verdict(), page.codes())


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
            (d["position"], d["path"]): d.get("value")
            for d in disclosures(ledger, RECORDS, ["all"])
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

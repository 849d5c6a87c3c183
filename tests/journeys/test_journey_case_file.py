"""A father's solicitor asks for all about one incident, and need not take our word for it."""

import io
import zipfile

import pytest
from parts import signed_again
from small import World, asked

from ledger.domain.case import CaseCheck
from ledger.domain.replay import Duties
from ledger.evidence import NotThere, export_case
from ledger.history import Ledger
from ledger.proof.manifest import open_manifest, read_manifest
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy, parse_policy
from ledger.proof.verify import verify
from ledger.proof.zipwriter import ZipWriter
from projections.semantics import AnswersCheck, case_answers

INCIDENT = {"incident": "case-2026-001"}


class Pack:
    """A zip made of members."""

    @staticmethod
    def pack(members):
        file = io.BytesIO()
        writer = ZipWriter(file)
        for name, data in members.items():
            writer.add(name, data)
        writer.close()
        return file.getvalue()


@pytest.fixture(name="school")
def _school(tmp_path):
    world = World(tmp_path)
    with world.found() as ledger:
        world.play(ledger)
        yield world, ledger


def handed_over(ledger: Ledger, out, scope=INCIDENT) -> bytes:
    export_case(ledger, out, scope, case_answers, ("all",))
    return out.read_bytes()


def the_solicitor_checks(ledger: Ledger, data: bytes, *kept: bytes):
    trust = parse_policy(format_policy(format_vkey(ledger.key.name, ledger.key.public_key)))
    checks = (Duties(), AnswersCheck(), CaseCheck())
    return verify(io.BytesIO(data), trust, known=kept, checks=checks)


def test_the_solicitor_gets_the_case_whole_and_sees_that_it_is(school, tmp_path):
    """The governors had kept a checkpoint; the case is of the same history."""
    _, ledger = school
    kept = ledger.publish()
    report = the_solicitor_checks(ledger, handed_over(ledger, tmp_path / "case.zip"), kept)
    assert ("VALID", "recomputed") == (report.verdict, report.answers)
    assert "no entry is missing" in report.steps[12].outcome


def test_what_was_done_afterwards_stands_in_the_next_file(school, tmp_path):
    _, ledger = school
    before = the_solicitor_checks(ledger, handed_over(ledger, tmp_path / "one.zip"))
    note = {**INCIDENT, "text": "The father rang again."}
    ledger.record(asked("add_note", note))
    after = the_solicitor_checks(ledger, handed_over(ledger, tmp_path / "two.zip"))
    assert ("VALID", "VALID") == (before.verdict, after.verdict)
    assert after.records > before.records


def test_the_school_cannot_leave_out_what_is_awkward(school, tmp_path):
    """One entry is taken out of the file, and the list of contents is signed by the school anew."""
    world, ledger = school
    members = members_of(handed_over(ledger, tmp_path / "case.zip"))
    manifest = read_manifest(open_manifest(members["manifest.json"]))
    own = [e.position for e in ledger.entries().stream("incident/case-2026-001")]
    for position in own:
        fewer = {n: d for n, d in members.items() if not n.startswith(f"records/{position}.")}
        told = (line for line in fewer["disclosures.jsonl"].splitlines(keepends=True))
        fewer["disclosures.jsonl"] = b"".join(
            line for line in told if b'"position":%d,' % position not in line
        )
        shown = tuple(n for n in manifest.shown if n != position)
        made = signed_again(Pack, _Signed(world, ledger, manifest, shown), fewer)
        report = the_solicitor_checks(ledger, made)
        assert "INVALID" == report.verdict
        assert "stream_incomplete" in [finding.code for finding in report.findings]


class _Signed:
    """What `signed_again` has to know."""

    withheld: dict = {}

    def __init__(self, world, ledger, manifest, shown):
        self.ledger = self
        self.origin, self.record_key = ledger.origin, world.record_key
        self.entries = range(manifest.size)
        self.kind, self.scope, self.shown = manifest.kind, manifest.scope, shown


def test_of_a_restricted_incident_nobody_gets_a_case(school, tmp_path):
    """It is not in the log by any name; a file of the whole log has it sealed, or withheld."""
    _, ledger = school
    size = ledger.store.size()
    report = {"incident": "case-2027-009", "kind": "conduct", "summary": "Said at the gate."}
    ledger.record(asked("report_incident", {**report, "about": ["stf-014"], "restricted": True}))
    assert ["Sealed"] == [entry.type for entry in ledger.entries().all[size:]]
    with pytest.raises(NotThere):
        handed_over(ledger, tmp_path / "case.zip", {"incident": "case-2027-009"})
    about = handed_over(ledger, tmp_path / "person.zip", {"person": "stf-014"})
    assert size not in read_manifest(open_manifest(members_of(about)["manifest.json"])).shown


def members_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}

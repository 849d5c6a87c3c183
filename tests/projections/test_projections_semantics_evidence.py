"""The answers of the sample term in an evidence file, and the verdict on whatever is done to it."""

import copy
import io
import zipfile
from pathlib import Path

import pytest
from small import World

from ledger.domain.replay import Duties
from ledger.proof.bundle import write_evidence
from ledger.proof.checkpoint import parse_checkpoint
from ledger.proof.encoding import parse_plain_json, plain_json
from ledger.proof.manifest import Manifest, entry_of, sign_manifest
from ledger.proof.note import format_vkey, parse_note
from ledger.proof.policy import format_policy, parse_policy
from ledger.proof.verify import verify
from ledger.proof.zipwriter import ZipWriter
from projections.semantics import SEMANTICS, AnswersCheck, all_answers

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "edition-1"
SLA, DUE = "/v1/sla", "2026-10-07T12:20:01+01:00"


class Sample:
    """The evidence of the sample term, taken apart."""

    def __init__(self, directory):
        directory.mkdir()
        world = World(directory)
        with world.found() as ledger:
            world.play(ledger)
            note = ledger.publish()
            self.size = parse_checkpoint(parse_note(note).text).size
            self.records = [entry.record for entry in ledger.entries().all]
            self.entries = list(ledger.raw(0, self.size))
            vkey = format_vkey(ledger.key.name, ledger.key.public_key)
        self.origin, self.signer, self.note = world.origin, world.record_key, note
        self.trust = parse_policy(format_policy(vkey))
        self.answers = all_answers(self.records)

    def file(self, answers):
        """The file as the ledger itself would write it with these answers."""
        file = io.BytesIO()
        write_evidence(
            file,
            checkpoint_note=self.note,
            origin=self.origin,
            size=self.size,
            entries=self.entries,
            disclosures=(),
            answers=answers,
            signer=self.signer,
        )
        return file

    def signed_again(self, data):
        """The file with other octets for answers, its manifest signed by the ledger's own key."""
        with zipfile.ZipFile(self.file(self.answers)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        members.pop("manifest.json")
        members["answers.json"] = data
        entries = tuple(entry_of(name, member) for name, member in members.items())
        manifest = Manifest(self.origin, self.size, entries)
        file = io.BytesIO()
        writer = ZipWriter(file)
        for name, member in members.items():
            writer.add(name, member)
        writer.add("manifest.json", sign_manifest(manifest, self.signer))
        writer.close()
        return file

    def verify(self, file):
        return verify(file, self.trust, checks=(Duties(), AnswersCheck()))


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return Sample(tmp_path_factory.mktemp("evidence") / "ledger")


def found(report):
    return [(finding.code, finding.detail) for finding in report.findings]


def test_the_answers_of_untouched_evidence_are_recomputed(sample):
    for file in (sample.file(sample.answers), sample.signed_again(plain_json(sample.answers))):
        report = sample.verify(file)
        assert (report.verdict, report.answers, report.findings) == ("VALID", "recomputed", ())
        assert report.steps[10].outcome == "replayed"
        assert report.checks_left_out == ()


def test_answers_come_back_from_the_file_as_they_were(sample):
    assert parse_plain_json(plain_json(sample.answers)) == sample.answers


def test_one_changed_due_time_is_invalid_whoever_signs(sample):
    changed = copy.deepcopy(sample.answers)
    changed["answers"][SLA]["answer"][4]["due_at"] = DUE
    for file in (sample.file(changed), sample.signed_again(plain_json(changed))):
        report = sample.verify(file)
        assert (report.verdict, report.answers) == ("INVALID", "differ")
        assert found(report) == [("answer_differs", f"{SLA}.answer[4].due_at")]


@pytest.mark.parametrize(
    ("figure", "change"),
    [
        ("deadlines.enquiry_response.breached", {"value": 0}),
        ("refusals.secret_in_payload.refused", {"value": 2}),
        ("who_ran.fb-main stf-027 lead.to", {"value": None}),
        ("promptness.all.percent_within_an_hour", {"value": 95}),
        ("policy_changes.smp-v4.title", {"value": "Another"}),
    ],
)
def test_one_changed_figure_of_the_governors_report_is_invalid_and_named(sample, figure, change):
    changed = copy.deepcopy(sample.answers)
    section, item, measure = figure.split(".")
    figures = changed["answers"]["/v1/report"]["answer"]["figures"]
    figures[section][item][measure].update(change)
    report = sample.verify(sample.signed_again(plain_json(changed)))
    assert (report.verdict, report.answers) == ("INVALID", "differ")
    assert found(report) == [("answer_differs", f"/v1/report.answer.figures.{figure}.value")]


def test_a_figure_that_rests_on_other_records_is_invalid_and_named(sample):
    changed = copy.deepcopy(sample.answers)
    figures = changed["answers"]["/v1/report"]["answer"]["figures"]
    figures["each_exposure"]["fb-main stf-027"]["seconds"]["evidence"].pop()
    ((code, where),) = found(sample.verify(sample.signed_again(plain_json(changed))))
    assert code == "answer_differs"
    assert where == "/v1/report.answer.figures.each_exposure.fb-main stf-027.seconds.evidence[1]"


@pytest.mark.parametrize("path", [SLA, "/v1/refusals", "/v1/accounts/fb-main/roles"])
def test_an_answer_or_its_evidence_left_out_is_named(sample, path):
    changed = copy.deepcopy(sample.answers)
    changed["answers"][path]["evidence"].pop()
    ((code, where),) = found(sample.verify(sample.file(changed)))
    assert code == "answer_differs"
    assert where.startswith(f"{path}.evidence[")
    del changed["answers"][path]
    assert found(sample.verify(sample.file(changed))) == [("answer_differs", path)]


def test_answers_of_a_later_edition_make_the_file_newer(sample):
    report = sample.verify(sample.file({**sample.answers, "semantics": SEMANTICS + 1}))
    assert (report.verdict, report.answers) == ("MALFORMED", "not checked")
    assert [finding.code for finding in report.findings] == ["newer"]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data + b" ",
        lambda data: data.replace(b",", b", ", 1),
        lambda data: data.replace(b"{", b'{"size":1,', 1),
        lambda data: b"",
        lambda data: b"{}",
    ],
)
def test_answers_of_another_form_are_invalid(sample, change):
    report = sample.verify(sample.signed_again(change(plain_json(sample.answers))))
    assert [finding.code for finding in report.findings] == ["answers_form"]
    assert (report.verdict, report.answers) == ("INVALID", "not checked")


@pytest.mark.parametrize("claimed", [None, [], 1, {}, {"answers": None}])
def test_what_is_no_set_of_answers_differs(sample, claimed):
    report = sample.verify(sample.signed_again(plain_json(claimed)))
    assert (report.verdict, report.answers) == ("INVALID", "differ")


def test_answers_of_fewer_records_are_not_those_of_all(sample):
    report = sample.verify(sample.file(all_answers(sample.records[:-1])))
    assert (report.verdict, report.answers) == ("INVALID", "differ")


def test_a_file_of_format_1_discloses_no_answers():
    trust = parse_policy((GOLDEN / "trust.policy").read_text("utf-8"))
    report = verify(GOLDEN / "evidence-1.zip", trust, checks=(Duties(), AnswersCheck()))
    assert (report.verdict, report.answers) == ("VALID", "not disclosed")

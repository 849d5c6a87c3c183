"""The head teacher is accused: the chair of governors deals with it, unseen by anybody else."""

import json
import re
import zipfile

import pytest
from simulator import CHAIR, DEPUTY, HEAD, LEAD, MODERATOR, TEACHER

from api.app import create_app
from api.tokens import Tokens
from ledger.domain.replay import Duties
from ledger.evidence import export_complete
from ledger.fsck import fsck
from ledger.proof.policy import parse_policy
from ledger.proof.verify import verify
from projections.routes import ROUTES
from projections.semantics import AnswersCheck, all_answers

CASE = "inc-2026-031"
SECRETS = (CASE, "staff_pupil_contact", "la_designated_officer", "Messages at night", "whistle")


@pytest.fixture
def ask(school):
    """Ask over HTTP, as somebody."""
    tokens = Tokens(school.directory / "access.db")
    client = create_app(school.ledger, tokens).test_client()

    def made(path, person):
        headers = {"Authorization": f"Bearer {tokens.issue(person)}"}
        return client.get(path, headers=headers)

    return made


def accused(school):
    """The story: returns the receipts and refusals of it."""
    school.at("2026-11-03T19:40:00+00:00")
    reported = school.accept(
        "report_incident",
        TEACHER,
        incident=CASE,
        kind="staff_pupil_contact",
        summary="Messages at night to a pupil; whistle-blown by a colleague",
        about=[HEAD],
        protect_reporter=True,
    )
    case = {"incident": CASE}

    # The head gets wind of it, and tries to close it; so does the deputy, to please him.
    school.later(hours=12)
    for person in (HEAD, DEPUTY):
        school.refuse("assessor_not_slt", "assess_incident", person, **case, severity="low")
        school.refuse("not_slt", "close_incident", person, **case, outcome="nothing in it")
    annul = {"target": reported.event_id, "reason": "Malicious"}
    school.refuse("not_moderator", "annul_entry", HEAD, **annul)
    note = {"agency": "other", "reason": "To see whether there is anything"}
    school.refuse("unknown_reference", "notify_agency", HEAD, **case, **note)

    # The chair assesses it, the authority is told, and on Friday it is closed.
    given = {"severity": "high", "classification": "illegal", "reasoning": "The messages exist"}
    school.accept("assess_incident", CHAIR, **case, **given)
    close = {**case, "outcome": "Handed to the authority"}
    school.refuse("agency_not_notified", "close_incident", CHAIR, **close)
    told = {"agency": "la_designated_officer", "reason": "Duty to report"}
    school.accept("notify_agency", CHAIR, **case, **told, reference="LADO-77")
    school.later(days=2).accept("close_incident", CHAIR, **close)
    return reported


def paths(school):
    """Every question there is, with every id there could be."""
    ids = {"account": "fb-main", "person": HEAD, "incident": CASE, "enquiry": "enq-1"}
    ids["subject"] = HEAD
    for route in ROUTES:
        path = re.sub(r"\{(\w+)\}", lambda part: ids.get(part[1], HEAD), route.path)
        yield from (path, path.replace("/v1", "/v1/restricted", 1))
    yield from ("/v1/restricted", "/v1/records?limit=500")
    yield from (f"/v1/records/{n}" for n in range(school.size))


def test_the_head_teacher_is_accused(school, ask):
    before = school.size
    reported = accused(school)
    hidden = (*SECRETS, reported.incident)

    # The chair reads the whole story, but not who told it.
    row = ask("/v1/restricted", CHAIR).json["answer"][0]
    assert (row["called"], row["about"], row["status"]) == (CASE, [HEAD], "closed")
    story = ask(f"/v1/restricted/incidents/{CASE}/timeline", CHAIR).json
    actions = [line["action"] for line in story["answer"]]
    assert actions == ["report_incident", "assess_incident", "notify_agency", "close_incident"]
    assert story["answer"][0]["sealed"]["summary"].startswith("Messages at night")
    assert story["answer"][0]["actor"] == "protected"
    assert TEACHER not in json.dumps(story)
    assert story["restricted"] == story["evidence"]
    clocks = ask(f"/v1/restricted/sla?subject={reported.incident}", CHAIR).json["answer"]
    assert ("incident_assessment", "met") in [(c["rule"], c["status"]) for c in clocks]
    tried = ask("/v1/restricted/refusals", CHAIR).json["answer"]
    assert [r["actor"] for r in tried["items"][:4]] == [HEAD, HEAD, DEPUTY, DEPUTY]

    # Nobody else can tell that there is anything, whatever they ask.
    for person in (HEAD, DEPUTY, MODERATOR, LEAD):
        for path in paths(school):
            said = ask(path, person).get_data(as_text=True)
            assert not [word for word in hidden if word in said], (person, path)
        assert ask("/v1/restricted", person).json["answer"] == []
    everywhere = {e.type for e in school.ledger.entries().all[before:]}
    assert everywhere == {"Sealed", "CommandRefused"}
    assert ask("/v1/refusals", HEAD).json["answer"]["counts"] == {"unknown_reference": 1}

    # Nor in any octet that is kept.
    school.ledger.store.truncate_log()
    kept = b"".join(p.read_bytes() for p in sorted(school.directory.glob("ledger.db*")))
    assert not [word for word in hidden if word.encode() in kept]
    assert fsck(school.directory, school.ledger.key) == []


# -- what an auditor holds -------------------------------------------------------------------


def verified(school, directory, known=()):
    """The verdict on everything, with every value disclosed that may be."""
    out = directory / "evidence.zip"
    export_complete(school.ledger, out, all_answers, ["all"])
    trust = parse_policy((school.directory / "trust.policy").read_text())
    return verify(out, trust, known=known, checks=(Duties(), AnswersCheck())), out


def test_its_evidence_is_valid_and_says_nothing(school, tmp_path):
    hidden = (*SECRETS, accused(school).incident)
    report, out = verified(school, tmp_path)
    assert (report.verdict, report.findings) == ("VALID", ())
    with zipfile.ZipFile(out) as file:
        members = b"".join(file.read(name) for name in file.namelist())
        disclosed = [json.loads(line) for line in file.read("disclosures.jsonl").splitlines()]
    for place in (members, school.bodies(), school.raw()):
        assert [word for word in hidden if word.encode() in place] == []
    sealed = {e.position for e in school.ledger.entries().all if e.type == "Sealed"}
    assert disclosed
    assert not sealed & {line["position"] for line in disclosed}


def test_a_log_without_it_is_found_out_by_a_checkpoint_that_was_kept(school, tmp_path):
    """Whoever has the keys can write a history without it; the chair kept a checkpoint."""
    other = school.copied_to(tmp_path / "other")
    accused(school)
    kept = school.ledger.publish()
    other.at("2026-11-03T19:40:00+00:00")
    while other.size < school.size:
        other.acknowledge(DEPUTY, TEACHER)
    report, _ = verified(other, tmp_path)
    assert report.verdict == "VALID"
    report, _ = verified(other, tmp_path, [kept])
    other.close()
    assert (report.verdict, {f.code for f in report.findings}) == (
        "INVALID",
        {"inconsistent_with_known"},
    )

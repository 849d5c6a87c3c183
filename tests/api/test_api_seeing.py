"""Which sealed values somebody is shown: by role, by case, value by value, and what is recorded."""

import json
import zipfile

import pytest
from cast import CHAIR, DEPUTY, HEAD, LEAD, MODERATOR, TEACHER, VOLUNTEER
from simulator import School

from api import exporting, may, seeing
from ledger.outcomes import Declined
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy, parse_policy
from ledger.proof.verify import verify

LOOKS_INTO, AUDITOR, DPO = "gov-007", "gov-008", "stf-077"
# Somebody of each role; the lead is a runner, the volunteer nothing besides.
WHO = {
    may.STAFF: VOLUNTEER, may.RUNNER: LEAD, may.SLT: HEAD, may.MODERATOR: MODERATOR, may.DPO: DPO,
    may.CHAIR: CHAIR, may.INVESTIGATOR: LOOKS_INTO, may.AUDITOR: AUDITOR,
}  # fmt: skip
EVERYBODY = sorted(WHO.values())


@pytest.fixture(name="school")
def _school(tmp_path):
    """An account, a message to it, a case about the deputy, a hold, a request and a refusal."""
    school = School(tmp_path / "school").running()
    for person, office in ((LOOKS_INTO, "investigator"), (AUDITOR, "auditor"), (DPO, "dpo")):
        school.register(person, "Gwen Parri", "staff", [office])
    school.accept("end_office", HEAD, person=CHAIR, office="auditor")
    school.accept("register_subject", HEAD, subject="ext-b17", kind="parent", name="A parent")
    school.made = {
        seeing.COLLEAGUES: (school.register("stf-091", "Nia Bowen"), "name"),
        seeing.CASES: (school.incident(about=[DEPUTY]), "summary"),
        seeing.RIGHTS: (_asked(school), "reason"),
    }
    stored = next(e for e in school.ledger.entries().all if e.type == "CredentialStored")
    school.made[seeing.VAULT] = (stored, "vault_ref")
    yield school
    school.close()


def _asked(school):
    school.request()
    return school.decide("refused", reason="Still needed")


def shown(school, kind):
    """Who of everybody may see the value of that kind."""
    made, path = school.made[kind]
    known, now = school.ledger.entries(), school.clock.now()
    entry = known.all[made.position]
    assert seeing.kind_of(known, entry, path) == kind
    judges = {
        p: seeing.sees(known, seeing.reader(known, p, now)) for p in (*EVERYBODY, TEACHER, DEPUTY)
    }
    return {person for person, sees in judges.items() if sees(entry, path)}


def test_the_table_has_every_kind_and_words_for_it():
    assert set(seeing.VALUES) == set(seeing.WORDS)
    assert set(seeing._OF_STREAM.values()) <= set(seeing.VALUES)
    assert all(may.NOBODY not in roles for roles in seeing.VALUES.values())


def test_colleagues_know_each_other_by_name(school):
    assert set(EVERYBODY) <= shown(school, seeing.COLLEAGUES)


def test_words_of_an_incident_are_for_its_case_and_not_for_whom_it_is_about(school):
    # The teacher reported it; the deputy, though of the SLT, is whom it is about.
    assert shown(school, seeing.CASES) == {HEAD, CHAIR, LOOKS_INTO, TEACHER}
    school.accept("involve_staff", HEAD, incident="case-1", person=LEAD, purpose="Runs the page")
    assert LEAD in shown(school, seeing.CASES)


def test_reasons_in_requests_and_places_of_passwords(school):
    assert shown(school, seeing.RIGHTS) == {HEAD, MODERATOR, DPO, CHAIR, DEPUTY}
    assert shown(school, seeing.VAULT) == {HEAD, MODERATOR, LEAD, DEPUTY}


def test_whoever_has_left_sees_nothing(school):
    school.depart(AUDITOR)
    assert AUDITOR not in shown(school, seeing.COLLEAGUES)


def taken(school, tmp_path, who, *disclose, **about):
    out = tmp_path / "out.zip"
    done = exporting.take(school.ledger, exporting.wanted(about, disclose), out, who, [CHAIR])
    assert not isinstance(done, Declined), done.code
    with zipfile.ZipFile(out) as archive:
        lines = archive.read("disclosures.jsonl").splitlines()
    key = school.ledger.key
    trust = parse_policy(format_policy(format_vkey(key.name, key.public_key)))
    assert verify(str(out), trust).verdict == "VALID"
    told = [json.loads(line) for line in lines]
    return done, {(t["position"], t["path"]) for t in told if "value" in t}


def test_a_file_never_holds_more_than_its_taker_may_see(school, tmp_path):
    summary = (school.made[seeing.CASES][0].position, "summary")
    reason = (school.made[seeing.RIGHTS][0].position, "reason")
    everything, by_head = taken(school, tmp_path, HEAD, "all")
    assert {summary, reason} <= by_head
    assert everything.kept_back == 0
    some, by_auditor = taken(school, tmp_path, AUDITOR, "all")
    assert not {summary, reason} & by_auditor
    assert (some.kept_back > 0, bool(by_auditor)) == (True, True)
    _, local = taken(school, tmp_path, None, "all")
    assert {summary, reason} <= local


def test_what_was_disclosed_is_recorded_with_whose_and_how_many(school, tmp_path):
    done, told = taken(school, tmp_path, HEAD, "stf-091", "incident/case-1")
    fields = school.entry(done.receipt).fields
    assert fields["values_disclosed"] == len(told) == 2
    assert fields["disclosed_of"] == ["incident/case-1", "stf-091"]
    done, _ = taken(school, tmp_path, HEAD)
    assert not {"values_disclosed", "disclosed_of"} & set(school.entry(done.receipt).fields)
    done, told = taken(school, tmp_path, HEAD, "nobody-7")
    assert (school.entry(done.receipt).fields["values_disclosed"], told) == (0, set())


def test_a_single_value_can_be_chosen(school, tmp_path):
    at = school.made[seeing.CASES][0].position
    done, told = taken(school, tmp_path, LOOKS_INTO, f"{at}:summary", incident="case-1")
    assert told == {(at, "summary")}
    assert school.entry(done.receipt).fields["values_disclosed"] == 1


@pytest.mark.parametrize("name", ["summary", "nothing"])
def test_a_single_value_beyond_the_role_is_refused_and_nothing_written(school, tmp_path, name):
    at, size = school.made[seeing.CASES][0].position, school.size
    error = exporting.MayNotSee if name == "summary" else exporting.NotThere
    want = exporting.wanted({}, [f"{at}:{name}"])
    with pytest.raises(error):
        exporting.take(school.ledger, want, tmp_path / "out.zip", AUDITOR, [CHAIR])
    assert not (tmp_path / "out.zip").exists()
    assert school.size == size


@pytest.mark.parametrize("name", ["7:", ":name", "07:name", "x:name", "7:na me", "7:9"])
def test_a_single_value_is_a_position_and_a_path(name):
    with pytest.raises(exporting.BadQuestion):
        exporting.wanted({}, [name])

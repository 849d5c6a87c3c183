"""Evidence over HTTP and from the command line: who may have it, of what, and what is recorded."""

import io
import json
import zipfile

import pytest
from click.testing import CliRunner
from small import TEACHER, World, asked

from api.app import create_app
from api.cli import cli
from api.tokens import Tokens
from ledger.domain.case import CaseCheck
from ledger.domain.replay import Duties
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy, parse_policy
from ledger.proof.verify import verify
from projections.semantics import AnswersCheck

INCIDENT = "case-2026-001"


@pytest.fixture(name="term", scope="module")
def _term(tmp_path_factory):
    """The sample term behind the door: (post, ledger)."""
    world = World(tmp_path_factory.mktemp("evidence"))
    with world.found() as ledger:
        world.play(ledger)
        ledger.seal_act({"action": "report_incident", "actor": "stf-011", "data": {}})
        tokens = Tokens(world.directory / "access.db")
        client = create_app(ledger, tokens).test_client()
        secrets = {p: tokens.issue(p) for p in ("stf-011", "stf-027", "stf-035", "gov-002")}
        secrets["reader"] = tokens.issue("stf-011", ("read",))
        secrets["writer"] = tokens.issue("stf-011", ("record",))

        def post(body, person="stf-011", **headers):
            given = {"Authorization": f"Bearer {secrets[person]}", **headers}
            return client.post("/v1/evidence", json=body, headers=given)

        yield post, ledger


def verified(data, ledger):
    trust = parse_policy(format_policy(format_vkey(ledger.key.name, ledger.key.public_key)))
    report = verify(io.BytesIO(data), trust, checks=(Duties(), AnswersCheck(), CaseCheck()))
    assert ("VALID", ()) == (report.verdict, report.findings)
    return report


def member(data, name):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


@pytest.mark.parametrize(
    ("body", "kind", "recorded"),
    [
        ({}, "complete", {"scope": "full"}),
        ({"incident": INCIDENT}, "case", {"scope": "incident", "incident": INCIDENT}),
        ({"account": "fb-main"}, "case", {"scope": "account", "account": "fb-main"}),
        ({"person": "stf-032"}, "person", {"scope": "subject", "subject": "stf-032"}),
        (
            {"from": "2026-10-01", "to": "2026-10-25"},
            "case",
            {"scope": "date_range", "from": "2026-10-01", "to": "2026-10-25"},
        ),
        ({"withhold": "restricted"}, "redacted", {"scope": "full"}),
        ({"withhold": ["restricted", 40]}, "redacted", {"scope": "full"}),
    ],
)
def test_a_file_of_what_was_asked_for_and_the_record_of_it(term, body, kind, recorded):
    post, ledger = term
    got = post({**body, "given_to": ["gov-002"]})
    assert (201, "application/zip") == (got.status_code, got.mimetype)
    report = verified(got.data, ledger)
    assert kind == report.kind
    entry = ledger.entries().all[-1]
    assert "EvidenceExported" == entry.type
    assert str(entry.position) == got.headers["X-Handledger-Position"]
    assert {**recorded, "export": f"export-{report.size}", "given_to": ["gov-002"]} == entry.fields
    assert entry.position >= report.size
    before = ledger.entries().all[entry.position - 1]
    assert (kind == "complete") is (before.type != "StreamHeadsPublished")


def test_whom_it_was_given_to_is_who_asked_where_nobody_is_named(term):
    post, ledger = term
    assert 201 == post({"incident": INCIDENT}).status_code
    assert ["stf-011"] == ledger.entries().all[-1].fields["given_to"]


def test_values_are_disclosed_only_when_asked_for_and_never_those_of_sealed_acts(term):
    post, ledger = term
    assert b"" == member(post({"incident": INCIDENT}).data, "disclosures.jsonl")
    told = member(post({"incident": INCIDENT, "disclose": "all"}).data, "disclosures.jsonl")
    report = verified(post({"incident": INCIDENT, "disclose": ["all"]}).data, ledger)
    positions = {json.loads(line)["position"] for line in told.splitlines()}
    assert positions
    assert len(positions) < report.records
    sealed = {e.position for e in ledger.entries().all if e.type == "Sealed"}
    whole = member(post({"disclose": "all"}).data, "disclosures.jsonl")
    assert not sealed & {json.loads(line)["position"] for line in whole.splitlines()}


def test_without_the_office_there_is_a_recorded_refusal_and_no_heads(term):
    post, ledger = term
    size = ledger.store.size()
    got = post({"incident": INCIDENT}, "stf-035")
    assert (403, "not_moderator") == (got.status_code, got.json["code"])
    assert ["CommandRefused"] == [e.type for e in ledger.entries().all[size:]]


def test_of_an_incident_that_is_not_known_there_is_a_refusal(term):
    post, ledger = term
    size = ledger.store.size()
    got = post({"incident": "case-9"})
    assert (422, "unknown_reference") == (got.status_code, got.json["code"])
    assert size + 1 == ledger.store.size()


def test_of_a_person_of_whom_nothing_is_recorded_there_is_nothing(term):
    post, ledger = term
    size = ledger.store.size()
    got = post({"person": "ext-z99"})
    assert (404, "unknown_reference") == (got.status_code, got.json["code"])
    assert size == ledger.store.size()


@pytest.mark.parametrize("person", ["reader", "writer"])
def test_it_takes_a_token_that_reads_and_records(term, person):
    post, ledger = term
    size = ledger.store.size()
    assert "scope_missing" == post({}, person).json["code"]
    assert size == ledger.store.size()


def test_whoever_has_left_takes_nothing_with_them(term):
    post, ledger = term
    size = ledger.store.size()
    got = post({}, "stf-027", **{"Idempotency-Key": "once more"})
    assert (403, "actor_departed") == (got.status_code, got.json["code"])
    assert size == ledger.store.size()


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"incident": INCIDENT, "account": "fb-main"}, "account"),
        ({"incident": INCIDENT, "from": "2026-10-01", "to": "2026-10-02"}, "from"),
        ({"incident": INCIDENT, "withhold": "restricted"}, "withhold"),
        ({"from": "2026-10-01"}, "to"),
        ({"to": "2026-10-01"}, "from"),
        ({"from": "2026-10-02", "to": "2026-10-01"}, "to"),
        ({"from": "yesterday", "to": "2026-10-01"}, "from"),
        ({"incident": "no id!"}, "incident"),
        ({"incident": 7}, "incident"),
        ({"disclose": {}}, "disclose"),
        ({"withhold": [True]}, "withhold"),
        ({"post": "pst-1"}, "post"),
    ],
)
def test_what_cannot_be_meant_names_the_parameter(term, body, parameter):
    post, ledger = term
    size = ledger.store.size()
    got = post(body)
    assert (400, True) == (got.status_code, parameter in got.json["detail"])
    assert size == ledger.store.size()


@pytest.mark.parametrize("withhold", [1, "9999", "everything"])
def test_what_may_not_be_withheld_is_not(term, withhold):
    post, ledger = term
    size = ledger.store.size()
    assert 404 == post({"withhold": withhold}).status_code
    assert size == ledger.store.size()


@pytest.mark.parametrize(
    "body", [{}, {"incident": INCIDENT}, {"person": "stf-032"}, {"withhold": ["restricted", 40]}]
)
def test_the_same_key_gives_the_same_file_again_and_records_nothing(term, body):
    post, ledger = term
    once = post(body, **{"Idempotency-Key": f"key {body}"})
    assert 201 == once.status_code
    ledger.seal_act({"action": "report_incident", "actor": "stf-011", "data": {}})
    post({"account": "fb-main"})
    size = ledger.store.size()
    again = post(body, **{"Idempotency-Key": f"key {body}"})
    assert (201, size) == (again.status_code, ledger.store.size())
    assert again.headers["X-Handledger-Position"] == once.headers["X-Handledger-Position"]
    assert again.data == once.data
    for other in ({**body, "disclose": "all"}, {"account": "fb-main"}):
        assert 422 == post(other, **{"Idempotency-Key": f"key {body}"}).status_code


def test_a_refusal_is_given_again_too(term):
    post, ledger = term
    once = post({}, "stf-035", **{"Idempotency-Key": "no"})
    size = ledger.store.size()
    again = post({}, "stf-035", **{"Idempotency-Key": "no"})
    assert (once.json, size) == (again.json, ledger.store.size())
    assert "not_moderator" == again.json["code"]


def test_bytes_that_are_no_object_are_malformed(term):
    post, _ = term
    assert 400 == post([]).status_code


# The command line


@pytest.fixture(name="directory", scope="module")
def _directory(tmp_path_factory):
    data = tmp_path_factory.mktemp("cli-evidence") / "ledger"
    sample = "api/sample/autumn_term.jsonl"
    done = CliRunner().invoke(cli, ["--data", str(data), "rehearse", sample])
    assert 0 == done.exit_code, done.output
    return data


def export(directory, out, *arguments):
    return CliRunner().invoke(cli, ["--data", str(directory), "export", str(out), *arguments])


@pytest.mark.parametrize(
    "arguments",
    [
        ("--incident", INCIDENT),
        ("--account", "fb-main", "--disclose", "all"),
        ("--person", "stf-032"),
        ("--from", "2026-09-01", "--to", "2026-10-01"),
        ("--withhold", "40", "--withhold", "41"),
        ("--withhold", "restricted"),
    ],
)
def test_every_kind_is_written_from_the_command_line(directory, tmp_path, arguments):
    done = export(directory, tmp_path / "e.zip", *arguments, "--json")
    assert 0 == done.exit_code, done.output
    assert "recorded" not in json.loads(done.output)
    trust = parse_policy((directory / "trust.policy").read_text("utf-8"))
    checks = (Duties(), AnswersCheck(), CaseCheck())
    assert "VALID" == verify(tmp_path / "e.zip", trust, checks=checks).verdict


def test_with_an_actor_it_is_recorded_and_without_the_office_nothing_is_written(
    directory, tmp_path
):
    arguments = ("--incident", INCIDENT, "--given-to", "gov-002", "--actor")
    done = export(directory, tmp_path / "e.zip", *arguments, "stf-011", "--json")
    assert json.loads(done.output)["recorded"] == json.loads(done.output)["size"]
    done = export(directory, tmp_path / "f.zip", *arguments, "stf-035")
    assert 0 != done.exit_code
    assert not (tmp_path / "f.zip").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--incident", INCIDENT, "--person", "stf-011"),
        ("--from", "2026-09-01"),
        ("--incident", INCIDENT, "--withhold", "restricted"),
        ("--account", "no id!"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(directory, tmp_path, arguments):
    done = export(directory, tmp_path / "e.zip", *arguments)
    assert (2, "--") == (done.exit_code, done.output[done.output.index("Error: ") + 7 :][:2])


def test_the_heads_are_no_more_than_a_hash(tmp_path):
    """Nothing in the record tells which streams there are, or how many."""
    world = World(tmp_path)
    with world.open_school() as ledger:
        _, small = ledger.publish_heads(lambda known: ())
        ledger.record(asked("register_person", TEACHER))
        _, large = ledger.publish_heads(lambda known: ("incident/inc-9",))
        one, other = [e for e in ledger.entries().all if e.type == "StreamHeadsPublished"]
    assert ({"root"}, {"root"}) == (one.fields.keys(), other.fields.keys())
    assert one.fields != other.fields
    assert [len(tree.prove("ledger").path) for tree in (small, large)] == [128, 128]
    assert not set(small.prove("keyring").path) & set(large.prove("keyring").path)

"""The command line: what a person types, what comes back, and the exit code."""

import json
import os
import pty
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

SAMPLE = Path(__file__).resolve().parents[2] / "api/sample/autumn_term.jsonl"
COMMAND = [sys.executable, "-c", "from api.main import main; main()"]


def run(*arguments, cwd=None, **environment):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("HANDLEDGER_")}
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        cwd=cwd,
        env={**kept, **environment},
    )


# What `fsck` says of a ledger whose chair has no key of their own yet.
READABLE = (
    "no confidential key is adopted: whoever has the wrapping key and this database can read "
    "restricted reports (docs/operations.md)\n"
)


def good(*arguments, **environment):
    done = run(*arguments, **environment)
    said = READABLE if "fsck" in arguments and "--help" not in arguments else ""
    assert (0, said) == (done.returncode, done.stderr), done.stderr
    return done.stdout


def bad(code, *arguments, **environment):
    """It fails with this code, one line on stderr and no traceback."""
    done = run(*arguments, **environment)
    assert code == done.returncode, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture(name="term", scope="module")
def _term(tmp_path_factory):
    """A rehearsal of the sample term, and its evidence."""
    data = tmp_path_factory.mktemp("cli") / "ledger"
    done = run("--data", data, "rehearse", SAMPLE, "--json")
    assert 0 == done.returncode
    evidence = data.parent / "evidence.zip"
    good("export", evidence, "--data", data)
    return data, evidence, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(name="school")
def _school(tmp_path):
    """A real ledger made by `init`, unattended."""
    data = tmp_path / "school"
    done = run("init", "--data", data, *INIT, "--unattended")
    assert 0 == done.returncode, done.stderr
    return data


INIT = ("--school", "Ysgol Fach", "--origin", "ledger.example.org/ysgol-fach", "--person",
        "stf-011", "--name", "Lowri Gittins", "--offices", "slt,headteacher,moderator")  # fmt: skip


def test_a_rehearsal_answers_one_line_per_command(term):
    _, _, lines = term
    assert list(range(1, 125)) == [line["seq"] for line in lines]
    # After the erasure, line 117, the ledger itself records that the wrapping key was replaced.
    expected = [*range(1, 118), *range(119, 126)]
    assert expected == [line["position"] for line in lines]
    assert 109 == sum(line["outcome"] == "accepted" for line in lines)
    assert all("code" in line for line in lines if line["outcome"] == "refused")


def test_a_rehearsal_can_be_checked_against_what_it_expects(tmp_path):
    assert "109 accepted, 15 refused" in run("rehearse", SAMPLE, "--check", cwd=tmp_path).stdout


def test_a_rehearsal_that_turns_out_otherwise_fails_the_check(tmp_path):
    line = json.loads(SAMPLE.read_text("utf-8").splitlines()[0])
    (tmp_path / "f.jsonl").write_text(json.dumps({**line, "expect": {"rejected": "not_slt"}}))
    done = run("rehearse", "f.jsonl", "--check", cwd=tmp_path)
    assert (1, True) == (done.returncode, "line 1: expected" in done.stdout)
    again = run("--data", "other", "rehearse", "f.jsonl", cwd=tmp_path)
    assert 0 == again.returncode


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{", "line 1"),
        ('{"seq": 1}', "action is missing"),
        (
            '{"seq": 1, "at": "2026-09-01T08:15", "actor": "system", "action": "x"}',
            "no such action",
        ),
        ('{"seq": 1, "at": "never", "actor": "system", "action": "open_ledger"}', "invalid_field"),
        ("", "no command"),
    ],
)
def test_a_rehearsal_of_what_is_no_scenario_says_which_line(tmp_path, text, word):
    (tmp_path / "f.jsonl").write_text(text)
    assert word in bad(1, "rehearse", tmp_path / "f.jsonl", "--data", tmp_path / "d")


def test_a_rehearsal_refuses_a_directory_that_holds_a_ledger(term):
    data, _, _ = term
    assert "holds a ledger already" in bad(1, "rehearse", SAMPLE, "--data", data)


def test_data_may_stand_before_or_after_the_subcommand_or_in_the_environment(term):
    data, _, _ = term
    before = good("--data", data, "fsck")
    assert before == good("fsck", "--data", data) == good("fsck", HANDLEDGER_DATA=str(data))


def test_evidence_is_valid_offline(term):
    data, evidence, _ = term
    done = run("verify", evidence, "--trust", data / "trust.policy", "--json")
    report = json.loads(done.stdout)
    assert (0, "VALID", 126, True) == (
        done.returncode,
        report["verdict"],
        report["size"],
        report["rehearsal"],
    )
    assert [] == report["findings"]
    assert "recomputed" == report["answers"]


def test_bytes_and_duties_verify_where_only_cryptography_is_installed(term):
    data, evidence, _ = term
    absent = ["click", "flask", "eventsourcing", "marshmallow", "waitress", "werkzeug"]
    hide = f"import sys; sys.modules.update(dict.fromkeys({absent}))"
    code = f"{hide}; from api.main import main; main()"
    arguments = ["verify", str(evidence), "--trust", str(data / "trust.policy"), "--json"]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=SAMPLE.parents[2],
    )
    report = json.loads(done.stdout)
    assert (0, "VALID", []) == (done.returncode, report["verdict"], report["not_checked"])
    assert "recomputed" == report["answers"]


def test_without_a_trust_file_evidence_is_unanchored(term):
    assert 10 == run("verify", term[1]).returncode


def test_under_another_trust_file_evidence_is_invalid(term, school):
    assert 30 == run("verify", term[1], "--trust", school / "trust.policy").returncode


def test_a_changed_byte_is_invalid_and_its_position_named(term, tmp_path):
    data, evidence, _ = term
    with zipfile.ZipFile(evidence) as old, zipfile.ZipFile(tmp_path / "t.zip", "w") as new:
        for name in old.namelist():
            member = bytearray(old.read(name))
            if "entries" in name:
                member[-2000] ^= 1
            new.writestr(name, bytes(member))
    done = run("verify", tmp_path / "t.zip", "--trust", data / "trust.policy", "--json")
    report = json.loads(done.stdout)
    assert 30 == done.returncode
    assert {124} == {f["position"] for f in report["findings"] if f["position"] is not None}


def test_an_older_export_is_shorter_than_a_kept_checkpoint(term, tmp_path):
    data, evidence, _ = term
    fields = {"mention": "mtn-77", "where": "w", "tone": "neutral", "action": "none_needed"}
    good("record", "record_public_mention", "--actor", "stf-011", "--data", data,
         "--fields", json.dumps(fields))  # fmt: skip
    good("export", tmp_path / "new.zip", "--data", data)
    with zipfile.ZipFile(tmp_path / "new.zip") as new:
        (tmp_path / "kept").write_bytes(new.read("checkpoint"))
    trust = data / "trust.policy"
    done = run("verify", evidence, "--trust", trust, "--known", tmp_path / "kept", "--json")
    assert 30 == done.returncode
    assert ["shorter_than_known"] == [f["code"] for f in json.loads(done.stdout)["findings"]]
    newer = run("verify", tmp_path / "new.zip", "--trust", trust, "--known", tmp_path / "kept")
    assert 0 == newer.returncode


def test_the_bytes_verify_where_the_domain_is_not_at_hand(term):
    data, evidence, _ = term
    command = [sys.executable, "-m", "ledger.proof", evidence, "--trust", data / "trust.policy"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=SAMPLE.parents[2])
    assert 0 == done.returncode
    assert "answers and duties: not checked" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify",),
        ("verify", "nowhere.zip"),
        ("verify", str(SAMPLE), "--trust", "nowhere"),
        ("verify", str(SAMPLE), "--trust", str(SAMPLE)),
        ("verify", str(SAMPLE), "--known", str(SAMPLE)),
        ("no-such-command",),
        ("rehearse",),
        ("rehearse", "nowhere.jsonl"),
        ("token", "issue"),
        ("token", "issue", "--person", "stf-011", "--days", "0"),
    ],
)
def test_wrong_usage_is_two(arguments, tmp_path):
    bad(2, *arguments, cwd=tmp_path)


def test_what_is_no_evidence_is_malformed(tmp_path):
    assert 40 == run("verify", SAMPLE).returncode


COMMANDS = """
init propose adopt import serve rehearse record get token export report verify fsck rebuild
"""


@pytest.mark.parametrize("command", COMMANDS.split())
def test_every_subcommand_has_help(command):
    assert "usage" in good(command, "--help").lower()


# -- a real ledger -------------------------------------------------------------------------


def test_init_makes_a_ledger_that_is_no_rehearsal(school):
    assert (school / "trust.policy").read_text().startswith("log ledger.example.org/ysgol-fach/")
    assert "the store is sound\n" == good("fsck", "--data", school)
    assert 0o600 == (school / "passphrase").stat().st_mode & 0o777


def test_init_never_touches_an_existing_ledger(school):
    before = {p: p.read_bytes() for p in school.rglob("*") if p.is_file()}
    assert "already" in bad(1, "init", "--data", school, *INIT, "--unattended")
    assert before == {p: p.read_bytes() for p in before}


@pytest.mark.parametrize("origin", ["rehearsal/x", "no-slug", "Host/x", "a/b/c", "host/", "/x"])
def test_init_refuses_an_origin_that_cannot_be_meant(tmp_path, origin):
    arguments = [origin if a == "ledger.example.org/ysgol-fach" else a for a in INIT]
    bad(1, "init", "--data", tmp_path / "d", *arguments, "--unattended")
    assert not (tmp_path / "d").exists()


def test_init_refuses_what_open_ledger_would_refuse_before_it_makes_anything(tmp_path):
    arguments = ["slt,wizard" if a.startswith("slt") else a for a in INIT]
    assert "first_person" in bad(1, "init", "--data", tmp_path / "d", *arguments, "--unattended")
    assert not (tmp_path / "d" / "ledger.db").exists()


def test_init_needs_a_passphrase_from_somewhere(tmp_path):
    said = bad(1, "init", "--data", tmp_path / "d", *INIT)
    assert "HANDLEDGER_PASSPHRASE_FILE" in said
    (tmp_path / "words").write_text("correct horse\n")
    (tmp_path / "words").chmod(0o600)
    done = run(
        "init", "--data", tmp_path / "d", *INIT, HANDLEDGER_PASSPHRASE_FILE=str(tmp_path / "words")
    )
    assert 0 == done.returncode
    assert not (tmp_path / "d/passphrase").exists()
    (tmp_path / "other").write_text("wrong\n")
    (tmp_path / "other").chmod(0o600)
    said = bad(1, "get", "/v1/records/0", "--data", tmp_path / "d",
               HANDLEDGER_PASSPHRASE_FILE=str(tmp_path / "other"))  # fmt: skip
    assert "wrong passphrase" in said


def test_one_action_can_be_recorded_from_the_shell(school):
    fields = {"person": "stf-014", "name": "Iestyn Rowe", "kind": "staff", "offices": ["slt"]}
    arguments = ("--data", school, "--actor", "stf-011", "--fields", json.dumps(fields))
    receipt = json.loads(good("record", "register_person", *arguments))
    assert (2, "PersonRegistered") == (receipt["position"], receipt["type"])
    done = run("record", "register_person", *arguments)
    assert (1, "duplicate_id") == (done.returncode, json.loads(done.stdout)["code"])
    assert "duplicate_id" in done.stderr


@pytest.mark.parametrize("fields", ["{", "[]", '{"a":1,"a":2}', '{"x":NaN}'])
def test_fields_that_are_no_object_are_told(school, fields):
    said = bad(1, "record", "register_person", "--data", school, "--actor", "x", "--fields", fields)
    assert "--fields" in said


MENTION = (
    "action,mention,where,tone,data.action\nrecord_public_mention,mtn-1,web,neutral,none_needed\n"
)


def test_there_is_a_progress_bar_on_a_terminal_and_nothing_in_a_pipe(school, tmp_path):
    (tmp_path / "p.csv").write_text(MENTION)
    arguments = ("import", str(tmp_path / "p.csv"), "--actor", "stf-011", "--data", str(school))
    assert "1 commands would be recorded" in good(*arguments, "--dry-run")
    ours, theirs = pty.openpty()
    done = subprocess.run([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    assert (0, "1 commands recorded\n") == (done.returncode, done.stdout)
    assert "Deciding" in os.read(ours, 4096).decode()
    os.close(ours)


def test_get_answers_a_line_per_path_in_order(term):
    data, _, _ = term
    done = run(
        "get", "/v1/records/0", "/v1/records/9999", "/nowhere", "/v1/actions", "--data", data
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert (1, 4) == (done.returncode, len(lines))
    assert "KeyringOpened" == lines[0]["answer"]["type"]
    assert ["not_found", "not_found"] == [line["code"] for line in lines[1:3]]
    assert "Traceback" not in done.stderr


def test_the_governors_report_is_printed_or_saved_in_each_form(term, tmp_path):
    data, _, _ = term
    period = ("report", "--from", "2026-09-01", "--to", "2027-01-15", "--data", data)
    answer = json.loads(good(*period))
    assert 2 == answer["answer"]["figures"]["applications"]["all"]["approved"]["value"]
    assert "applications,all,approved,2,11 19 22 30 31" in good(*period, "--format", "csv")
    assert "" == good(*period, "--format", "html", "--out", tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text("utf-8")
    assert "Governors&#39; report" in html or "Governors' report" in html
    assert "Dylan Ashworth" in html


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("--from", "2026-12-02", "--to", "2026-12-01"), "--to"),
        (("--from", "soon", "--to", "2026-12-01"), "--from"),
        (("--from", "2026-12-01", "--to", "2026-12-01", "--at", "2026-10-25T01:30"), "--at"),
        (("--from", "2026-12-01", "--to", "2026-12-02", "--known-at", "x"), "--known-at"),
        (("--from", "2026-12-01"), "--to"),
        (("--from", "2026-12-01", "--to", "2026-12-02", "--format", "pdf"), "--format"),
    ],
)
def test_a_report_over_no_period_is_wrong_usage(term, arguments, option):
    assert f"{option}" in bad(2, "report", *arguments, "--data", term[0])


def test_a_report_that_cannot_be_saved_fails(term, tmp_path):
    period = ("report", "--from", "2026-09-01", "--to", "2026-09-01", "--data", term[0])
    assert "nowhere" in bad(1, *period, "--out", tmp_path / "nowhere" / "r.json")


def test_a_token_is_alone_on_the_last_line_and_can_be_revoked(school):
    secret = good("token", "issue", "--person", "stf-011", "--data", school).splitlines()[-1]
    assert secret.startswith("hl_")
    [listed] = json.loads(good("token", "list", "--json", "--data", school))
    assert ("stf-011", False) == (listed["person"], listed["revoked"])
    good("token", "revoke", listed["id"], "--data", school)
    bad(1, "token", "revoke", listed["id"], "--data", school)


def test_a_token_is_only_for_who_is_registered(school):
    assert "not registered" in bad(1, "token", "issue", "--person", "stf-9", "--data", school)


def test_an_export_by_somebody_is_recorded_after_the_checkpoint_it_exports(school, tmp_path):
    out = tmp_path / "e.zip"
    said = json.loads(good("export", out, "--actor", "stf-011", "--given-to", "stf-011",
                           "--data", school, "--json"))  # fmt: skip
    assert (2, 2) == (said["size"], said["recorded"])
    shown = json.loads(good("get", "/v1/records/2", "--data", school))
    assert "EvidenceExported" == shown["answer"]["type"]


def test_disclosed_values_verify_and_undisclosed_ones_are_not_there(term, tmp_path):
    data, evidence, _ = term
    good("export", tmp_path / "some.zip", "--disclose", "stf-014", "--data", data)
    with zipfile.ZipFile(tmp_path / "some.zip") as some, zipfile.ZipFile(evidence) as none:
        assert "Iestyn Rowe" in some.read("disclosures.jsonl").decode()
        assert "Lowri" not in some.read("disclosures.jsonl").decode()
        assert b"" == none.read("disclosures.jsonl")
    trust = data / "trust.policy"
    assert 0 == run("verify", tmp_path / "some.zip", "--trust", trust).returncode


@pytest.mark.parametrize(
    "command",
    [
        ("fsck",),
        ("export", "o.zip"),
        ("get", "/v1/actions"),
        ("report", "--from", "2026-09-01", "--to", "2026-09-02"),
        ("serve", "--port", "0"),
        ("token", "list"),
    ],
)
def test_a_directory_without_a_ledger_is_said_to_have_none(tmp_path, command):
    assert "holds no ledger" in bad(1, *command, "--data", tmp_path / "empty", cwd=tmp_path)


def test_an_odd_setting_is_refused_by_its_name(tmp_path):
    said = bad(2, "fsck", "--data", tmp_path, HANDLEDGER_COLOUR="red")
    assert "HANDLEDGER_COLOUR" in said
    (tmp_path / "handledger.toml").write_text("passphrase_file = 7")
    assert "passphrase_file" in bad(2, "fsck", "--data", tmp_path)


def test_the_database_of_a_damaged_ledger_is_told_in_one_line(school):
    (school / "ledger.db").write_bytes(b"not a database" * 1000)
    bad(1, "get", "/v1/records/0", "--data", school)
    assert 1 == run("fsck", "--data", school).returncode


def test_rebuild_gives_the_same_bytes_and_the_same_answers(term):
    data, _, lines = term
    asked = ("/v1/accounts/fb-main/roles", "/v1/accounts/ig-garden/access", "/v1/records?limit=3")
    before = good("--data", data, "get", *asked)
    first = json.loads(good("--data", data, "rebuild", "--json"))
    made = (data / "views.db").read_bytes()
    second = json.loads(good("--data", data, "rebuild", "--json"))
    assert first == second
    assert first["size"] > len(lines)
    assert first["stopped"] == {}
    assert made == (data / "views.db").read_bytes()
    assert before == good("--data", data, "get", *asked)
    (data / "views.db").unlink()
    assert before == good("--data", data, "get", *asked)


def test_rebuild_without_a_ledger_says_so(tmp_path):
    assert "no ledger" in bad(1, "--data", tmp_path / "none", "rebuild")

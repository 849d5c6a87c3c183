"""The same for a terminal, and what a fresh interpreter loads for it."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from parts import incident, redacted, school

from ledger.proof.command import main

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def folder(small, tmp_path):
    (tmp_path / "evidence.zip").write_bytes(small.evidence())
    (tmp_path / "trust.policy").write_text(small.trust_text)
    (tmp_path / "known").write_bytes(small.checkpoint(5))
    return tmp_path


def run(folder, *arguments):
    """Run `python -m ledger.proof` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "ledger.proof", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_module_verifies_and_says_what_it_left_out(folder):
    done = run(folder, "evidence.zip", "--trust", "trust.policy", "--known", "known")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("What the signatures prove")
    assert any(line.startswith("What they do not prove") for line in lines)
    assert "answers and duties: not checked" in lines
    assert "11. offices and separation of duties: not checked" in lines
    assert lines[-1].startswith("VALID: ")


def test_one_line_of_json(folder, small, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    assert main(["evidence.zip", "--trust", "trust.policy", "--json"], tuple, "verify") == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    answer = json.loads(out)
    assert answer["verdict"] == "VALID"
    assert (answer["size"], answer["records"], answer["findings"]) == (9, 9, [])
    assert (answer["kind"], answer["withheld"], answer["rehearsal"]) == ("complete", [], False)
    assert answer["answers"] == "not checked"
    assert answer["not_checked"] == ["answers", "duties"]
    assert answer["root"] == small.checkpoint().decode().split("\n")[2]


ANSWERS = {
    "2": "answers: recomputed by the verifier, and equal",
    "other": "answers: recomputed by the verifier, and not equal",
    "1": "answers: not disclosed",
    "unread": "answers: not checked",
}


@pytest.mark.parametrize("case", ANSWERS)
def test_what_became_of_the_answers_is_said(
    folder, case, small, box, new_check, monkeypatch, capsys
):
    monkeypatch.chdir(folder)
    members = box.open(small.evidence())
    entries = [*small.entries[:4], b"{}", *small.entries[5:]]
    data = {
        "2": small.evidence(),
        "other": small.evidence(answers={}),
        "1": box.pack(box.in_format_1(members, small)),
        "unread": small.evidence(entries=entries, checkpoint_note=small.of(entries).checkpoint()),
    }
    (folder / "evidence.zip").write_bytes(data[case])
    main(["evidence.zip", "--trust", "trust.policy"], lambda: [new_check()], "verify")
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("answers")] == [ANSWERS[case]]
    assert "duties: not checked" in lines


def test_of_what_is_no_evidence_nothing_is_said_about_answers(
    folder, new_check, monkeypatch, capsys
):
    monkeypatch.chdir(folder)
    (folder / "evidence.zip").write_bytes(b"")
    main(["evidence.zip", "--trust", "trust.policy"], lambda: [new_check()], "verify")
    assert "\nanswers" not in capsys.readouterr().out


def test_what_the_file_shows_is_said(folder, new_ledger, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    ledger = school(new_ledger, 40)
    ledger.append(ledger.record("IncidentNoted", "incident/inc-a", "note", "per-1"))
    (folder / "case.zip").write_bytes(incident(ledger, "inc-a").data())
    (folder / "redacted.zip").write_bytes(redacted(ledger, 21, 22, 25).data())
    kinds = {"evidence": "complete", "case": "case, incident inc-a", "redacted": "redacted"}
    for name, kind in kinds.items():
        main([f"{name}.zip", "--trust", "trust.policy"], tuple, "verify")
        lines = capsys.readouterr().out.splitlines()
        [first] = [n for n, line in enumerate(lines) if line.startswith("kind of file: ")]
        assert lines[first] == f"kind of file: {kind}"
        assert ("withheld, chosen: 21-22, 25" == lines[first + 1]) is (name == "redacted")
    main(["case.zip", "--json"], tuple, "verify")
    assert json.loads(capsys.readouterr().out)["scope"] == {"incident": "inc-a"}
    with pytest.raises(SystemExit):
        main(["--help"], tuple, "verify")
    assert "30 INVALID" in capsys.readouterr().out


def test_verdicts_are_exit_codes(folder, small, new_ledger, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    other = new_ledger("two")
    (folder / "other.policy").write_text(other.trust_text)
    (folder / "larger").write_bytes(new_ledger().fill(12).checkpoint())
    (folder / "garbage").write_bytes(b"garbage\x1b[2J")
    cases = {
        ("evidence.zip",): (10, "UNANCHORED"),
        ("evidence.zip", "--trust", "other.policy"): (30, "INVALID"),
        ("evidence.zip", "--trust", "trust.policy", "--known", "larger"): (30, "INVALID"),
        ("garbage",): (40, "MALFORMED"),
    }
    for arguments, (code, word) in cases.items():
        assert main(arguments, tuple, "verify") == code
        assert capsys.readouterr().out.splitlines()[-1].startswith(word)


def test_a_rehearsal_says_so(folder, new_ledger, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    ledger = new_ledger(host="rehearsal").fill(3)
    (folder / "practice.zip").write_bytes(ledger.evidence())
    assert main(["practice.zip"], tuple, "verify") == 10
    out = capsys.readouterr().out
    assert "REHEARSAL" in out
    assert out.splitlines()[-1].startswith("UNANCHORED (rehearsal)")


def test_wrong_usage_is_two_and_one_line(folder, new_ledger, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    (folder / "foreign").write_bytes(new_ledger("two").checkpoint())
    (folder / "binary").write_bytes(b"\xff")
    (folder / "huge").write_bytes(b"#" * 100_000)
    for arguments in (
        ["missing.zip"],
        ["."],
        ["evidence.zip", "--trust", "missing"],
        ["evidence.zip", "--trust", "evidence.zip"],
        ["evidence.zip", "--trust", "binary"],
        ["evidence.zip", "--trust", "known"],
        ["evidence.zip", "--trust", "huge"],
        ["evidence.zip", "--known", "missing"],
        ["evidence.zip", "--known", "trust.policy"],
        ["evidence.zip", "--known", "foreign"],
        ["evidence.zip", "--known", "huge"],
    ):
        assert main(arguments, tuple, "verify") == 2, arguments
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("verify: ")
        assert said.err.count("\n") == 1
    for arguments in ([], ["evidence.zip", "--no-such"]):
        with pytest.raises(SystemExit) as left:
            main(arguments, tuple, "verify")
        assert left.value.code == 2
        capsys.readouterr()


def test_nothing_that_a_file_says_steers_the_terminal(folder, small, box, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    members = box.open(small.evidence())
    members["checkpoint"] = members["checkpoint"].replace(
        b"log.example", "l\u202eog\x9b2J".encode()
    )
    (folder / "evil.zip").write_bytes(box.pack(members))
    assert main(["evil.zip"], tuple, "verify") == 30
    out = capsys.readouterr().out
    assert all(line.isascii() and line.isprintable() for line in out.splitlines())


def test_a_fresh_interpreter_loads_nothing_foreign_but_cryptography():
    script = (
        "import sys, ledger.proof.verify, ledger.proof.command, ledger.proof.bundle\n"
        "tops = {name.split('.')[0] for name in sys.modules}\n"
        "print(sorted(tops - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        capture_output=True,
        text=True,
        check=True,
    )
    foreign = {name for name in json.loads(done.stdout.replace("'", '"')) if name[0] != "_"}
    # `cffi` is what older wheels of cryptography bring along.
    assert foreign <= {"ledger", "cryptography", "cffi"}
    assert {"ledger", "cryptography"} <= foreign


def test_only_the_standard_library_and_cryptography_are_imported():
    for path in (ROOT / "ledger" / "proof").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            else:
                continue
            tops = {name.split(".")[0] for name in names}
            assert tops <= {*sys.stdlib_module_names, "cryptography"}, path.name


def test_ledger_itself_stays_empty():
    assert (ROOT / "ledger" / "__init__.py").read_bytes() == b""

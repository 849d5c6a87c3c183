"""A part beside the whole log: what its heads deny, and who was shown another history."""

import json
from dataclasses import replace

import pytest
from parts import incident, publish, redacted, school

from ledger.proof.command import main
from ledger.proof.heads import Head
from ledger.proof.merkle import leaf_hash
from ledger.proof.record import parse_record, sign_record

TRUST = ["--trust", "trust.policy"]


@pytest.fixture(name="ledger")
def _ledger(new_ledger):
    """A school, and one incident with four records between all the others."""
    ledger = school(new_ledger, 30)
    for _ in range(4):
        ledger.append(ledger.record("IncidentNoted", "incident/inc-a", "note", "per-1"))
        ledger.fill(len(ledger.entries) + 3)
    return ledger


@pytest.fixture(name="asked")
def _asked(tmp_path, monkeypatch, capsys):
    """Verifies a part beside a whole, as the command does: (exit code, JSON or stderr)."""
    monkeypatch.chdir(tmp_path)

    def ask(ledger, part, whole, *more, checks=tuple):
        (tmp_path / "part.zip").write_bytes(part)
        (tmp_path / "whole.zip").write_bytes(whole)
        (tmp_path / "trust.policy").write_text(ledger.trust_text)
        arguments = ["part.zip", *TRUST, "--whole", "whole.zip", *(more or ["--json"])]
        code = main(arguments, checks, "verify")
        said = capsys.readouterr()
        return code, (json.loads(said.out) if said.out and not more else said.out or said.err)

    return ask


def found(said):
    return [(finding["code"], finding["position"]) for finding in said["findings"]]


def last_of(ledger, stream, version):
    """The head that the stream had at an earlier version."""
    for entry in ledger.entries:
        record, _ = parse_record(entry)
        if (record.subject, record.streamversion) == (stream, version):
            return Head(stream, version, leaf_hash(entry))
    raise AssertionError(stream)


def lie(ledger):
    """A case whose heads deny the incident's last two records; and where these lie."""
    false = last_of(ledger, "incident/inc-a", 2)
    case = incident(ledger, "inc-a", tree=publish(ledger, wrong={false.stream: false}))
    hidden = [n for n in case.shown if version(ledger, n) > 2]
    case.shown = tuple(n for n in case.shown if n not in hidden)
    return case, hidden


def version(ledger, position):
    record, _ = parse_record(ledger.entries[position])
    return record.streamversion if record.subject == "incident/inc-a" else 0


def test_a_false_root_over_the_heads_passes_alone_and_not_beside_the_whole_log(ledger, asked):
    case, hidden = lie(ledger)
    assert len(hidden) == 2
    assert (case.verify().verdict, case.verify().findings) == ("VALID", ())
    code, said = asked(ledger, case.data(), ledger.evidence())
    assert (code, said["verdict"], found(said)) == (30, "INVALID", [("left_out", hidden[0])])
    assert "incident/inc-a: 2 records" in said["findings"][0]["detail"]


def test_an_honest_case_is_valid_beside_it(ledger, asked):
    case = incident(ledger, "inc-a")
    code, said = asked(ledger, case.data(), ledger.evidence())
    size = len(ledger.entries)
    assert (code, said["verdict"], said["findings"]) == (0, "VALID", [])
    assert said["whole"] == {
        "verdict": "VALID",
        "kind": "complete",
        "size": size,
        "root": said["root"],
        "records": size,
        "findings": [],
        "compared": size,
        "not_known": 0,
    }
    assert said["steps"][13] == {
        "number": 14,
        "title": "the whole log",
        "outcome": f"the first {size} records are those of the complete file; of 4 streams nothing "
        "is left out here; what else belongs to the case: not checked",
    }


def test_a_log_without_its_last_record_is_enough(ledger, asked):
    """The heads cover what lies before them, so the whole may have been taken just before."""
    case, hidden = lie(ledger)
    before = ledger.of(ledger.entries[:-1]).evidence()
    code, said = asked(ledger, case.data(), before)
    assert (code, found(said)) == (30, [("left_out", hidden[0])])


def test_of_what_is_later_than_the_whole_nothing_is_known(ledger, asked):
    case, hidden = lie(ledger)
    before = ledger.of(ledger.entries[: hidden[0]]).evidence()
    code, said = asked(ledger, case.data(), before)
    later = len([n for n in range(hidden[0], len(ledger.entries)) if n not in case.shown])
    assert (code, said["verdict"], said["whole"]["not_known"]) == (0, "VALID", later)
    assert f"not known of {later} records that it was taken before" in said["steps"][13]["outcome"]


def test_of_what_neither_shows_nothing_is_known(ledger, asked):
    case, hidden = lie(ledger)
    part = case.data()
    whole = redacted(ledger, *hidden).data()
    code, said = asked(ledger, part, whole)
    assert (code, said["verdict"], said["whole"]["not_known"]) == (0, "VALID", 2)
    whole = redacted(ledger, hidden[1]).data()
    code, said = asked(ledger, part, whole)
    assert (code, found(said), said["whole"]["not_known"]) == (30, [("left_out", hidden[0])], 1)


def test_two_histories_differ_where_they_part(new_ledger, asked):
    ledger = school(new_ledger, 300)
    ledger.append(ledger.record("IncidentNoted", "incident/inc-a", "note", "per-1"))
    part = incident(ledger, "inc-a").data()
    for position in (7, 255, 256, 301):
        record, _ = parse_record(ledger.entries[position])
        other = ledger.of(ledger.entries)
        other.entries[position] = sign_record(replace(record, occurredat=5), [ledger.record_key])
        code, said = asked(ledger, part, other.evidence())
        assert (code, found(said)) == (30, [("whole_differs", position)])
        assert said["whole"]["compared"] == position


def test_a_complete_file_may_be_compared_with_a_later_one(ledger, asked):
    earlier = ledger.evidence(20)
    code, said = asked(ledger, earlier, ledger.evidence())
    assert (code, said["verdict"], said["whole"]["compared"]) == (0, "VALID", 20)
    assert said["steps"][13]["outcome"] == "the first 20 records are those of the complete file"


def test_what_is_said_for_people(ledger, asked):
    case, hidden = lie(ledger)
    _, lines = asked(ledger, case.data(), ledger.evidence(), "--file", "trust.policy")
    assert f"    left_out at position {hidden[0]}: incident/inc-a: 2 records" in lines
    assert f"the whole log: complete, {len(ledger.entries)} records, by itself VALID" in lines
    assert lines.splitlines()[-1].startswith("INVALID: ")


def test_a_whole_that_tells_nothing_is_wrong_usage(ledger, new_ledger, asked, box):
    part = incident(ledger, "inc-a").data()
    members = box.open(ledger.evidence())
    cases = {
        "shows a part of the log (kind case)": part,
        "is of another log: 'log.example.org": new_ledger("two").fill(9).evidence(),
        "is MALFORMED, and so nothing to compare with: container": b"garbage",
        "is INVALID, and so nothing to compare with: manifest_members": box.pack(
            {**members, "answers.json": b"{}\n"}
        ),
    }
    for words, whole in cases.items():
        code, said = asked(ledger, part, whole)
        assert (code, said.count("\n")) == (2, 1), words
        assert said.startswith(f"verify: whole.zip {words}")


def test_a_part_that_does_not_hold_is_not_compared(ledger, asked):
    case = incident(ledger, "inc-a")
    case.shown = case.shown[:-2] + case.shown[-1:]
    code, said = asked(ledger, case.data(), ledger.evidence())
    assert (code, said["whole"]["compared"]) == (30, 0)
    assert said["steps"][13]["outcome"] == "not compared, for this file does not hold"

"""The short form of the fuzzer, and that it would notice."""

from dataclasses import replace

import pytest
from tampering import fuzz

SHORT = 1_200


@pytest.fixture(name="fuzzer", scope="module")
def _fuzzer(tmp_path_factory):
    return fuzz.Fuzzer(tmp_path_factory.mktemp("fuzz"))


def test_no_mutated_file_breaks_the_verifier_or_is_believed(fuzzer):
    tally = fuzzer.run(20261124, 0, SHORT)
    assert tally.faults == []
    assert tally.files == SHORT
    assert tally.grown < fuzz.LARGEST
    assert tally.verdicts.keys() == {"VALID", "INVALID", "MALFORMED"}
    assert len(tally.codes) >= 25  # it goes deep: most of the codes that there are


def test_a_verifier_that_believes_is_noticed(fuzzer, monkeypatch):
    verify = fuzz.verify
    monkeypatch.setattr(
        fuzz, "verify", lambda *given: replace(verify(*given), verdict="VALID", findings=())
    )
    wrong = fuzzer.run(1, 0, 60).faults
    assert len(wrong) > 30
    assert {fault for _, fault in wrong} == {"wrong VALID"}


def test_a_verifier_that_breaks_off_is_noticed(fuzzer, monkeypatch):
    monkeypatch.setattr(fuzz, "verify", lambda *given: {}["no such thing"])
    assert [fault for _, fault in fuzzer.run(1, 0, 2).faults] == ["KeyError: 'no such thing'"] * 2


def test_the_same_seed_makes_the_same_files(fuzzer):
    whole, [one, other] = fuzzer.run(5, 0, 40), [fuzzer.run(5, n, 20) for n in (0, 20)]
    one.add(other)
    assert (whole.verdicts, whole.codes) == (one.verdicts, one.codes)

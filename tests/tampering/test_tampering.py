"""Each operation is found, by its name and at its place; what is no tampering stays VALID."""

import json

import pytest
from tampering.rows import ident
from tampering.table import DOCUMENT, FILE_ROWS, TAMPERED, document
from tampering.untouched import UNTOUCHED
from tampering.verdicts import BACKENDS

from ledger.proof.report import CODES, EXIT_CODES

WRONG_USAGE = 2


@pytest.mark.parametrize("row", FILE_ROWS, ids=ident)
def test_what_is_done_to_a_file_is_found(asked, row):
    code, said, err = asked.of(row)
    assert "Traceback" not in err
    if row.verdict == "wrong usage":
        assert (code, said) == (WRONG_USAGE, None)
        assert row.found in err
        return
    assert (said["verdict"], code) == (row.verdict, EXIT_CODES[row.verdict])
    if row.verdict == "VALID":
        assert said["findings"] == []
        assert row.found in words(asked, row)
        return
    found = [(f["code"], f["position"]) for f in said["findings"]]
    assert (row.found, row.position) in found


def words(asked, row):
    """What the verifier says of what it could not know: its steps, and the fingerprint."""
    said = asked.of(row)[1]["steps"]
    words = [f"{step['title']}: {step['outcome']}" for step in said]
    if asked.fingerprint(row) != asked.fingerprint(UNTOUCHED[0]):
        words.append("another fingerprint than in the minutes")
    return "\n".join(words)


@pytest.mark.parametrize("row", UNTOUCHED, ids=ident)
def test_what_is_no_tampering_is_valid(asked, row):
    code, said, err = asked.of(row)
    assert (code, said["verdict"], said["findings"], err) == (0, "VALID", [], "")
    assert said["not_checked"] == []


@pytest.mark.parametrize("backend", BACKENDS)
def test_everybodys_verifier_says_the_same(asked, backend):
    """Verdict, every finding with its position and words, and the exit code, of every file."""
    for here, there, arguments in zip(asked.said, asked.by[backend], asked.arguments, strict=True):
        assert normal(here, None) == normal(there, backend), arguments


def normal(said, backend):
    """What was said, but for the name of what checked the signatures, which must be `backend`."""
    code, out, err = said
    report = json.loads(out) if out else None
    if report is not None:
        name = report.pop("signatures_by")
        assert backend is None or name == backend
    return code, report, err


def test_there_are_enough_of_both():
    rows = [row for _, rows in TAMPERED for row in rows]
    assert len({ident(row) for row in rows}) == len(rows) >= 80
    assert len(UNTOUCHED) >= 50


def test_every_code_of_the_verifier_is_called_for():
    assert set(CODES) <= {row.found for row in FILE_ROWS}


def test_the_document_is_the_table():
    assert DOCUMENT.read_text("utf-8") == "\n".join(document()) + "\n"

"""Values that no longer exist: which record erased them, told by the verifier and by the page."""

import io
import json

import pytest

from ledger.proof.bundle import write_evidence
from ledger.proof.disclosure import disclosure_lines
from ledger.proof.embedded import END, records_block, text_block
from ledger.proof.encoding import canonical
from ledger.proof.errors import Malformed
from ledger.proof.manifest import Manifest, about
from ledger.proof.merkle import leaf_hash
from ledger.proof.template import template
from ledger.proof.verify import verify

BY = 8  # the record that erased two of the values before it


@pytest.fixture(name="erased", scope="module")
def _erased(new_ledger):
    """Nine records: refusals and incidents with values, and one that erased two of them."""
    ledger = new_ledger().fill(BY)
    fields = {"subject": "per-1", "values_destroyed": 2}
    ledger.append(ledger.record("SubjectErased", "request/rts-1", "erase", "per-1", fields=fields))
    return ledger


def lines_of(ledger, *gone, by=BY):
    """The disclosures, of which those at some positions say that they were erased."""
    return [
        {"erased_by": by, "path": line["path"], "position": line["position"]}
        if line["position"] in gone
        else line
        for line in ledger.disclosures
        if line["path"] != "act"
    ]


def said(ledger, lines, disclosed="all"):
    file = io.BytesIO()
    write_evidence(
        file,
        checkpoint_note=ledger.checkpoint(),
        origin=ledger.origin,
        size=len(ledger.entries),
        entries=ledger.entries,
        disclosures=lines,
        answers={},
        signer=ledger.record_key,
        disclosed=disclosed,
    )
    report = verify(file, ledger.trust)
    words = next(step.outcome for step in report.steps if step.number == 8)
    return report.verdict, {(f.code, f.position) for f in report.findings}, words


def page_of(ledger, lines, disclosed):
    """The page of a log, which says which values it discloses."""
    manifest = Manifest(ledger.origin, len(ledger.entries), (), disclosed=disclosed)
    blocks = [
        text_block("about", canonical(about(manifest))),
        text_block("checkpoint", ledger.checkpoint()),
        text_block("answers", b'{"answers":{},"semantics":1}\n'),
        text_block("disclosures", disclosure_lines(lines)),
        records_block(b"".join(map(leaf_hash, ledger.entries)), ledger.entries),
    ]
    return template() + b"".join(blocks) + END


@pytest.fixture(name="page_says")
def _page_says(browser, tmp_path):
    """What the page finds, and what stands in its timeline."""

    def ask(ledger, lines, disclosed="all"):
        file = tmp_path / "report.html"
        file.write_bytes(page_of(ledger, lines, disclosed))
        with browser.open(file) as page:
            page.checked()
            return set(page.codes()) - {"no_trust_file"}, page.do("document.body.innerText")

    return ask


def test_what_was_erased_is_told_by_the_record_that_erased_it(erased, page_says):
    lines = lines_of(erased, 3, 7)
    verdict, findings, words = said(erased, lines)
    assert (verdict, findings) == ("VALID", set())
    assert words == "2 disclosed values give their commitments; 2 erased by record 8"
    codes, text = page_says(erased, lines)
    assert codes == set()
    assert text.count("summary: erased by record 8") == 2


def wrong(ledger):
    """What no honest ledger writes, its code, and where."""
    good, more = lines_of(ledger, 3, 7), lines_of(ledger, 1, 3, 7)
    return {
        "a value is left out": (good[1:], "all", "value_missing", good[0]["position"]),
        "of an erased value nothing is said": (good[:-1], "all", "value_missing", 7),
        "more values are said to be erased than were": (more, "all", "not_erased", 1),
        "the same where not all is disclosed": (more, "some", "not_erased", 1),
        "a value that was erased is there": (lines_of(ledger, 3), "all", "not_erased", 8),
        "by a record that erases nothing": (lines_of(ledger, 3, by=7), "some", "not_erased", 3),
        "by a record that is not there": (lines_of(ledger, 3, by=99), "some", "not_erased", 3),
        "of a path that is not sealed": (
            [*good, {"erased_by": 8, "path": "zzz", "position": 7}], "all", "commitment", 7,
        ),
        "none is said to be disclosed": (good, "none", "disclosure_form", None),
    }  # fmt: skip


@pytest.mark.parametrize("what", [
    "a value is left out", "of an erased value nothing is said",
    "more values are said to be erased than were", "the same where not all is disclosed",
    "a value that was erased is there", "by a record that erases nothing",
    "by a record that is not there", "of a path that is not sealed",
    "none is said to be disclosed",
])  # fmt: skip
def test_what_no_honest_ledger_writes_is_found_by_verifier_and_page(erased, page_says, what):
    lines, disclosed, code, position = wrong(erased)[what]
    verdict, findings, _ = said(erased, lines, disclosed)
    assert verdict == "INVALID"
    assert (code, position) in findings
    codes, _ = page_says(erased, lines, disclosed)
    assert codes == {code for code, _ in findings}


@pytest.mark.parametrize("destroyed", ["2", [2], True, -1, None])
def test_how_many_were_erased_is_a_number(new_ledger, page_says, destroyed):
    ledger = new_ledger().fill(BY)
    fields = {"subject": "per-1", "values_destroyed": destroyed}
    ledger.append(ledger.record("SubjectErased", "request/rts-1", "erase", "per-1", fields=fields))
    lines = lines_of(ledger, 3)
    assert said(ledger, lines)[:2] == ("INVALID", {("not_erased", 3)})
    assert page_says(ledger, lines)[0] == {"not_erased"}


@pytest.mark.parametrize("disclosed", ["some", ["per-1", "per-2"]])
def test_where_not_all_is_disclosed_nothing_need_be_said(erased, page_says, disclosed):
    lines = lines_of(erased, 3)[1:3]
    assert said(erased, lines, disclosed)[0] == "VALID"
    assert page_says(erased, lines, disclosed)[0] == set()


@pytest.mark.parametrize("disclosed", ["every", [], ["b", "a"], ["a", "a"], [1], [""], None, 3])
def test_which_values_are_disclosed_has_one_form(erased, page_says, disclosed):
    verdict, findings, _ = said(erased, [], disclosed)
    assert (verdict, {code for code, _ in findings}) == ("INVALID", {"manifest_form"})
    assert page_says(erased, [], disclosed)[0] == {"manifest_form"}


@pytest.mark.parametrize(
    "line",
    [
        {"erased_by": 3, "path": "a", "position": 3},
        {"erased_by": 2, "path": "a", "position": 3},
        {"erased_by": "4", "path": "a", "position": 3},
        {"erased_by": True, "path": "a", "position": 0},
        {"erased_by": 4, "path": 5, "position": 3},
        {"erased_by": 4, "path": "a", "position": 3, "salt": "AA=="},
        {"erased_by": 4, "path": "a", "position": 3, "value": "x"},
        {"erased_by": 2**53, "path": "a", "position": 3},
    ],
)
def test_an_erased_value_has_one_form(line):
    with pytest.raises((Malformed, ValueError)):
        disclosure_lines([line])


def test_an_erased_value_is_told_in_one_line():
    line = {"erased_by": 8, "path": "summary", "position": 3}
    assert json.loads(disclosure_lines([line])) == line

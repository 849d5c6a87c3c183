"""Answers in an evidence file: their form, what becomes of them, and formats 1 and 2."""

import io
import json
import random
from hashlib import sha256

import pytest

from ledger.proof import layout, manifest
from ledger.proof.encoding import parse_plain_json, plain_json
from ledger.proof.errors import Invalid, Malformed
from ledger.proof.readme import README_TEXT, README_TEXTS
from ledger.proof.readme_partial import readme_text
from ledger.proof.verify import verify

NAME = "answers.json"


def check(data, ledger, *checks):
    return verify(io.BytesIO(data), ledger.trust, checks=checks)


def codes(report):
    return [finding.code for finding in report.findings]


def by_the_ledger(box, ledger, members, answers):
    """Return the file with other answers, signed by the ledger's own record key."""
    return box.pack(box.with_manifest({**members, NAME: answers}, ledger, ledger.record_key))


@pytest.fixture(scope="module")
def members(small, box):
    return box.open(small.evidence())


# What becomes of them


def test_answers_are_recomputed(small, new_check):
    counted = new_check()
    report = check(small.evidence(), small, counted)
    assert (report.verdict, report.answers, report.findings) == ("VALID", "recomputed", ())
    assert report.steps[11].outcome == (
        "answers recomputed by the verifier, and equal; timestamps not disclosed"
    )
    assert counted.claims == {"answers": new_check.of(small.entries)}
    assert report.checks_left_out == ("duties",)


def test_without_a_check_they_are_not_checked(small):
    report = check(small.evidence(), small)
    assert (report.verdict, report.answers) == ("VALID", "not checked")
    assert report.steps[11].outcome == "answers not checked; timestamps not disclosed"


def test_one_changed_answer_is_named_whoever_signs(small, box, members, new_check):
    changed = new_check.of(small.entries)
    changed["answers"]["/count/Sealed"] += 1
    for data in (
        small.evidence(answers=changed),
        by_the_ledger(box, small, members, plain_json(changed)),
    ):
        report = check(data, small, new_check())
        assert (report.verdict, report.answers) == ("INVALID", "differ")
        (finding,) = report.findings
        assert (finding.code, finding.position) == ("answer_differs", None)
        assert finding.detail == "/count/Sealed"
        assert report.steps[10].outcome == "not checked"
        assert report.steps[11].outcome == "1 finding"


@pytest.mark.parametrize("answers", [{}, {"answers": 1}, {"answers": {}, "more": [None]}])
def test_other_answers_differ(small, new_check, answers):
    report = check(small.evidence(answers=answers), small, new_check())
    assert (report.verdict, codes(report)) == ("INVALID", ["answer_differs"])


def test_answers_of_a_later_edition_make_the_file_newer(small, new_check):
    data = small.evidence(answers={**new_check.of(small.entries), "semantics": 2})
    report = check(data, small, new_check())
    assert (report.verdict, report.answers, codes(report)) == (
        "MALFORMED",
        "not checked",
        ["newer"],
    )
    assert report.steps[11].outcome == "1 finding"


def test_another_check_that_ends_newer_does_not_keep_the_answers_from_being_checked(
    small, new_check
):
    other, counted = new_check(), new_check()
    other.name, other.edition = "duties", 0
    report = check(small.evidence(), small, other, counted)
    assert (report.verdict, report.answers, codes(report)) == ("MALFORMED", "recomputed", ["newer"])
    assert report.steps[10].outcome == "1 finding"


def test_records_that_cannot_be_read_leave_them_unchecked(small, box, members, new_check):
    entries = [*small.entries[:4], b"{}", *small.entries[5:]]
    for data in (
        small.of(entries).evidence(disclosures=[]),
        box.pack({**members, "tile/entries/000.p/9": b""}),
    ):
        counted = new_check()
        report = check(data, small, counted)
        assert (report.verdict, report.answers) == ("INVALID", "not checked")
        assert not counted.ended


def test_a_manifest_of_the_attacker_does_not_make_other_answers_newer(
    small, box, members, new_check
):
    newer = {**members, NAME: plain_json({"semantics": 2})}
    data = box.pack(box.with_manifest(newer, small, box.attacker))
    assert check(data, small, new_check()).verdict == "INVALID"


# Their form


BAD_FORMS = {
    "reordered": lambda data: (
        json.dumps(dict(reversed(json.loads(data).items())), separators=(",", ":")).encode() + b"\n"
    ),
    "white space": lambda data: data.replace(b":", b": "),
    "cut": lambda data: data[:-2],
    "no line feed": lambda data: data[:-1],
    "two line feeds": lambda data: data + b"\n",
    "grown": lambda data: data + b"{}\n",
    "carriage return": lambda data: data[:-1] + b"\r\n",
    "mark": lambda data: b"\xef\xbb\xbf" + data,
    "twice": lambda data: data.replace(b'"semantics":1', b'"semantics":1,"semantics":1'),
    "escaped": lambda data: data.replace(b"/count/", b"\\/count/"),
    "empty": lambda data: b"",
    "not json": lambda data: b"answers\n",
    "not utf-8": lambda data: b'"\xff"\n',
    "fraction": lambda data: data.replace(b'"semantics":1', b'"semantics":1.0'),
    "beyond": lambda data: b"9007199254740992\n",
    "surrogate": lambda data: b'"\\ud800"\n',
    "deep": lambda data: b"[" * 17 + b"]" * 17 + b"\n",
    "very deep": lambda data: b"[" * 500_000,
}


@pytest.mark.parametrize("form", BAD_FORMS)
def test_answers_of_another_form_are_invalid(small, box, members, new_check, form):
    bad = BAD_FORMS[form](members[NAME])
    assert bad != members[NAME]
    data = by_the_ledger(box, small, members, bad)
    for checks in ((), (new_check(),)):
        report = check(data, small, *checks)
        assert (report.verdict, codes(report)) == ("INVALID", ["answers_form"])
        assert (report.answers, report.records) == ("not checked", 9)


def test_no_flipped_octet_of_the_answers_passes_though_the_ledger_signs(
    small, box, members, new_check
):
    data, rng = members[NAME], random.Random(12)
    for position in range(len(data)):
        octet = data[position] ^ 1 << rng.randrange(8)
        bad = data[:position] + bytes([octet]) + data[position + 1 :]
        report = check(by_the_ledger(box, small, members, bad), small, new_check())
        newer = bad == data.replace(b'"semantics":1', b'"semantics":2')
        assert report.verdict == ("MALFORMED" if newer else "INVALID"), position
        assert report.answers in ("differ", "not checked")


def test_answers_renamed_or_dropped_are_malformed(small, box, members, new_check):
    without = {name: data for name, data in members.items() if name != NAME}
    for bad in (without, {**without, "Answers.json": b""}, {**without, "answers.jsonl": b""}):
        data = box.pack(box.with_manifest(bad, small, small.record_key))
        report = check(data, small, new_check())
        assert report.verdict == "MALFORMED"
        assert "member_missing" in codes(report)
        assert report.answers == "not checked"


def test_answers_that_do_not_unpack_are_damaged(small, members, new_check):
    data = bytearray(small.evidence())
    at = data.index(NAME.encode()) + len(NAME) + 5
    data[at] ^= 0xFF
    report = check(bytes(data), small, new_check())
    assert (report.verdict, report.answers) == ("INVALID", "not checked")
    assert "member_damaged" in codes(report)


def test_what_cannot_be_read_is_not_written(small, monkeypatch):
    for answers in ({"a": 1.5}, {"a": (1,)}, {"a": "\ud800"}, {1: 1}, {"a": 2**53}):
        with pytest.raises(Malformed):
            small.evidence(answers=answers)
    monkeypatch.setattr(layout, "_LARGE_LIMIT", 1_000)
    with pytest.raises(Invalid):
        small.evidence(answers={"a": "x" * 1_000}, disclosures=[])


def test_answers_beyond_the_limit_are_malformed(small, box, members, monkeypatch):
    data = by_the_ledger(box, small, members, plain_json("x" * 5_000))
    monkeypatch.setattr(layout, "_LARGE_LIMIT", 5_000)
    report = check(data, small)
    assert (report.verdict, codes(report)) == ("MALFORMED", ["container"])
    assert layout.member_limit(NAME) == 5_000


def test_names_are_any_text(small, new_check):
    odd = {"/v1/a?b=c": {"": ["\x00\x7f\u2028\U0001f600e\u0301", True, None, -1]}}
    report = check(small.evidence(answers=odd), small)
    assert report.verdict == "VALID"


# Formats


def test_format_1_stays_valid_and_discloses_none(small, box, members, new_check):
    data = box.pack(box.in_format_1(members, small))
    counted = new_check()
    for checks in ((), (counted,)):
        report = check(data, small, *checks)
        assert (report.verdict, report.answers) == ("VALID", "not disclosed")
        assert report.steps[11].outcome == "not disclosed"
    assert (counted.claims, counted.ended) == ({}, True)


def test_a_member_of_the_other_format_is_malformed(small, box, members):
    one = box.in_format_1(members, small)
    data = box.pack({**one, NAME: b"{}\n"})
    assert codes(check(data, small)) == ["member_unexpected"]
    two = {name: data for name, data in members.items() if name != NAME}
    assert codes(check(box.pack(two), small)) == ["member_missing"]


def test_nobody_but_the_ledger_can_take_the_answers_out(small, box, members):
    report = check(box.pack(box.in_format_1(members, small, box.attacker)), small)
    assert (report.verdict, codes(report)) == ("INVALID", ["manifest_signature"])


def test_each_format_has_its_own_readme(small, box, members):
    one = {**box.in_format_1(members, small), "README.txt": README_TEXTS[2]}
    two = {**members, "README.txt": README_TEXTS[1]}
    for bad, edition in ((one, 1), (two, 4)):
        fitted = box.with_manifest(bad, small, small.record_key, format=edition)
        assert codes(check(box.pack(fitted), small)) == ["readme"]


def test_the_format_of_a_file_with_a_broken_manifest_is_that_of_its_members(
    small, box, members, new_check
):
    for whole, answers in (
        (members, "recomputed"),
        (box.in_format_1(members, small), "not disclosed"),
    ):
        report = check(box.pack({**whole, "manifest.json": b"{}"}), small, new_check())
        assert (report.verdict, codes(report)) == ("INVALID", ["manifest_form"])
        assert report.answers == answers


def test_the_texts_of_the_formats_never_change():
    assert README_TEXTS[1] is README_TEXT
    digests = {n: sha256(text).hexdigest() for n, text in README_TEXTS.items()}
    assert digests == {
        1: "081967892a95a2ba487923d8b8f88550aeb4e09a79d3cb650788a72183d0c764",
        2: "1bea90ee81a5c1b8e8cddfc9ee1ff74926a4f14caed236d85e066c5b942b3d61",
        4: "80fd96db56d6d0983ed0670bf9e8c780690717c05d156d2c9bcd86d5ecd53364",
        5: "9b10e1def2d525f7f5c44763cc2e7efa73df1bae3beef78d30f10fa9d869c399",
    }
    assert all(len(line) <= 100 for line in README_TEXTS[5].splitlines())
    assert README_TEXTS[5].isascii()


def test_what_is_written_is_of_the_newest_format(members):
    envelope = manifest.open_manifest(members["manifest.json"])
    assert manifest.read_manifest(envelope).format == manifest.FORMAT == 5
    assert members["README.txt"] == README_TEXTS[5]
    assert parse_plain_json(members[NAME])["semantics"] == 1


@pytest.mark.parametrize(("edition", "kind"), layout.README_DIGESTS)
def test_a_text_is_known_by_its_digest(edition, kind):
    text = readme_text(edition, kind)
    assert sha256(text).hexdigest() == layout.README_DIGESTS[edition, kind]
    assert kind in layout.KINDS[edition]
    assert all(len(line) <= 100 for line in text.splitlines())

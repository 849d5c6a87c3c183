"""From a file to a verdict: honest files hold, and whatever is done to one is found."""

import io
import random
from dataclasses import replace

import pytest

from ledger.proof.bundle import write_evidence
from ledger.proof.checkpoint import Checkpoint, sign_checkpoint
from ledger.proof.dsse import sign_envelope
from ledger.proof.encoding import b64encode, canonical, parse_canonical
from ledger.proof.errors import Invalid, Malformed, Newer
from ledger.proof.journal import MAX_FINDINGS
from ledger.proof.layout import expected_members
from ledger.proof.manifest import MANIFEST_TYPE, open_manifest
from ledger.proof.merkle import EMPTY_ROOT
from ledger.proof.note import (
    COSIGNATURE,
    cosignature_line,
    format_vkey,
    parse_note,
    sign_note,
    signature_line,
)
from ledger.proof.policy import format_policy, parse_policy
from ledger.proof.record import RECORD_TYPE, open_record, parse_record, sign_record
from ledger.proof.report import CODES, EXIT_CODES, Finding
from ledger.proof.tiles import decode_bundle, encode_bundle
from ledger.proof.verify import WrongUsage, verify


def check(data, ledger, **more):
    return verify(io.BytesIO(data), ledger.trust, **more)


def codes(report):
    return [finding.code for finding in report.findings]


def at(report, code):
    return [finding.position for finding in report.findings if finding.code == code]


# Honest files


@pytest.mark.parametrize("size", [1, 2, 9, 255, 256, 257, 300])
def test_an_honest_file_is_valid(large, size):
    report = check(large.evidence(size), large)
    assert (report.verdict, report.exit_code, report.findings) == ("VALID", 0, ())
    assert (report.size, report.records, report.origin) == (size, size, large.origin)
    assert (report.kind, report.withheld, report.rehearsal) == ("complete", (), False)
    assert report.answers == "not checked"
    assert report.checks_left_out == ("answers", "duties")
    assert report.root == large.checkpoint(size).decode().split("\n")[2]
    assert [step.number for step in report.steps] == list(range(1, 14))
    assert report.steps[10].outcome == "not checked"


def test_the_same_ledger_gives_the_same_file(small, new_ledger):
    assert small.evidence() == new_ledger().fill(9).evidence()


def test_a_file_is_read_from_a_path_too(small, new_check, tmp_path):
    path = tmp_path / "evidence.zip"
    write_evidence(
        path,
        checkpoint_note=small.checkpoint(),
        origin=small.origin,
        size=9,
        entries=iter(small.entries),
        disclosures=small.disclosures,
        answers=new_check.of(small.entries),
        signer=small.record_key,
    )
    assert path.read_bytes() == small.evidence()
    assert verify(path, small.trust).verdict == verify(str(path), small.trust).verdict == "VALID"


def test_a_file_without_disclosures_is_valid(small):
    assert check(small.evidence(disclosures=[]), small).verdict == "VALID"


def test_without_a_trust_file_it_is_unanchored(small):
    report = verify(io.BytesIO(small.evidence()))
    assert (report.verdict, report.exit_code) == ("UNANCHORED", 10)
    assert codes(report) == ["no_trust_file"]


def test_a_rehearsal_says_so(new_ledger):
    ledger = new_ledger(host="rehearsal").fill(5)
    report = check(ledger.evidence(), ledger)
    assert (report.verdict, report.rehearsal) == ("VALID", True)


def test_a_file_larger_than_memory_need_be_is_written_from_an_iterator(large):
    data = large.evidence(entries=(entry for entry in large.entries))
    assert data == large.evidence()


def test_what_is_not_the_checkpoints_is_not_written(small):
    for entries in (small.entries[:-1], [*small.entries, b"x"], small.entries[::-1]):
        with pytest.raises(Invalid):
            small.evidence(entries=entries)
    with pytest.raises(Invalid):
        small.evidence(size=None, origin="other")
    with pytest.raises(Malformed):
        small.evidence(disclosures=small.disclosures * 2)


# Trust


def test_another_logs_trust_file_makes_it_invalid(small, new_ledger):
    report = verify(io.BytesIO(small.evidence()), new_ledger("two").trust)
    assert (report.verdict, report.exit_code) == ("INVALID", 30)
    assert codes(report) == ["checkpoint_untrusted"]


def test_a_trust_key_of_the_same_name_is_not_needed_when_the_log_admits_the_signer(
    small, new_signer
):
    """The name pins the roots, and they admitted the key that signed."""
    later = new_signer("checkpoint", "the key of another year")
    trust = parse_policy(format_policy(format_vkey(small.origin, later.public_key)))
    assert verify(io.BytesIO(small.evidence()), trust).verdict == "VALID"


def test_the_trust_files_own_key_counts_though_the_log_does_not_admit_it(small, new_signer):
    later = new_signer("checkpoint", "the key of another year")
    data = small.evidence(checkpoint_note=small.checkpoint(signer=later))
    trust = parse_policy(format_policy(format_vkey(small.origin, later.public_key)))
    assert verify(io.BytesIO(data), trust).verdict == "VALID"
    assert codes(check(data, small)) == ["checkpoint_untrusted"]
    assert codes(verify(io.BytesIO(data))) == ["checkpoint_signature", "no_trust_file"]


def test_a_forged_ledger_of_the_same_name_is_invalid(small, new_ledger):
    """An attacker has own roots, and so never the name that the trust file pins."""
    forged = new_ledger("forger")
    assert forged.origin != small.origin
    forged.origin = small.origin
    forged.entries.clear()
    forged.versions.clear()
    forged.append(forged.genesis())
    forged.fill(9)
    report = check(forged.evidence(), small)
    assert report.verdict == "INVALID"
    assert at(report, "keyring") == [0]
    assert "checkpoint_untrusted" in codes(report)


def witnessed(ledger, new_signer, names, seconds=1_800_000_000):
    text = parse_note(ledger.checkpoint()).text
    lines = [cosignature_line(text, name, new_signer("w", name), seconds) for name in names]
    return ledger.checkpoint() + b"".join(lines)


def both_of_two(ledger, new_signer):
    lines = [ledger.trust_text.split("\n")[0]]
    for name in ("w1", "w2"):
        vkey = format_vkey(name, new_signer("w", name).public_key, COSIGNATURE)
        lines.append(f"witness {name} {vkey}")
    lines += ["group both all w1 w2", "quorum both", ""]
    return parse_policy("\n".join(lines))


def test_a_quorum_that_is_not_reached_is_unanchored(small, new_signer):
    trust = both_of_two(small, new_signer)
    cases = {(): "UNANCHORED", ("w1",): "UNANCHORED", ("w1", "w2", "w3"): "VALID"}
    for names, verdict in cases.items():
        data = small.evidence(checkpoint_note=witnessed(small, new_signer, names))
        assert verify(io.BytesIO(data), trust).verdict == verdict
    bad = small.checkpoint() + cosignature_line("other\n", "w1", new_signer("w", "w1"), 1)
    report = verify(io.BytesIO(small.evidence(checkpoint_note=bad)), trust)
    assert "checkpoint_untrusted" in codes(report)


@pytest.mark.parametrize(
    ("host", "behind", "verdict"),
    [("x.example", 0, "VALID"), ("x.example", 300, "VALID"), ("x.example", 301, "SUSPECT"),
     ("rehearsal", 10**8, "VALID")],
)  # fmt: skip
def test_witnesses_bound_the_times_of_records(new_ledger, new_signer, host, behind, verdict):
    """Who saw the log yesterday cannot have seen what says it was recorded today."""
    ledger = new_ledger(host=host)
    ledger.fill(9)
    trust, last = both_of_two(ledger, new_signer), 1_700_000_000 + 60 * 8
    note = witnessed(ledger, new_signer, ["w2"], last + 5)
    note += witnessed(ledger, new_signer, ["w1"], last - behind).splitlines(keepends=True)[-1]
    report = verify(io.BytesIO(ledger.evidence(checkpoint_note=note)), trust)
    assert verdict == report.verdict
    assert ([] if verdict == "VALID" else ["times_outside_anchors"]) == codes(report)


def test_witnesses_alone_do_not_make_a_checkpoint(small, new_signer):
    text = parse_note(small.checkpoint()).text
    line = cosignature_line(text, "w1", new_signer("w", "w1"), 1_800_000_000)
    vkey = format_vkey("w1", new_signer("w", "w1").public_key, COSIGNATURE)
    trust = parse_policy(small.trust_text.replace("quorum none", f"witness w1 {vkey}\nquorum w1"))
    data = small.evidence(checkpoint_note=text.encode() + b"\n" + line)
    report = verify(io.BytesIO(data), trust)
    assert codes(report) == ["checkpoint_untrusted"]


# Known checkpoints


def test_known_checkpoints_of_the_same_history_are_consistent(large):
    known = [large.checkpoint(size) for size in (1, 5, 255, 256, 257, 300)]
    empty = sign_checkpoint(Checkpoint(large.origin, 0, EMPTY_ROOT), large.checkpoint_key)
    assert check(large.evidence(), large, known=[*known, empty]).verdict == "VALID"


def test_a_known_checkpoint_that_is_larger_shows_a_cut(large):
    report = check(large.evidence(256), large, known=[large.checkpoint(300)])
    assert (report.verdict, codes(report)) == ("INVALID", ["shorter_than_known"])


@pytest.mark.parametrize("size", [3, 9])
def test_a_known_checkpoint_of_another_history_shows_it(small, size):
    other = sign_checkpoint(Checkpoint(small.origin, size, bytes(32)), small.checkpoint_key)
    report = check(small.evidence(), small, known=[small.checkpoint(5), other])
    assert (report.verdict, codes(report)) == ("INVALID", ["inconsistent_with_known"])


def test_a_known_checkpoint_of_another_log_is_wrong_usage(small, new_ledger):
    for known in (new_ledger("two").checkpoint(), b"", b"no checkpoint"):
        with pytest.raises(WrongUsage):
            check(small.evidence(), small, known=[known])


def test_evidence_of_another_log_than_trust_and_known_is_invalid(small, new_ledger):
    other = new_ledger("two").fill(5)
    report = verify(io.BytesIO(small.evidence()), other.trust, [other.checkpoint()])
    assert report.verdict == "INVALID"


# Tampering with members


def packed(box, members, ledger, manifest):
    """Return the file with a manifest that was left, made to fit, or signed by the attacker."""
    if manifest == "fitted":
        members = box.with_old_signature(members, ledger)
    elif manifest == "attacker":
        members = box.with_manifest(members, ledger, box.attacker)
    return box.pack(members)


MANIFESTS = ["left", "fitted", "attacker"]


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_no_flipped_octet_of_any_member_passes(small, box, manifest):
    rng = random.Random(manifest)
    members = box.open(small.evidence())
    for name, data in members.items():
        if name == "manifest.json" and manifest != "left":
            continue
        few = sorted(rng.sample(range(len(data)), min(len(data), 150)))
        for position in few:
            octet = data[position] ^ 1 << rng.randrange(8)
            bad = data[:position] + bytes([octet]) + data[position + 1 :]
            report = check(packed(box, {**members, name: bad}, small, manifest), small)
            assert report.verdict in ("INVALID", "MALFORMED"), (name, position)


def test_a_flipped_octet_is_located(small, box):
    """Whatever the manifest says, the record that was changed is named."""
    members = box.open(small.evidence())
    name = "tile/entries/000.p/9"
    for manifest in MANIFESTS:
        for position in range(9):
            entries = list(small.entries)
            middle = len(entries[position]) // 2
            octet = b"A" if entries[position][middle : middle + 1] != b"A" else b"B"
            entries[position] = entries[position][:middle] + octet + entries[position][middle + 1 :]
            bad = {**members, name: encode_bundle(entries)}
            report = check(packed(box, bad, small, manifest), small)
            assert report.verdict == "INVALID"
            named = {finding.position for finding in report.findings}
            assert position in named
            assert at(report, "tile_mismatch") == [position]


def test_the_second_bundle_and_the_upper_levels_are_checked(large, box):
    members = box.open(large.evidence())
    for name, position in (
        ("tile/0/000", 256),
        ("tile/0/001.p/44", 40),
        ("tile/1/000.p/1", 7),
        ("tile/entries/001.p/44", 20_000),
    ):
        data = members[name]
        position %= len(data)
        bad = data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
        report = check(box.pack({**members, name: bad}), large)
        assert report.verdict == "INVALID"
        assert {"member_hash"} < set(codes(report))


def test_a_raw_flip_in_the_zip_is_never_valid_where_a_member_lies(small, box):
    data = small.evidence()
    rng = random.Random(5)
    held = box.open(data)
    for position in rng.sample(range(len(data)), 400):
        bad = (
            data[:position] + bytes([data[position] ^ 1 << rng.randrange(8)]) + data[position + 1 :]
        )
        if check(bad, small).verdict == "VALID":
            # Times and attributes are free; what a member holds is not.
            assert box.open(bad) == held


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_members_cut_grown_dropped_renamed_or_added_do_not_pass(small, box, manifest):
    members = box.open(small.evidence())
    for name, data in members.items():
        without = {other: held for other, held in members.items() if other != name}
        for bad in (
            {**members, name: data[:-1] if data else b"x"},
            {**members, name: data + b"\n"},
            {**members, name: b""} if data else {},
            without,
            {**without, name.upper(): data},
            {**without, name + "x": data},
            {**members, "extra": b""},
            {**members, "tile/0/000": b""},
        ):
            if manifest != "left" and "manifest.json" not in bad:
                continue
            if name == "manifest.json" and manifest != "left":
                continue
            if bad:
                report = check(packed(box, bad, small, manifest), small)
                assert report.verdict in ("INVALID", "MALFORMED"), (name, len(bad))


def test_an_other_member_set_is_malformed(small, box):
    members = box.open(small.evidence())
    report = check(box.pack({**members, "report.pdf": b"{}"}), small)
    assert (report.verdict, codes(report)) == ("MALFORMED", ["member_unexpected"])
    for name in ("tile/0/000.p/9", "answers.json", "report.html"):
        without = {other: data for other, data in members.items() if other != name}
        report = check(box.pack(without), small)
        assert (report.verdict, codes(report)) == ("MALFORMED", ["member_missing"])


def test_a_manifest_by_another_key_is_invalid(small, box):
    members = box.with_manifest(box.open(small.evidence()), small, box.attacker)
    report = check(box.pack(members), small)
    assert (report.verdict, codes(report)) == ("INVALID", ["manifest_signature"])


def test_a_well_signed_manifest_with_another_readme_is_invalid(small, box):
    members = {**box.open(small.evidence()), "README.txt": b"trust me"}
    report = check(box.pack(box.with_manifest(members, small, small.record_key)), small)
    assert codes(report) == ["readme"]


def test_a_broken_manifest_does_not_hide_the_rest(small, box):
    members = {**box.open(small.evidence()), "manifest.json": b"{}"}
    report = check(box.pack(members), small)
    assert (report.verdict, codes(report), report.records) == ("INVALID", ["manifest_form"], 9)


def test_a_broken_checkpoint_does_not_hide_the_rest(small, box):
    members = {**box.open(small.evidence()), "checkpoint": b"?"}
    report = check(box.pack(box.with_manifest(members, small, small.record_key)), small)
    assert (report.verdict, codes(report), report.root) == ("INVALID", ["checkpoint_form"], None)


def test_neither_manifest_nor_checkpoint_is_no_evidence(small, box):
    members = {**box.open(small.evidence()), "checkpoint": b"?", "manifest.json": b"?"}
    assert check(box.pack(members), small).verdict == "MALFORMED"
    assert check(box.pack({"README.txt": b""}), small).verdict == "MALFORMED"
    assert check(box.pack({}), small).verdict == "MALFORMED"


def test_a_manifest_of_another_size_than_the_checkpoint_is_invalid(large, box):
    members = box.open(large.evidence(9))
    older = large.checkpoint(8)
    members = box.with_manifest({**members, "checkpoint": older}, large, large.record_key, 9)
    report = check(box.pack(members), large)
    assert report.verdict == "INVALID"
    assert {"checkpoint_differs", "root_mismatch"} <= set(codes(report))


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"format": 3}, "MALFORMED"),
        ({"format": 1}, "INVALID"),
        ({"format": True}, "INVALID"),
        ({"kind": "case"}, "INVALID"),
        ({"kind": "abridged"}, "MALFORMED"),
        ({"format": 0}, "INVALID"),
        ({"scope": "some"}, "INVALID"),
        ({"withheld": [3]}, "INVALID"),
        ({"size": "9"}, "INVALID"),
        ({"size": 10**15}, "MALFORMED"),
        ({"source": "x"}, "INVALID"),
        ({"more": 1}, "INVALID"),
        ({"members": {}}, "INVALID"),
        ({"members": []}, "INVALID"),
        ({"members": [{"path": "a", "sha256": "", "size": 1}]}, "INVALID"),
    ],
)
def test_manifests_of_another_form(small, box, change, verdict):
    members = box.open(small.evidence())
    body = parse_canonical(open_manifest(members["manifest.json"]).body)
    changed = canonical({**body, **change})
    members["manifest.json"] = sign_envelope(MANIFEST_TYPE, changed, [small.record_key])
    assert check(box.pack(members), small).verdict == verdict


def test_a_log_too_large_for_a_zip_is_refused_before_its_members_are_listed():
    with pytest.raises(Malformed):
        expected_members(2**53)


# Tampering with records, everything after rebuilt


def rebuilt(ledger, entries, **more):
    """Return a file in which all but the given parts fit these records."""
    return ledger.of(entries).evidence(**{"disclosures": [], **more})


def under_old_checkpoint(ledger, box, entries):
    members = box.open(rebuilt(ledger, entries))
    members["checkpoint"] = ledger.checkpoint()
    return box.pack(box.with_manifest(members, ledger, ledger.record_key, len(entries)))


def test_two_records_swapped_do_not_pass(small, box):
    entries = list(small.entries)
    entries[4], entries[5] = entries[5], entries[4]
    report = check(under_old_checkpoint(small, box, entries), small)
    assert {"root_mismatch", "time_decreases"} <= set(codes(report))
    # Even the log itself cannot swap them: time would go back.
    assert at(check(rebuilt(small, entries), small), "time_decreases") == [5]


def test_a_record_removed_does_not_pass(large, box):
    entries = large.entries[:20] + large.entries[21:]
    report = check(under_old_checkpoint(large, box, entries), large)
    assert {"checkpoint_differs", "root_mismatch", "stream_version"} <= set(codes(report))
    assert 22 in at(check(rebuilt(large, entries), large), "stream_version")


def test_a_record_given_twice_does_not_pass(small):
    entries = [*small.entries[:5], small.entries[4], *small.entries[5:]]
    report = check(rebuilt(small, entries), small)
    assert at(report, "duplicate_event_id") == [5]
    assert at(report, "stream_version") == [5]


def test_a_record_of_another_log_does_not_pass(small, new_ledger):
    record, _ = parse_record(small.entries[4])
    foreign = replace(record, source=new_ledger("two").origin)
    entries = [*small.entries[:4], sign_record(foreign, [small.record_key])]
    assert at(check(rebuilt(small, entries), small), "source_differs") == [4]


def test_a_record_by_a_foreign_key_does_not_pass(small, new_signer):
    record, _ = parse_record(small.entries[4])
    entries = list(small.entries)
    entries[4] = sign_record(record, [new_signer("record", "foreign")])
    report = check(rebuilt(small, entries), small)
    assert [(f.code, f.position) for f in report.findings] == [("key_not_valid", 4)]


def test_a_record_that_counts_other_key_records_does_not_pass(small):
    record, _ = parse_record(small.entries[4])
    for count in (0, 2):
        bad = replace(record, rules={**record.rules, "keyring": count})
        entries = [*small.entries[:4], sign_record(bad, [small.record_key])]
        assert at(check(rebuilt(small, entries), small), "keyring_count") == [4]


def test_a_log_that_does_not_begin_with_its_keys_does_not_pass(small):
    report = check(rebuilt(small, small.entries[1:]), small)
    assert at(report, "keyring") == [0]
    assert report.verdict == "INVALID"


def test_one_unreadable_record_is_one_finding(large):
    """A hole that an unreadable record may fill is not held against those after it."""
    entries = list(large.entries)
    entries[30] = b"{}"
    report = check(rebuilt(large, entries), large)
    assert [(f.code, f.position) for f in report.findings] == [("record_form", 30)]
    assert report.records == 300


def test_a_corrupted_record_is_invalid_even_if_it_looks_newer(small):
    for position in (0, 4):
        envelope = open_record(small.entries[position])
        body = envelope.body.replace(b'"catalogue":3', b'"catalogue":7')
        value = {
            "payload": b64encode(body),
            "payloadType": RECORD_TYPE,
            "signatures": [
                {"keyid": s.keyid, "sig": b64encode(s.sig)} for s in envelope.signatures
            ],
        }
        entries = list(small.entries)
        entries[position] = canonical(value)
        report = check(rebuilt(small, entries), small)
        assert (report.verdict, at(report, "record_signature")) == ("INVALID", [position])
        # Signed well, it is merely newer.
        entries[position] = sign_envelope(RECORD_TYPE, body, [small.record_key])
        report = check(rebuilt(small, entries), small)
        assert (report.verdict, at(report, "newer")) == ("MALFORMED", [position])


def test_an_unknown_key_record_makes_the_file_newer(new_ledger):
    ledger = new_ledger().fill(5)
    record = ledger.record("RecordKeyAdded", "keyring", "add_key", "system")
    ledger.append(record)
    report = check(ledger.evidence(), ledger)
    assert (report.verdict, at(report, "newer")) == ("MALFORMED", [5])


def test_a_damaged_first_record_is_named(small):
    entries = [small.entries[0][:-1], *small.entries[1:]]
    report = check(rebuilt(small, entries), small)
    assert at(report, "record_form") == [0]
    assert report.verdict == "INVALID"


def test_a_bundle_that_breaks_off_is_invalid(small, box):
    members = box.open(small.evidence())
    name = "tile/entries/000.p/9"
    assert decode_bundle(members[name], 9) == small.entries
    members[name] = members[name][:-1]
    report = check(box.pack(box.with_manifest(members, small, small.record_key)), small)
    assert codes(report) == ["bundle_form"]


def test_very_many_findings_are_counted(new_ledger, new_signer):
    ledger = new_ledger()
    foreign = new_signer("record", "foreign")
    record = ledger.record("PostChecked", "account/a", "check_post", "per-1")
    ledger.entries += [sign_record(record, [foreign])] * (MAX_FINDINGS + 20)
    report = check(ledger.evidence(), ledger)
    assert len(report.findings) == MAX_FINDINGS + 1
    assert report.findings[-1].detail == "20 more findings are not listed"
    assert report.verdict == "INVALID"


# Disclosures


def test_a_disclosed_value_that_was_changed_is_located(small):
    for change in ({"value": "other"}, {"salt": b64encode(bytes(32))}, {"path": "other"}):
        lines = list(small.disclosures)
        lines[2] = {**lines[2], **change}
        report = check(small.evidence(disclosures=lines), small)
        assert (report.verdict, codes(report)) == ("INVALID", ["commitment"])
        assert at(report, "commitment") == [lines[2]["position"]]


def test_a_disclosure_beyond_the_log_is_invalid(small):
    lines = [{**small.disclosures[0], "position": 9}]
    assert codes(check(small.evidence(disclosures=lines), small)) == ["disclosure_form"]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: b"".join(data.splitlines(keepends=True)[::-1]),
        lambda data: data + data,
        lambda data: b"x" * 1_000_000 + b"\n",
        lambda data: data.replace(b'"position"', b'"positron"'),
        lambda data: data.replace(b'"position":', b'"position":-'),
        lambda data: data.replace(b'"path":"', b'"path":["'),
        lambda data: b'{"path":1,"position":1,"salt":1,"value":1}\n',
        lambda data: b'{"path":"a","position":1,"salt":"AAAA","value":1}\n',
    ],
)
def test_disclosures_of_another_form_are_invalid(small, box, change):
    members = box.open(small.evidence())
    members["disclosures.jsonl"] = change(members["disclosures.jsonl"])
    report = check(box.pack(box.with_manifest(members, small, small.record_key)), small)
    assert (report.verdict, codes(report)) == ("INVALID", ["disclosure_form"])


# Checks that are handed in


class Counting:
    name = "duties"

    def __init__(self, bad=None, newer=None):
        self.seen, self.bad, self.newer, self.ended = [], bad, newer, False

    def begin(self, claims):
        assert not self.seen

    def see(self, position, record):
        self.seen.append((position, record.type))
        if position == self.newer:
            raise Newer("edition 9 of the duties")
        return [self.bad] if self.bad and self.bad.position == position else []

    def done(self):
        self.ended = True
        return ()


def test_a_check_sees_every_record_once_and_in_order(large):
    duties = Counting()
    report = check(large.evidence(), large, checks=[duties])
    assert duties.ended
    assert [position for position, _ in duties.seen] == list(range(300))
    assert (report.steps[10].outcome, report.checks_left_out) == ("replayed", ("answers",))


@pytest.mark.parametrize("verdict", ["SUSPECT", "INVALID"])
def test_what_a_check_finds_decides(small, verdict):
    bad = Finding("same_person", 4, "applicant approves", verdict)
    report = check(small.evidence(), small, checks=[Counting(bad)])
    assert (report.verdict, report.findings) == (verdict, (bad,))
    assert report.exit_code == EXIT_CODES[verdict]
    assert report.steps[10].outcome == "1 finding"


def test_a_check_may_find_the_file_newer(small):
    report = check(small.evidence(), small, checks=[Counting(newer=4)])
    assert (report.verdict, at(report, "newer")) == ("MALFORMED", [4])


def test_checks_break_off_at_a_record_that_cannot_be_read(small):
    duties = Counting()
    entries = [*small.entries[:4], b"{}", *small.entries[5:]]
    check(rebuilt(small, entries), small, checks=[duties])
    assert [position for position, _ in duties.seen] == [0, 1, 2, 3]
    assert not duties.ended


def test_every_code_has_a_verdict_and_a_meaning():
    for verdict, meaning in CODES.values():
        assert verdict in EXIT_CODES
        assert meaning == meaning[0].lower() + meaning[1:] or meaning.startswith("README")


def test_a_second_signature_line_of_an_unknown_key_is_no_fault(small, new_signer):
    text = parse_note(small.checkpoint()).text
    more = signature_line(text, small.origin, new_signer("checkpoint", "next"))
    assert (
        check(small.evidence(checkpoint_note=small.checkpoint() + more), small).verdict == "VALID"
    )
    alone = sign_note(text, small.origin, new_signer("checkpoint", "next"))
    assert codes(check(small.evidence(checkpoint_note=alone), small)) == ["checkpoint_untrusted"]

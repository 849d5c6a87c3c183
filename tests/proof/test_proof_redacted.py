"""Redacted files: what is withheld is counted and placed, and hides nothing that must be seen."""

from dataclasses import replace

import pytest
from parts import Case, Skipping, positions, publish, redacted, school, signed_again

from ledger.proof.errors import Invalid
from ledger.proof.heads import Head, Proof
from ledger.proof.headtree import heads_member
from ledger.proof.journal import Journal
from ledger.proof.layout import expected_members
from ledger.proof.order import Order
from ledger.proof.record import parse_record, sign_record
from ledger.proof.tiles import decode_bundle, encode_bundle

SIZE = 40


def codes(report):
    return [finding.code for finding in report.findings]


def at(report, code):
    return [finding.position for finding in report.findings if finding.code == code]


@pytest.fixture(name="ledger")
def _ledger(new_ledger):
    return school(new_ledger, SIZE)


@pytest.fixture(name="case")
def _case(ledger):
    """A sealed act, a refusal and the second record of an account are withheld."""
    sealed = next(n for n, e in enumerate(ledger.entries) if parse_record(e)[0].type == "Sealed")
    refusal, check = positions(ledger, "refusal")[0], positions(ledger, "account/acc-2")[1]
    return redacted(ledger, sealed, refusal, check)


# Honest files


def test_an_honest_redacted_file_is_valid(case):
    report = case.verify()
    assert (report.verdict, report.findings) == ("VALID", ())
    assert (report.kind, report.answers) == ("redacted", "not disclosed")
    assert (report.size, report.records) == (SIZE + 1, SIZE - 2)
    assert [w["position"] for w in report.withheld] == sorted(case.withheld)
    assert {w["reason"] for w in report.withheld} == {"chosen"}
    assert report.steps[12].outcome == (
        "nothing is missing up to the checkpoint, withheld records being counted and placed: 3; "
        "keyring, ledger and 2 people's streams are whole"
    )
    assert report.checks_left_out == ("answers", "duties")


def test_it_has_exactly_the_members_that_it_calls_for(case, box):
    members = set(box.open(case.data()))
    whole = set(expected_members(SIZE + 1))
    assert members - whole == {"heads.json", "shown/000.p/41"}
    assert whole - members == {"answers.json", "tile/entries/000.p/41"}


@pytest.mark.parametrize("withheld", [(10,), (300,), (10, 300), tuple(range(5, 255))])
def test_only_the_bundles_of_withheld_records_are_replaced(new_ledger, box, withheld):
    ledger = school(new_ledger, 4).fill(400)
    case = redacted(ledger, *withheld)
    report, members = case.verify(), box.open(case.data())
    assert (report.verdict, report.findings) == ("VALID", ())
    touched = {position // 256 for position in withheld}
    assert ("tile/entries/000" in members) is (0 not in touched)
    assert ("shown/000" in members, "shown/001.p/145" in members) == (0 in touched, 1 in touched)


def test_a_bundle_may_be_withheld_whole(new_ledger, box):
    ledger = school(new_ledger, 4).fill(600)
    case = redacted(ledger, *range(256, 512))
    assert box.open(case.data())["shown/001"] == b""
    assert case.verify().verdict == "VALID"


def test_kept_checkpoints_are_compared_all_the_same(case):
    known = [case.ledger.checkpoint(size) for size in (1, 20, SIZE, SIZE + 1)]
    assert case.verify(known=known).verdict == "VALID"
    other = case.ledger.of(case.ledger.entries[:19] + case.ledger.entries[20:])
    report = case.verify(known=[other.checkpoint(30)])
    assert codes(report) == ["inconsistent_with_known"]


def test_checks_pass_over_what_is_withheld(case):
    check = Skipping()
    report = case.verify(checks=[check])
    assert check.skipped == sorted(case.withheld)
    assert sorted(check.seen + check.skipped) == list(range(SIZE + 1))
    assert check.claims["scope"] == "full"
    assert set(check.claims["streams"]) == set(case.streams)
    assert report.steps[10].outcome == "replayed"


def test_what_could_not_be_judged_is_said_to_be_undisclosed(case):
    check = Skipping()
    check.open = (3, 7, 8, 9, 12, 13)
    report = case.verify(checks=[check])
    words = "replayed; not disclosed at 3, 7-9, 12-13: they rest on records not shown"
    assert (report.steps[10].outcome, report.duties_open) == (words, check.open)


def test_of_very_many_the_first_are_named(case):
    check = Skipping()
    check.open = tuple(range(0, 200, 2))
    words = case.verify(checks=[check]).steps[10].outcome
    assert ", 96, 98 and 50 more positions: they rest" in words


# What may not be withheld


@pytest.mark.parametrize("stream", ["ledger", "person/per-1", "person/per-2"])
def test_streams_that_duties_rest_on_are_never_withheld(ledger, stream):
    ledger.append(ledger.record("More", stream, "add", "per-1"))
    first = positions(ledger, stream)[0]
    report = redacted(ledger, first).verify()
    assert report.verdict == "INVALID"
    assert {"stream_version", "stream_incomplete"} <= set(codes(report))


@pytest.mark.parametrize("stream", ["ledger", "person/per-1"])
def test_nor_is_the_last_record_of_one(ledger, stream):
    ledger.append(ledger.record("More", stream, "add", "per-1"))
    report = redacted(ledger, positions(ledger, stream)[-1]).verify()
    assert "stream_incomplete" in codes(report)


def test_a_withheld_key_record_is_missed_by_the_very_next_record(ledger):
    """Withholding must not hide a revocation: every record counts the key records before it."""
    place = len(ledger.entries)
    ledger.append(ledger.record("RecordKeyRevoked", "keyring", "revoke", "system"))
    ledger.append(_counting(ledger, ledger.record("PostChecked", "account/a-1", "x", "per-1"), 2))
    tree = publish(ledger, rules={"calendar": 0, "keyring": 2, "policy": None, "rules": 0})
    case = redacted_under(ledger, tree, place)
    report = case.verify()
    assert at(report, "keyring_count")[0] == place + 1
    assert "stream_incomplete" in codes(report)


def test_even_where_it_was_the_last_of_all(ledger):
    place = len(ledger.entries)
    ledger.append(ledger.record("RecordKeyRevoked", "keyring", "revoke", "system"))
    tree = publish(ledger, rules={"calendar": 0, "keyring": 2, "policy": None, "rules": 0})
    report = redacted_under(ledger, tree, place).verify()
    assert at(report, "keyring_count") == [place + 1]


def redacted_under(ledger, tree, *withheld):
    streams = ("keyring", "ledger", "person/per-1", "person/per-2")
    return Case(ledger, tree, "redacted", "full", dict.fromkeys(withheld, "chosen"), (), streams)


def _counting(ledger, record, count):
    return replace(record, rules={**record.rules, "keyring": count})


def test_somebody_who_acts_has_a_stream_that_is_proven(ledger):
    ledger.append(ledger.record("PostChecked", "account/acc-9", "check", "per-7"))
    report = redacted(ledger, 10).verify()
    assert codes(report) == ["stream_not_proven"]
    tree = publish(ledger, silent=["person/per-7"])
    case = redacted_under(ledger, tree, 10)
    case.streams += ("person/per-7",)
    assert case.verify().verdict == "VALID"


def test_the_last_record_commits_to_the_heads(ledger):
    tree = publish(ledger)
    ledger.append(ledger.record("PostChecked", "account/acc-9", "check", "per-1"))
    assert codes(redacted_under(ledger, tree, 10).verify()) == ["heads_missing"]


def test_heads_that_are_withheld_prove_nothing(case):
    case.withheld[SIZE] = "chosen"
    assert codes(case.verify()) == ["heads_missing"]


# Holes


def test_a_hole_needs_a_withheld_position(ledger, box):
    """The record is gone from the log altogether; another one, elsewhere, is withheld."""
    gone = positions(ledger, "account/acc-2")[1]
    elsewhere = positions(ledger, "refusal")[-1]
    assert elsewhere > gone
    ledger.entries.pop(gone)
    report = redacted(ledger, elsewhere - 1).verify()
    assert len(at(report, "stream_version")) == 1


def test_one_withheld_position_fills_one_hole():
    """Records of two streams are missing, and only one position lies between."""
    order = Order("o", Journal())
    found = order._journal
    order._last = {"account/a": (1, 0), "account/b": (1, 1)}
    order.skip(2)
    for position, stream in ((3, "account/a"), (4, "account/b")):
        order._see_version(position, _Versioned(stream, 3))
    assert [f.position for f in found.findings()] == [4]


@pytest.mark.parametrize(
    ("hidden", "holes", "wrong"),
    [
        # (stream's last position, version now, position now): each hole is of one version.
        ([2], [(0, 3, 5)], []),
        ([2], [(3, 3, 5)], [5]),
        ([2, 4], [(0, 3, 5), (3, 3, 6)], []),
        ([2, 4], [(3, 3, 5), (0, 3, 6)], []),
        ([2, 4], [(3, 3, 5), (3, 3, 6)], [6]),
        ([2, 3, 4], [(0, 5, 6)], []),
        ([2, 3, 4], [(0, 6, 6)], [6]),
        ([2, 3, 4], [(2, 4, 5), (0, 3, 6)], []),
        ([2, 3, 4], [(2, 4, 5), (0, 4, 6)], [6]),
    ],
)
def test_holes_are_filled_as_well_as_they_can_be(hidden, holes, wrong):
    order = Order("o", Journal())
    for position in hidden:
        order.skip(position)
    for n, (before, version, position) in enumerate(holes):
        order._last[f"post/{n}"] = (1, before)
        order._see_version(position, _Versioned(f"post/{n}", version))
    assert [f.position for f in order._journal.findings()] == wrong


class _Versioned:
    def __init__(self, subject, streamversion):
        self.subject, self.streamversion = subject, streamversion


# Tampering


def test_a_withheld_record_cannot_be_exchanged(case, box):
    """Its hash stands in the tile: another one gives another root."""
    members = box.open(case.data())
    tile, place = bytearray(members["tile/0/000.p/41"]), sorted(case.withheld)[0]
    tile[32 * place] ^= 1
    members["tile/0/000.p/41"] = bytes(tile)
    assert codes(case.verify(signed_again(box, case, members))) == ["root_mismatch"]


def test_two_withheld_records_cannot_change_places(case, box):
    members = box.open(case.data())
    tile, (one, other, _) = members["tile/0/000.p/41"], sorted(case.withheld)
    leaves = [tile[i : i + 32] for i in range(0, len(tile), 32)]
    leaves[one], leaves[other] = leaves[other], leaves[one]
    members["tile/0/000.p/41"] = b"".join(leaves)
    assert codes(case.verify(signed_again(box, case, members))) == ["root_mismatch"]


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + bytes(32), lambda t: b""])
def test_a_tile_of_another_length_ends_it(case, box, change):
    members = box.open(case.data())
    members["tile/0/000.p/41"] = change(members["tile/0/000.p/41"])
    report = case.verify(signed_again(box, case, members))
    assert (report.verdict, codes(report)) == ("INVALID", ["tile_mismatch"])


def test_records_that_are_shown_cannot_be_changed_moved_or_dropped(case, box):
    members = box.open(case.data())
    shown = decode_bundle(members["shown/000.p/41"], SIZE - 2)
    for changed in (shown[1:], [shown[0], *shown], [*shown[:5], b"{}", *shown[6:]],
                    [*shown[:5], shown[6], shown[5], *shown[7:]]):  # fmt: skip
        tampered = {**members, "shown/000.p/41": encode_bundle(changed)}
        report = case.verify(signed_again(box, case, tampered))
        assert report.verdict == "INVALID"
        assert {"bundle_form", "root_mismatch", "tile_mismatch"} & set(codes(report))


@pytest.mark.parametrize("name", ["shown/000.p/41", "heads.json", "tile/0/000.p/41", "checkpoint"])
def test_no_member_may_be_missing(case, box, name):
    members = box.open(case.data())
    del members[name]
    report = case.verify(signed_again(box, case, members))
    assert (report.verdict, codes(report)) == ("MALFORMED", ["member_missing"])


@pytest.mark.parametrize(
    "name", ["answers.json", "shown/001", "records/1.json", "tile/entries/000.p/41", "more"]
)
def test_no_member_may_be_added(case, box, name):
    members = {**box.open(case.data()), name: b""}
    report = case.verify(signed_again(box, case, members))
    assert (report.verdict, codes(report)) == ("MALFORMED", ["member_unexpected"])


def test_a_manifest_that_withholds_more_or_less_asks_for_other_members(case, box):
    members = box.open(case.data())
    more = (*sorted(case.withheld.items()), (SIZE - 1, "chosen"))
    report = case.verify(signed_again(box, case, members, withheld=tuple(sorted(more))))
    assert "bundle_form" in codes(report)
    less = tuple(sorted(case.withheld.items()))[1:]
    assert "bundle_form" in codes(case.verify(signed_again(box, case, members, withheld=less)))
    # As if nothing were withheld at all: that is no redacted file.
    assert case.verify(signed_again(box, case, members, withheld=())).verdict == "INVALID"


@pytest.mark.parametrize("change", [{"format": 2}, {"format": 6}, {"kind": "abridged"}])
def test_another_format_or_kind_is_not_evidence_of_ours(case, box, change):
    report = case.verify(signed_again(box, case, box.open(case.data()), **change))
    assert (report.verdict, codes(report)) == ("MALFORMED", ["newer"])


def test_a_redacted_file_is_not_said_to_be_complete(case, box):
    report = case.verify(signed_again(box, case, box.open(case.data()), kind="complete"))
    assert (report.verdict, codes(report)) == ("INVALID", ["manifest_form"])


def test_a_manifest_by_somebody_else_does_not_pass(case, box):
    members = box.open(case.data())
    made = box.with_manifest(
        members, case.ledger, box.attacker, kind="redacted",
        withheld=tuple(sorted(case.withheld.items())),
    )  # fmt: skip
    assert codes(case.verify(box.pack(made))) == ["manifest_signature"]


def test_where_the_manifest_cannot_be_read_nothing_else_is(case, box):
    members = {**box.open(case.data()), "manifest.json": b"{}"}
    report = case.verify(box.pack(members))
    assert (report.verdict, codes(report)) == ("INVALID", ["manifest_form"])
    assert (report.records, report.kind) == (0, None)
    assert {step.outcome for step in report.steps[3:]} == {"not done"}


def test_a_value_of_a_withheld_record_is_not_disclosed(case):
    case.disclosures = case.ledger.disclosures
    report = case.verify()
    assert set(codes(report)) == {"disclosure_form"}
    assert set(at(report, "disclosure_form")) <= set(case.withheld)


# Heads


def head_of(case, stream):
    return next(p for p in case.part.heads if p.head.stream == stream)


def test_heads_of_another_moment_or_nonce_do_not_pass(case):
    proof = head_of(case, "person/per-1")
    older = Head(proof.head.stream, proof.head.version + 1, proof.head.record)
    for bad in (Proof(older, proof.nonce, proof.path), Proof(proof.head, bytes(32), proof.path)):
        case.heads = [bad if p == proof else p for p in redacted_part(case)]
        assert "head_proof" in codes(case.verify())


def redacted_part(case):
    return [case.tree.prove(stream) for stream in case.streams]


def test_a_head_that_is_left_out_is_missed(case):
    case.heads = [p for p in redacted_part(case) if p.head.stream != "person/per-2"]
    assert codes(case.verify()) == ["stream_not_proven"]


@pytest.mark.parametrize("data", [b"", b"{}", b'{"heads":[]}\n', b'{"heads":[{}]}'])
def test_heads_of_another_form_are_invalid(case, box, data):
    members = {**box.open(case.data()), "heads.json": data}
    report = case.verify(signed_again(box, case, members))
    assert (report.verdict, "heads_form" in codes(report)) == ("INVALID", True)


def test_two_heads_of_one_stream_are_of_no_form(case, box):
    proofs = redacted_part(case)
    data = heads_member(proofs).replace(b'"person/per-2"', b'"person/per-1"')
    members = {**box.open(case.data()), "heads.json": data}
    assert "heads_form" in codes(case.verify(signed_again(box, case, members)))


def test_heads_that_the_log_states_falsely_are_found_where_records_are_shown(ledger):
    """The tree is signed and yet wrong: one of the ledger's own records is not counted."""
    place = positions(ledger, "ledger")[0]
    wrong = {"ledger": Head("ledger", 5, bytes(32))}
    case = redacted_under(ledger, publish(ledger, wrong=wrong), place + 3)
    assert codes(case.verify()) == ["stream_incomplete"]


@pytest.mark.parametrize(
    "more",
    [
        {"fields": {}},
        {"fields": {"root": "00"}},
        {"fields": {"root": "00" * 32, "more": 1}},
        {"action": "ratify"},
        {"doneby": "per-1"},
        {"irregular": ()},
    ],
)
def test_heads_have_one_form(ledger, more):
    with pytest.raises(ValueError, match=r"heads|belong together"):
        publish(ledger, **more)


def test_what_is_beyond_the_checkpoint_is_not_written(case):
    with pytest.raises(Invalid):
        case.data(entries=case.ledger.entries[:-1])
    foreign = [*case.ledger.entries[:-1], case.ledger.entries[0]]
    with pytest.raises(Invalid):
        case.data(entries=foreign)


def test_one_unreadable_record_is_one_finding(ledger, new_signer):
    record, _ = parse_record(ledger.entries[12])
    ledger.entries[12] = sign_record(record, [new_signer("record", "foreign")])
    report = redacted(ledger, 10).verify()
    assert codes(report) == ["key_not_valid"]
    assert report.steps[12].outcome == "broke off, for records could not be read"

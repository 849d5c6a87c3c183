"""Case files: what is shown is in the log, and of its streams nothing is missing."""

import io

import pytest
from parts import Skipping, incident, positions, publish, school, signed_again

from ledger.proof.errors import Malformed
from ledger.proof.heads import Head, Proof
from ledger.proof.instants import format_instant
from ledger.proof.layout import expected_members
from ledger.proof.merkle import leaf_hash
from ledger.proof.record import parse_record
from ledger.proof.tlogproof import format_tlog_proof, parse_tlog_proof
from ledger.proof.verify import verify

SIZE = 60


def codes(report):
    return [finding.code for finding in report.findings]


def at(report, code):
    return [finding.position for finding in report.findings if finding.code == code]


@pytest.fixture(name="ledger")
def _ledger(new_ledger):
    """A school, and one incident with four records between all the others."""
    ledger = school(new_ledger, 30)
    for number in range(4):
        record = ledger.record("IncidentNoted", "incident/inc-a", "note", "per-1")
        ledger.append(ledger.seal(record, "text", f"note {number}"))
        ledger.fill(len(ledger.entries) + 3)
    return ledger


@pytest.fixture(name="case")
def _case(ledger):
    return incident(ledger, "inc-a")


# Honest files


def test_an_honest_case_is_valid(case):
    report = case.verify()
    assert (report.verdict, report.findings) == ("VALID", ())
    assert (report.kind, report.withheld, report.answers) == ("case", (), "not checked")
    assert (report.size, report.records) == (len(case.ledger.entries), len(case.shown))
    assert report.steps[12].outcome == (
        "what is shown is in the log; of 4 streams no entry is missing"
    )
    assert report.checks_left_out == ("answers", "duties", "case")


def test_it_has_exactly_the_members_that_it_calls_for(case, box):
    members = set(box.open(case.data()))
    tiles = {n for n in expected_members(len(case.ledger.entries)) if n.startswith("tile/0")}
    shown = {f"records/{n}.{ending}" for n in case.shown for ending in ("json", "tlog-proof")}
    rest = {"README.txt", "manifest.json", "checkpoint", "disclosures.jsonl", "answers.json"}
    rest |= {"report.html"}
    assert members == tiles | shown | rest | {"heads.json"}


def test_each_proof_verifies_by_itself(case, box):
    members = box.open(case.data())
    for n in case.shown:
        proof = parse_tlog_proof(members[f"records/{n}.tlog-proof"])
        assert (proof.index, proof.note) == (n, members["checkpoint"])
        assert members[f"records/{n}.json"] == case.ledger.entries[n]


def test_a_case_of_a_large_log_shows_few_records(new_ledger):
    ledger = school(new_ledger, 30).fill(600)
    ledger.append(ledger.record("IncidentNoted", "incident/inc-a", "note", "per-1"))
    case = incident(ledger, "inc-a")
    report = case.verify(known=[ledger.checkpoint(300)])
    assert (report.verdict, report.size) == ("VALID", 602)
    assert report.records < 10


def test_a_person_and_an_account_are_cases_too(ledger):
    tree = publish(ledger)
    for kind, scope, stream in (("person", {"person": "per-2"}, "person/per-2"),
                                ("case", {"account": "acc-1"}, "account/acc-1")):  # fmt: skip
        case = incident(ledger, "inc-a", stream, tree=tree)
        case.kind, case.scope = kind, scope
        report = case.verify()
        assert (report.verdict, report.kind) == ("VALID", kind)


def test_records_may_be_shown_alone_and_are_said_to_be(case):
    alone = positions(case.ledger, "account/acc-1")[1:3]
    case.shown = tuple(sorted({*case.shown, *alone}))
    report = case.verify()
    assert report.verdict == "VALID"
    assert report.steps[12].outcome.endswith(
        "records of other streams, of which there may be more: 2"
    )


def test_checks_are_told_what_the_case_is_about(case):
    check = Skipping()
    case.verify(checks=[check])
    assert check.claims["scope"] == {"incident": "inc-a"}
    assert check.claims["streams"] == sorted(case.streams)
    assert check.seen == list(case.shown)


def test_without_a_trust_file_it_is_unanchored(case):
    assert verify(io.BytesIO(case.data())).verdict == "UNANCHORED"


# Nothing of the case is missing


@pytest.mark.parametrize("which", [0, 1, 2, 3])
def test_one_record_of_its_stream_left_out_is_invalid(case, which):
    left_out = positions(case.ledger, "incident/inc-a")[which]
    case.shown = tuple(n for n in case.shown if n != left_out)
    report = case.verify()
    assert (report.verdict, "stream_incomplete" in codes(report)) == ("INVALID", True)


@pytest.mark.parametrize("stream", ["ledger", "keyring", "person/per-1"])
def test_one_record_of_the_streams_that_go_with_it_too(case, stream):
    left_out = positions(case.ledger, stream)[0]
    case.shown = tuple(n for n in case.shown if n != left_out)
    report = case.verify()
    assert report.verdict == "INVALID"


def test_nor_may_a_whole_stream_be_left_out(case):
    for stream in ("ledger", "person/per-1", "incident/inc-a"):
        case.heads = [case.tree.prove(s) for s in case.streams if s != stream]
        assert "stream_not_proven" in codes(case.verify())


def test_nor_may_an_older_head_be_shown(ledger):
    """The ledger's heads of before the last record: true then, not under the root of now."""
    older = publish(ledger)
    ledger.entries.pop()
    ledger.versions["ledger"] -= 1
    record = ledger.record("IncidentNoted", "incident/inc-a", "note", "per-1")
    ledger.append(record)
    case = incident(ledger, "inc-a")
    case.heads = [older.prove("incident/inc-a"),
                  *(case.tree.prove(s) for s in case.streams if s != "incident/inc-a")]  # fmt: skip
    case.shown = tuple(n for n in case.shown if n != positions(ledger, "incident/inc-a")[-1])
    assert "head_proof" in codes(case.verify())


def test_a_head_with_a_lower_version_and_a_path_of_its_own_does_not_pass(case):
    proof = case.tree.prove("incident/inc-a")
    entries = [case.ledger.entries[n] for n in positions(case.ledger, "incident/inc-a")]
    lower = Head("incident/inc-a", 3, leaf_hash(entries[2]))
    case.heads = [Proof(lower, proof.nonce, proof.path),
                  *(case.tree.prove(s) for s in case.streams if s != "incident/inc-a")]  # fmt: skip
    left_out = positions(case.ledger, "incident/inc-a")[3]
    case.shown = tuple(n for n in case.shown if n != left_out)
    assert "head_proof" in codes(case.verify())


def test_a_record_that_does_not_end_the_stream_is_no_head(ledger):
    head = Head("incident/inc-a", 4, bytes(32))
    case = incident(ledger, "inc-a", tree=publish(ledger, wrong={"incident/inc-a": head}))
    assert codes(case.verify()) == ["stream_incomplete"]


def test_a_stream_that_is_said_to_be_empty_shows_nothing(ledger):
    tree = publish(ledger, wrong={"account/acc-1": Head("account/acc-1", 0, None)})
    case = incident(ledger, "inc-a", "account/acc-1", tree=tree)
    assert codes(case.verify()) == ["stream_incomplete"]
    case.shown = tuple(n for n in case.shown if n not in positions(ledger, "account/acc-1"))
    assert case.verify().verdict == "VALID"


def test_the_heads_come_last(case):
    case.shown = case.shown[:-1]
    assert "heads_missing" in codes(case.verify())


# Tampering


def test_a_record_in_another_place_does_not_pass(case, box):
    members = box.open(case.data())
    one, other = positions(case.ledger, "incident/inc-a")[:2]
    for ending in ("json", "tlog-proof"):
        first, second = f"records/{one}.{ending}", f"records/{other}.{ending}"
        tampered = {**members, first: members[second], second: members[first]}
        report = case.verify(signed_again(box, case, tampered))
        assert report.verdict == "INVALID"
        assert at(report, "record_proof") == [one, other]


def test_a_record_of_another_log_does_not_pass(case, box, new_ledger):
    members = box.open(case.data())
    place = positions(case.ledger, "incident/inc-a")[0]
    foreign = school(new_ledger, 8).entries[4]
    members[f"records/{place}.json"] = foreign
    report = case.verify(signed_again(box, case, members))
    assert {"record_proof", "root_mismatch"} <= set(codes(report))


def test_a_changed_record_under_a_changed_tile_does_not_pass(case, box):
    members = box.open(case.data())
    place = positions(case.ledger, "incident/inc-a")[0]
    members[f"records/{place}.json"] = members[f"records/{place}.json"].replace(b'"', b'"', 1)[:-1]
    report = case.verify(signed_again(box, case, members))
    assert {"record_form", "record_proof"} <= set(codes(report))


@pytest.mark.parametrize(
    "change",
    [
        lambda proof: b"",
        lambda proof: proof[:-1],
        lambda proof: proof.replace(b"index ", b"index 1", 1),
        lambda proof: proof.replace(b"\nindex", b"\nextra AAAA\nindex", 1),
    ],
)
def test_a_proof_of_another_form_does_not_pass(case, box, change):
    members, place = box.open(case.data()), case.shown[3]
    name = f"records/{place}.tlog-proof"
    members[name] = change(members[name])
    report = case.verify(signed_again(box, case, members))
    assert (report.verdict, at(report, "record_proof")) == ("INVALID", [place])


def test_a_proof_under_another_checkpoint_does_not_pass(case, box):
    members, place = box.open(case.data()), case.shown[3]
    proof = parse_tlog_proof(members[f"records/{place}.tlog-proof"])
    other = type(proof)(proof.index, proof.path, case.ledger.checkpoint(40))
    members[f"records/{place}.tlog-proof"] = format_tlog_proof(other).encode()
    assert at(case.verify(signed_again(box, case, members)), "record_proof") == [place]


@pytest.mark.parametrize("name", ["records/{}.json", "records/{}.tlog-proof", "heads.json",
                                  "answers.json", "tile/0/000.p/{}"])  # fmt: skip
def test_no_member_may_be_missing(case, box, name):
    members = box.open(case.data())
    size = len(case.ledger.entries)
    del members[name.format(size if name.startswith("tile") else case.shown[2])]
    report = case.verify(signed_again(box, case, members))
    assert (report.verdict, codes(report)) == ("MALFORMED", ["member_missing"])


@pytest.mark.parametrize("name", ["records/9.json", "tile/entries/000.p/47", "shown/000.p/47"])
def test_no_member_may_be_added(case, box, name):
    assert 9 not in case.shown
    members = {**box.open(case.data()), name: case.ledger.entries[9]}
    report = case.verify(signed_again(box, case, members))
    assert (report.verdict, codes(report)) == ("MALFORMED", ["member_unexpected"])


@pytest.mark.parametrize(
    "scope",
    [
        {"incident": "inc-b"},
        {"account": "inc-a"},
        {"incident": "inc-a", "account": "acc-1"},
        {"incident": 1},
        {"person": "per-1"},
        {"post": "p-1"},
        {},
        "full",
        None,
        {"from": "2023-11-14T22:13:20Z"},
        {"from": "2023-11-14T22:13:20Z", "to": "2023-11-14T22:13:20Z"},
        {"from": "2023-11-14", "to": "2023-11-15"},
        {"from": 1, "to": 2},
    ],
)
def test_the_same_case_about_something_else_does_not_pass(case, box, scope):
    report = case.verify(signed_again(box, case, box.open(case.data()), scope=scope))
    assert report.verdict == "INVALID"
    assert {"manifest_form", "stream_not_proven"} & set(codes(report))


@pytest.mark.parametrize("shown", [(), (3, 2), (2, 2), (10_000,), (-1,)])
def test_positions_of_no_form_do_not_pass(case, box, shown):
    report = case.verify(signed_again(box, case, box.open(case.data()), shown=shown))
    assert (report.verdict, codes(report)) == ("INVALID", ["manifest_form"])


def test_a_scope_of_no_form_is_not_written(case):
    case.scope = {"incident": "no id!"}
    with pytest.raises(Malformed):
        case.data()


def test_a_value_of_a_record_not_shown_is_not_disclosed(case):
    case.disclosures = case.ledger.disclosures
    report = case.verify()
    assert set(codes(report)) == {"disclosure_form"}
    told = {d["position"] for d in case.ledger.disclosures}
    assert set(at(report, "disclosure_form")) == told - set(case.shown)


# A range of time


def ranged(ledger, first, last):
    """The case of what was recorded at positions first … last-1, with those on either side."""
    case = incident(ledger, "inc-a")
    case.streams = ("keyring", "ledger", "person/per-1", "person/per-2")
    times = [parse_record(entry)[0].time for entry in ledger.entries]
    case.scope = {"from": format_instant(times[first]), "to": format_instant(times[last])}
    whole = positions(ledger, *case.streams)
    case.shown = tuple(sorted({*whole, *range(first - 1, last + 1)}))
    return case


@pytest.mark.parametrize(("first", "last"), [(10, 20), (10, 11), (5, 40), (12, 46)])
def test_a_range_shows_all_that_was_recorded_in_it(ledger, first, last):
    report = ranged(ledger, first, last).verify()
    assert (report.verdict, report.findings) == ("VALID", ())
    assert report.steps[12].outcome.endswith("nothing that was recorded in the range is missing")


@pytest.mark.parametrize("missing", [9, 10, 15, 19, 20])
def test_a_range_with_one_record_missing_is_invalid(ledger, missing):
    """The records on either side too: without them there might be more."""
    case = ranged(ledger, 10, 20)
    assert not {missing} & set(positions(ledger, *case.streams))
    case.shown = tuple(n for n in case.shown if n != missing)
    report = case.verify()
    assert "range_incomplete" in codes(report)
    assert report.verdict == "INVALID"


def test_a_range_said_to_be_longer_is_invalid(ledger, box):
    case = ranged(ledger, 10, 20)
    longer = {**case.scope, "to": "2030-01-01T00:00:00Z"}
    report = case.verify(signed_again(box, case, box.open(case.data()), scope=longer))
    assert "range_incomplete" in codes(report)


def test_a_range_without_any_record_is_shown_by_its_neighbours(ledger):
    case = ranged(ledger, 10, 11)
    start = parse_record(ledger.entries[10])[0].time
    case.scope = {"from": format_instant(start + 1), "to": format_instant(start + 2)}
    assert case.verify().verdict == "VALID"


def test_readme_is_that_of_its_kind(case, box):
    members = box.open(case.data())
    assert b'kind "case"' in members["README.txt"]
    assert all(len(line) <= 100 for line in members["README.txt"].splitlines())
    assert members["README.txt"].isascii()
    other = box.open(incident(case.ledger, "inc-a", tree=case.tree).data())
    assert other["README.txt"] == members["README.txt"]
    members["README.txt"] = members["README.txt"].replace(b'"case"', b'"person"')
    assert codes(case.verify(signed_again(box, case, members))) == ["readme"]

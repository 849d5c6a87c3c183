"""One serial history: what is recorded, in what order, and what a caller holds afterwards."""

import sqlite3

import pytest
from small import TEACHER, World, asked, person, sample

from ledger.desk import KeyReused, TooLarge
from ledger.outcomes import Declined, Receipt
from ledger.proof.merkle import leaf_hash, root
from ledger.proof.record import parse_record
from ledger.proof.tlogproof import check_tlog_proof, parse_tlog_proof
from ledger.timekeeping import ClockAhead, ClockBehind

# Names, contacts and free text of the sample term, a word or two of each.
SEALED_WORDS = """
Gittins Rowe Penhallow Tregarth Ashworth Mostyn Nair Fenn Harcourt keepass carer_request
FB-REF-7741 LA-fictional-88 gate new_post pup-9d4 reflection_time Abusive swimming
not-a-real-one Village tablet-12 noticeboard homework supervised Dosbarth stopped_volunteering
"""


class Stopped(Exception):
    """The machine stopped here."""


def records(ledger):
    return [parse_record(state)[0] for state in ledger.raw(0, ledger.store.size())]


def test_the_sample_term_turns_out_as_its_writer_expects(term):
    _, _, outcomes = term
    got = [None if isinstance(o, Receipt) else o.code for o in outcomes]
    expect = [line["expect"] for line in sample()]
    assert [None if e == "accepted" else e["rejected"] for e in expect] == got
    assert (got.count(None), len(got) - got.count(None)) == (109, 15)


def test_every_command_has_its_own_dense_position(term):
    _, ledger, outcomes = term
    assert list(range(1, 125)) == [o.position for o in outcomes]
    assert ledger.store.size() == 125


def test_the_tree_is_that_of_the_stored_bytes(term):
    _, ledger, _ = term
    leaves = [leaf_hash(state) for state in ledger.raw(0, 125)]
    assert root(leaves) == ledger.tree.root(125)


def test_every_receipt_verifies_by_itself(term):
    world, ledger, outcomes = term
    for outcome in outcomes:
        if isinstance(outcome, Receipt):
            entry = next(ledger.raw(outcome.position, outcome.position + 1))
            proof = parse_tlog_proof(outcome.proof.encode())
            checkpoint = check_tlog_proof(proof, entry, [ledger.key])
            assert (world.origin, outcome.position) == (checkpoint.origin, proof.index)


def test_the_library_rebuilds_a_stream_from_its_stored_events(term):
    _, ledger, _ = term
    application = ledger.repository.get("application/apl-2026-01")
    assert (type(application).__name__, application.version) == ("Application", 2)


def test_nothing_of_a_person_stands_in_any_record(term):
    _, ledger, _ = term
    words = [w for line in SEALED_WORDS.splitlines() for w in line.split()]
    for state in ledger.raw(0, 125):
        body = parse_record(state)[1].body.decode()
        assert [w for w in words if w in body] == []


def test_a_record_has_no_time_but_the_one_it_was_given(world):
    """The library would read the wall clock; a record's time is the ledger's alone."""
    with world.open_school() as ledger:
        assert {world.clock.at} == {r.time for r in records(ledger)}


# -- asked again ---------------------------------------------------------------------------


def test_the_same_key_and_body_gives_the_first_receipt_again(world):
    with world.open_school() as ledger:
        first = ledger.record(asked("register_person", TEACHER, key="k1"))
        again = ledger.record(asked("register_person", TEACHER, key="k1"))
        assert first == again
        assert first.position + 1 == ledger.store.size()


def test_the_same_key_and_body_gives_the_first_refusal_again(world):
    with world.open_school() as ledger:
        bad = {**TEACHER, "kind": "robot"}
        first = ledger.record(asked("register_person", bad, key="k1"))
        again = ledger.record(asked("register_person", bad, key="k1"))
        assert first == again
        assert (first.code, first.details) == ("invalid_field", {"fields": ["kind"]})


def test_the_same_key_with_another_body_is_kept_out(world):
    with world.open_school() as ledger:
        ledger.record(asked("register_person", TEACHER, key="k1"))
        with pytest.raises(KeyReused):
            ledger.record(asked("register_person", {**TEACHER, "kind": "parent"}, key="k1"))


def test_the_same_key_of_another_actor_is_another_key(world):
    with world.open_school() as ledger:
        ledger.record(asked("register_person", TEACHER, key="k1"))
        other = ledger.record(asked("register_person", TEACHER, actor="stf-999", key="k1"))
        assert other.code == "unknown_actor"


def test_the_same_key_twice_in_one_batch_records_once(world):
    with world.open_school() as ledger:
        one = asked("register_person", TEACHER, key="k1")
        first, second = ledger.submit([one, one])
        assert first == second


def test_an_answer_lost_after_the_commit_is_found_by_its_key(world, monkeypatch):
    """Failed, yet stored: the process stops between the commit and the answer."""

    def stop(_):
        raise Stopped

    with world.open_school() as ledger:
        size = ledger.store.size()
        monkeypatch.setattr(ledger, "_after_commit", stop)
        with pytest.raises(Stopped):
            ledger.record(asked("register_person", TEACHER, key="k1"))
    with world.open() as ledger:
        assert ledger.closed_because == ""
        again = ledger.record(asked("register_person", TEACHER, key="k1"))
        assert (size, size + 1) == (again.position, ledger.store.size())


def test_a_failed_append_leaves_nothing_and_is_forgotten(world, monkeypatch):
    """Failed and not stored: what was decided on top of it never happened either."""

    def stop(*_, **__):
        raise Stopped

    with world.open_school() as ledger:
        size = ledger.store.size()
        with monkeypatch.context() as patch:
            patch.setattr(ledger.store, "_insert_events", stop)
            with pytest.raises(Stopped):
                ledger.record(asked("register_person", TEACHER))
        assert size == ledger.store.size()
        outcome = ledger.record(asked("register_person", TEACHER))
        assert (size, 1) == (outcome.position, outcome.stream_version)


def test_one_command_that_breaks_does_not_sink_the_others(world):
    with world.open_school() as ledger:
        people = [asked("register_person", person(n)) for n in range(3)]
        outcomes = ledger.submit([people[0], asked("nonsense", {}), *people[1:]])
        assert [Receipt, KeyError, Receipt, Receipt] == [type(o) for o in outcomes]
        assert [o.position for o in outcomes if isinstance(o, Receipt)] == [2, 3, 4]


def test_too_large_is_said_before_anything_is_stored(world, monkeypatch):
    with world.open_school() as ledger:
        monkeypatch.setattr("ledger.making.MAX_RECORD", 1500)
        size = ledger.store.size()
        with pytest.raises(TooLarge):
            ledger.record(asked("register_person", TEACHER))
        assert size == ledger.store.size()


def test_a_batch_is_decided_in_order_and_each_sees_the_ones_before(world):
    with world.open_school() as ledger:
        first, second = ledger.submit([asked("register_person", TEACHER)] * 2)
        assert isinstance(first, Receipt)
        assert ("duplicate_id", first.position + 1) == (second.code, second.position)


# -- time ----------------------------------------------------------------------------------


def test_recorded_time_never_goes_back(world):
    with world.open_school() as ledger:
        world.clock.at -= 299
        ledger.record(asked("register_person", TEACHER))
        times = [r.time for r in records(ledger)]
        assert sorted(times) == times


def test_a_clock_far_behind_refuses_writes(world):
    with world.open_school() as ledger:
        world.clock.at -= 301
        with pytest.raises(ClockBehind):
            ledger.record(asked("register_person", TEACHER))
        world.clock.at += 301
        assert isinstance(ledger.record(asked("register_person", TEACHER)), Receipt)


def test_a_clock_far_ahead_needs_a_word(tmp_path):
    world = World(tmp_path, host="ledger.example.org")
    with world.open_school() as ledger:
        world.clock.leapt = 86401
        with pytest.raises(ClockAhead):
            ledger.record(asked("register_person", TEACHER))
    with world.open(clock_ok=True) as ledger:
        assert isinstance(ledger.record(asked("register_person", TEACHER)), Receipt)


def test_a_quiet_week_of_a_running_service_is_no_leap(tmp_path):
    world = World(tmp_path, host="ledger.example.org")
    with world.open_school() as ledger:
        world.clock.at += 7 * 86400  # wall clock and running clock together
        assert isinstance(ledger.record(asked("register_person", TEACHER)), Receipt)


# -- the store -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stored_events SET topic = 'x' WHERE position = 1",
        "DELETE FROM stored_events WHERE position = 1",
        "INSERT INTO stored_events SELECT 99, 'i', 's', 9, topic, state, leaf FROM stored_events",
    ],
)
def test_records_can_be_neither_changed_nor_deleted_nor_placed_with_a_gap(world, statement):
    world.open_school().close()
    with pytest.raises(sqlite3.IntegrityError), world.database() as db:
        db.execute(statement)


@pytest.mark.parametrize(
    ("pragma", "value"), [("synchronous", 2), ("secure_delete", 1), ("journal_mode", "wal")]
)
def test_durability_is_said_aloud(world, pragma, value):
    """A receipt is only given for what is on the disk; an erased value leaves no bytes."""
    with world.open_school() as ledger, ledger.store.reading() as c:
        c.execute(f"PRAGMA {pragma}")
        assert value == c.fetchone()[0]


def test_a_refusal_repeats_no_typed_id_and_none_of_the_payload(world):
    with world.open_school() as ledger:
        data = {"incident": "case-typed-1", "severity": "low", "reasoning": "secret words"}
        refused = ledger.record(asked("assess_incident", data))
        assert isinstance(refused, Declined)
        record, envelope = parse_record(next(ledger.raw(refused.position, refused.position + 1)))
        assert record.fields["reference_ids"] == []
        assert b"case-typed-1" not in envelope.body
        assert b"secret words" not in envelope.body


@pytest.mark.parametrize("data", [{"Größe": 1}, {"x": 1.5}, {"x": "a\x07"}, {"x": "e\u0301"}])
def test_data_without_a_canonical_spelling_is_refused_and_has_no_hash(world, data):
    with world.open_school() as ledger:
        refused = ledger.record(asked("register_person", {**TEACHER, **data}))
        record = records(ledger)[refused.position]
        assert refused.code == "invalid_field"
        assert "payload_hash" not in record.fields
        assert record.sealed == {}


def test_an_annulled_entry_counts_no_more(world):
    """The fold knows annulments already; the action comes with a later issue."""
    with world.open_school() as ledger:
        known = ledger.entries()
        known.all[1].annulled = True
        assert list(known.of("LedgerOpened")) == []

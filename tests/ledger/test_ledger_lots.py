"""A lot of commands: all of them in one transaction, or nothing, not even a refusal."""

import pytest
from small import TEACHER, asked, person

from ledger.desk import KeyReused
from ledger.domain.acts import Refusal
from ledger.outcomes import NotAll, WritesRefused


@pytest.fixture(name="ledger")
def _ledger(world):
    with world.open_school() as ledger:
        yield ledger


def registering(*numbers):
    return [asked("register_person", person(n), key=f"row-{n}") for n in numbers]


def test_a_lot_is_recorded_whole_under_one_checkpoint(world, ledger):
    receipts = ledger.record_all(registering(*range(20, 620)))
    assert list(range(2, 602)) == [r.position for r in receipts]
    assert 1 == len({r.proof.split("\n\n", 1)[1].splitlines()[1] for r in receipts})
    assert 602 == world.rows("stored_events")


def test_where_one_is_refused_nothing_is_recorded_and_each_is_told(world, ledger):
    lot = [*registering(20), asked("register_person", TEACHER, actor="stf-020"), *registering(21)]
    with pytest.raises(NotAll) as raised:
        ledger.record_all(lot)
    first, second, third = raised.value.answers
    assert (2, ("not_slt", 4)) == (first, (second[1].code, third))
    assert (2, 0) == (world.rows("stored_events"), world.rows("answered"))
    assert 2 == len(ledger.entries().all)
    assert 2 == ledger.record(registering(20)[0]).position


def test_what_breaks_in_the_middle_leaves_nothing(world, ledger):
    def broken():
        yield from registering(20, 21)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ledger.record_all(broken())
    assert 2 == world.rows("stored_events") == len(ledger.entries().all)
    assert 2 == ledger.record_all(registering(22))[0].position


def test_a_lot_sent_again_records_nothing_and_gets_the_same_receipts(world, ledger):
    once = ledger.record_all(registering(20, 21))
    again = ledger.record_all(registering(20, 21, 22))
    assert [r.position for r in once] == [r.position for r in again[:2]]
    assert (4, 5) == (again[2].position, world.rows("stored_events"))


def test_a_key_used_for_something_else_keeps_the_lot_out(ledger):
    ledger.record_all(registering(20))
    other = asked("register_person", person(21), key="row-20")
    with pytest.raises(NotAll) as raised:
        ledger.record_all([other])
    assert isinstance(raised.value.answers[0], KeyReused)


def test_trying_out_sees_the_rows_before_and_records_nothing(world, ledger):
    office = asked("assign_office", {"person": "stf-020", "office": "dsp"})
    answers = ledger.try_out([office, *registering(20), office, office])
    assert Refusal("unknown_reference", {"fields": ["person"]}) == answers[0][1]
    assert [3, 4] == answers[1:3]
    assert "duplicate_id" == answers[3][1].code
    assert 2 == world.rows("stored_events") == len(ledger.entries().all)
    assert 0 == world.rows("answered")
    assert "unknown_reference" == ledger.record(office).code


def test_trying_out_sees_what_another_process_recorded(world, ledger):
    with world.open() as other:
        other.record_all(registering(20))
        office = asked("assign_office", {"person": "stf-020", "office": "dsp"})
        assert [3] == ledger.try_out([office])


def test_what_was_recorded_before_keeps_its_position_when_tried_again(ledger):
    ledger.record_all(registering(20))
    assert [2, 3] == ledger.try_out(registering(20, 21))


def test_a_ledger_that_is_closed_for_writing_is_closed_for_lots_too(world, ledger):
    (world.directory / "checkpoint.a").unlink(missing_ok=True)
    (world.directory / "checkpoint.b").unlink(missing_ok=True)
    with world.open() as closed:
        for work in (closed.record_all, closed.try_out):
            with pytest.raises(WritesRefused):
                work(registering(20))

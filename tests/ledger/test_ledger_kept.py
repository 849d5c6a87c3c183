"""The kept checkpoint and the start-up gate: what was acknowledged cannot silently be lost."""

import shutil

import pytest
from small import TEACHER, asked, person

from ledger.kept import KeptCheckpoint
from ledger.known import Known
from ledger.outcomes import Receipt, WritesRefused
from ledger.proof.checkpoint import Checkpoint, sign_checkpoint

SLOTS = ("checkpoint.a", "checkpoint.b")


def grow(ledger, first, count):
    for n in range(first, first + count):
        assert isinstance(ledger.record(asked("register_person", person(n))), Receipt)


def refuses(world):
    """Why the ledger is open for reading only; checks that it is."""
    with world.open() as ledger:
        with pytest.raises(WritesRefused):
            ledger.record(asked("register_person", TEACHER))
        with pytest.raises(WritesRefused):
            ledger.publish()
        return ledger.closed_because


def test_the_kept_checkpoint_is_that_of_the_last_receipt(world):
    with world.open_school() as ledger:
        grow(ledger, 100, 5)
        last = ledger.kept.last()
        assert (7, ledger.tree.root(7)) == (last.size, last.root)


def test_what_another_process_records_while_a_ledger_opens_closes_nothing(world, monkeypatch):
    with world.open_school() as first:
        catch_up = Known.catch_up

        def and_then_another_records(self):
            catch_up(self)
            if self is not first._known and first.store.size() < 5:
                grow(first, 100, 3)

        with monkeypatch.context() as patched:
            patched.setattr(Known, "catch_up", and_then_another_records)
            second = world.open()
        with second:
            assert "" == second.closed_because
            grow(second, 200, 1)


def test_an_older_copy_of_the_database_is_refused(world, tmp_path_factory):
    """A restored backup drops acknowledged records without an error of its own."""
    old = tmp_path_factory.mktemp("old") / "ledger.db"
    with world.open_school() as ledger:
        grow(ledger, 100, 3)
    shutil.copy(world.directory / "ledger.db", old)
    with world.open() as ledger:
        grow(ledger, 200, 3)
    shutil.copy(old, world.directory / "ledger.db")
    assert refuses(world) == "the kept checkpoint has 8 records, the database 5"


def test_an_older_copy_that_grew_again_is_refused(world, tmp_path_factory):
    """As many records as before, validly signed, but others."""
    old = tmp_path_factory.mktemp("old")
    with world.open_school() as ledger:
        grow(ledger, 100, 3)
    shutil.copytree(world.directory, old / "copy")
    with world.open() as ledger:
        grow(ledger, 200, 3)
    kept = {slot: (world.directory / slot).read_bytes() for slot in SLOTS}
    shutil.copytree(old / "copy", world.directory, dirs_exist_ok=True)
    with world.open() as ledger:
        grow(ledger, 300, 5)
    for slot, note in kept.items():
        (world.directory / slot).write_bytes(note)
    assert refuses(world) == "the first 8 records are not those of the kept checkpoint"


def test_a_database_without_a_kept_checkpoint_is_refused(world):
    world.open_school().close()
    for slot in SLOTS:
        (world.directory / slot).unlink(missing_ok=True)
    assert refuses(world) == "no kept checkpoint lies beside the database"


def test_a_torn_write_ahead_log_is_noticed(world):
    """SQLite drops the torn tail and says nothing; the receipts were given all the same."""
    ledger = world.open_school()
    grow(ledger, 100, 3)
    log = world.directory / "ledger.db-wal"
    data = log.read_bytes()
    ledger.kept.sync()
    copy = world.directory / "copy"
    copy.mkdir()
    for name in ("ledger.db", *SLOTS):
        if (world.directory / name).exists():
            shutil.copy(world.directory / name, copy)
    (copy / "ledger.db-wal").write_bytes(data[: len(data) * 2 // 3])
    ledger.close()
    world.directory = copy
    assert "records, the database" in refuses(world)


def test_reads_go_on_while_writes_are_refused(world):
    world.open_school().close()
    for slot in SLOTS:
        (world.directory / slot).unlink(missing_ok=True)
    with world.open() as ledger:
        assert len(ledger.entries().all) == 2


@pytest.mark.parametrize("slot", SLOTS)
@pytest.mark.parametrize("torn", [b"", b"half a che"])
def test_one_torn_slot_leaves_the_other(world, slot, torn):
    """A crash in the middle of a write hits the older slot: the newer one still stands."""
    with world.open_school() as ledger:
        grow(ledger, 100, 2)
        sizes = {s: ledger.kept._read(world.directory / s).size for s in SLOTS}
    (world.directory / slot).write_bytes(torn)
    with world.open() as ledger:
        other = next(size for s, size in sizes.items() if s != slot)
        assert other == ledger.kept.last().size
        assert ledger.closed_because == ""
        grow(ledger, 200, 2)


def test_a_smaller_checkpoint_never_replaces_a_larger(world, tmp_path):
    """Two processes may sign in another order than they committed."""
    key = world.log_key
    with world.open_school() as ledger:
        keys = (ledger.key,)
    kept = KeptCheckpoint(tmp_path, keys)
    for size in (9, 7, 10, 8):
        note = sign_checkpoint(Checkpoint(world.origin, size, bytes(32)), key)
        kept.keep(note, size, now=True)
    assert kept.last().size == 10


def test_a_checkpoint_by_another_key_is_not_believed(world):
    with world.open_school() as ledger:
        grow(ledger, 100, 1)
    forged = sign_checkpoint(Checkpoint(world.origin, 2, bytes(32)), world.record_key)
    for slot in SLOTS:
        (world.directory / slot).write_bytes(forged)
    assert refuses(world) == "no kept checkpoint lies beside the database"


def test_a_bit_that_flips_before_signing_is_never_signed(world):
    """The second path: leaf hashes are recomputed from the stored bytes."""
    with world.open_school() as ledger:
        insert = ledger.store._insert_events

        def flipping(c, stored, **kwargs):
            ids = insert(c, stored, **kwargs)
            c.execute("DROP TRIGGER stored_events_only_emptied")
            c.execute("SELECT state FROM stored_events ORDER BY position DESC LIMIT 1")
            state = bytearray(c.fetchone()[0])
            state[200] ^= 1
            c.execute("UPDATE stored_events SET state = ? WHERE position = 2", (bytes(state),))
            return ids

        ledger.store._insert_events = flipping
        with pytest.raises(WritesRefused):
            ledger.record(asked("register_person", TEACHER))
        assert ledger.kept.last().size == 2

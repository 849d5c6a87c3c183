"""After an erasure the wrapping key is another: no copy from before shows the person again.

Stopped anywhere between the two keys, nothing is lost, and the next start finishes it.
"""

import shutil
import time
from dataclasses import replace

import pytest
from small import TEACHER, asked, person

from api.wrapping_keys import WrappingKeys
from keys import vault
from keys.vault import REHEARSAL_COST, create
from keys.wrapping import Wrapper
from ledger import epochs, erasures
from ledger.evidence import open_value
from ledger.fsck import fsck
from ledger.history import Ledger
from ledger.outcomes import Receipt, WritesRefused
from ledger.ports import KeyMissing
from ledger.proof.dsse import SignerGone
from ledger.proof.form import REPLACED_TYPE
from ledger.rows import Renewed, SealedRow, SubjectKey

NAMES = ("mac", "wrap-1")
WORDS = b"correct horse"


class Stopped(BaseException):
    """The process ends here."""


class Fault(OSError):
    """A step fails, and the process goes on."""


@pytest.fixture(name="vaulted")
def _vaulted(world):
    """A world whose wrapping keys lie in a vault."""
    kept = create(world.directory / "keys/vault.json", NAMES, WORDS, REHEARSAL_COST)
    world.wrapping_keys = WrappingKeys(kept)
    return world


def started_again(world):
    """What a process that starts now finds in the vault."""
    world.wrapping_keys = WrappingKeys(vault.reread(world.wrapping_keys.vault))
    return world.open()


def granted(ledger):
    """A school in which the erasure of stf-014 needs its last step only."""
    asks = {"request": "r-1", "kind": "erasure", "subject": "stf-014"}
    steps = [
        asked("register_person", TEACHER),
        asked("register_person", {**TEACHER, "person": "stf-015", "offices": ["moderator"]}),
        asked("receive_rights_request", asks),
        asked("decide_rights_request", {"request": "r-1", "decision": "granted"}),
    ]
    assert all(isinstance(o, Receipt) for o in ledger.submit(steps))


ERASE = asked("erase_subject", {"request": "r-1", "subject": "stf-014"}, actor="stf-015")


def replaced(ledger):
    return [e.fields for e in ledger.entries().of(REPLACED_TYPE)]


def name_of(ledger, position):
    """The name sealed in the record at a position."""
    row = ledger.store.row(SealedRow, (position, "name"))
    return open_value(ledger, ledger.entries().all[position].record.id, row)[1]


def finished(world, ledger):
    """The second epoch is in force, all keys open under it, and there is no other key."""
    (said,) = replaced(ledger)
    assert said["epoch"] == 2 == epochs.in_force(ledger.entries())
    assert list(vault.reread(world.wrapping_keys.vault).wrappers()) == [2]
    assert (ledger.closed_because, ledger.overdue) == ("", "")
    epochs.check(ledger.store, world.wrapping_keys, 2)
    assert name_of(ledger, 3) == TEACHER["name"]
    assert isinstance(ledger.record(asked("register_person", person(ledger.store.size()))), Receipt)
    assert fsck(world.directory, ledger.key) == []


def test_after_an_erasure_every_key_lies_under_another_and_the_old_one_is_gone(vaulted):
    with vaulted.open_school() as ledger:
        granted(ledger)
        rows = vaulted.rows("subject_keys")
        erased = ledger.record(ERASE)
        assert replaced(ledger) == [{"epoch": 2, "keys": rows - 1}]
        assert ledger.entries().all[-1].position == erased.position + 1
        finished(vaulted, ledger)
    with started_again(vaulted) as ledger:
        finished(vaulted, ledger)


def test_what_destroys_nothing_begins_no_epoch(vaulted):
    with vaulted.open_school() as ledger:
        ledger.record(asked("run_retention", {"schedule_version": 1, "keys_destroyed": 0}))
        assert replaced(ledger) == []


def test_a_new_epoch_can_be_asked_for(vaulted):
    with vaulted.open_school() as ledger:
        granted(ledger)
        assert [ledger.replace_wrapping_key() for _ in range(3)] == [2, 3, 4]
        assert list(vault.reread(vaulted.wrapping_keys.vault).wrappers()) == [4]
        assert name_of(ledger, 2) == TEACHER["name"]
        assert fsck(vaulted.directory, ledger.key) == []


def test_another_process_goes_on_under_the_new_key_at_once(vaulted):
    with vaulted.open_school() as first:
        granted(first)
        with started_again(vaulted) as second:
            second.record(ERASE)
            made = first.record(asked("register_person", person(7)))
            assert first.store.row(SubjectKey, ("subject:stf-007",)).epoch == 2
            assert {name_of(p, made.position) for p in (first, second)} == {"Nobody"}
            first.record(asked("register_person", person(8)))
        assert fsck(vaulted.directory, first.key) == []


def test_two_processes_that_both_begin_an_epoch_come_one_after_the_other(vaulted):
    with vaulted.open_school() as first, started_again(vaulted) as second:
        granted(first)
        assert [p.replace_wrapping_key() for p in (first, second, first)] == [2, 3, 4]
        assert fsck(vaulted.directory, first.key) == []


def test_keys_that_are_not_the_vaults_are_passed_over(vaulted):
    with vaulted.open_school() as ledger:
        granted(ledger)
        with ledger.store.writing() as c:
            SubjectKey("stream:sealed/x", 0, b"for somebody else").write(c)
        ledger.replace_wrapping_key()
        row = ledger.store.row(SubjectKey, ("stream:sealed/x",))
        assert (row.epoch, row.wrapped) == (0, b"for somebody else")
        assert fsck(vaulted.directory, ledger.key) == []


def test_twenty_thousand_keys_take_about_a_second(vaulted):
    with vaulted.open_school() as ledger:
        with ledger.store.writing() as c:
            for n in range(20_000):
                name = f"subject:x{n}"
                wrapped = vaulted.wrapping_keys(1).wrap(bytes(32), name)
                SubjectKey(name, 1, wrapped).write(c)
        begun = time.process_time()
        ledger.replace_wrapping_key()
        assert time.process_time() - begun < 3  # of this machine; 0.6 s were measured
        epochs.check(ledger.store, vaulted.wrapping_keys, 2)


# -- stopped at each step ------------------------------------------------------------------


def before(method, kind):
    def stop(*_):
        raise kind

    return stop


def after(method, kind):
    def stop(*given):
        method(*given)
        raise kind

    return stop


def half(method, kind):
    """Half of a file is written when it stops."""

    def stop(descriptor, data):
        method(descriptor, data[: len(data) // 2])
        raise kind

    return stop


def of_the_epoch(stop, method):
    """Only the record of the epoch is stopped, never that of the erasure."""

    def call(self, desk):
        new = desk.batch.records
        chosen = new and new[0].record.type == REPLACED_TYPE
        return stop(self, desk) if chosen else method(self, desk)

    return call


STEPS = {
    "before the new key is made": (WrappingKeys, "make", before),
    "in the middle of writing a vault": (vault, "_write", half),
    "before the new vault takes the place of the old": (vault, "_overwritten", before),
    "after the new key was made": (WrappingKeys, "make", after),
    "before anything is wrapped": (epochs, "rewrapped", before),
    "before the keys are written": (Ledger, "_append", before),
    "while a key is written": (Renewed, "write", before),
    "before the commit": (Ledger, "_append", after),
    "after the commit": (Ledger, "_after_commit", before),
    "before the write-ahead log is emptied": (Ledger, "_after_commit", after),
    "before the keys are looked at": (epochs, "check", before),
    "after the keys were looked at": (epochs, "check", after),
    "before the old key is destroyed": (WrappingKeys, "destroy_before", before),
    "after the old key was destroyed": (WrappingKeys, "destroy_before", after),
}


@pytest.mark.parametrize("kind", [Stopped, Fault])
@pytest.mark.parametrize("step", STEPS)
def test_stopped_at_any_step_nothing_is_lost_and_the_next_start_finishes(
    vaulted, monkeypatch, step, kind
):
    owner, name, how = STEPS[step]
    with vaulted.open_school() as ledger:
        granted(ledger)
        method = getattr(owner, name)
        stop = how(method, kind)
        if owner is Ledger:
            stop = of_the_epoch(stop, method)
        monkeypatch.setattr(owner, name, stop)
        if kind is Fault:
            assert isinstance(ledger.record(ERASE), Receipt)
            assert ledger.overdue.startswith("the wrapping key was not replaced")
            assert name_of(ledger, 3) == TEACHER["name"]
        else:
            with pytest.raises(Stopped):
                ledger.record(ERASE)
        monkeypatch.undo()
    with started_again(vaulted) as ledger:
        finished(vaulted, ledger)


def test_a_step_that_failed_is_tried_again_by_the_next_erasure(vaulted, monkeypatch):
    with vaulted.open_school() as ledger:
        granted(ledger)
        monkeypatch.setattr(epochs, "check", before(None, Fault))
        ledger.record(ERASE)
        assert sorted(vault.reread(vaulted.wrapping_keys.vault).wrappers()) == [1, 2]
        monkeypatch.undo()
        ask = {"request": "r-2", "kind": "erasure", "subject": "stf-015"}
        ledger.record(asked("receive_rights_request", ask))
        ledger.record(asked("decide_rights_request", {"request": "r-2", "decision": "granted"}))
        assert ledger.replace_wrapping_key() == 3
        assert list(vault.reread(vaulted.wrapping_keys.vault).wrappers()) == [3]
        assert ledger.overdue == ""


def test_an_erasure_whose_receipt_cannot_be_signed_is_followed_up_all_the_same(
    vaulted, monkeypatch
):
    """The token of the checkpoint key was pulled in the middle: the erasure stands, so the old
    wrapping key goes, or somebody is told that it did not."""

    def gone(size):
        raise SignerGone("the token was pulled")

    with vaulted.open_school() as ledger:
        granted(ledger)
        monkeypatch.setattr(ledger._publisher, "sign", gone)
        with pytest.raises(WritesRefused, match="it was recorded"):
            ledger.record(ERASE)
        assert "the token was pulled" in ledger.overdue
        monkeypatch.undo()
        assert ledger.replace_wrapping_key() >= 2
        assert 1 not in vault.reread(vaulted.wrapping_keys.vault).wrappers()


def test_a_key_that_does_not_open_keeps_the_old_wrapping_key(vaulted):
    """Somebody damaged a wrapped key: nothing more is destroyed until that is mended."""
    with vaulted.open_school() as ledger:
        granted(ledger)
        row = ledger.store.row(SubjectKey, ("subject:stf-015",))
        with ledger.store.writing() as c:
            Renewed(replace(row, wrapped=bytes(60))).write(c)
        ledger.record(ERASE)
        assert "wrapped key of subject:stf-015 does not open" in ledger.overdue
        assert 1 in vault.reread(vaulted.wrapping_keys.vault).wrappers()
        with ledger.store.writing() as c:
            Renewed(row).write(c)
        assert ledger.replace_wrapping_key() == 2
        finished(vaulted, ledger)


# -- copies from before --------------------------------------------------------------------


@pytest.fixture(name="copies")
def _copies(vaulted):
    """A ledger after an erasure, and beside it copies of everything from just before."""
    old = vaulted.directory / "old"
    with vaulted.open_school() as ledger:
        granted(ledger)
    files = [p for p in vaulted.directory.iterdir() if p.is_file()]
    old.mkdir()
    for path in files:
        shutil.copy(path, old)
    shutil.copy(vaulted.directory / "keys/vault.json", old)
    with vaulted.open() as ledger:
        ledger.record(ERASE)
    return old


def restore(world, copies, *names):
    for name in names:
        shutil.copy(copies / name, world.directory)
    for left in ("ledger.db-wal", "ledger.db-shm"):
        (world.directory / left).unlink(missing_ok=True)


CHECKPOINTS = ("checkpoint.a", "checkpoint.b")


def test_the_database_from_before_shows_nobody_even_with_its_own_checkpoint(vaulted, copies):
    restore(vaulted, copies, "ledger.db", *(c for c in CHECKPOINTS if (copies / c).exists()))
    with started_again(vaulted) as ledger:
        assert "the database is older than an erasure" in ledger.closed_because
        assert ledger.entries().version("person/stf-014") == 1
        with pytest.raises(ValueError, match="no wrapping key of epoch 1"):
            name_of(ledger, 2)
        with pytest.raises(WritesRefused):
            ledger.record(asked("register_person", person(7)))
        with pytest.raises(WritesRefused):
            ledger.replace_wrapping_key()
    assert list(vault.reread(vaulted.wrapping_keys.vault).wrappers()) == [2]


def test_the_database_from_before_is_refused_beside_the_newer_checkpoint(vaulted, copies):
    restore(vaulted, copies, "ledger.db")
    with started_again(vaulted) as ledger:
        assert "the kept checkpoint has" in ledger.closed_because
        with pytest.raises(ValueError, match="no wrapping key of epoch 1"):
            name_of(ledger, 2)


def test_the_vault_from_before_does_not_open_the_database_of_now(vaulted, copies):
    shutil.copy(copies / "vault.json", vaulted.directory / "keys/vault.json")
    with started_again(vaulted) as ledger:
        assert "the vault holds no wrapping key of epoch 2" in ledger.closed_because
        with pytest.raises(ValueError, match="no wrapping key of epoch 2"):
            name_of(ledger, 3)


def test_nothing_of_the_old_wrapping_key_stays_in_the_directory(vaulted, copies):
    """Nor under the passphrase: the file of before is written over."""
    kept = vault.reread(vaulted.wrapping_keys.vault)
    assert sorted(kept.secrets) == ["mac", "wrap-2"]
    left = [p.name for p in (vaulted.directory / "keys").iterdir()]
    assert sorted(left) == ["vault.json", "vault.lock"]


def test_the_old_vault_file_is_written_over(tmp_path):
    path = tmp_path / "keys/vault.json"
    made = create(path, NAMES, WORDS, REHEARSAL_COST)
    with path.open("rb") as before_it:
        vault.add_wrapping_key(made, 2)
        vault.destroy_wrapping_keys(made, 2)
        assert set(before_it.read()) == {0}


def test_a_wrapper_that_cannot_be_had_says_which(tmp_path):
    keys = WrappingKeys(create(tmp_path / "keys/vault.json", NAMES, WORDS, REHEARSAL_COST))
    assert isinstance(keys(1), Wrapper)
    with pytest.raises(KeyMissing, match=r"vault\.json holds no wrapping key of epoch 7"):
        keys(7)
    (tmp_path / "keys/vault.json").unlink()
    with pytest.raises(KeyMissing, match="epoch 7 is looked for: no keys at"):
        keys(7)
    with pytest.raises(KeyMissing, match="wrapping keys are changed"):
        keys.make(2)


# -- erased again --------------------------------------------------------------------------


def bring_back(world, ledger, rows):
    """Somebody puts the erased person's rows back from a copy of the same epoch."""
    with ledger.store.writing() as c:
        for row in rows:
            if isinstance(row, SealedRow):
                c.execute("DELETE FROM sealed_values WHERE position = ?", (row.position,))
            row.write(c)


def test_what_was_erased_and_is_there_again_is_erased_before_anything_is_read(world):
    with world.open_school() as ledger:
        granted(ledger)
        key = ledger.store.row(SubjectKey, ("subject:stf-014",))
        name = ledger.store.row(SealedRow, (2, "name"))
        ledger.record(ERASE)
        bring_back(world, ledger, (key, name))
        words = [damage.what for damage in fsck(world.directory, ledger.key)]
        assert "sealed value name is there, which record 6 destroyed" in words
        assert "the key of subject:stf-014 is there, which record 6 destroyed" in words
        assert name_of(ledger, 2) == TEACHER["name"]
        said = ledger.key
    with world.open() as ledger:
        assert ledger.erased_again == ["subject:stf-014"]
        assert ledger.store.row(SubjectKey, ("subject:stf-014",)) is None
        assert ledger.store.row(SealedRow, (2, "name")).ciphertext is None
        assert fsck(world.directory, said) == []
    needles = (key.wrapped, name.ciphertext)
    files = [p for p in world.directory.iterdir() if p.is_file()]
    assert not [p for p in files if any(n in p.read_bytes() for n in needles)]
    with world.open() as ledger:
        assert ledger.erased_again == []


def test_a_store_in_which_nothing_can_be_erased_again_is_closed(world, monkeypatch):
    with world.open_school() as ledger:
        granted(ledger)
        key = ledger.store.row(SubjectKey, ("subject:stf-014",))
        ledger.record(ERASE)
        bring_back(world, ledger, (key,))
    monkeypatch.setattr(erasures, "destroy", before(None, Fault))
    with world.open() as ledger:
        assert "erasures could not be carried out again" in ledger.closed_because


def test_who_was_erased_is_told_to_whoever_keeps_something_beside_the_ledger(world):
    told = []
    world.forget = lambda people: told.append(sorted(people))
    with world.open_school() as ledger:
        granted(ledger)
        assert told == [[]]
        ledger.record(ERASE)
        assert told == [[], ["stf-014"]]
    with world.open():
        assert told == [[], ["stf-014"], ["stf-014"]]

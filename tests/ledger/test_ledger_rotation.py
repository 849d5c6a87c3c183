"""The record key changes while a ledger is written: by the log alone is it told who signs."""

import pytest
from small import TEACHER, asked, person

from keys.signer import FileSigner
from ledger.domain.signing_keys import listed
from ledger.evidence import export_complete
from ledger.fsck import fsck
from ledger.outcomes import Declined, Receipt, WritesRefused
from ledger.proof.dsse import keyid
from ledger.proof.encoding import b64encode
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy, parse_policy
from ledger.proof.record import parse_record
from ledger.proof.verify import verify
from projections.semantics import all_answers

NEXT = FileSigner("record", b"n" * 32)


class Stopped(BaseException):
    """The process ends here."""


def change(key=NEXT, **more):
    public = key.public_key
    fields = {"new_key_id": keyid("record", public), "public_key": b64encode(public)}
    return asked("rotate_signing_key", {**fields, "reason": "A year has passed"}, **more)


def signed_by(ledger, position):
    (state,) = ledger.raw(position, position + 1)
    return [signature.keyid for signature in parse_record(state)[1].signatures]


def name_of(key):
    return keyid("record", key.public_key)


@pytest.fixture(name="ready")
def _ready(world):
    """A world whose vault holds the next key already."""
    world.later_keys.append(NEXT)
    return world


def test_old_and_new_key_sign_the_change_and_the_new_one_all_that_follows(ready):
    with ready.open_school() as ledger:
        changed = ledger.record(change())
        after = ledger.record(asked("register_person", TEACHER))
        both = sorted([name_of(ready.record_key), name_of(NEXT)])
        assert signed_by(ledger, changed.position) == both
        assert signed_by(ledger, changed.position - 1) == [name_of(ready.record_key)]
        assert signed_by(ledger, after.position) == [name_of(NEXT)]
        spans = [
            (key.since, key.last)
            for key in listed(ledger.entries(), ledger.keyring())
            if key.purpose == "record"
        ]
        assert spans == [(0, changed.position), (changed.position + 1, None)]
        key = ledger.key
    assert fsck(ready.directory, key) == []


def test_within_one_batch_the_next_command_is_signed_by_the_new_key(ready):
    with ready.open_school() as ledger:
        _, after = ledger.submit([change(), asked("register_person", TEACHER)])
        assert signed_by(ledger, after.position) == [name_of(NEXT)]


def test_evidence_from_before_the_change_is_signed_by_the_key_of_then(ready, tmp_path):
    with ready.open_school() as ledger:
        trust = parse_policy(format_policy(format_vkey(ledger.origin, ready.log_key.public_key)))
        at = ledger.record(change()).position
        ledger.record(asked("register_person", TEACHER))
        for size in (at, at + 1, at + 2):
            file = tmp_path / f"{size}.zip"
            export_complete(ledger, file, all_answers, again=size)
            report = verify(file, trust=trust)
            assert (report.verdict, report.findings) == ("VALID", ()), size


def test_opened_again_the_log_says_which_key_is_in_force(ready):
    with ready.open_school() as ledger:
        ledger.record(change())
    with ready.open() as ledger:
        receipt = ledger.record(asked("register_person", TEACHER))
        assert signed_by(ledger, receipt.position) == [name_of(NEXT)]


def test_another_process_goes_on_with_the_new_key_at_once(ready):
    with ready.open_school() as first, ready.open() as second:
        second.record(change())
        receipt = first.record(asked("register_person", TEACHER))
        assert signed_by(first, receipt.position) == [name_of(NEXT)]


def test_a_process_without_the_new_key_reads_on_and_writes_nothing(ready):
    with ready.open_school() as ledger:
        size = ledger.record(change()).position + 1
        ready.later_keys.clear()
        with pytest.raises(WritesRefused, match=f"record key {name_of(NEXT)} is not here"):
            ledger.record(asked("register_person", TEACHER))
        assert len(ledger.entries().all) == size
        ready.later_keys.append(NEXT)
        assert isinstance(ledger.record(asked("register_person", TEACHER)), Receipt)


def test_a_key_that_nobody_holds_is_not_put_in_force(world):
    with world.open_school() as ledger:
        refused = ledger.record(change())
        assert isinstance(refused, Declined)
        assert (refused.code, refused.details) == ("unknown_reference", {"fields": ["public_key"]})
        assert isinstance(ledger.record(asked("register_person", TEACHER)), Receipt)


@pytest.mark.parametrize("where", ["_append", "_after_commit"])
def test_stopped_anywhere_the_ledger_opens_and_writes(ready, monkeypatch, where):
    """Before the commit the old key goes on; after it the new one, be the answer lost."""

    def stop(_):
        raise Stopped

    with ready.open_school() as ledger:
        monkeypatch.setattr(ledger, where, stop)
        with pytest.raises(Stopped):
            ledger.record(change(key=NEXT))
    signer = NEXT if where == "_after_commit" else ready.record_key
    with ready.open() as ledger:
        assert ledger.closed_because == ""
        receipt = ledger.record(asked("register_person", person(7)))
        assert signed_by(ledger, receipt.position) == [name_of(signer)]
        key = ledger.key
    assert fsck(ready.directory, key) == []


def test_a_change_that_is_tried_out_changes_nothing(ready):
    with ready.open_school() as ledger:
        ledger.try_out([change(), asked("register_person", TEACHER)])
        receipt = ledger.record(asked("register_person", TEACHER))
        assert signed_by(ledger, receipt.position) == [name_of(ready.record_key)]

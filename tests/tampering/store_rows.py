"""What can be done to the database, the kept checkpoints and the vault beside them.

A row works on a directory of its own, a copy of a sound store. It is asked three times: `fsck`
must name what is wrong; the service starts, and tells whether it takes records; and evidence is
exported, which must be refused or the same octets as of the sound store.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from tampering.log import REFUSAL, SIZE, Log, copy_store
from tampering.rows import Part
from tampering.school import School

from keys.signer import FileSigner
from ledger.evidence import export_complete
from ledger.fsck import Damage, fsck
from ledger.history import WritesRefused
from ledger.proof.checkpoint import Checkpoint, sign_checkpoint
from ledger.proof.note import format_vkey, verifier_key
from ledger.proof.policy import format_policy, parse_policy
from ledger.proof.verify import verify
from ledger.recording import StoreBroken
from projections.semantics import all_answers

DATABASE = Part("Rows of the database")
KEPT = Part("Files beside the database")
T1, T2 = "T1", "T2"
SLOTS = ("checkpoint.a", "checkpoint.b")

# What becomes of a damaged store.
CLOSED = "CLOSED"  # the service starts for reading only: nothing is recorded, signed or exported
NOT_EXPORTED = "NOT EXPORTED"  # it goes on, but not with what was damaged
UNHARMED = "UNHARMED"  # it goes on, and evidence is what it was: nothing of the damage enters it
FOUND = "INVALID"  # it goes on; in evidence that discloses all the verifier misses what is gone
NO_START = "DOES NOT START"


@dataclass
class Store:
    """A directory in the hands of whoever can write to it."""

    log: Log
    directory: Path

    def sql(self, *statements):
        """What an administrator of the database can do: triggers are taken off and put back."""
        with closing(sqlite3.connect(self.directory / "ledger.db")) as db:
            found = "SELECT name, sql FROM sqlite_master WHERE type='trigger'"
            triggers = db.execute(found).fetchall()
            for name, _ in triggers:
                db.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                db.execute(statement)
            for _, text in triggers:
                db.execute(text)
            db.commit()

    def file(self, name, data):
        (self.directory / name).write_bytes(data)


@dataclass(frozen=True)
class Said:
    """What `fsck` named, what became of the service, and the evidence that it still gave."""

    damages: list[Damage]
    became: str


def asked(log: Log, row, folder: Path) -> Said:
    """Copy the store, do what the row does, and ask."""
    directory = copy_store(log.store, folder / "store")
    store = Store(log, directory)
    row.make(store)
    key = verifier_key(log.school.origin, log.school.log_key.public_key)
    damages = fsck(directory, key)
    return Said(damages, _became(log, directory, folder / "out.zip"))


def _became(log, directory, out):
    school = School(directory, seed=9)
    school.clock = replace(log.school.clock)
    try:
        ledger = school.open(clock_ok=True)
    except sqlite3.Error:
        return NO_START
    with ledger:
        try:
            export_complete(ledger, out, all_answers, ["all"])
        except (WritesRefused, StoreBroken, ValueError):
            return CLOSED if ledger.closed_because else NOT_EXPORTED
        assert not ledger.closed_because
    if out.read_bytes() == log.files["complete"]:
        return UNHARMED
    found = {f.code for f in verify(out, ledger_trust(log)).findings}
    return FOUND if found and found <= {"not_erased", "value_missing"} else f"EVIDENCE {found}"


def ledger_trust(log):
    key = log.school.log_key.public_key
    return parse_policy(format_policy(format_vkey(log.school.origin, key)))


def sql(*statements):
    return lambda store: store.sql(*statements)


def one(column, value, position=18, table="stored_events"):
    return sql(f"UPDATE {table} SET {column} = {value} WHERE position = {position}")


SWAP = (
    "UPDATE stored_events SET position = 1000 WHERE position = 18",
    "UPDATE stored_events SET position = 18 WHERE position = 19",
    "UPDATE stored_events SET position = 19 WHERE position = 1000",
)
REST = "originator_id, originator_version, topic, state, leaf"

for name, became, words, position, make in (
    ("The octets of a record are changed", CLOSED, "record_signature", 18,
     one("state", "CAST(replace(CAST(state AS TEXT), 'load\":\"ey', 'load\":\"ez') AS BLOB)")),
    ("The bytes of a record are destroyed, and no record says so", CLOSED, "its bytes are gone, and no record says", 18, one("state", "x''")),
    ("The same, and it is put into the table of what was destroyed", CLOSED, "what was destroyed is not what records say", None,
     sql("UPDATE stored_events SET state = x'', topic = '' WHERE position = 18", "INSERT INTO destroyed VALUES (18, 18, 20)")),
    ("A record is emptied", CLOSED, "record_form", 18, one("state", "x'7b7d'")),
    ("A record is put in the place of another", CLOSED, "duplicate_event_id", 18,
     one("state", "(SELECT state FROM stored_events WHERE position = 17)")),
    ("Two records change places", CLOSED, "time_decreases", 19, sql(*SWAP)),
    ("A record is taken out", CLOSED, "a record stands at 19", 18,
     sql("DELETE FROM stored_events WHERE position = 18")),
    ("The last record is taken out", CLOSED, "the kept checkpoint has 28 records", 27,
     sql("DELETE FROM stored_events WHERE position = 27")),
    ("All records are taken out", CLOSED, "the kept checkpoint has 28 records", 0,
     sql("DELETE FROM stored_events")),
    ("The type beside a record is another", CLOSED, "the columns are not the record's", 18,
     one("topic", "'IncidentClosed'")),
    ("The stream beside a record is another", CLOSED, "the columns are not the record's", 18,
     one("originator_id", "'incident/inc-99'")),
    ("The event id beside a record is another", UNHARMED, "the columns are not the record's", 18,
     one("event_id", "'another'")),
    ("The leaf hash of a record is another", CLOSED, "the leaf is not the record's", 18,
     one("leaf", "zeroblob(32)")),
    ("The right edge of the tree is another", UNHARMED, "the tree is not the records'", None,
     sql("UPDATE tree SET frontier = zeroblob(length(frontier))")),
    ("The tree is said to be smaller", UNHARMED, "the tree is not the records'", None,
     sql("UPDATE tree SET size = size - 1")),
    ("A tile is put in that the tree does not have", CLOSED, "the tiles are not the records'", None,
     sql("INSERT INTO tiles VALUES (0, 0, zeroblob(8192))")),
    ("The ciphertext of a value is another", NOT_EXPORTED, "sealed value summary was changed", 17,
     one("ciphertext", "zeroblob(length(ciphertext))", 17, "sealed_values")),
    ("A value is said to be somebody else's", NOT_EXPORTED, "the row of sealed value summary was changed", 17,
     one("subject", "'subject:stf-011'", 17, "sealed_values")),
    ("A value is destroyed that no erasure destroyed", FOUND, "sealed value summary is missing", 17,
     sql("DELETE FROM sealed_values WHERE position = 17")),
    ("A value is said to be erased", FOUND, "values are gone that no erasure destroyed", 25,
     one("subject", "NULL, ciphertext = NULL, erased_by = 25", 17, "sealed_values")),
    ("A person's key is another", NOT_EXPORTED, "the key of subject:stf-014 was changed", None,
     sql("UPDATE subject_keys SET wrapped = zeroblob(60) WHERE subject = 'subject:stf-014'")),
    ("A person's key is destroyed", FOUND, "the key of subject:stf-014 is missing", None,
     sql("DELETE FROM subject_keys WHERE subject = 'subject:stf-014'")),
    ("The answer to a repeated request is another", UNHARMED, "the row of an answered request was changed", None,
     sql(f"UPDATE answered SET position = {REFUSAL}")),
    ("The answer to a repeated request is destroyed", UNHARMED, "the answered request of this record is missing", 12,
     sql("DELETE FROM answered")),
    ("A table of somebody's own is put in", UNHARMED, "the schema is not the one that was made", None,
     sql("CREATE TABLE notes (text)")),
):  # fmt: skip
    DATABASE.row(name, T1, became, words, position, make)


@DATABASE.row("A trigger that keeps records from being changed is taken off", T1, UNHARMED, "the schema is not the one that was made")  # fmt: skip
def _(store):
    with closing(sqlite3.connect(store.directory / "ledger.db")) as db:
        db.execute("DROP TRIGGER stored_events_only_emptied")
        db.commit()


# Files beside it


def both(data):
    """Both slots hold the same."""

    def make(store):
        for slot in SLOTS:
            store.file(slot, data(store.log))

    return make


def other(log, size=SIZE, signer=None):
    whole = Checkpoint(log.school.origin, size, b"r" * 32)
    return sign_checkpoint(whole, signer or log.school.log_key)


STRANGER = FileSigner("checkpoint", b"y" * 32)

for who, name, became, words, position, make in (
    (T1, "Both kept checkpoints are emptied", CLOSED, "no kept checkpoint lies beside", None, both(lambda log: b"")),
    (T1, "Both kept checkpoints are half written", CLOSED, "no kept checkpoint lies beside", None, both(lambda log: log.notes[SIZE][:60])),
    (T1, "Both kept checkpoints are signed by a stranger", CLOSED, "no kept checkpoint lies beside", None, both(lambda log: other(log, signer=STRANGER))),
    (T1, "A letter of both kept checkpoints is changed", CLOSED, "no kept checkpoint lies beside", None,
     both(lambda log: log.notes[SIZE].replace(b"\n28\n", b"\n27\n"))),
    (T1, "A later kept checkpoint lies beside an older database", CLOSED, "the kept checkpoint has 30 records", SIZE, both(lambda log: log.notes[30])),
    (T2, "A kept checkpoint of another history, well signed", CLOSED, "are not those of the kept checkpoint", None, both(other)),
    (T2, "A kept checkpoint of another history of fewer records", CLOSED, "are not those of the kept checkpoint", None, both(lambda log: other(log, 9))),
    (T1, "The database is a file of something else", NO_START, "the database cannot be read", None, lambda store: store.file("ledger.db", b"x" * 5000)),
):  # fmt: skip
    KEPT.row(name, who, became, words, position, make)

STORE_ROWS = [*DATABASE.rows, *KEPT.rows]

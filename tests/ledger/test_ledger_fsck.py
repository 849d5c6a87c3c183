"""fsck reports every change of content, names the first bad position, and nothing else."""

import os
import random
import shutil
import sqlite3

import pytest
from small import TEACHER, World, asked

from ledger.fsck import fsck

FLIPS = 800


@pytest.fixture(name="small_ledger", scope="module")
def _small_ledger(tmp_path_factory):
    """A small ledger with a value of every kind: sealed, erased, answered, refused."""
    world = World(tmp_path_factory.mktemp("small"))
    with world.open_school() as ledger:
        ledger.record(asked("register_person", TEACHER, key="one"))
        ledger.record(asked("register_person", {**TEACHER, "kind": "robot"}, key="two"))
        moderator = {**TEACHER, "person": "stf-015", "offices": ["moderator"]}
        request = {"request": "r-1", "kind": "erasure", "subject": "stf-014"}
        ledger.record(asked("register_person", moderator))
        ledger.record(asked("receive_rights_request", request))
        ledger.record(asked("decide_rights_request", {"request": "r-1", "decision": "granted"}))
        erasure = {"request": "r-1", "subject": "stf-014"}
        ledger.record(asked("erase_subject", erasure, actor="stf-015"))
        key = ledger.key
    assert sorted(p.name for p in world.directory.glob("ledger.db*")) == ["ledger.db"]
    return world, key


@pytest.fixture(name="copy")
def _copy(small_ledger, tmp_path):
    world, key = small_ledger
    shutil.copytree(world.directory, tmp_path / "copy")
    return tmp_path / "copy", key


LOOKUPS = [
    ("stored_events", "position", range(-1, 10)),
    ("stored_events", "event_id", None),
    ("stored_events", "originator_id", None),
    ("subject_keys", "subject", None),
    ("sealed_values", "position", range(-1, 10)),
    ("answered", "actor", None),
]


def asked_for(db, table, column, keys):
    """What every key finds: how often, and with which neighbour column."""
    keys = keys or sorted(EXPECTED_KEYS[table, column])
    query = f"SELECT * FROM {table} WHERE {column} = ?"
    return [db.execute(query, (key,)).fetchall() for key in keys]


EXPECTED_KEYS = {}


def remember_keys(directory):
    """The keys of the sound store, which must go on finding their rows."""
    db = sqlite3.connect(f"file:{directory}/ledger.db?mode=ro", uri=True)
    for table, column, keys in LOOKUPS:
        if keys is None:
            found = {row[0] for row in db.execute(f"SELECT {column} FROM {table} NOT INDEXED")}
            EXPECTED_KEYS[table, column] = found
    db.close()


def content(directory):
    """Every row of every table with its types, and the schema; or that it cannot be read.

    Written apart from fsck. Each table is scanned, and each row asked for by its keys as well: an
    index or an inner page that lies changes what a query returns.
    """
    db = sqlite3.connect(f"file:{directory}/ledger.db?mode=ro", uri=True)
    db.text_factory = bytes
    try:
        tables = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        said = [tables, db.execute("PRAGMA user_version").fetchall()]
        said.append(db.execute("PRAGMA application_id").fetchall())
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            table = name.decode()
            columns = [c[1].decode() for c in db.execute(f"PRAGMA table_info({table})").fetchall()]
            typed = ", ".join(f"typeof({c}), {c}" for c in columns)
            said.append(db.execute(f"SELECT {typed} FROM {table} NOT INDEXED").fetchall())
        said.append([asked_for(db, *lookup) for lookup in LOOKUPS])
        return said
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        return ["unreadable", type(error).__name__]
    finally:
        db.close()


def test_a_sound_store_is_sound(small_ledger):
    world, key = small_ledger
    assert fsck(world.directory, key) == []


def test_the_sample_terms_store_is_sound(term):
    world, ledger, _ = term
    assert fsck(world.directory, ledger.key) == []


def test_single_byte_flips_are_reported_exactly_when_they_change_content(copy):
    directory, key = copy
    database = directory / "ledger.db"
    original = database.read_bytes()
    remember_keys(directory)
    before = content(directory)
    chosen = random.Random(20261124)
    missed, false_alarms, changed = [], [], 0
    for _ in range(FLIPS):
        offset, bit = chosen.randrange(len(original)), 1 << chosen.randrange(8)
        with database.open("r+b") as file:
            file.seek(offset)
            file.write(bytes([original[offset] ^ bit]))
        different = content(directory) != before
        reported = bool(fsck(directory, key))
        changed += different
        if different and not reported:
            missed.append((offset, bit))
        if reported and not different:
            false_alarms.append((offset, bit, fsck(directory, key)))
        with database.open("r+b") as file:
            file.seek(offset)
            file.write(original[offset : offset + 1])
        for name in ("ledger.db-wal", "ledger.db-shm"):
            (directory / name).unlink(missing_ok=True)
    assert (missed, false_alarms) == ([], [])
    assert changed > FLIPS // 20


BY_SQL = {
    "a column beside the record": ("UPDATE stored_events SET topic='Sealed' WHERE position=2", 2),
    "a version": ("UPDATE stored_events SET originator_version=9 WHERE position=3", 3),
    "a leaf": ("UPDATE stored_events SET leaf=zeroblob(32) WHERE position=4", 4),
    "the bytes": ("UPDATE stored_events SET state=x'7b7d' WHERE position=5", 5),
    "text for bytes": (
        "UPDATE stored_events SET state=CAST(state AS TEXT) WHERE position=5",
        5,
    ),
    "a record cut off the end": ("DELETE FROM stored_events WHERE position=7", 7),
    "a record taken out": ("DELETE FROM stored_events WHERE position=4", 4),
    "two records swapped": (
        "UPDATE stored_events SET position = 1000 WHERE position = 4;"
        "UPDATE stored_events SET position = 4 WHERE position = 5;"
        "UPDATE stored_events SET position = 5 WHERE position = 1000",
        4,
    ),
    "the frontier": ("UPDATE tree SET frontier=zeroblob(length(frontier))", None),
    "the tree's size": ("UPDATE tree SET size=size-1", None),
    "no tree": ("DELETE FROM tree", None),
    "a tile that is none": ("INSERT INTO tiles VALUES (0, 0, zeroblob(8192))", None),
    "a ciphertext": ("UPDATE sealed_values SET ciphertext=zeroblob(284) WHERE position=4", 4),
    "a value gone without erasure": ("DELETE FROM sealed_values WHERE position=4", 4),
    "a value under another key": (
        "UPDATE sealed_values SET subject='subject:stf-011' WHERE position=4",
        4,
    ),
    "a value said to be erased": (
        "UPDATE sealed_values SET subject=NULL, ciphertext=NULL, erased_by=7 WHERE position=4",
        4,
    ),
    "a value of no record": (
        "INSERT INTO sealed_values VALUES (0,'x','stream:refusal',x'00',NULL,x'00')",
        0,
    ),
    "a wrapped key": ("UPDATE subject_keys SET wrapped=zeroblob(60)", None),
    "a key gone": ("DELETE FROM subject_keys WHERE subject='subject:stf-015'", None),
    "an answered request": ("UPDATE answered SET position=3", None),
    "an answered request gone": ("DELETE FROM answered", 2),
    "a trigger gone": ("SELECT 1", None),
    "a table more": ("CREATE TABLE more (x)", None),
}


@pytest.mark.parametrize("name", BY_SQL)
def test_changes_by_sql_are_found(copy, name):
    directory, key = copy
    statements, position = BY_SQL[name]
    db = sqlite3.connect(directory / "ledger.db")
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type='trigger'").fetchall()
    for trigger, _ in triggers:
        db.execute(f"DROP TRIGGER {trigger}")
    db.executescript(statements)
    for _, sql in triggers if name != "a trigger gone" else ():
        db.execute(sql)
    db.commit()
    db.close()
    damaged = fsck(directory, key)
    assert damaged
    if position is not None:
        assert position in [d.position for d in damaged]


def test_the_first_bad_position_comes_first(copy):
    directory, key = copy
    db = sqlite3.connect(directory / "ledger.db")
    db.execute("DROP TRIGGER stored_events_only_emptied")
    db.execute("UPDATE stored_events SET leaf=zeroblob(32) WHERE position IN (3, 5)")
    db.commit()
    db.close()
    assert fsck(directory, key)[0].position == 3


@pytest.mark.parametrize("data", [b"", b"SQLite format 3\x00", os.urandom(4096), b"x" * 100])
def test_what_is_no_database_is_said_to_be_none(copy, data):
    directory, key = copy
    (directory / "ledger.db").write_bytes(data)
    assert fsck(directory, key)


def test_a_missing_database_is_said_to_be_missing(copy):
    directory, key = copy
    (directory / "ledger.db").unlink()
    assert [d.what for d in fsck(directory, key)] == ["there is no database ledger.db"]

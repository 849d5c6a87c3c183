"""Whoever is erased has no way in any more, and nothing beside the ledger tells that they had."""

import sqlite3

from simulator import MODERATOR, VOLUNTEER

from api import wiring
from api.door import invitations, passwords
from api.door.opening import open_door
from api.tokens import FEED, Tokens

PASSWORD = "one two three four five"


def kept(path):
    """Table → how many rows are of the person."""
    with sqlite3.connect(path) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        columns = {t: [c[1] for c in db.execute(f"PRAGMA table_info({t})")] for t in tables}
        counted = {
            t: db.execute(f"SELECT count(*) FROM {t} WHERE person = ?", (VOLUNTEER,)).fetchone()[0]
            for t in tables
            if "person" in columns[t]
        }
    db.close()
    return {table: count for table, count in counted.items() if count}


def furnish(school):
    """A volunteer with tokens, a feed, a password, an invitation, an identity, and a session."""
    path = school.directory / "access.db"
    tokens = Tokens(path)
    tokens.issue(VOLUNTEER)
    tokens.issue(VOLUNTEER, (FEED,))
    tokens.issue(MODERATOR)
    door = open_door(school.office(), school.ledger)
    invitations.invite(door, VOLUNTEER, MODERATOR)
    passwords.take(door, VOLUNTEER, PASSWORD, "password_set", VOLUNTEER)
    with sqlite3.connect(path) as db:
        row = ("https://idp.example", "subject-8731", VOLUNTEER, 1)
        db.execute("INSERT INTO door_identities VALUES (?,?,?,?)", row)
        row = ("session", b"secret", VOLUNTEER, "in", "password", 1, 1, None, None)
        db.execute("INSERT INTO door_sessions VALUES (?,?,?,?,?,?,?,?,?)", row)
    db.close()
    return path


def erase(school):
    school.request(subject=VOLUNTEER)
    school.decide()
    school.accept("erase_subject", MODERATOR, request="rts-1", subject=VOLUNTEER)


def test_an_erasure_takes_every_way_in_with_it(school):
    path = furnish(school)
    assert {"tokens", "door_people", "door_identities", "door_sessions"} <= kept(path).keys()
    erase(school)
    assert kept(path) == {}
    assert b"subject-8731" not in path.read_bytes()
    assert [token.person for token in Tokens(path).all()] == [MODERATOR]


def test_a_copy_of_the_doors_file_from_before_is_purged_at_the_start(school):
    path = furnish(school)
    before = path.read_bytes()
    erase(school)
    path.write_bytes(before)
    with wiring.open_ledger(school.office()):
        assert kept(path) == {}
        assert b"subject-8731" not in path.read_bytes()


def test_where_nobody_can_come_in_yet_there_is_nothing_to_forget(school):
    erase(school)
    assert not (school.directory / "access.db").exists()

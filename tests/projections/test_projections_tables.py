"""The tables that follow the log: each record once, and never another answer than the folds'."""

import os
import pickle
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest
from happenings import FRIDAY, MONDAY, SAME_FIXTURE, STEPS, TUESDAY, happen
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.school_time import in_london
from projections import tables
from projections.following import Follower, ViewStopped, rebuild
from projections.history import Histories, History
from projections.questions import answer
from projections.routes import ROUTES
from projections.views import VIEWS

SCOPES = ("fb-main", "ig-garden", "stf-001", "stf-002", "stf-003", "stf-004", "stf-005", "stf-006")
IDS = {"account": "fb-main", "person": "stf-003"}
VIEWED = [route.path.format(**IDS) for route in ROUTES if route.view]
NO_ONE = dict.fromkeys(("roles", "access", "offices", "records"), "")


def contents(path):
    """Everything in the tables, but what depends on how it came there."""
    with closing(sqlite3.connect(path)) as db:
        names = [*NO_ONE, "followed"]
        return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def begun(story):
    """Who runs what, and how they get in, before anything happens."""
    story.at(in_london(story.records[-1].time + 3600)).account("fb-main", "stf-003", "stf-004")
    story.store("fb-main", "stf-003", "stf-004", recovery_owner="stf-003")
    given_to = {"account": "fb-main", "person": "stf-005", "platform_role": "editor"}
    story.tell("PlatformAccessGranted", "credential/fb-main", given_to)
    story.enquiry("enq-1")
    story.incident("case-1", account="fb-main")
    return story


def test_the_tables_hold_what_was_so_and_what_was_known_of_it(story, tmp_path):
    story.at(MONDAY).account("fb-main", "stf-003", "stf-004")
    size = len(story.records)
    role = {"account": "fb-main", "person": "stf-003", "role": "lead"}
    ended = story.at(FRIDAY).tell("AccountRoleEnded", "account/fb-main", role, occurred=TUESDAY)
    follower = Follower(tmp_path / "views.db")
    follower.follow(story.records)
    (before,) = [r for r in follower.rows(size, "roles", "person", "stf-003") if r.end is None]
    (after,) = follower.rows(size + 1, "roles", "person", "stf-003")
    assert (before.start, before.ended) == (after.start, ())
    assert (in_london(after.end), after.ended) == (TUESDAY, (size,))
    story.annul(ended)
    follower.follow(story.records)
    assert follower.rows(size + 2, "roles", "person", "stf-003") == [before]
    assert follower.rows(size + 1, "roles", "person", "stf-003") == [after]


def test_an_office_corrected_or_annulled_is_another_row(story, tmp_path):
    fields = {"person": "stf-004", "office": "dsp"}
    given_to = story.at(TUESDAY).tell("OfficeAssigned", "person/stf-004", fields)
    story.correct(given_to, occurred_at=MONDAY)
    story.annul(given_to)
    follower, size = Follower(tmp_path / "views.db"), len(story.records)
    follower.follow(story.records)
    known = [follower.rows(n, "offices", "person", "stf-004") for n in range(size - 3, size + 1)]
    assert [[in_london(r.start) for r in rows] for rows in known] == [[], [TUESDAY], [MONDAY], []]
    assert known[2][0].began == (size - 3, size - 2)


@SAME_FIXTURE
@given(steps=STEPS, cuts=st.lists(st.integers(1, 14), max_size=3))
def test_after_any_history_the_tables_equal_the_folds(story, tmp_path_factory, steps, cuts):
    del story.records[7:]
    story.now = in_london(story.records[-1].time)
    begun(story)
    path = tmp_path_factory.mktemp("views") / "views.db"
    follower = Follower(path)
    for n, (step, pick, back) in enumerate(steps):
        happen(story, step, pick, back)
        if n in cuts:
            follower.follow(story.records)
    follower.follow(story.records)
    history = History()
    for size, record in enumerate(story.records, 1):
        history.see(record)
        for view in VIEWS:
            for scope in SCOPES:
                rows = follower.rows(size, view.name, view.columns[0], scope)
                assert set(rows) == view.fold(history, scope)
    log = Histories(story.records)
    moments = sorted({record.time for record in story.records})[::3]
    for target in VIEWED:
        for at in (None, *moments):
            for known_at in (None, *moments):
                asked = {"at": at, "known_at": known_at}
                params = {name: in_london(t) for name, t in asked.items() if t is not None}
                said = answer(target, params, log, log.last)
                assert answer(target, params, log, log.last, tables=follower.rows) == said
    # However the log came, bit by bit or at once, and whoever followed it.
    assert rebuild(path.with_name("anew.db"), story.records) == {}
    assert contents(path) == contents(path.with_name("anew.db"))


def test_every_record_is_listed_once_whoever_follows(term, tmp_path):
    one, other = Follower(tmp_path / "views.db"), Follower(tmp_path / "views.db")
    for size in (10, 10, 60, len(term.records)):
        one.follow(term.records[:size])
        other.follow(term.records[:size])
    found = one.positions({}, -1, 1000)
    assert found == list(range(len(term.records)))
    refused = [n for n, r in enumerate(term.records) if r.type == "CommandRefused"]
    assert one.positions({"type": "CommandRefused"}, -1, 1000) == refused
    assert one.positions({"type": "CommandRefused"}, refused[1], 2) == refused[2:4]
    early = term.records[20].time
    known = [n for n, r in enumerate(term.records) if r.time <= early]
    assert one.positions({"recorded_at": early}, -1, 1000) == known


def test_rebuilding_twice_gives_the_same_bytes(term, tmp_path):
    path = tmp_path / "views.db"
    Follower(path).follow(term.records[:50])
    rebuild(path, term.records)
    first = path.read_bytes()
    rebuild(path, term.records)
    assert first == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


KILLED = """
import os, pickle, signal, sys
from pathlib import Path
from projections import following
from projections.history import History

path, where = Path(sys.argv[1]), sys.argv[2]
records = pickle.loads(path.with_name("records").read_bytes())
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
see = History.see
if where == "replacing":
    following.os.replace = die
else:
    History.see = lambda self, r: die() if len(self.entries.all) == int(where) else see(self, r)
following.PAGE = 20
following.rebuild(path, records)
"""


@pytest.mark.parametrize("where", ["0", "30", "90", "replacing"])
def test_a_rebuild_that_was_killed_leaves_the_old_tables_and_is_done_again(term, tmp_path, where):
    path = tmp_path / "views.db"
    (tmp_path / "records").write_bytes(pickle.dumps(list(term.records)))
    Follower(path).follow(term.records[:50])
    old = contents(path)
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), where], check=False)
    assert done.returncode == -signal.SIGKILL
    assert contents(path) == old
    rebuild(path, term.records)
    again = path.read_bytes()
    path.unlink()
    rebuild(path, term.records)
    assert again == path.read_bytes()


def test_a_follower_that_was_killed_goes_on_where_it_was(term, tmp_path):
    path = tmp_path / "views.db"
    (pid := os.fork()) or _die_following(path, term.records)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    Follower(path).follow(term.records)
    rebuild(tmp_path / "anew.db", term.records)
    assert contents(path) == contents(tmp_path / "anew.db")


def _die_following(path, records):
    """In a child: follow half, then be killed within the transaction that follows the rest."""
    Follower(path).follow(records[:60])
    tables.reached = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    Follower(path).follow(records)


def test_a_record_that_cannot_be_told_stops_one_view_and_is_tried_again(story, tmp_path):
    begun(story)
    path, position = tmp_path / "views.db", len(story.records)
    bad = story.tell("AccountRoleAssigned", "account/fb-main", {"account": "fb-main"})
    story.tell("OfficeAssigned", "person/stf-004", {"person": "stf-004", "office": "dsp"})
    follower = Follower(path)
    follower.follow(story.records)
    assert list(follower.stopped()) == ["roles"]
    assert f"position {position}" in follower.stopped()["roles"]
    with pytest.raises(ViewStopped, match=f"roles: .*position {position}"):
        follower.rows(position, "roles", "account", "fb-main")
    assert [r.key for r in follower.rows(position + 2, "offices", "person", "stf-004")]
    assert follower.positions({}, -1, 1000) == list(range(len(story.records)))
    # Tried again by the next process, in vain, and then with a fold that can read it.
    Follower(path).follow(story.records)
    assert list(Follower(path).stopped()) == ["roles"]
    role = {"account": "fb-main", "person": "stf-005", "role": "runner"}
    story.records[position] = replace(bad, fields=role)
    Follower(path).follow(story.records)
    assert Follower(path).stopped() == {}
    rebuild(tmp_path / "anew.db", story.records)
    assert contents(path) == contents(tmp_path / "anew.db")


@pytest.mark.parametrize("spoilt", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_tables_that_are_spoilt_are_made_anew(term, tmp_path, spoilt):
    path = tmp_path / "views.db"
    path.write_bytes(spoilt)
    follower = Follower(path)
    follower.follow(term.records)
    assert follower.positions({}, -1, 1000) == list(range(len(term.records)))


def test_tables_of_another_log_are_made_anew(term, story, tmp_path):
    path = tmp_path / "views.db"
    Follower(path).follow(term.records)
    begun(story)
    Follower(path).follow(story.records)
    rebuild(tmp_path / "anew.db", story.records)
    assert contents(path) == contents(tmp_path / "anew.db")


def test_what_failed_to_commit_is_told_again(term, tmp_path, monkeypatch):
    """The disk is full at the commit: nothing is kept of the page, and nothing is told twice."""
    follower = Follower(tmp_path / "views.db")
    follower.follow(term.records[:40])

    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(tables, "reached", full)
        with pytest.raises(sqlite3.OperationalError):
            follower.follow(term.records)
    follower.follow(term.records)
    rebuild(tmp_path / "anew.db", term.records)
    assert contents(tmp_path / "views.db") == contents(tmp_path / "anew.db")

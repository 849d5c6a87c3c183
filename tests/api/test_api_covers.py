"""Covers: written at times that nobody can foresee, and as many a day as the chair asked for."""

import os
import threading

import pytest
from confiding import CHAIRS, named
from simulator import CHAIR, HEAD, TEACHER, School

from api import covers, handing_out
from ledger.fsck import fsck


@pytest.fixture(name="school")
def _school(tmp_path):
    school = School(tmp_path / "school").staffed()
    yield school
    school.close()


def adopt(school, **more):
    school.accept("adopt_confidential_keys", CHAIR, **named(**more))
    return school


def test_none_are_written_until_the_chair_asks_for_them(school):
    assert covers.a_day(school.ledger) == 0
    adopt(school)
    size = school.size
    assert covers.look(school.ledger, [].append) is False
    covers.with_a_slip(school.ledger)
    assert school.size == size
    adopt(school, version=2, covers_per_day=4)
    assert covers.a_day(school.ledger) == 4


def test_the_times_between_them_have_no_memory():
    waits = [covers.wait(8, os.urandom) for _ in range(4000)]
    assert 0.9 < sum(waits) / len(waits) / (86_400 / 8) < 1.1
    longer = [w for w in waits if w > 10_800]
    assert 0.32 < len(longer) / len(waits) < 0.42  # 1/e
    assert 0.28 < len([w for w in longer if w > 21_600]) / len(longer) < 0.46
    assert covers.wait(0, os.urandom) == float("inf")
    assert covers.wait(48, lambda n: b"\x00" * n) > 0
    assert covers.wait(48, lambda n: b"\xff" * n) == 0


def test_a_look_waits_and_then_writes_one(school):
    adopt(school, covers_per_day=48)
    size, waited = school.size, []
    written = sum(covers.look(school.ledger, waited.append) for _ in range(300))
    assert school.size == size + written
    assert 30 < written < 200
    assert max(waited) <= covers.LOOK
    assert {e.type for e in school.ledger.entries().all[size:]} == {"Sealed"}
    assert fsck(school.directory, school.ledger.key) == []


def test_they_are_ended_with_the_service(school, monkeypatch):
    adopt(school, covers_per_day=48)
    written = threading.Event()
    monkeypatch.setattr(covers, "DAY", 1)
    monkeypatch.setattr(type(school.ledger), "seal_cover", lambda self: written.set())
    end = covers.always(school.ledger, pytest.fail)
    assert written.wait(20)
    end()
    assert threading.active_count() >= 1


def test_there_is_one_before_every_slip(school):
    adopt(school, covers_per_day=1)
    given = []
    handing_out.hand_out(school.ledger, HEAD, [CHAIR], "on paper", given.append)
    last = school.ledger.entries().all[given[0].checkpoint.size - 1]
    assert last.type == "Sealed"


def test_a_report_among_them_is_one_of_many(school):
    adopt(school, covers_per_day=48)
    for _ in range(3):
        school.ledger.seal_cover()
    report = {"kind": "bullying", "summary": "In the staff room", "about": [HEAD]}
    school.accept("report_incident", TEACHER, **report)
    with school.ledger.store.reading() as c:
        c.execute(
            "SELECT length(v.ciphertext), length(k.wrapped), k.epoch, v.path, v.erased_by "
            "FROM sealed_values AS v JOIN subject_keys AS k ON k.subject = v.subject "
            "WHERE k.subject LIKE 'stream:sealed/%'"
        )
        rows = {tuple(row) for row in c.fetchall()}
    assert len(rows) == 1
    sizes = {
        len(next(iter(school.ledger.raw(e.position, e.position + 1))))
        for e in school.ledger.entries().of("Sealed")
    }
    assert len(sizes) == 1
    school.ledger.open_confidential(CHAIRS, CHAIR)
    assert len(school.ledger.restricted().opened) == 1

"""The operator smothers a report that they cannot read; a slip that was handed out shows it.

The head is the administrator too: has the machine, the vault and its passphrase. The report is
sealed to the chair's key. All that is left is to take it out.
"""

import sqlite3
from contextlib import closing

import pytest
from confiding import AUTHORITYS, CHAIRS, named
from simulator import CHAIR, DEPUTY, HEAD, TEACHER, School

from api.handing_out import hand_out
from ledger import sealed_copy
from ledger.domain.replay import Duties
from ledger.domain.school_time import in_london
from ledger.evidence import export_complete
from ledger.fsck import fsck
from ledger.proof.policy import parse_policy
from ledger.proof.verify import verify
from projections.semantics import AnswersCheck, all_answers

REPORT = {"kind": "staff_pupil_contact", "summary": "Messages at night", "about": [HEAD]}


@pytest.fixture(name="school")
def _school(school):
    school.accept("adopt_confidential_keys", CHAIR, **named())
    return school


def slip(school):
    """The checkpoint on the slip that the governors take home."""
    given = []
    hand_out(school.ledger, DEPUTY, [CHAIR], "on paper", given.append)
    return given[0].note


def verdict(school, directory, known):
    """What whoever holds the slip finds in the evidence that they are given."""
    out = directory / "evidence.zip"
    export_complete(school.ledger, out, all_answers, ["all"])
    trust = parse_policy((school.directory / "trust.policy").read_text())
    report = verify(out, trust, known=known, checks=(Duties(), AnswersCheck()))
    return report.verdict, {f.code for f in report.findings}


def test_the_record_and_everything_after_it_are_cut_off(school, tmp_path):
    before = school.copied_to(tmp_path / "before")
    school.accept("report_incident", TEACHER, **REPORT)
    kept = slip(school)
    assert verdict(school, tmp_path, [kept]) == ("VALID", set())

    # The operator goes on from the state before the report, as if nothing had been.
    assert verdict(before, tmp_path, ()) == ("VALID", set())
    assert verdict(before, tmp_path, [kept]) == ("INVALID", {"shorter_than_known"})
    before.at(in_london(school.clock.at))
    while before.size < school.size + 2:
        before.acknowledge(DEPUTY, TEACHER)
    assert verdict(before, tmp_path, ()) == ("VALID", set())
    assert verdict(before, tmp_path, [kept]) == ("INVALID", {"inconsistent_with_known"})
    before.close()


def test_the_record_is_deleted_in_the_database(school):
    made = school.accept("report_incident", TEACHER, **REPORT)
    school.acknowledge(DEPUTY, TEACHER)
    school.close()
    with closing(sqlite3.connect(school.directory / "ledger.db")) as db, db:
        db.execute("DROP TRIGGER stored_events_no_delete")
        db.execute("DELETE FROM stored_events WHERE position >= ?", (made.position,))
    found = fsck(school.directory, school.ledger.key)
    assert any("the kept checkpoint has" in d.what for d in found)
    reopened = School(school.directory, in_london(school.clock.at), school.ledger.ports)
    assert reopened.ledger.closed_because
    reopened.close()


@pytest.mark.parametrize("table", ["sealed_values", "subject_keys"])
def test_only_what_lies_beside_the_log_is_destroyed(school, table):
    made = school.accept("report_incident", TEACHER, **REPORT)
    school.ledger.close()
    with closing(sqlite3.connect(school.directory / "ledger.db")) as db, db:
        stream = db.execute(
            "SELECT subject FROM sealed_values WHERE position = ?", (made.position,)
        ).fetchone()[0]
        db.execute(f"DELETE FROM {table} WHERE subject = ?", (stream,))
    found = fsck(school.directory, school.ledger.key)
    assert found
    assert {d.what for d in found} <= {
        "sealed value act is missing",
        f"the key of {stream} is missing",
    }


def test_what_the_chair_takes_home_says_so_too(school, tmp_path):
    """A copy of the sealed acts shows what is gone, and what was put in its place."""
    first = school.accept("report_incident", TEACHER, **REPORT)
    second = school.accept("report_incident", TEACHER, **REPORT)
    assert kinds(school, CHAIRS) == ["record", "record"]
    assert kinds(school, AUTHORITYS) == ["record", "record"]
    with school.ledger.store.writing() as c:
        c.execute("UPDATE sealed_values SET ciphertext = x'00' WHERE position = ?",
                  (first.position,))  # fmt: skip
        c.execute(
            "UPDATE subject_keys SET wrapped = (SELECT wrapped FROM subject_keys AS o WHERE "
            "o.subject LIKE 'stream:sealed/%' AND o.subject <> subject_keys.subject) "
            "WHERE subject = (SELECT subject FROM sealed_values WHERE position = ?)",
            (second.position,),
        )
    assert kinds(school, CHAIRS) == ["damaged", "closed"]


def kinds(school, key):
    copy = b"".join(sealed_copy.lines(school.ledger))
    return [act.kind for act in sealed_copy.read(copy, key)]

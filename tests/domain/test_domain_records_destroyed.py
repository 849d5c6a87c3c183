"""Record bytes past retention: destroyed by two people, named by a record, their hashes left."""

import sqlite3
from contextlib import closing

import pytest
from simulator import DEPUTY, HEAD, LEAD, MODERATOR, TEACHER

from api import exporting
from api.verifier import checks
from ledger.domain.entries import is_gone
from ledger.domain.past_retention import past_retention
from ledger.fsck import fsck
from ledger.history import DATABASE, Ledger
from ledger.proof.note import format_vkey
from ledger.proof.policy import format_policy, parse_policy
from ledger.proof.report import in_words
from ledger.proof.verify import verify
from ledger.rows import SealedRow, SubjectKey

CASE = {"incident": "case-1"}
LONG = 11 * 366  # days: longer than ten years


def closed(school, name="case-1"):
    made = school.incident(name)
    school.assess(name)
    school.accept("close_incident", DEPUTY, incident=name, outcome="resolved")
    return made


def run(school, by=MODERATOR):
    wrong = school.refuse(
        "invalid_field", "run_retention", by, schedule_version=1, keys_destroyed=999_999
    )
    return school.accept(
        "run_retention", by, schedule_version=1, keys_destroyed=wrong.details["expected"]
    )


def due(school):
    ledger = school.ledger
    found = past_retention(ledger.entries(), ledger.restricted().whole, school.clock.now())
    return [list(pair) for pair in found.positions]


def destroy(school, by=HEAD):
    return school.accept("destroy_records", by, schedule_version=1, positions=due(school))


def trust_text(school):
    return format_policy(format_vkey(school.ledger.key.name, school.ledger.key.public_key))


def forgotten(school):
    """A closed case of eleven years ago, destroyed; the receipts of its report and of that."""
    made = closed(school)
    school.later(days=LONG)
    run(school)
    return made, destroy(school)


def test_the_bytes_of_a_closed_case_go_and_its_hashes_stay(school):
    made = closed(school)
    before = next(school.ledger.raw(made.position, made.position + 1))
    leaf, root = school.ledger.leaf(made.position), school.ledger.tree.root(school.size)
    size = school.size
    school.later(days=LONG)
    run(school)
    gone = destroy(school)
    assert school.entry(gone).fields["positions"][0][0] <= made.position
    assert next(school.ledger.raw(made.position, made.position + 1)) == b""
    assert school.ledger.leaf(made.position) == leaf
    assert school.ledger.tree.root(size) == root
    assert is_gone(school.entry(made).record)
    assert fsck(school.directory, school.ledger.key) == []
    files = [p for p in school.directory.iterdir() if p.is_file()]
    assert [] == [p.name for p in files if before[60:200] in p.read_bytes()]


def verified(school, tmp_path, name="out.zip", known=()):
    """A file of the whole log as it can be had, and what the verifier says of it."""
    out = tmp_path / name
    taken = exporting.take(school.ledger, exporting.wanted({}), out, None, [])
    trust = parse_policy(trust_text(school))
    return taken, verify(str(out), trust, known, checks())


def test_the_verdict_names_the_ranges_and_the_record_that_destroyed_them(school, tmp_path):
    closed(school)
    _, before = verified(school, tmp_path, "before.zip")
    assert (before.kind, before.verdict) == ("complete", "VALID")
    old = school.ledger.checkpoint()
    school.later(days=LONG)
    run(school)
    gone = destroy(school)
    taken, report = verified(school, tmp_path, known=(old,))
    words = gone_words(school, gone)
    assert (report.kind, report.verdict, report.findings) == ("redacted", "VALID", ())
    assert words in report.steps[-1].outcome
    assert taken.why_not_complete == words
    assert {item["reason"] for item in report.withheld} == {"retention"}
    assert verify(str(tmp_path / "before.zip"), None, (), checks()).verdict == "UNANCHORED"


def gone_words(school, gone):
    pairs = school.entry(gone).fields["positions"]
    positions = [p for a, b in pairs for p in range(a, b + 1)]
    return f"records {in_words(positions)} destroyed by record {gone.position} under retention"


def reopened(school):
    """The same school after its service was started anew."""
    ports, origin = school.ledger.ports, school.ledger.origin
    school.ledger.close()
    school.ledger = Ledger(school.directory, ports, origin)
    return school


def test_the_ledger_opens_answers_and_records_on_with_holes(school):
    made, _gone = forgotten(school)
    answers = ("/v1/incidents", "/v1/replay", "/v1/sla", "/v1/open-items", "/v1/findings")
    before = [school.answer(each) for each in answers]
    reopened(school)
    assert [school.answer(each) for each in answers] == before
    assert [row["incident"] for row in school.answer("/v1/incidents")] == []
    school.register("stf-099", "Nia Bowen")
    school.refuse("unknown_reference", "add_note", TEACHER, **CASE, text="A letter was found")
    report = {"kind": "abuse_in_comments", "account": "fb-main", "summary": "x"}
    given = {**report, **CASE, "happened_at": school.ago(hours=1)}
    school.refuse("duplicate_id", "report_incident", TEACHER, **given)
    assert school.ledger.proof(made.position).startswith("c2sp.org/tlog-proof")
    assert fsck(school.directory, school.ledger.key) == []


def test_two_people_and_a_run_not_long_ago(school):
    closed(school)
    school.later(days=LONG)
    positions = due(school)
    asked = {"schedule_version": 1, "positions": positions}
    school.refuse("request_not_approved", "destroy_records", HEAD, **asked)
    run(school)
    school.refuse("approver_is_requester", "destroy_records", MODERATOR, **asked)
    school.refuse("not_moderator", "destroy_records", TEACHER, **asked)
    school.refuse("not_moderator", "destroy_records", "system", **asked)
    school.refuse("invalid_field", "destroy_records", HEAD, **{**asked, "schedule_version": 2})
    wrong = school.refuse(
        "invalid_field", "destroy_records", HEAD, **{**asked, "positions": [[0, 1]]}
    )
    assert wrong.details["expected"] == positions
    school.later(days=32)
    school.refuse("request_not_approved", "destroy_records", HEAD, **asked)
    run(school)
    school.accept("destroy_records", HEAD, **{**asked, "positions": due(school)})
    assert due(school) == []


@pytest.mark.parametrize(
    "positions",
    [[], [[3]], [[4, 3]], [[1, 2], [3, 4]], [[5, 6], [1, 2]], [["1", 2]], {"1": 2}, [[True, 2]]],
)
def test_positions_are_ranges_in_order(school, positions):
    code = "missing_field" if not positions else "invalid_field"
    asked = {"schedule_version": 1, "positions": positions}
    school.refuse(code, "destroy_records", HEAD, **asked)


def test_a_hold_an_open_case_and_what_others_rest_on_are_kept(school):
    first = closed(school)
    school.incident("case-2")
    found = school.incident("case-3")
    school.assess("case-3")
    school.accept("close_incident", DEPUTY, incident="case-3", outcome="resolved")
    hold = {"hold": "lh-1", "incident": "case-1", "subjects": ["ext-b17"], "reason": "A claim"}
    school.accept("place_legal_hold", HEAD, **hold)
    school.later(days=LONG)
    gone = {p for a, b in due(school) for p in range(a, b + 1)}
    assert first.position not in gone
    assert found.position in gone
    streams = {school.ledger.entries().all[p].stream for p in gone}
    assert not any(s.startswith(("ledger", "keyring", "person/", "account/")) for s in streams)
    assert "incident/case-2" not in streams
    assert "hold/lh-1" not in streams


def test_values_under_the_key_of_somebody_who_stays_go_with_the_record(school):
    school.incident()
    given = {**CASE, "person": LEAD, "support": "counselling"}
    offered = school.accept("offer_support", TEACHER, **given)
    school.assess()
    school.accept("close_incident", DEPUTY, **CASE, outcome="resolved")
    school.later(days=LONG)
    run(school)
    row = school.ledger.store.row(SealedRow, (offered.position, "support"))
    needle, before = row.ciphertext, school.value(offered, "support")
    assert before == "counselling"
    gone = destroy(school)
    row = school.ledger.store.row(SealedRow, (offered.position, "support"))
    assert (row.ciphertext, row.subject, row.erased_by) == (None, None, gone.position)
    assert school.entry(gone).fields["values_destroyed"] == 2
    assert school.ledger.store.row(SubjectKey, (f"subject:{LEAD}",)) is not None
    files = [path for path in school.directory.iterdir() if path.is_file()]
    assert [] == [path.name for path in files if needle in path.read_bytes()]
    assert fsck(school.directory, school.ledger.key) == []


def turned_away(school):
    given = {"version": 2, "periods": {"incident": 6}}
    return school.refuse("not_slt", "adopt_retention_schedule", TEACHER, **given)


def test_an_old_refusal_goes_by_itself(school):
    said = turned_away(school)
    school.later(days=73 * 31)
    newer = turned_away(school)
    run(school)
    gone = destroy(school)
    named = {p for a, b in school.entry(gone).fields["positions"] for p in range(a, b + 1)}
    assert said.position in named
    assert newer.position not in named
    assert fsck(school.directory, school.ledger.key) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stored_events SET state = x'' WHERE position = 3",
        "UPDATE stored_events SET state = x'', topic = '' WHERE position = 3",
        "UPDATE stored_events SET leaf = x'00' WHERE position = {gone}",
        "INSERT INTO destroyed VALUES (3, 3, 5)",
        "DELETE FROM destroyed",
        "UPDATE destroyed SET first = 0",
        "DELETE FROM stored_events WHERE position = {gone}",
    ],
)
def test_nothing_else_can_be_emptied_or_changed(school, statement):
    made, _ = forgotten(school)
    database = closing(sqlite3.connect(school.directory / DATABASE))
    with database as db, pytest.raises(sqlite3.IntegrityError):
        db.execute(statement.format(gone=made.position))


def test_another_process_forgets_too(school):
    closed(school)
    school.later(days=LONG)
    run(school)
    with Ledger(school.directory, school.ledger.ports, school.ledger.origin) as other:
        assert not any(is_gone(e.record) for e in other.entries().all)
        gone = destroy(school)
        first = school.entry(gone).fields["positions"][0][0]
        assert is_gone(other.entries().all[first].record)
        assert other.entries().all[first].fields == {}


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE stored_events SET state = ?, topic = 'IncidentReported' WHERE position = {gone}",
         "its bytes were destroyed by a record, and are still there"),
        ("UPDATE stored_events SET leaf = zeroblob(32), state = x'' || substr(?, 1, 0) "
         "WHERE position = {gone}", "are not those of the kept checkpoint"),
        ("UPDATE stored_events SET originator_id = 'incident/x', state = x'' || substr(?, 1, 0) "
         "WHERE position = {gone}", "a version is not the next one"),
        ("DELETE FROM destroyed WHERE length(?) > 0", "what was destroyed is not what records say"),
    ],
)  # fmt: skip
def test_fsck_finds_what_somebody_did_to_the_holes(school, statement, words):
    made = closed(school)
    bytes_ = next(school.ledger.raw(made.position, made.position + 1))
    school.later(days=LONG)
    run(school)
    destroy(school)
    with closing(sqlite3.connect(school.directory / DATABASE)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute(statement.format(gone=made.position), (bytes_,))
        db.commit()
    assert any(words in damage.what for damage in fsck(school.directory, school.ledger.key))


def test_what_destroyed_records_is_neither_annulled_nor_corrected(school):
    """Else the holes would be unexplained, and the ledger closed for ever at the next start."""
    _, gone = forgotten(school)
    given = {"target": gone.event_id, "reason": "It never was"}
    school.refuse("invalid_field", "annul_entry", DEPUTY, **given)
    changed = {"schedule_version": 2}
    school.refuse("invalid_field", "correct_entry", DEPUTY, **given, set=changed)

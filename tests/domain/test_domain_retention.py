"""How long things are kept: the schedule, what a hold covers, and keys that are really gone."""

import pytest
from simulator import CHAIR, DEPUTY, HEAD, LEAD, MODERATOR, TEACHER, again

from ledger.domain import retention
from ledger.fsck import fsck
from ledger.outcomes import Receipt
from ledger.rows import SealedRow, SubjectKey, digest

CASE = {"incident": "case-1"}
KEY = "stream:incident/case-1"
RUN = {"schedule_version": 1}


def closed(school, **report):
    """An incident with words in it, assessed and closed; returns the receipt of its report."""
    made = school.incident(**report)
    school.assess()
    school.accept("close_incident", DEPUTY, **CASE, outcome="resolved")
    return made


def expected(school, **given):
    """How many keys a run would destroy: what the refusal of a wrong number says."""
    asked = {**RUN, "keys_destroyed": 999_999, **given}
    return school.refuse("invalid_field", "run_retention", MODERATOR, **asked).details["expected"]


def run(school):
    return school.accept("run_retention", MODERATOR, **RUN, keys_destroyed=expected(school))


def key_of(school, name=KEY):
    return school.ledger.store.row(SubjectKey, (name,))


def test_nothing_is_due_while_the_period_runs(school):
    closed(school)
    school.later(days=84 * 30)
    assert school.entry(run(school)).fields["keys_destroyed"] == 0
    assert key_of(school) is not None


def test_a_closed_case_is_forgotten_when_its_time_has_come(school):
    made = closed(school)
    school.later(days=8 * 366)
    ran = run(school)
    entry = school.entry(ran)
    assert entry.fields["keys_destroyed"] >= 1
    assert set(entry.fields) == {"schedule_version", "keys_destroyed", "values_destroyed"}
    assert key_of(school) is None
    row = school.ledger.store.row(SealedRow, (made.position, "summary"))
    assert (row.ciphertext, row.subject, row.erased_by) == (None, None, ran.position)
    assert fsck(school.directory, school.ledger.key) == []
    assert school.told("/v1/retention")["runs"][0]["position"] == ran.position
    assert expected(school) == 0


def test_no_byte_of_what_was_destroyed_is_left_on_the_disk(school):
    made = closed(school)
    row = school.ledger.store.row(SealedRow, (made.position, "summary"))
    needles = (row.ciphertext, key_of(school).wrapped)
    school.later(days=8 * 366)
    run(school)
    files = [p for p in school.directory.iterdir() if p.is_file()]
    assert [] == [p.name for p in files for n in needles if n in p.read_bytes()]


def test_an_open_case_and_one_opened_again_are_kept(school):
    school.incident("case-2")
    closed(school)
    school.accept("reopen_incident", HEAD, **CASE, reason="It came back")
    school.later(days=8 * 366)
    run(school)
    assert key_of(school) is not None
    assert key_of(school, "stream:incident/case-2") is not None


def test_what_is_told_later_has_a_key_of_its_own_and_a_new_period(school):
    closed(school)
    school.later(days=8 * 366)
    run(school)
    noted = school.accept("add_note", TEACHER, **CASE, text="A letter was found")
    assert school.value(noted, "text") == "A letter was found"
    assert fsck(school.directory, school.ledger.key) == []
    assert expected(school) == 0


def test_a_hold_covers_its_incident_and_everything_that_names_its_subjects(school):
    closed(school)
    school.incident("case-2")
    school.accept("block_user", TEACHER, incident="case-2", account="fb-main", subject="ext-b17")
    school.assess("case-2")
    given = {"outcome": "resolved", "audience_reason": "spam"}
    school.accept("close_incident", DEPUTY, incident="case-2", **given)
    about = {"incident": "case-1", "subjects": ["ext-b17"], "reason": "A claim"}
    school.accept("place_legal_hold", HEAD, hold="lh-1", **about)
    school.later(days=8 * 366)
    run(school)
    assert key_of(school) is not None
    assert key_of(school, "stream:incident/case-2") is not None

    school.refuse("not_slt", "release_legal_hold", MODERATOR, hold="lh-1", reason="x")
    freed = school.accept("release_legal_hold", HEAD, hold="lh-1", reason="Settled")
    assert school.under(freed, "reason") == KEY
    school.refuse("already_decided", "release_legal_hold", HEAD, hold="lh-1", reason="x")
    # The reason of the release lies under the key of case-1: its period begins anew.
    run(school)
    assert key_of(school) is not None
    assert key_of(school, "stream:incident/case-2") is None


def test_who_works_here_is_kept_and_who_left_is_not(school):
    school.depart(LEAD)
    school.later(days=8 * 366)
    run(school)
    assert key_of(school, f"subject:{LEAD}") is None
    assert key_of(school, f"subject:{DEPUTY}") is not None
    person = school.told(f"/v1/people/{LEAD}")
    assert (person["display_name"], person["erased"]) == (None, False)


def test_a_school_may_set_other_periods(school):
    closed(school)
    given = {"periods": {"incident": 6}}
    school.refuse("invalid_field", "adopt_retention_schedule", HEAD, version=1, **given)
    school.refuse("not_slt", "adopt_retention_schedule", CHAIR, version=2, **given)
    school.accept("adopt_retention_schedule", HEAD, version=2, **given)
    school.refuse("invalid_field", "run_retention", MODERATOR, **RUN, keys_destroyed=0)
    school.later(days=185)
    made = {"schedule_version": 2, "keys_destroyed": expected(school, schedule_version=2)}
    school.accept("run_retention", "system", **made)
    assert key_of(school) is None
    answer = school.told("/v1/retention")
    assert (answer["schedule_version"], answer["months"]["incident"]) == (2, 6)


@pytest.mark.parametrize(
    "periods", [{"keyring": 6}, {"incident": 0}, {"incident": True}, {"incident": "6"}, ["x"]]
)
def test_periods_are_months_of_kinds_that_are_kept(school, periods):
    school.refuse("invalid_field", "adopt_retention_schedule", HEAD, version=2, periods=periods)


def test_the_number_must_be_that_of_the_keys_that_go(school):
    closed(school)
    school.later(days=8 * 366)
    due = expected(school)
    for wrong in (due - 1, due + 1):
        school.refuse("invalid_field", "run_retention", MODERATOR, **RUN, keys_destroyed=wrong)
    assert key_of(school) is not None


def test_a_run_and_what_is_told_after_it_may_share_a_batch(school):
    """A key is destroyed and a new one made in one transaction; neither takes the other along."""
    closed(school)
    school.later(days=8 * 366)
    commands = [
        again("run_retention", MODERATOR, {**RUN, "keys_destroyed": expected(school)}, "a"),
        again("add_note", TEACHER, {**CASE, "text": "Afterwards"}, "b"),
        again("run_retention", MODERATOR, {**RUN, "keys_destroyed": 0}, "c"),
    ]
    outcomes = school.ledger.submit(commands)
    assert all(isinstance(outcome, Receipt) for outcome in outcomes)
    assert school.value(outcomes[1], "text") == "Afterwards"
    assert fsck(school.directory, school.ledger.key) == []


def test_fsck_finds_values_that_a_run_did_not_destroy(school):
    closed(school)
    school.later(days=8 * 366)
    ran = run(school)
    noted = school.accept("add_note", TEACHER, **CASE, text="Afterwards")
    row = (noted.position, "text", None, None, ran.position)
    with school.ledger.store.datastore.get_connection(commit=True) as connection:
        connection.cursor().execute(
            "UPDATE sealed_values SET subject = NULL, ciphertext = NULL, erased_by = ?, digest = ? "
            "WHERE position = ? AND path = ?",
            (ran.position, digest(*row), noted.position, "text"),
        )
    found = fsck(school.directory, school.ledger.key)
    assert any("no erasure destroyed" in str(f) for f in found)


def test_kinds_that_never_end_are_not_due(school):
    known = school.ledger.entries()
    far = school.clock.at + 100 * 366 * 86400
    assert retention.due(known, [("stream:ledger", 1), ("stream:keyring", 0)], far) == []

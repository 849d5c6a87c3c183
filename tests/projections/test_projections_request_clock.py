"""The one-month clock of a request at its edges: ends of months, pauses, extensions."""

import pytest
from simulator import HEAD, MODERATOR, School

REQUEST = {"request": "rts-9"}


@pytest.fixture
def school(tmp_path):
    made = School(tmp_path / "school")
    made.running()
    yield made
    made.close()


def asked(school, at):
    school.at(at).request("rts-9", "access", "pup-9d4")
    return school


def clock(school):
    (row,) = school.told("/v1/sla?rule=rights_request")
    return row


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2027-01-31T10:00:00+00:00", "2027-03-01"),  # no 31 February; the 28th is a Sunday
        ("2027-03-31T10:00:00+01:00", "2027-04-30"),
        ("2027-08-31T23:59:59+01:00", "2027-09-30"),
        ("2028-01-31T00:00:00+00:00", "2028-02-29"),  # a leap year
        ("2026-11-30T10:00:00+00:00", "2026-12-30"),  # the same date, not the last day
        ("2026-11-19T10:00:00+00:00", "2026-12-21"),  # a Saturday
    ],
)
def test_a_month_is_a_month_of_the_calendar(school, received, due):
    row = clock(asked(school, received))
    assert row["due_at"][:19] == f"{due}T23:59:59"


def test_a_pause_over_the_end_of_the_month_moves_the_day_by_its_days(school):
    asked(school, "2027-01-31T10:00:00+00:00")
    school.at("2027-02-26T09:00:00+00:00")
    school.accept("pause_rights_request", HEAD, **REQUEST, reason="identity")
    school.at("2027-03-02T17:00:00+00:00").accept("resume_rights_request", HEAD, **REQUEST)
    # 28 February, which would have been the day, and four days.
    assert clock(school)["due_at"] == "2027-03-04T23:59:59+00:00"


def test_a_pause_that_ends_the_day_it_began_moves_nothing(school):
    asked(school, "2026-10-05T10:00:00+01:00")
    school.at("2026-10-06T09:00:00+01:00")
    school.accept("pause_rights_request", HEAD, **REQUEST, reason="identity")
    school.at("2026-10-06T23:59:59+01:00").accept("resume_rights_request", HEAD, **REQUEST)
    assert clock(school)["due_at"] == "2026-11-05T23:59:59+00:00"


def test_a_pause_over_the_change_of_clocks_counts_days_not_hours(school):
    asked(school, "2026-10-05T10:00:00+01:00")
    school.at("2026-10-24T23:30:00+01:00")
    school.accept("pause_rights_request", HEAD, **REQUEST, reason="clarification")
    school.at("2026-10-26T00:30:00+00:00").accept("resume_rights_request", HEAD, **REQUEST)
    # Two days after 5 November is a Saturday.
    assert clock(school)["due_at"] == "2026-11-09T23:59:59+00:00"


def test_two_pauses_add_up(school):
    asked(school, "2026-10-05T10:00:00+01:00")
    for day in (6, 20):
        school.at(f"2026-10-{day:02}T09:00:00+01:00")
        school.accept("pause_rights_request", HEAD, **REQUEST, reason="clarification")
        school.at(f"2026-10-{day + 3:02}T09:00:00+01:00")
        school.accept("resume_rights_request", HEAD, **REQUEST)
    assert clock(school)["due_at"] == "2026-11-11T23:59:59+00:00"


def test_a_pause_after_the_day_it_was_due_revives_nothing(school):
    asked(school, "2026-10-05T10:00:00+01:00").at("2026-11-06T09:00:00+00:00")
    school.accept("pause_rights_request", HEAD, **REQUEST, reason="clarification")
    school.at("2026-11-30T09:00:00+00:00").accept("resume_rights_request", HEAD, **REQUEST)
    row = clock(school)
    assert (row["status"], row["due_at"][:10]) == ("breached", "2026-11-05")


def test_an_extension_is_three_months_from_the_beginning(school):
    """31 January and three months is 30 April, not the 28th of a month after a 28th."""
    asked(school, "2027-01-31T10:00:00+00:00").at("2027-03-01T23:59:59+00:00")
    school.accept("extend_rights_request", HEAD, **REQUEST, reason="Much to read")
    row = clock(school)
    assert row["due_at"] == "2027-04-30T23:59:59+01:00"
    assert row["extended_at"] == "2027-03-01T23:59:59+00:00"


def test_a_second_late_it_extends_nothing(school):
    asked(school, "2027-01-31T10:00:00+00:00").at("2027-03-02T00:00:00+00:00")
    school.accept("extend_rights_request", HEAD, **REQUEST, reason="Much to read")
    row = clock(school)
    assert (row["status"], row["due_at"], row["extended_at"]) == (
        "breached", "2027-03-01T23:59:59+00:00", None,
    )  # fmt: skip


def test_an_extension_told_while_it_is_paused_counts(school):
    asked(school, "2026-10-05T10:00:00+01:00").at("2026-10-06T09:00:00+01:00")
    school.accept("pause_rights_request", HEAD, **REQUEST, reason="clarification")
    school.at("2026-11-20T09:00:00+00:00")
    school.accept("extend_rights_request", HEAD, **REQUEST, reason="Much to read")
    school.accept("resume_rights_request", HEAD, **REQUEST)
    # 5 January, and 45 days of waiting.
    assert clock(school)["due_at"] == "2027-02-19T23:59:59+00:00"


def test_answered_on_the_last_second_it_is_met(school):
    asked(school, "2026-10-05T10:00:00+01:00").at("2026-11-05T23:59:59+00:00")
    school.accept("complete_rights_request", MODERATOR, **REQUEST, outcome="disclosed")
    row = clock(school)
    assert (row["status"], row["margin_seconds"]) == ("met", 0)

"""How long a request about personal data may take: pauses, extensions, days of its own."""

import pytest

MONDAY = "2026-10-05T09:00:00+01:00"
STREAM = "request/rts-1"


@pytest.fixture
def asked(story):
    """An access request of Monday 5 October: due on Thursday 5 November."""
    return receive(story.at(MONDAY))


def receive(story, kind="access"):
    story.tell(
        "RightsRequestReceived", STREAM, {"request": "rts-1", "kind": kind, "subject": "p-1"}
    )
    return story


def move(story, type_, when, occurred=None):
    return story.at(when).tell(f"RightsRequest{type_}", STREAM, {"request": "rts-1"}, occurred)


def due(story, now=None):
    (clock,) = story.ask("/v1/sla?rule=rights_request", now)
    return clock["due_at"][:10], clock["status"]


def test_without_a_move_there_is_no_key_of_one(asked):
    (clock,) = asked.ask("/v1/sla?rule=rights_request")
    assert clock["due_at"] == "2026-11-05T23:59:59+00:00"
    assert not {"paused_since", "extended_at"} & set(clock)


def test_a_pause_of_hours_moves_nothing_and_one_over_midnight_a_day(asked):
    move(asked, "Paused", "2026-10-06T09:00:00+01:00")
    move(asked, "Resumed", "2026-10-06T17:00:00+01:00")
    assert due(asked) == ("2026-11-05", "open")
    move(asked, "Paused", "2026-10-07T23:00:00+01:00")
    move(asked, "Resumed", "2026-10-08T01:00:00+01:00")
    assert due(asked) == ("2026-11-06", "open")


def test_two_pauses_add_up_and_a_due_day_at_a_weekend_is_monday(asked):
    for start, end in (("06", "07"), ("12", "13")):
        move(asked, "Paused", f"2026-10-{start}T09:00:00+01:00")
        move(asked, "Resumed", f"2026-10-{end}T09:00:00+01:00")
    assert due(asked) == ("2026-11-09", "open")


def test_a_missed_deadline_is_not_revived(asked):
    move(asked, "Paused", "2026-11-06T09:00:00+00:00")
    move(asked, "Resumed", "2026-11-20T09:00:00+00:00")
    move(asked, "Extended", "2026-11-21T09:00:00+00:00")
    assert due(asked) == ("2026-11-05", "breached")


def test_on_the_last_second_an_extension_counts_and_the_next_it_does_not(asked):
    move(asked, "Extended", "2026-11-06T09:00:00+00:00", "2026-11-05T23:59:59+00:00")
    assert due(asked) == ("2027-01-05", "open")
    asked.annul(asked.records[-1])
    move(asked, "Extended", "2026-11-06T10:00:00+00:00", "2026-11-06T00:00:00+00:00")
    assert due(asked) == ("2026-11-05", "breached")


def test_a_pause_still_counts_for_the_extension_that_is_told_in_it(asked):
    move(asked, "Paused", "2026-11-02T09:00:00+00:00")
    move(asked, "Extended", "2026-11-12T09:00:00+00:00")
    move(asked, "Resumed", "2026-11-12T10:00:00+00:00")
    assert due(asked) == ("2027-01-15", "open")


def test_what_is_said_after_the_end_moves_nothing(asked):
    done = {"request": "rts-1", "outcome": "disclosed"}
    asked.at("2026-11-05T20:00:00+00:00").tell("RightsRequestCompleted", STREAM, done)
    move(asked, "Extended", "2026-11-05T21:00:00+00:00")
    assert due(asked) == ("2026-11-05", "met")


def test_asked_of_the_past_it_says_what_stood_then(asked):
    move(asked, "Paused", "2026-10-06T09:00:00+01:00")
    move(asked, "Resumed", "2026-10-16T09:00:00+01:00")
    (then,) = asked.ask("/v1/sla?rule=rights_request&at=2026-10-08T09:00:00%2B01:00")
    assert then["paused_since"] == "2026-10-06T09:00:00+01:00"
    assert then["due_at"][:10] == "2026-11-09"  # two days so far: the 7th is a Saturday
    (before,) = asked.ask("/v1/sla?rule=rights_request&at=2026-10-05T10:00:00%2B01:00")
    assert before["due_at"][:10] == "2026-11-05"


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        ("educational_record", "2026-10-26"),
        ("dp_complaint", "2026-11-04"),
        ("access", "2026-11-05"),
    ],
)
def test_a_kind_may_have_days_of_its_own_once_the_school_has_confirmed_them(story, kind, day):
    own = {"educational_record_working_days": 15, "dp_complaint_days": 30}
    fields = {"version": 1, "effective_from": "2026-09-01T00:00:00Z"}
    story.tell("SlaRulesAdopted", "ledger", {**fields, "rules": {"rights_request": own}})
    assert due(receive(story.at(MONDAY), kind)) == (day, "open")


def test_until_then_every_kind_has_a_month(story):
    assert due(receive(story.at(MONDAY), "educational_record")) == ("2026-11-05", "open")

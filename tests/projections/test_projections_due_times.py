"""When an answer to an enquiry is due: the forty worked cases, and a second implementation.

The second one is written differently on purpose: zone data instead of the closed rule, whole
days instead of instants.
"""

import csv
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.clock_rules import RULES
from ledger.domain.school_time import in_london, parse_timestamp
from projections.deadlines import (
    enquiry_due,
    months_after,
    wall_clock_after,
    working_days_after,
)
from projections.terms import Calendar

LONDON = ZoneInfo("Europe/London")
CSV = Path(__file__).resolve().parents[1] / "vectors/sla_due_times.csv"
FORTY = list(csv.DictReader(CSV.read_text("utf-8").splitlines()))
BANK_HOLIDAYS = """
2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26 2026-01-01
2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28 2027-01-01
2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28 2028-01-03
2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26 2029-01-01
2029-03-30 2029-04-02 2029-05-07 2029-05-28 2029-08-27 2029-12-25 2029-12-26 2030-01-01
2030-04-19 2030-04-22 2030-05-06 2030-05-27 2030-08-26 2030-12-25 2030-12-26
"""
HOLIDAYS = BANK_HOLIDAYS.split()
CALENDAR = Calendar(1, holidays=frozenset(date.fromisoformat(d) for d in HOLIDAYS))
MODES = ("as_weekday", "as_weekend")
DAY = timedelta(days=1)


def rule(mode, **more):
    return {**RULES["enquiry_response"].default, "weekday_bank_holiday": mode, **more}


@pytest.mark.parametrize("case", FORTY, ids=[c["received"] for c in FORTY])
@pytest.mark.parametrize(("column", "mode"), [("due_v1", MODES[0]), ("due_v2", MODES[1])])
def test_the_forty_worked_cases(case, column, mode):
    due, _ = enquiry_due(parse_timestamp(case["received"]), rule(mode), CALENDAR)
    assert abs(due - parse_timestamp(case[column])) <= 1
    assert in_london(due)[-6:] == case[column][-6:]


def test_there_are_forty():
    assert len(FORTY) == 40


# The second implementation: a table of days, made with zone data.


def is_off(day, mode):
    weekend = day.strftime("%a") in ("Sat", "Sun")
    return weekend or (mode == "as_weekend" and day.isoformat() in HOLIDAYS)


@cache
def end_of_next_school_day(day):
    while True:
        day += DAY
        if day.strftime("%a") not in ("Sat", "Sun") and day.isoformat() not in HOLIDAYS:
            return int(datetime.combine(day, time(23, 59, 59), LONDON).timestamp())


def second_opinion(instant, mode):
    day = datetime.fromtimestamp(instant, LONDON).date()
    return end_of_next_school_day(day) if is_off(day, mode) else instant + 24 * 60 * 60


def near_something(day):
    """Within two days of a weekend, a bank holiday or a clock change."""
    around = [day + n * DAY for n in range(-2, 3)]
    noon = [
        datetime.combine(d, time(12), LONDON).utcoffset() for d in (around[0] - DAY, around[-1])
    ]
    return noon[0] != noon[1] or any(is_off(d, "as_weekend") for d in around)


def days_to_compare():
    day = date(2025, 1, 1)
    while day <= date(2030, 12, 31):
        if near_something(day):
            yield day
        day += DAY


def midnight(day):
    return int(datetime.combine(day, time(), LONDON).timestamp())


def test_every_minute_that_matters_has_a_second_opinion():
    compared = 0
    for day in days_to_compare():
        fixed = {m: end_of_next_school_day(day) if is_off(day, m) else None for m in MODES}
        for mode in MODES:
            parameters = rule(mode)
            for instant in range(midnight(day), midnight(day + DAY), 60):
                due, branch = enquiry_due(instant, parameters, CALENDAR)
                want = instant + 86400 if fixed[mode] is None else fixed[mode]
                assert due == want, (in_london(instant), mode)
                assert (branch == "24_hours") == (fixed[mode] is None)
                compared += 1
    assert compared > 4_000_000


SECONDS = st.integers(
    int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()),
    int(datetime(2030, 12, 31, tzinfo=UTC).timestamp()),
)


@given(SECONDS, st.sampled_from(MODES))
def test_any_second_has_a_second_opinion(instant, mode):
    assert enquiry_due(instant, rule(mode), CALENDAR)[0] == second_opinion(instant, mode)


@given(SECONDS, st.integers(0, 100))
def test_wall_clock_hours_are_what_a_clock_on_the_wall_says(instant, hours):
    local = datetime.fromtimestamp(instant, LONDON).replace(tzinfo=None) + timedelta(hours=hours)
    want = local.replace(tzinfo=LONDON, fold=0).timestamp()
    assert wall_clock_after(instant, hours * 3600) == want


@given(SECONDS, st.integers(0, 30))
def test_working_days_are_counted_from_the_next_one(instant, count):
    due = datetime.fromtimestamp(working_days_after(instant, count, CALENDAR), LONDON)
    day = datetime.fromtimestamp(instant, LONDON).date()
    between = [day + n * DAY for n in range(1, (due.date() - day).days + 1)]
    assert sum(not is_off(d, "as_weekend") for d in between) == count
    assert due.time() == time(23, 59, 59)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-10-28T11:00:00+00:00", "2026-11-30T23:59:59+00:00"),  # the 28th is a Saturday
        ("2026-12-07T09:40:00+00:00", "2027-01-07T23:59:59+00:00"),
        ("2027-01-31T09:00:00+00:00", "2027-03-01T23:59:59+00:00"),  # 28 February is a Sunday
        ("2028-01-31T09:00:00+00:00", "2028-02-29T23:59:59+00:00"),  # a leap year
        ("2026-11-28T09:00:00+00:00", "2026-12-29T23:59:59+00:00"),  # the 28th is a bank holiday
    ],
)
def test_a_month_is_the_same_date_or_the_last_or_the_next_working_day(received, due):
    assert months_after(parse_timestamp(received), 1, CALENDAR) == parse_timestamp(due)


@pytest.mark.parametrize(
    ("more", "received", "due"),
    [
        ({"day_end": "15:30"}, "2026-10-03T10:00:00+01:00", "2026-10-05T15:30:00+01:00"),
        ({"day_end": "17:00"}, "2026-10-24T10:00:00+01:00", "2026-10-26T17:00:00+00:00"),
        (
            {"friday_due_on_weekend": "roll"},
            "2026-10-02T10:00:00+01:00",
            "2026-10-05T23:59:59+01:00",
        ),
        ({"hours": 48}, "2026-10-05T10:00:00+01:00", "2026-10-07T10:00:00+01:00"),
        # Friday in the week of the clock change: a day by the wall is a day by the wall.
        (
            {"hours": 72, "hours_mode": "wall_clock"},
            "2026-10-23T10:00:00+01:00",
            "2026-10-26T10:00:00+00:00",
        ),
        ({"hours": 72}, "2026-10-23T10:00:00+01:00", "2026-10-26T09:00:00+00:00"),
    ],
)
def test_what_a_school_may_change(more, received, due):
    found, _ = enquiry_due(parse_timestamp(received), rule("as_weekday", **more), CALENDAR)
    assert found == parse_timestamp(due)

"""School time against the zone data of the platform: every half hour of 1996 to 2037."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ledger.domain import school_time
from ledger.domain.school_time import (
    TimeRefused,
    end_of_day,
    in_london,
    local_date,
    parse_timestamp,
    utc_offset,
)

LONDON = ZoneInfo("Europe/London")
YEARS = range(1996, 2038)
HALF_HOUR = 1800


def start_of(year):
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


@pytest.mark.parametrize("year", YEARS)
def test_the_offset_text_and_date_of_every_half_hour(year):
    for instant in range(start_of(year), start_of(year + 1), HALF_HOUR):
        local = datetime.fromtimestamp(instant, LONDON)
        assert utc_offset(instant) == local.utcoffset().total_seconds()
        assert local_date(instant) == local.date()
        assert in_london(instant) == local.isoformat()


@pytest.mark.parametrize("year", YEARS)
def test_every_wall_clock_half_hour_is_read_as_the_zone_reads_it(year):
    wall, end = datetime(year, 1, 1), datetime(year + 1, 1, 1)
    while wall < end:
        first, second = (int(wall.replace(tzinfo=LONDON, fold=f).timestamp()) for f in (0, 1))
        back = datetime.fromtimestamp(first, LONDON).replace(tzinfo=None)
        expected = first
        if back != wall:
            expected = "nonexistent_local_time"
        elif first != second:
            expected = "ambiguous_local_time"
        assert read(wall.isoformat()) == expected
        wall += timedelta(seconds=HALF_HOUR)


def read(text):
    try:
        return parse_timestamp(text)
    except TimeRefused as refused:
        return refused.code


@pytest.mark.parametrize("year", YEARS)
def test_the_end_of_every_day(year):
    day = date(year, 1, 1)
    while day.year == year:
        local = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=LONDON)
        assert end_of_day(day) == int(local.timestamp())
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("before", "at"),
    [("2026-03-29T00:59:59+00:00", "2026-03-29T02:00:00+01:00"),
     ("2026-10-25T01:59:59+01:00", "2026-10-25T01:00:00+00:00")],
)  # fmt: skip
def test_the_second_before_and_the_second_of_a_change(before, at):
    instant = parse_timestamp(before)
    assert in_london(instant) == before
    assert in_london(instant + 1) == at
    assert parse_timestamp(at) == instant + 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-25T00:59:59", "2026-10-25T00:59:59+01:00"),
        ("2026-10-25T01:00:00", "ambiguous_local_time"),
        ("2026-10-25T01:59:59", "ambiguous_local_time"),
        ("2026-10-25T02:00:00", "2026-10-25T02:00:00+00:00"),
        ("2026-03-29T00:59:59", "2026-03-29T00:59:59+00:00"),
        ("2026-03-29T01:00:00", "nonexistent_local_time"),
        ("2026-03-29T01:59:59", "nonexistent_local_time"),
        ("2026-03-29T02:00:00", "2026-03-29T02:00:00+01:00"),
    ],
)
def test_the_edges_of_a_change_on_the_wall_clock(text, expected):
    answer = read(text)
    assert (answer if isinstance(answer, str) else in_london(answer)) == expected


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2026-09-01T08:15:00Z", "2026-09-01T09:15:00+01:00"),
        ("2026-09-01T08:15+01:00", "2026-09-01T08:15:00+01:00"),
        ("2026-09-01T08:15:00.999+01:00", "2026-09-01T08:15:00+01:00"),
        ("2026-09-01T08:15:00.000001", "2026-09-01T08:15:00+01:00"),
        ("2026-09-01T08:15:00+05:45", "2026-09-01T03:30:00+01:00"),
        ("2026-09-01T08:15:00-00:30", "2026-09-01T09:45:00+01:00"),
    ],
)
def test_spellings_of_one_moment(text, same):
    assert parse_timestamp(text) == parse_timestamp(same)


@pytest.mark.parametrize(
    "text",
    ["", "2026-09-01", "2026-09-01 08:15:00+01:00", "2026-13-01T08:15:00Z", "2026-02-29T08:15:00Z",
     "2026-09-01T08:60:00Z", "2026-09-01T08:15:60Z", "2026-09-01T24:00:00Z", "1969-12-31T23:59:59Z",
     "2026-09-01T08:15:00+1", "2026-09-01T08:15:00+15:00", "2026-09-01T08:15:00z", " 2026-09-01",
     "2026-09-01T08:15:00Z\n", "２０２６-09-01T08:15:00Z", "2026-W36-2T08:15:00Z", "1756710900"],
)  # fmt: skip
def test_texts_that_are_no_moment(text):
    assert read(text) == "invalid_field"


def test_all_that_is_offered_is_there():
    assert all(hasattr(school_time, name) for name in school_time.__all__)

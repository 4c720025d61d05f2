from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import InvalidInput
from quorate.people.hours import ALWAYS, Hours

NINE_TO_FIVE = [(time(9), time(12)), (time(13), time(17))]
WEEK = dict.fromkeys(range(5), NINE_TO_FIVE)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
moments = st.datetimes(MONDAY.replace(tzinfo=None), MONDAY.replace(tzinfo=None, month=12), timezones=st.just(UTC))
zones = st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])


def test_hours_are_those_of_their_own_zone():
    kolkata = Hours("Asia/Kolkata", WEEK)
    assert kolkata.working(MONDAY.replace(hour=3, minute=30))
    assert not kolkata.working(MONDAY.replace(hour=3, minute=29))
    assert not kolkata.working(MONDAY.replace(hour=11, minute=30))


def test_hours_move_with_the_summer():
    paris = Hours("Europe/Paris", {day: [(time(9), time(10))] for day in range(7)})
    assert next(paris.spans(datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 3, 29, tzinfo=UTC)))[0].hour == 8
    assert next(paris.spans(datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC)))[0].hour == 7


def test_an_hour_that_the_clocks_skip_is_not_counted_twice():
    sunday = Hours("Europe/Paris", {6: [(time(2), time(2, 30)), (time(3), time(4))]})
    begin = datetime(2026, 3, 29, tzinfo=UTC)
    spans = list(sunday.spans(begin, begin + timedelta(days=1)))
    assert sum((end - begin for begin, end in spans), timedelta(0)) == timedelta(hours=1)


def test_a_night_ends_at_midnight():
    night = Hours("UTC", {0: [(time(22), time(0))]})
    assert night.working(MONDAY.replace(hour=23, minute=59))
    assert not night.working(MONDAY + timedelta(days=1))


def test_nobody_works_while_away_and_work_is_done_after():
    away = Hours("UTC", WEEK, away=[(date(2026, 3, 2), date(2026, 3, 3))])
    assert not away.working(MONDAY.replace(hour=10))
    assert away.finish(MONDAY, timedelta(hours=4)) == datetime(2026, 3, 4, 14, tzinfo=UTC)


def test_work_that_no_hours_are_left_for_is_never_done():
    assert Hours("UTC", {}).finish(MONDAY, timedelta(hours=1)) is None


@given(zones, moments, st.integers(1, 80 * 60))
def test_what_lies_between_beginning_and_end_is_the_work(zone, since, minutes):
    hours = Hours(zone, WEEK)
    work = timedelta(minutes=minutes)
    done = hours.finish(since, work)
    spans = list(hours.spans(since, done))
    assert sum((end - begin for begin, end in spans), timedelta(0)) == work
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(hours.working(begin + (end - begin) / 2) for begin, end in spans)


@pytest.mark.parametrize(
    ("zone", "week", "away"),
    [
        ("Mars/Olympus", {}, []),
        ("../etc/passwd", {}, []),
        ("UTC", {7: []}, []),
        ("UTC", {0: [(time(12), time(9))]}, []),
        ("UTC", {0: [(time(9), time(12)), (time(11), time(13))]}, []),
        ("UTC", {0: [(time(9), time(0)), (time(11), time(13))]}, []),
        ("UTC", {}, [(date(2026, 3, 3), date(2026, 3, 2))]),
    ],
)
def test_hours_that_make_no_sense_are_refused(zone, week, away):
    with pytest.raises(InvalidInput):
        Hours(zone, week, away)


def test_what_is_written_is_read_again():
    said = {
        "zone": "Europe/Paris",
        "week": {"mon": [{"from": "09:00", "to": "12:00"}, {"from": "22:00", "to": "00:00"}]},
        "away": [{"from": "2026-12-24", "to": "2026-12-31"}],
    }
    assert Hours.read(said).written() == said
    with pytest.raises(InvalidInput):
        Hours.read({"zone": "UTC", "week": {"monday": []}})


def test_who_says_nothing_is_always_there():
    assert ALWAYS.next(MONDAY + timedelta(hours=3))[0] == MONDAY + timedelta(hours=3)
    assert ALWAYS.within(MONDAY, MONDAY + timedelta(days=2)) == timedelta(days=2)

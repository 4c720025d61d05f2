from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quorate.people.capacity import at_work, finished, offered
from quorate.people.hours import ALWAYS, Hours

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFFICE = Hours("UTC", dict.fromkeys(range(5), ((time(9), time(17)),)))
TOKYO = Hours("Asia/Tokyo", dict.fromkeys(range(5), ((time(9), time(12)), (time(13), time(17)))))
NOBODY = Hours("UTC", {})


def test_two_who_are_always_there_need_half_the_time():
    assert finished(timedelta(hours=10), [ALWAYS, ALWAYS], MONDAY) == MONDAY + timedelta(hours=5)


def test_what_is_left_on_friday_evening_is_done_on_monday():
    friday = MONDAY + timedelta(days=4, hours=7)
    assert finished(timedelta(hours=3), [OFFICE], friday) == MONDAY + timedelta(days=7, hours=2)


def test_what_nobody_works_on_is_not_in_sight_and_nothing_is_done_now():
    assert finished(timedelta(hours=1), [NOBODY], MONDAY) is None
    assert finished(timedelta(hours=1), [], MONDAY) is None
    assert finished(timedelta(0), [], MONDAY) == MONDAY
    assert at_work([OFFICE, NOBODY, ALWAYS], MONDAY) == 2


@given(
    st.integers(1, 60 * 200),
    st.lists(st.sampled_from([OFFICE, TOKYO, ALWAYS, NOBODY]), min_size=1, max_size=4),
    st.integers(0, 24 * 7 * 60),
)
def test_exactly_the_work_is_offered_until_it_is_done(minutes, people, later):
    now = MONDAY + timedelta(minutes=later)
    work = timedelta(minutes=minutes)
    done = finished(work, people, now)
    if done is None:
        assert offered(people, now, now + timedelta(days=90)) < work
        return
    assert abs(offered(people, now, done) - work) < timedelta(milliseconds=1)

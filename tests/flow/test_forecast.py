"""The forecast: a steady pace is foretold, bursts widen the interval, too little says nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from quorate.flow.forecast import FARTHEST, forecast, settled

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


def steady(hours: float, an_hour: float) -> list[datetime]:
    return [NOW - timedelta(hours=n / an_hour) for n in range(1, int(hours * an_hour) + 1)]


def test_a_steady_pace_goes_on():
    found = forecast(steady(48, 10), 240, NOW)
    assert found.pace == pytest.approx(10, rel=0.02)
    assert abs(found.done - (NOW + timedelta(hours=24))) < timedelta(hours=1)
    assert found.earliest < found.done < found.latest


def test_bursts_make_it_less_sure_than_the_same_number_spread_evenly():
    even, bursts = steady(168, 4), [NOW - timedelta(hours=24 * (n % 7) + n / 1000) for n in range(672)]
    wide, narrow = forecast(bursts, 500, NOW), forecast(even, 500, NOW)
    assert wide.latest is None or wide.latest - wide.earliest > narrow.latest - narrow.earliest


def test_it_covers_what_comes_of_a_poisson_process():
    covered = 0
    for seed in range(300):
        random = np.random.default_rng(seed)
        times = [NOW - timedelta(hours=float(h)) for h in random.uniform(0, 100, random.poisson(500))]
        done = NOW + timedelta(hours=100)  # at the true pace of five an hour
        found = forecast(times, 500, NOW)
        covered += found.earliest <= done <= (found.latest or done)
    assert covered / 300 >= 0.9


def test_few_labels_tell_as_much_as_many_where_there_was_time_for_more():
    since = NOW - timedelta(hours=40)
    assert forecast([], 10, NOW) is None
    none, three = forecast([], 10, NOW, since=since), forecast(steady(40, 3 / 40), 10, NOW, since=since)
    assert (none.pace, none.done, none.latest) == (0, None, None)
    assert (none.earliest - NOW) / timedelta(hours=1) == pytest.approx(10 / (3.689 / 40), rel=1e-3), (
        "97.5 % of counts are above zero where 3.69 come"
    )
    assert three.done - NOW == pytest.approx(timedelta(hours=10 / (3 / 40)), abs=timedelta(minutes=1))
    assert three.earliest < three.done < three.latest
    long_ago = forecast([], 10, NOW, since=NOW - timedelta(days=90))
    assert long_ago.begun == NOW - timedelta(days=7), "it is the pace of the last week"


def test_a_step_has_a_tenth_of_its_time_to_begin_and_no_more_than_two_days():
    due = NOW + timedelta(hours=90)
    assert [settled(NOW - timedelta(hours=h), due, NOW) for h in (9, 10.1)] == [False, True]
    assert [settled(NOW - timedelta(hours=h), NOW + timedelta(days=90), NOW) for h in (47, 49)] == [False, True]


def test_what_it_cannot_say():
    assert forecast(steady(1, 4), 10, NOW) is None
    assert forecast([NOW - timedelta(days=8)] * 100, 10, NOW) is None
    assert forecast(steady(10, 5), 0, NOW).done == NOW
    endless = forecast(steady(168, 0.1), 10**9, NOW)
    assert (endless.done, endless.latest) == (None, None)
    assert timedelta(days=365) < FARTHEST

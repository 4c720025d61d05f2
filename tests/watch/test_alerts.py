"""pending → firing → recovered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quorate.watch.alerts import advance

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def states(holds, wait=2):
    standing, found = None, []
    for minute, true in enumerate(holds):
        standing = advance(standing, true, wait * MINUTE, START + minute * MINUTE)
        found.append(standing.state if standing else None)
    return found


def test_it_fires_once_it_has_held_for_long_enough_and_recovers():
    assert states([0, 1, 1, 1, 1, 0, 0]) == [None, "pending", "pending", "firing", "firing", "recovered", "recovered"]
    assert states([1, 1, 0, 1, 1, 1]) == ["pending", "pending", "calm", "pending", "pending", "firing"]
    assert states([1, 0, 1], wait=0) == ["firing", "recovered", "firing"]


@given(st.lists(st.booleans(), max_size=40), st.integers(0, 5))
def test_it_fires_exactly_when_the_last_minutes_all_held(holds, wait):
    for minute, state in enumerate(states(holds, wait)):
        run = 0
        while run <= minute and holds[minute - run]:
            run += 1
        assert (state == "firing") == (run > wait)


def test_it_remembers_when_it_fired():
    fired = advance(None, True, timedelta(0), START)
    over = advance(fired, False, timedelta(0), START + MINUTE)
    assert (over.fired_at, over.since) == (START, START + MINUTE)

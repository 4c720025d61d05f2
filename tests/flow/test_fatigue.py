"""Tired or not: told from one's own answers, seldom wrongly, and soon."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from quorate.flow.fatigue import PAUSE, Done, fatigue, stretch
from quorate.flow.policy import Rest

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def work(seed, answers, *, slow_from=None, wrong_from=None):
    """Answers of about 8 s, now and then half a minute; every fourth to a known item, 93 % of them right."""
    random, at, done = np.random.default_rng(seed), START, []
    for n in range(answers):
        seconds = float(random.lognormal(np.log(8), 0.5) + (25 if random.random() < 0.03 else 0))
        seconds *= 2 if slow_from is not None and n >= slow_from else 1
        right = random.random() < (0.4 if wrong_from is not None and n >= wrong_from else 0.93)
        at += timedelta(seconds=seconds + 1)
        done.append(Done(at, seconds, bool(right) if n % 4 == 0 else None))
    return done


def found(done):
    """The first proposal, looked for every six answers (about once a minute), and after how many answers."""
    for seen in range(6, len(done) + 1, 6):
        if one := fatigue(done[:seen], Rest(minutes=None), done[seen - 1].at):
            return one.why, seen
    return None


def test_who_goes_on_as_before_is_left_alone():
    wrongly = sum(found(work(seed, 300)) is not None for seed in range(100))
    assert wrongly <= 4


def test_who_becomes_slower_or_less_right_is_told_soon():
    slow = [found(work(seed, 200, slow_from=120)) for seed in range(40)]
    wrong = [found(work(seed, 260, wrong_from=120)) for seed in range(40)]
    assert sum(one is not None and one[0] == "pace" and 120 < one[1] <= 160 for one in slow) >= 36
    assert sum(one is not None and one[0] == "accuracy" and one[1] > 120 for one in wrong) >= 30


def test_a_pause_begins_a_new_stretch():
    before = work(1, 50)
    later = [Done(before[-1].at + PAUSE * 2 + timedelta(seconds=10 * n), 8) for n in range(3)]
    assert list(stretch([*before, *later], later[-1].at)) == later
    assert list(stretch(before, before[-1].at + PAUSE * 2)) == []
    assert fatigue([*before, *later], Rest(minutes=5), later[-1].at) is None


def test_work_of_which_the_answers_at_hand_are_but_the_end_is_long():
    work = [Done(START + timedelta(seconds=10 * n)) for n in range(600)]
    now = work[-1].at
    assert fatigue(work[-200:], Rest(slower=None, worse=None), now) is None
    told = fatigue(work[-200:], Rest(slower=None, worse=None), now, work=work)
    assert told
    assert (told.why, told.now) == ("long", 99.8)
    assert fatigue([], Rest(), now, work=work) is not None, "an expert has none of the others"


def test_long_work_is_long_and_null_is_never():
    done = [Done(START + timedelta(minutes=n), 50) for n in range(100)]
    told = fatigue(done, Rest(minutes=90), done[-1].at)
    assert told
    assert (told.why, told.now) == ("long", 99)
    assert fatigue(done, Rest(minutes=None, slower=None, worse=None), done[-1].at) is None


@pytest.mark.parametrize("seconds", [None, 0.0])
def test_without_times_nothing_is_said_of_pace(seconds):
    done = [Done(START + timedelta(seconds=n), seconds) for n in range(200)]
    assert fatigue(done, Rest(minutes=None), done[-1].at) is None

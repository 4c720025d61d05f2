"""Correlated agreement: whoever says what they see is paid best, whatever they could say instead."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.truth.correlated_agreement import correlated_agreement

TASKS, PEERS = 2000, 4


def crowd(rng, classes, accuracy, prior):
    """What the first and their peers see: (people, tasks)."""
    truth = rng.choice(classes, TASKS, p=prior)
    wrong = (truth + rng.integers(1, classes, (PEERS + 1, TASKS))) % classes
    return np.where(rng.random((PEERS + 1, TASKS)) < accuracy, truth, wrong)


def score(seen, said, classes):
    labels = np.vstack([said, seen[1:]]).ravel()
    items = np.tile(np.arange(TASKS), PEERS + 1)
    return correlated_agreement(items, np.repeat(np.arange(PEERS + 1), TASKS), labels, classes)[0].score


@settings(max_examples=4, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    accuracy=st.floats(0.6, 0.95),
    skew=st.floats(0.25, 0.5),
)
def test_the_truth_pays_best_of_all_that_one_could_say(seed, accuracy, skew):
    """Against every one of the 27 ways to turn what is seen of three classes into an answer."""
    seen = crowd(np.random.default_rng(seed), 3, accuracy, [skew, (1 - skew) / 2, (1 - skew) / 2])
    honest = score(seen, seen[0], 3)
    for strategy in product(range(3), repeat=3):
        said = np.array(strategy)[seen[0]]
        got = score(seen, said, 3)
        assert got <= honest + 1e-9 if strategy != (0, 1, 2) else got == honest
        if len(set(strategy)) == 1:
            assert got == pytest.approx(0, abs=1e-12)
    assert honest > 0.05


def test_half_the_effort_is_half_the_bonus():
    rng = np.random.default_rng(1)
    seen = crowd(rng, 3, 0.9, [1 / 3] * 3)
    guessed = rng.integers(0, 3, TASKS)
    honest = score(seen, seen[0], 3)
    assert score(seen, guessed, 3) == pytest.approx(0, abs=0.05)
    assert score(seen, np.where(rng.random(TASKS) < 0.5, seen[0], guessed), 3) == pytest.approx(honest / 2, abs=0.05)


def test_by_hand():
    """Two people, three tasks. The rule is learnt from a third and a fourth, who agree: plain agreement. Same task: 2
    of 3. Different tasks, in the six ordered pairs: 0 with {1, 1}, 1 with {0, 1}, 0 with {0, 1}: 2 of 6."""
    items = np.array([0, 1, 2, 0, 1, 2, 3, 3, 4, 4])
    workers = np.array([0, 0, 0, 1, 1, 1, 2, 3, 2, 3])
    labels = np.array([0, 1, 0, 0, 1, 1, 0, 0, 1, 1])
    found = correlated_agreement(items, workers, labels, 2)
    assert found[0].score == pytest.approx(2 / 3 - 2 / 6)
    assert found[0].tasks == 3


def test_who_answered_alone_has_no_score():
    assert correlated_agreement(np.array([0, 1]), np.array([0, 0]), np.array([0, 1]), 2) == {}
    assert correlated_agreement(np.array([], int), np.array([], int), np.array([], int), 2) == {}

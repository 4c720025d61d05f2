"""The chance of a likelihood ratio, simulated, is the one that can be counted."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from quorate.truth.rarity import Mixture, rarity

GUESS = Mixture(np.full((1, 50, 2), 0.5), np.ones(1))


def skilled(*right: float) -> Mixture:
    return Mixture(np.array([[[1 - p, p]] * 50 for p in right]), np.full(len(right), 1 / len(right)))


@pytest.mark.parametrize("right", [46, 40, 36, 33, 30, 25])
def test_is_the_binomial_tail_from_one_in_two_to_one_in_a_million(right: int) -> None:
    said = np.arange(50) < right
    told = rarity(skilled(0.8), GUESS, said.astype(int))
    assert told == pytest.approx(binom.logcdf(right, 50, 0.8), abs=0.25)


def test_of_several_skills_each_counts_as_usual_as_it_is() -> None:
    said = (np.arange(50) < 32).astype(int)
    expected = np.log((binom.cdf(32, 50, 0.75) + binom.cdf(32, 50, 0.9)) / 2)
    assert rarity(skilled(0.75, 0.9), GUESS, said) == pytest.approx(expected, abs=0.2)


def test_where_neither_explanation_would_often_be_the_chance_is_not_understated() -> None:
    said = (np.arange(50) < 36).astype(int)
    wrong = Mixture(np.array([[[0.95, 0.05]] * 50]), np.ones(1))
    assert binom.logcdf(36, 50, 0.9) - 0.3 <= rarity(skilled(0.9), wrong, said) < np.log(0.005)


def test_the_chance_is_never_none() -> None:
    assert -200 < rarity(skilled(0.8), GUESS, np.zeros(50, int)) < -40

"""Each bound holds as often as it says, in 2,000 repetitions of the whole audit, and is not needlessly wide."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from quorate.truth import bounds

RUNS = 2000
DELTA = 0.05
# Misses that a bound with a true miss rate of 5 % exceeds once in a thousand times.
MISSES = int(stats.binom.ppf(0.999, RUNS, DELTA))


def test_known_binomial_bounds():
    """Values tabulated for 95 %: the rule of three, and the classic 1 in 10."""
    lower, upper = bounds.clopper_pearson([0, 1, 10], [100, 10, 10], 0.05)
    np.testing.assert_allclose(upper, [1 - 0.05**0.01, 0.394163, 1.0], atol=1e-6)
    np.testing.assert_allclose(lower, [0.0, 0.005116, 0.05**0.1], atol=1e-6)
    assert [float(x) for x in bounds.clopper_pearson(0, 0, 0.05)] == [0.0, 1.0]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_hypergeometric_tail_is_that_of_scipy(data):
    size = data.draw(st.integers(1, 300))
    wrong = data.draw(st.integers(0, size))
    audits = data.draw(st.integers(0, size))
    errors = data.draw(st.integers(0, audits))
    ours = math.exp(bounds.hypergeometric_log_cdf(errors, audits, wrong, size))
    assert ours == pytest.approx(stats.hypergeom.cdf(errors, size, wrong, audits), abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 400), st.floats(0.001, 0.4), st.data())
def test_the_hypergeometric_bound_is_the_last_that_is_not_rejected(size, delta, data):
    audits = data.draw(st.integers(0, size))
    errors = data.draw(st.integers(0, audits))
    upper = bounds.hypergeometric_upper(errors, audits, size, delta)
    tails = stats.hypergeom.cdf(errors, size, np.arange(size + 1), audits)
    numbers = np.arange(size + 1)
    can_be = (numbers >= errors) & (numbers <= size - (audits - errors))
    # Where a tail equals delta but for rounding, either side of the tie is right.
    surely, perhaps = (np.flatnonzero((tails > delta * slack) & can_be)[-1] for slack in (1 + 1e-9, 1 - 1e-9))
    assert surely <= upper <= perhaps


def test_a_large_population_meets_the_binomial_bound():
    exact = bounds.hypergeometric_upper(3, 500, 9_000_000, DELTA) / 9_000_000
    assert exact == pytest.approx(float(bounds.clopper_pearson(3, 500, DELTA)[1]), rel=1e-3)
    assert bounds.hypergeometric_upper(3, 500, 20_000_000, DELTA) / 20_000_000 == pytest.approx(exact, rel=1e-3)


@pytest.mark.parametrize(
    ("size", "wrong", "audits"), [(4000, 80, 200), (300, 6, 100), (1000, 0, 50), (10_000, 500, 90)]
)
def test_hypergeometric_coverage(size, wrong, audits):
    errors = np.random.default_rng(1).hypergeometric(wrong, size - wrong, audits, RUNS)
    upper = cache(lambda k: bounds.hypergeometric_upper(k, audits, size, DELTA))
    assert sum(upper(int(k)) < wrong for k in errors) <= MISSES


@pytest.mark.parametrize(
    ("sizes", "wrong", "audits"),
    [
        ((3000, 800, 200), (30, 16, 20), (60, 40, 100)),
        ((3000, 800, 200), (0, 0, 60), (60, 40, 10)),  # all errors where one looks least
        ((5000, 5000), (250, 0), (400, 50)),
        ((900, 100), (45, 5), (300, 100)),  # the second stratum is seen in full
    ],
)
def test_weighted_coverage(sizes, wrong, audits):
    rng = np.random.default_rng(2)
    pairs = zip(wrong, sizes, audits, strict=True)
    errors = np.stack([rng.hypergeometric(w, n - w, a, RUNS) for w, n, a in pairs], axis=1)
    rates, unseen = np.divide(audits, sizes), np.subtract(sizes, audits)
    upper = cache(lambda *k: bounds.weighted_upper(rates, k, unseen, DELTA))
    assert sum(upper(*map(int, row)) < sum(wrong) for row in errors) <= MISSES


def test_weighted_coverage_with_auditors_who_overlook_errors():
    rng = np.random.default_rng(3)
    found = rng.binomial(rng.hypergeometric(120, 3880, 300, RUNS), 0.8)
    upper = cache(lambda k: bounds.weighted_upper([300 / 4000 * 0.8], [k], [4000], DELTA, fallible=True))
    assert sum(upper(int(k)) < 120 for k in found) <= MISSES
    assert bounds.hypergeometric_upper(3, 300, 4000, DELTA) < upper(3)


def test_weighted_agrees_with_the_exact_bound_when_no_error_is_found():
    """One stratum, no error: both solve (1 - rate)^m = delta, up to drawing without replacement."""
    exact = bounds.hypergeometric_upper(0, 200, 4000, DELTA)
    assert exact <= bounds.weighted_upper([0.05], [0], [3800], DELTA) <= 1.02 * exact


def test_weighted_needs_no_more_than_the_worst_stratum():
    """Strata at one rate cost nothing: splitting delta among six would cost 60 %."""
    one = bounds.weighted_upper([0.05], [2], [5700], DELTA)
    six = bounds.weighted_upper([0.05] * 6, [1, 1, 0, 0, 0, 0], [950] * 6, DELTA)
    assert six == one


def test_weighted_lets_all_that_was_never_audited_be_wrong():
    assert bounds.weighted_upper([0.0, 1.0], [0, 2], [50, 0], DELTA) == 52


def _draw(rng, probability, wrong):
    """One Bernoulli draw of audits from a population, as groups (probability, wrong) with counts."""
    picked = rng.random(len(wrong)) < probability
    keys, counts = np.unique(np.stack([probability[picked], wrong[picked]]), axis=1, return_counts=True)
    return keys[0], keys[1].astype(bool), counts


@pytest.mark.parametrize("where", ["rarely audited", "often audited", "anywhere"])
def test_betting_coverage_with_unequal_probabilities(where):
    rng = np.random.default_rng(4)
    probability = np.repeat([0.03, 0.1, 0.4], [2000, 1500, 500])
    chosen = {"rarely audited": probability < 0.05, "often audited": probability > 0.3, "anywhere": probability > 0}
    wrong = np.zeros(4000, bool)
    wrong[rng.choice(np.flatnonzero(chosen[where]), 100, replace=False)] = True
    runs = [_draw(rng, probability, wrong) for _ in range(RUNS)]
    # The bound misses exactly when the bettor gets rich against the true error.
    assert sum(bounds.betting_log_wealth(0.025, *groups, 0.03) >= math.log(1 / DELTA) for groups in runs) <= MISSES
    for groups in runs[:3]:
        upper = bounds.betting_upper(*groups, 0.03, DELTA)
        assert bounds.betting_log_wealth(upper, *groups, 0.03) == pytest.approx(math.log(1 / DELTA), abs=1e-6)


def test_betting_coverage_with_predictions_and_audits_that_never_came_back():
    rng = np.random.default_rng(5)
    risk = np.round(rng.beta(0.3, 4, 5000), 2)
    wrong = rng.random(5000) < risk
    misses, narrower = 0, []
    for run in range(RUNS):
        picked = rng.random(5000) < 0.06 * 0.7  # three in ten of the audits drawn are still out
        keys, counts = np.unique(np.stack([wrong[picked], risk[picked]]), axis=1, return_counts=True)
        bad, surprise, p = keys[0].astype(bool), keys[1] - risk.mean(), np.full(counts.size, 0.06)
        powered = {"surprise": surprise, "mean_risk": float(risk.mean())}
        misses += bounds.betting_log_wealth(wrong.mean(), p, bad, counts, 0.06, **powered) >= math.log(1 / DELTA)
        if run < 50:
            upper = bounds.betting_upper(p, bad, counts, 0.06, DELTA, **powered)
            narrower.append(upper / bounds.betting_upper(p, bad, counts, 0.06, DELTA))
    assert misses <= MISSES
    assert np.mean(narrower) < 0.97


def test_betting_loses_little_to_the_exact_bound():
    for errors, worst in [(0, 1.12), (2, 1.47), (10, 1.4), (40, 1.25)]:
        groups = ([0.05, 0.05], [True, False], [errors, 300 - errors])
        ratio = bounds.betting_upper(*groups, 0.05, DELTA) / float(bounds.clopper_pearson(errors, 300, DELTA)[1])
        assert 1.0 <= ratio < worst


def test_audits_needed_is_the_smallest_number():
    for errors in range(4):
        n = bounds.audits_needed(5000, 0.02, DELTA, errors)
        assert bounds.hypergeometric_upper(errors, n, 5000, DELTA) <= 100
        assert bounds.hypergeometric_upper(errors, n - 1, 5000, DELTA) > 100
    assert bounds.audits_needed(50, 0.01, DELTA) == 48  # one wrong label hides in two unseen with chance 4 %

"""Bounds and alarms hold at all looks together, in 2,000 repetitions that stop at the worst moment."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from quorate.errors import InvalidInput
from quorate.truth.bounds import clopper_pearson
from quorate.truth.sequences import DriftTest, ErrorSequence, error_log_capital, error_upper, mean_bounds

RUNS = 2000


def misses_allowed(delta, runs=RUNS):
    return int(stats.binom.ppf(0.999, runs, delta))


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.005, 0.05, 0.3])
def test_the_error_never_leaves_the_sequence(rate):
    wrong = np.random.default_rng(1).random((RUNS, 1000)) < rate
    errors, seen = wrong.cumsum(axis=1), np.arange(1, 1001)
    rich = math.log(1 / 0.05)
    above = (error_log_capital(rate, errors, seen) >= rich).any(axis=1).sum()
    below = (error_log_capital(1 - rate, seen - errors, seen) >= rich).any(axis=1).sum()
    assert above <= misses_allowed(0.05)
    assert below <= misses_allowed(0.05)


def test_a_fixed_sample_bound_does_leave_when_one_stops_at_the_worst_moment():
    """Why the sequence is needed: the same test fails the exact bound for a number of audits fixed in advance."""
    wrong = np.random.default_rng(1).random((200, 500)) < 0.05
    upper = clopper_pearson(wrong.cumsum(axis=1), np.arange(1, 501), 0.05)[1]
    assert (upper < 0.05).any(axis=1).mean() > 0.15


def test_the_mixture_is_the_integral_it_claims_to_be():
    theta, k, n = 0.12, 3, 70

    def ratio(p):
        return stats.beta.pdf(p, 0.5, 0.5) * stats.binom.pmf(k, n, p) / stats.binom.pmf(k, n, theta)

    area = integrate.quad(ratio, 0, theta)[0] / stats.beta.cdf(theta, 0.5, 0.5)
    assert float(error_log_capital(theta, k, n)) == pytest.approx(math.log(area), rel=1e-6)


def test_counts_one_by_one_and_all_at_once_agree():
    wrong = np.random.default_rng(2).random(200) < 0.1
    sequence, uppers = ErrorSequence(0.1), []
    for x in wrong:
        sequence.update(bool(x))
        uppers.append(sequence.upper)
    np.testing.assert_allclose(uppers, error_upper(wrong.cumsum(), np.arange(1, 201), 0.1))
    assert sequence.lower < wrong.mean() < sequence.upper
    assert ErrorSequence().upper == 1
    assert ErrorSequence().lower == 0


@pytest.mark.parametrize(("errors", "seen"), [(0, 100), (2, 300), (10, 1000), (500, 500)])
def test_the_sequence_costs_little_more_than_a_fixed_sample(errors, seen):
    fixed = float(clopper_pearson(errors, seen, 0.05)[1])
    assert fixed <= float(error_upper(errors, seen)) < 1.6 * fixed


@pytest.mark.parametrize("draw", [lambda r, n: r.beta(2, 6, n), lambda r, n: (r.random(n) < 0.25).astype(float)])
def test_the_mean_never_leaves_its_bounds(draw):
    rng = np.random.default_rng(3)
    left = 0
    for _ in range(RUNS):
        lower, upper = mean_bounds(draw(rng, 200), grid=80)
        left += bool((lower > 0.25).any() or (upper < 0.25).any())
    assert left <= misses_allowed(0.05)


def test_mean_bounds_close_in_and_are_narrower_for_values_that_vary_less():
    rng = np.random.default_rng(4)
    calm, wild = rng.beta(50, 150, 1000), (rng.random(1000) < 0.25).astype(float)
    (low, high), (low_wild, high_wild) = mean_bounds(calm), mean_bounds(wild)
    assert (np.diff(high - low) <= 0).all()
    assert high[-1] - low[-1] < 0.6 * (high_wild[-1] - low_wild[-1]) < 0.08


@given(st.lists(st.floats(0, 1), max_size=40))
def test_mean_bounds_are_ordered(values):
    lower, upper = mean_bounds(values, grid=50)
    assert lower.shape == upper.shape == (len(values),)
    assert (lower >= 0).all()
    assert (upper <= 1).all()


@pytest.mark.parametrize("values", [[0.5, 1.2], [0.5, math.nan], [-0.1]])
def test_values_outside_0_to_1_are_refused(values):
    with pytest.raises(InvalidInput):
        mean_bounds(values)


def alarms(baseline, rates, runs, seed):
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(runs):
        test = DriftTest(baseline, delta=0.05, starts=32)
        when = next((t for t, p in enumerate(rates) if test.update(bool(rng.random() < p))), None)
        if when is not None:
            found.append((when, test.since))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("baseline", "rate"), [(0.1, 0.1), (0.1, 0.03), (None, 0.1), (None, 0.5)])
def test_no_drift_no_alarm(baseline, rate):
    assert len(alarms(baseline, [rate] * 30, RUNS, 5)) <= misses_allowed(0.05)


@pytest.mark.parametrize("baseline", [0.1, None])
def test_drift_is_found_and_dated(baseline):
    found = alarms(baseline, [0.08] * 200 + [0.5] * 150, 40, 6)
    right = [(when, since) for when, since in found if when >= 200]
    assert len(right) >= 36
    assert np.median([when for when, _ in right]) < 245
    assert abs(np.median([since for _, since in right]) - 200) <= 15


def test_getting_better_is_no_drift_from_a_baseline_but_is_a_change():
    better = [0.5] * 150 + [0.05] * 150
    assert not alarms(0.55, better, 10, 7)
    assert len(alarms(None, better, 10, 7)) == 10


def test_few_starts_find_nearly_what_all_would():
    wrong = np.random.default_rng(8).random(400) < np.repeat([0.05, 0.25], 200)
    few, many = DriftTest(0.08, starts=32), DriftTest(0.08, starts=1000)
    for x in wrong:
        few.update(bool(x))
        many.update(bool(x))
    assert few._seen.size <= 32
    assert few.peak == pytest.approx(many.peak, abs=1.5)

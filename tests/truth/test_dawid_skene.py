"""Dawid and Skene's own example, and what EM must do."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.truth import DawidSkene, Votes
from quorate.truth.check import simulate
from quorate.truth.model import code_gold

SETS = Path(os.environ.get("QUORATE_DATA_SETS", Path(__file__).parents[3] / "shared" / "data"))


@pytest.fixture(scope="module")
def anaesthetists():
    path = SETS / "anaesthetists" / "votes.csv"
    if not path.exists():
        pytest.skip("the anaesthetists' votes are not here (set QUORATE_DATA_SETS)")
    return Votes.read(path)


def likeliest(**params):
    return DawidSkene(right=0, wrong=0, balance=0, tol=1e-13, max_iter=10_000, **params)


@pytest.mark.parametrize("accelerate", [False, True])
def test_the_worked_example(anaesthetists, accelerate):
    """Dawid and Skene 1979, table 3 (class marginals) and table 2 (error rates of the first observer)."""
    model = likeliest(accelerate=accelerate).fit(anaesthetists)
    np.testing.assert_allclose(model.prior_, [0.40, 0.42, 0.11, 0.07], atol=0.005)
    np.testing.assert_allclose(model.skills_[0][0], [0.89, 0.11, 0, 0], atol=0.02)
    assert model.converged_


def test_repeats_are_votes(anaesthetists):
    assert len(anaesthetists) == 315
    assert len(anaesthetists.without_duplicates()) < 315


def test_every_plain_step_gains(anaesthetists):
    def value(n):
        return DawidSkene(max_iter=n, tol=-1, accelerate=False).fit(anaesthetists).log_likelihood_

    values = [value(n) for n in range(1, 12)]
    assert (np.diff(values) >= -1e-9).all()


@pytest.mark.parametrize("seed", range(5))
def test_acceleration_finds_what_plain_em_finds_in_fewer_sweeps(seed):
    votes, _ = simulate(np.random.default_rng(seed), n_items=500, n_classes=4)
    plain = DawidSkene(accelerate=False, tol=1e-10, max_iter=5000).fit(votes)
    quick = DawidSkene(tol=1e-10, max_iter=5000).fit(votes)
    assert quick.log_likelihood_ >= plain.log_likelihood_ - 1e-4
    assert quick.n_iter_ < plain.n_iter_


def test_threads_do_not_change_a_bit():
    votes, _ = simulate(np.random.default_rng(0), n_items=400)
    one, four = (DawidSkene(threads=n).fit(votes) for n in (1, 4))
    assert np.array_equal(one.proba_, four.proba_)


def test_single_precision_is_close():
    votes, _ = simulate(np.random.default_rng(0), n_items=400)
    double, single = (DawidSkene(dtype=name, max_iter=20, tol=-1).fit(votes) for name in ("float64", "float32"))
    np.testing.assert_allclose(single.proba_, double.proba_, atol=1e-3)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_weights_are_repeats(seed):
    """A vote of weight 2 is the vote said twice."""
    rng = np.random.default_rng(seed)
    votes, _ = simulate(rng, n_items=40)
    times = rng.integers(1, 4, len(votes))
    weighted = replace(votes, weight=times.astype(float))
    repeated = votes.take(np.repeat(np.arange(len(votes)), times))
    first, second = (DawidSkene(max_iter=10, tol=-1).fit(these) for these in (weighted, repeated))
    np.testing.assert_allclose(first.proba_, second.proba_, atol=1e-6)


def test_gold_teaches_about_the_others():
    """Where most are adversaries, a little gold turns the answer round."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 300)
    item, worker = np.repeat(np.arange(300), 7), np.tile(np.arange(7), 300)
    lies = worker < 4
    label = np.where((rng.random(len(item)) < 0.85) ^ lies, truth[item], 1 - truth[item])
    votes = Votes.from_arrays(item, worker, label)
    gold = {i: int(truth[i]) for i in range(30)}
    assert (DawidSkene().fit_predict(votes) == truth).mean() < 0.2
    assert (DawidSkene().fit_predict(votes, gold)[30:] == truth[30:]).mean() > 0.9


def test_gold_as_text_numbers_and_codes_is_the_same():
    votes = Votes.from_arrays([1, 2, 3], ["w", "w", "w"], [10, 20, 10])
    for gold in ({1: 20}, {"1": "20"}, np.array([1, -1, -1])):
        assert list(code_gold(votes, gold)) == [1, -1, -1]

"""The ordinal probit recovers simulated values better than majority, with probabilities that hold."""

import numpy as np
import pytest

from quorate.truth.ordinal import OrdinalProbit
from quorate.truth.votes import Votes

CUTS = [-1.0, 0.0, 0.7, 1.4]


def simulate(seed: int) -> tuple[Votes, np.ndarray]:
    """2,000 items on five ordered classes, five votes each, 80 annotators of their own bias and noise."""
    rng = np.random.default_rng(seed)
    value = rng.normal(size=2000)
    item, worker = np.repeat(np.arange(2000), 5), rng.integers(0, 80, 10_000)
    noise, bias = rng.gamma(2, 0.4, 80), rng.normal(0, 0.4, 80)
    reading = value[item] + bias[worker] + noise[worker] * rng.normal(size=10_000)
    return Votes.from_arrays(item, worker, np.digitize(reading, CUTS)), np.digitize(value, CUTS)


def majority(votes: Votes) -> np.ndarray:
    counts = np.zeros((votes.n_items, votes.n_classes))
    np.add.at(counts, (votes.item, votes.label), 1)
    return counts.argmax(axis=1)


def test_beats_majority_with_probabilities_that_hold() -> None:
    votes, truth = simulate(0)
    model = OrdinalProbit().fit(votes)
    assert (model.codes_ == truth).mean() > (majority(votes) == truth).mean() + 0.08
    sure = model.proba_.max(axis=1)
    assert sure.mean() == pytest.approx((model.codes_ == truth).mean(), abs=0.06)
    np.testing.assert_allclose(model.proba_.sum(axis=1), 1)


def test_order_comes_from_numbers_and_not_from_text() -> None:
    votes = Votes.from_arrays([1, 1, 2, 2, 3, 3], ["a", "b"] * 3, ["9", "9", "10", "10", "2", "2"])
    model = OrdinalProbit().fit(votes)
    assert list(model.labels_) == ["9", "10", "2"]
    assert list(np.argsort(model.value_)) == [2, 0, 1]


def test_gold_is_kept() -> None:
    votes, truth = simulate(1)
    gold = np.where(np.arange(2000) < 500, truth, -1).astype(np.int32)
    model = OrdinalProbit().fit(votes, gold)
    assert (model.codes_[:500] == truth[:500]).all()


def test_reversing_the_scale_reverses_the_answer() -> None:
    votes, _ = simulate(2)
    turned = Votes.from_arrays(votes.item, votes.worker, 4 - votes.label)
    one, other = OrdinalProbit(tol=1e-6).fit(votes), OrdinalProbit(tol=1e-6).fit(turned)
    np.testing.assert_allclose(one.proba_, other.proba_[:, ::-1], atol=1e-4)


def test_one_class_and_classes_nobody_used() -> None:
    one = OrdinalProbit().fit(Votes.from_arrays([1, 1, 2], ["a", "b", "a"], ["x"] * 3))
    np.testing.assert_allclose(one.proba_, 1)
    votes = Votes.from_arrays([1, 1, 2, 2], ["a", "b"] * 2, [2, 2, 3, 3], classes=[1, 2, 3, 4])
    model = OrdinalProbit().fit(votes)
    assert list(model.labels_) == [2, 3]
    assert np.isfinite(model.proba_).all()

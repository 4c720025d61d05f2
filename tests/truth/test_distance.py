"""The nearest answer, whatever the kind: with a distance given, poor annotators lose weight."""

import numpy as np
import pytest

from quorate.truth.distance import Nearest
from quorate.truth.votes import Votes


def apart(one: float, other: float) -> float:
    return abs(one - other) / 10


def simulate(seed: int) -> tuple[Votes, np.ndarray]:
    """Numbers by three good and four poor annotators."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, 10, 200)
    votes = truth[:, None] + rng.normal(size=(200, 7)) * np.array([0.3, 0.3, 0.3, 6, 6, 6, 6])
    item, worker = np.indices(votes.shape)
    return Votes.from_arrays(item.ravel(), worker.ravel(), votes.ravel()), truth


def test_good_annotators_earn_weight() -> None:
    votes, truth = simulate(0)
    weighted = Nearest(apart).fit(votes)
    plain = Nearest(apart, rounds=0).fit(votes)
    assert weighted.weights_[:3].min() > weighted.weights_[3:].max()
    error = [np.abs(model.labels_.astype(float) - truth).mean() for model in (weighted, plain)]
    assert error[0] < error[1]


def test_without_weights_it_is_the_medoid() -> None:
    votes, _ = simulate(1)
    table = votes.labels[votes.label].reshape(200, 7)
    total = np.abs(table[:, :, None] - table[:, None, :]).sum(axis=2)
    found = Nearest(apart, rounds=0).fit(votes)
    np.testing.assert_array_equal(found.labels_.astype(float), table[np.arange(200), total.argmin(axis=1)])
    np.testing.assert_allclose(found.spread_, total.min(axis=1) / 70)


def test_gold_is_kept_and_measures_annotators() -> None:
    votes, _ = simulate(2)
    wrong = dict.fromkeys(range(150), 100.0)
    model = Nearest(apart).fit(votes, wrong)
    assert set(model.labels_[:150]) == {100.0}
    assert model.error_.min() > 5


def test_row_order_does_not_matter() -> None:
    votes, _ = simulate(3)
    mixed = votes.take(np.random.default_rng(0).permutation(len(votes)))
    assert (Nearest(apart).fit_predict(votes) == Nearest(apart).fit_predict(mixed)).all()


def test_each_distinct_pair_is_measured_once() -> None:
    calls = []

    def counted(one: str, other: str) -> float:
        calls.append((one, other))
        return float(one != other)

    votes = Votes.from_arrays(np.repeat(np.arange(50), 4), np.tile(np.arange(4), 50), list("xxyy") * 50)
    Nearest(counted).fit(votes)
    assert len(calls) == 3


def test_alone_and_without_votes() -> None:
    votes = Votes.from_arrays(["a", "b"], ["v", "w"], ["x", "y"])
    only = Nearest(lambda one, other: float(one != other)).fit(votes.take([0]))
    assert list(only.labels_) == ["x", None]
    assert only.spread_[0] == pytest.approx(0)
    assert np.isnan(only.spread_[1])

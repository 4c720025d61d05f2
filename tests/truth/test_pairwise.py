"""Comparisons: Bradley–Terry against its own maximum, careless annotators found, real votes foretold."""

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from quorate.errors import InvalidInput
from quorate.truth.pairwise import BradleyTerry, Pairwise
from quorate.truth.votes import Votes


def simulate(seed: int, careless: float = 0.4) -> tuple[Votes, np.ndarray, np.ndarray]:
    """4,000 comparisons of 30 things by 40 annotators, of whom a part always says first or guesses."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 1.5, 30)
    left = rng.integers(0, 30, 4000)
    right = (left + rng.integers(1, 30, 4000)) % 30
    worker = rng.integers(0, 40, 4000)
    care = np.where(np.arange(40) < 40 * careless, 0.05, 0.97)
    guess = np.where(np.arange(40) % 2, 0.95, 0.5)
    chance = care[worker] * expit(scores[left] - scores[right]) + (1 - care[worker]) * guess[worker]
    best = np.where(rng.random(4000) < chance, left, right)
    items = [f"t{a:02d}|t{b:02d}" for a, b in zip(left, right, strict=True)]
    return Votes.from_arrays(items, worker, [f"t{code:02d}" for code in best]), scores, care


def test_scores_are_the_maximum_of_the_posterior() -> None:
    votes, _, _ = simulate(0)
    model = BradleyTerry(spread=1.3).fit(votes)
    things = {name: code for code, name in enumerate(model.things_)}
    pairs = np.array([[things[name] for name in item.split("|")] for item in votes.items])[votes.item]
    sign = np.where(np.array([things[name] for name in votes.labels])[votes.label] == pairs[:, 0], 1, -1)

    def loss(scores: np.ndarray) -> float:
        return -log_expit(sign * (scores[pairs[:, 0]] - scores[pairs[:, 1]])).sum() + (scores**2).sum() / (2 * 1.69)

    best = minimize(loss, np.zeros(30)).x
    np.testing.assert_allclose(model.scores_, best - best.mean(), atol=1e-3)


def test_two_things_have_the_known_answer() -> None:
    votes = Votes.from_arrays(["a|b"] * 4, [1, 2, 3, 4], ["a", "a", "a", "b"])
    free = BradleyTerry(spread=1e4).fit(votes)
    assert free.proba_ == pytest.approx([0.75], abs=1e-4)
    assert list(free.labels_) == ["a"]
    even = BradleyTerry().fit(Votes.from_arrays(["a|b"] * 2, [1, 2], ["equal", "equal"]))
    assert even.proba_ == pytest.approx([0.5])


def test_careless_annotators_are_found_and_weigh_less() -> None:
    votes, scores, care = simulate(1)
    model, plain = Pairwise().fit(votes), BradleyTerry().fit(votes)
    assert model.care_[care < 0.5].max() < model.care_[care > 0.5].min()
    assert model.care_[care > 0.5].mean() > model.care_[care < 0.5].mean() + 0.4
    centred = scores - scores.mean()
    unexplained = [1 - np.corrcoef(found.scores_, scores)[0, 1] ** 2 for found in (model, plain)]
    assert unexplained[0] < 0.6 * unexplained[1]
    assert np.mean(np.abs(model.scores_ - centred) < 2 * model.scores_sd_) > 0.8


def test_turning_pairs_round_changes_nothing() -> None:
    votes, _, _ = simulate(2)
    turned = ["|".join(reversed(item.split("|"))) for item in votes.items[votes.item]]
    other = Votes.from_arrays(turned, votes.workers[votes.worker], votes.labels[votes.label])
    one, two = Pairwise(tol=1e-6).fit(votes), Pairwise(tol=1e-6).fit(other)
    np.testing.assert_allclose(one.scores_, two.scores_, atol=1e-2)


def test_gold_is_kept() -> None:
    votes, _, _ = simulate(3)
    item = votes.items[0]
    loser = item.split("|")[1]
    assert Pairwise().fit(votes, {item: loser}).labels_[0] == loser


def test_refusals() -> None:
    with pytest.raises(InvalidInput, match="is not a pair"):
        BradleyTerry().fit(Votes.from_arrays(["a"], [1], ["a"]))
    with pytest.raises(InvalidInput, match="neither thing"):
        BradleyTerry().fit(Votes.from_arrays(["a|b"], [1], ["c"]))


def test_real_votes_are_foretold_better_than_by_the_pairs_own_votes(data_sets: Path) -> None:
    votes = Votes.read(data_sets / "arguments" / "votes.csv")
    fold = np.random.default_rng(0).integers(0, 5, len(votes))
    seen, hidden = votes.take(fold > 0), votes.take(fold == 0)
    loss = [-np.log(model.fit(seen).vote_proba(hidden)).mean() for model in (Pairwise(), BradleyTerry())]
    assert loss[0] < loss[1] < 0.5

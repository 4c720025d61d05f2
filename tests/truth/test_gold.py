"""Gold given to a model makes it no worse at foretelling that gold.

Let G be the log-probability of the gold labels by the votes of their items alone, their gold set aside, under what a
model has learnt. Without gold a model maximises L, with gold L + G (with L the likelihood, the posterior, or the
variational bound, whose part of an item clamped to c is its unclamped part plus ln P(c)). At the best of each,
L₁ + G₁ ≥ L₀ + G₀ and L₀ ≥ L₁, and so G₁ ≥ G₀: in total, not item by item.
"""

import numpy as np
import pytest
from scipy.special import softmax

from quorate import truth
from quorate.truth.check import coded
from quorate.truth.kernels import VoteMatrix
from quorate.truth.majority import weighted_vote

SEEDS = range(6)
QUICKLY = {"ebcc": {"restarts": 1}, "communities": {"communities": 3}}


def crowd(seed):
    """A few good, many bad and some hostile annotators; gold codes, and the items that have some."""
    rng = np.random.default_rng(seed)
    items, classes, workers = int(rng.integers(30, 150)), int(rng.integers(2, 5)), int(rng.integers(4, 16))
    each = int(rng.integers(2, min(workers, 7) + 1))
    said, skill = rng.integers(0, classes, items), rng.uniform(0.1, 0.95, workers)
    item = np.repeat(np.arange(items), each)
    worker = np.concatenate([rng.choice(workers, each, replace=False) for _ in range(items)])
    other = (said[item] + rng.integers(1, classes, len(item))) % classes
    label = np.where(rng.random(len(item)) < skill[worker], said[item], other)
    known = np.arange(int(rng.integers(1, items // 2)))
    return coded(item, worker, label, items, workers, classes), np.where(np.arange(items) <= known[-1], said, -1), known


def by_confusion(model, votes):
    scores = np.tile(np.log(model.prior_), (votes.n_items, 1))
    np.add.at(scores, votes.item, np.log(model.skills_[votes.worker, :, votes.label]))
    return softmax(scores, axis=1)


def by_odds(votes, odds):
    scores = np.zeros((votes.n_items, votes.n_classes))
    np.add.at(scores, (votes.item, votes.label), odds + np.log(votes.n_classes - 1))
    return softmax(scores, axis=1)


def by_share(model, votes, weight):
    return np.maximum(weighted_vote(VoteMatrix(votes), weight, np.full(votes.n_items, -1)).proba, 1e-9)


def logit(p):
    return np.log(p / (1 - p))


UNAIDED = {
    "dawid_skene": by_confusion,
    "one_coin": lambda model, votes: by_odds(votes, logit(model.skills_)[votes.worker]),
    "glad": lambda model, votes: by_odds(votes, model.abilities_[votes.worker] * model.ease_[votes.item]),
    "mmsr": lambda model, votes: by_share(model, votes, np.maximum(model.skills_, 0)),
    "majority": lambda model, votes: by_share(model, votes, np.ones(votes.n_workers)),
    "zbs": lambda model, votes: by_share(model, votes, model.skills_),
}


def gained(name, seed):
    """How many nats the gold labels became likelier, by the votes alone, through being told; and how many there are."""
    votes, gold, known = crowd(seed)
    unaided = UNAIDED.get(name, lambda model, votes: model.unaided_)
    before, after = (
        unaided(truth.make(name, **QUICKLY.get(name, {})).fit(votes, told), votes) for told in (None, gold)
    )
    return float(np.log(after / before)[known, gold[known]].sum()), len(known)


@pytest.mark.parametrize("name", ["dawid_skene", "one_coin", "glad", "mace", "ibcc", "ebcc", "communities"])
def test_adding_gold_never_lowers_the_likelihood_of_gold(name):
    gains = [gained(name, seed) for seed in SEEDS]
    # Models stop when they hardly move, and not at the very optimum.
    assert all(nats >= -1e-3 * number for nats, number in gains)
    assert sum(nats for nats, _ in gains) > 1


@pytest.mark.parametrize("name", ["majority", "mmsr"])
def test_a_model_that_learns_nothing_from_gold_foretells_it_as_before(name):
    assert all(gained(name, seed)[0] == 0 for seed in SEEDS)


def test_a_model_that_maximises_no_likelihood_may_foretell_gold_worse():
    """Zero-based skill moves weights towards agreement with the winners; that may cost probability of the gold."""
    assert gained("zbs", 80)[0] < -0.1

"""Hard is not the same as undecided: is the disagreement noise of poor annotators, or do informed people differ?

Noise goes away with more votes; a divided item does not, and belongs in front of whoever writes the guideline.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quorate.errors import InvalidInput
from quorate.truth.votes import Votes

Floats = NDArray[np.float64]

_GRID = np.linspace(0, 1, 42)[:-1] + 0.5 / 41  # shares of informed people who would choose a class


@dataclass(frozen=True)
class Ambiguity:
    """For I items and K classes, what informed people would say.

    `divided`: (I,) the probability that they would differ. `soft`: (I, K) the expected share of them for each class,
    with `low` and `high`, (I, K), the ends of a credible interval of it. `disagreement`: (I,) the share of pairs
    of votes that differ, nan with fewer than two. `noise`: (I,) how large that share would be if there were one truth
    and these annotators erred as they do, nan likewise; `informed`: (I,) how often two people who never err would
    differ. `rate`: the share of divided items in the whole set.
    """

    divided: Floats
    soft: Floats
    low: Floats
    high: Floats
    disagreement: Floats
    noise: Floats
    informed: Floats
    rate: float


def ambiguity(votes: Votes, proba: ArrayLike, skills: ArrayLike, *, level: float = 0.9) -> Ambiguity:
    """Tell noise from division, item by item.

    `proba`: belief (I, K); `skills`: confusion matrices (J, K, K), P(label l | truth k), as models learn them.
    `level`: of the intervals.

    Two accounts of each item are weighed. One truth: class k with the prior of the set, each vote by the annotator's
    confusion row. Divided: an informed person means class k with a share s of its own to the item, uniform a priori,
    and says it through the same confusion matrix: P(y) = s c[k, y] + (1 − s) sum over others. The share of divided
    items is learnt from all of them (empirical Bayes). It is a mixed-membership version of Dawid and Skene's model,
    integrated over the share numerically.
    """
    belief, confusion = np.asarray(proba, dtype=np.float64), np.asarray(skills, dtype=np.float64)
    K = votes.n_classes
    if confusion.shape != (votes.n_workers, K, K) or belief.shape != (votes.n_items, K) or not 0 < level < 1:
        raise InvalidInput(
            f"`proba` has shape {belief.shape} and `skills` {confusion.shape}.",
            mend=f"They must be ({votes.n_items}, {K}) and ({votes.n_workers}, {K}, {K}).",
        )
    likely = np.maximum(confusion, 1e-3)[votes.worker, :, votes.label]
    mix = _shares(votes, likely)
    paths = np.stack([_path(votes, likely, mix, k) for k in range(K)], axis=1)
    one = _one_truth(votes, likely, belief)
    split = _mean_of_logs(paths[np.arange(votes.n_items), mix.argmax(axis=1)]) - math.log(max(1, K - 1))
    divided, rate = _weigh(one, split, np.bincount(votes.item, minlength=votes.n_items) > 1)
    soft, low, high = _summarise(paths, divided, belief, level)
    disagreement, noise = _disagreements(votes, belief, confusion)
    informed = np.array(divided * (1 - _second_moment(paths)))
    return Ambiguity(divided, soft, low, high, disagreement, noise, informed, rate)


def _weight(votes: Votes) -> Floats:
    return np.ones(len(votes)) if votes.weight is None else votes.weight


def _by_item(votes: Votes, values: Floats) -> Floats:
    """Weighted sums over the votes of each item: (I,) or (I, columns)."""
    weighted = values.T * _weight(votes)
    if values.ndim == 1:
        return np.bincount(votes.item, weighted, votes.n_items).astype(np.float64)
    return np.stack([np.bincount(votes.item, column, votes.n_items) for column in weighted], axis=1)


def _shares(votes: Votes, likely: Floats, sweeps: int = 30) -> Floats:
    """Most plausible mixture of classes behind each item's votes, by EM with one vote's worth of prior: (I, K)."""
    K = votes.n_classes
    mix = np.full((votes.n_items, K), 1 / K)
    for _ in range(sweeps):
        part = mix[votes.item] * likely
        part /= part.sum(axis=1, keepdims=True)
        mix = _by_item(votes, part) + 1 / K
        mix /= mix.sum(axis=1, keepdims=True)
    return mix


def _path(votes: Votes, likely: Floats, mix: Floats, k: int) -> Floats:
    """ln likelihood of each item's votes when a share s means class k and the others split as in `mix`: (I, grid)."""
    others = np.delete(mix, k, axis=1)
    others = (others / others.sum(axis=1, keepdims=True))[votes.item]
    rest = np.sum(others * np.delete(likely, k, axis=1), axis=1)
    return np.stack([_by_item(votes, np.log(s * likely[:, k] + (1 - s) * rest)) for s in _GRID], axis=1)


def _one_truth(votes: Votes, likely: Floats, belief: Floats) -> Floats:
    """ln likelihood of each item's votes if they are about one class: (I,)."""
    score = _by_item(votes, np.log(likely)) + np.log(belief.mean(axis=0) + 1e-9)
    return np.asarray(np.logaddexp.reduce(score, axis=1))


def _mean_of_logs(logs: Floats) -> Floats:
    return np.asarray(np.logaddexp.reduce(logs, axis=-1) - math.log(logs.shape[-1]))


def _weigh(one: Floats, split: Floats, informative: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Probability of division for each item, and the share of divided items; prior of 1 in 20 worth twenty items."""
    rate = 0.05
    divided = np.full(one.size, rate)
    for _ in range(200):
        odds = np.clip(split - one + math.log(rate / (1 - rate)), -700, 700)
        divided = 1 / (1 + np.exp(-odds))
        new = float((divided[informative].sum() + 1) / (informative.sum() + 20))
        if abs(new - rate) < 1e-7:
            break
        rate = new
    return divided, rate


def _summarise(paths: Floats, divided: Floats, belief: Floats, level: float) -> tuple[Floats, Floats, Floats]:
    """Mean and central interval of each class's share: all or nothing if there is one truth, else along the path."""
    density = _density(paths)
    weight = divided[:, None]
    soft = weight * (density @ _GRID) + (1 - weight) * belief
    soft /= soft.sum(axis=1, keepdims=True)
    none = (1 - weight) * (1 - belief)
    below = none[..., None] + weight[..., None] * np.cumsum(density, axis=2)
    below = np.concatenate([none[..., None], below, np.ones((*none.shape, 1))], axis=2)
    ends = np.concatenate([[0.0], _GRID, [1.0]])
    tail = (1 - level) / 2
    low, high = ends[np.argmax(below > tail, axis=2)], ends[np.argmax(below >= 1 - tail - 1e-12, axis=2)]
    return soft, np.minimum(low, soft), np.maximum(high, soft)


def _density(paths: Floats) -> Floats:
    density = np.exp(paths - paths.max(axis=2, keepdims=True))
    return np.asarray(density / density.sum(axis=2, keepdims=True))


def _second_moment(paths: Floats) -> Floats:
    """Chance that two informed people agree on a divided item: (I,)."""
    density = _density(paths)
    mean, square = density @ _GRID, density @ _GRID**2
    return np.asarray(np.minimum(1.0, np.sum(square / np.maximum(mean.sum(axis=1, keepdims=True), 1.0), axis=1)))


def _disagreements(votes: Votes, belief: Floats, confusion: Floats) -> tuple[Floats, Floats]:
    """The share of pairs of an item's votes that differ, and its expectation if there is one truth: (I,) and (I,)."""
    K = votes.n_classes
    weight = _weight(votes)
    said = _by_item(votes, np.eye(K)[votes.label])
    own = np.bincount(votes.item, weight**2, votes.n_items)
    pairs = said.sum(axis=1) ** 2 - own
    expected = np.zeros(votes.n_items)
    for k in range(K):
        row = confusion[votes.worker, k]
        agree = np.sum(_by_item(votes, row) ** 2, axis=1)
        agree -= np.bincount(votes.item, weight**2 * np.sum(row**2, axis=1), votes.n_items)
        expected += belief[:, k] * agree
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = np.where(pairs > 1e-9, 1 - (np.sum(said**2, axis=1) - own) / pairs, np.nan)
        noise = np.where(pairs > 1e-9, 1 - expected / pairs, np.nan)
    return observed, noise

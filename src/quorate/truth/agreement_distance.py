"""How far annotators agree on answers that are no classes but have a distance: spans, boxes, texts.

    α = 1 − D_o / D_e

D_o is the mean distance of two answers to one item, D_e that of any two answers (K. Krippendorff, Content Analysis,
2004, chapter 11), here with the distance that a kind of label has of its own: A. Braylan, O. Alonso and M. Lease,
Measuring annotator agreement generally across complex structured, multi-object, and free-text annotation tasks, The
Web Conference 2022, section 3. For classes that are all equally far apart it is the alpha of `agreement`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quorate.truth.agreement import Estimate, bootstrap
from quorate.truth.agreement_pairs import couples
from quorate.truth.distance import Distance, distances
from quorate.truth.votes import Votes

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


def distance_alpha(
    votes: Votes,
    distance: Distance,
    *,
    level: float = 0.95,
    resamples: int = 1000,
    most: int = 10_000,
    seed: int = 0,
) -> Estimate:
    """Alpha with its bootstrap interval over items; nan where no item has two answers or all answers are alike.

    `distance(a, b)` takes two labels of the votes and gives a number ≥ 0, 0 for such as say the same. At most about
    `most` pairs are measured within items (then of items drawn at random), and as many among all answers.
    """
    some = _paired(votes, most, seed)
    item, size, within = _within(some, distance)
    left, right = _any_two(len(some), most, seed)
    apart = distances(distance, some.labels, some.label[left], some.label[right])
    left, right = item[left], item[right]

    def compute(weights: Array) -> Array:
        seen = weights @ within / np.maximum(weights @ size, 1e-300)
        both = weights[:, left] * weights[:, right]
        among = both @ apart / np.maximum(both.sum(axis=1), 1e-300)
        return np.asarray(np.divide(among - seen, among, out=np.full_like(among, np.nan), where=among > 0))

    found = bootstrap(compute, np.ones(len(size)), level, resamples, seed, width=len(left))
    return Estimate(*map(float, found))


def distance_raw(
    votes: Votes, distance: Distance, *, level: float = 0.95, resamples: int = 1000, most: int = 10_000, seed: int = 0
) -> Estimate:
    """One minus the mean distance of two answers to one item, items counting alike. Parameters as in `distance_alpha`.

    With a distance of 0 and 1 it is the share of pairs that say the same.
    """
    _, size, within = _within(_paired(votes, most, seed), distance)
    alike = 1 - within / np.maximum(size, 1)

    def compute(weights: Array) -> Array:
        total = weights.sum(axis=1)
        return np.asarray(np.divide(weights @ alike, total, out=np.full_like(total, np.nan), where=total > 0))

    return Estimate(*map(float, bootstrap(compute, np.ones(len(size)), level, resamples, seed)))


def _paired(votes: Votes, most: int, seed: int) -> Votes:
    """The votes of items with two or more: all, or of a random part of the items that has `most` pairs at most."""
    size = np.bincount(votes.item, minlength=votes.n_items)
    several = np.random.default_rng(seed).permutation(np.flatnonzero(size > 1))
    number = np.cumsum(size[several] * (size[several] - 1) // 2)
    kept = several[: max(1, np.searchsorted(number, most, side="right"))]
    return votes.take(np.isin(votes.item, kept))


def _within(votes: Votes, distance: Distance) -> tuple[Codes, Array, Array]:
    """The place of each vote's item among those with votes, how many votes these have, and their mean distances × size.

    Shapes (votes,), (items,) and (items,).
    """
    item = np.unique(votes.item, return_inverse=True)[1].astype(np.int64)
    size = np.bincount(item).astype(np.float64)
    left, right = couples(votes)
    apart = distances(distance, votes.labels, votes.label[left], votes.label[right])
    return item, size, np.bincount(item[left], 2 * apart, minlength=len(size)) / np.maximum(size - 1, 1)


def _any_two(count: int, most: int, seed: int) -> tuple[Codes, Codes]:
    """Pairs of different votes: all of them, or `most` drawn at random."""
    if count * (count - 1) // 2 <= most:
        first, second = np.triu_indices(count, 1)
        return first, second
    rng = np.random.default_rng(seed)
    one = rng.integers(0, count, most)
    return one, (one + rng.integers(1, count, most)) % count

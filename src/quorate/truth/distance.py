"""Answers of any kind that has a distance: the one nearest to all others, weighted by who is usually near.

Serves texts, spans, boxes, rankings: whatever two answers of can be compared. After Braylan and Lease, "Modeling and
aggregation of complex annotations via annotation distances" (The Web Conference 2020): an annotator's
reliability is the distance that can be expected between their answer and the others' on the same item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from quorate.errors import InvalidInput
from quorate.truth import tables
from quorate.truth.agreement_pairs import couples
from quorate.truth.parameters import Parameters
from quorate.truth.votes import Votes

Floats = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]
Distance = Callable[[Any, Any], float]


@dataclass(eq=False, repr=False)
class Nearest(Parameters):
    """The answer with the least weighted distance to the answers of the same item.

    `distance(a, b)` takes two labels of the votes and gives a number ≥ 0, best between 0 and 1 so that no item
    outweighs others; it is called once for each pair of distinct labels that meet. `shrink`: with how many votes'
    worth of the crowd's expected distance an annotator starts; `rounds`: how often weights are learnt.

    After `fit`: `labels_` (I,) original label values, None where an item has neither votes nor gold; `spread_` (I,)
    the weighted mean distance from the label to the item's votes, nan without votes; `error_` (J,) the distance that
    can be expected of each annotator; `weights_` (J,) that of the crowd over that of the annotator.
    """

    distance: Distance
    _: KW_ONLY
    shrink: float = 3.0
    rounds: int = 2

    labels_: NDArray[Any] = field(init=False)
    spread_: Floats = field(init=False)
    error_: Floats = field(init=False)
    weights_: Floats = field(init=False)
    items_: NDArray[Any] = field(init=False)
    workers_: NDArray[Any] = field(init=False)

    def fit(self, votes: Votes, gold: Mapping[Any, Any] | None = None) -> Self:
        """Learn from votes; `gold` maps items to labels, kept as they are; annotators are measured by it."""
        self.items_, self.workers_ = votes.items, votes.workers
        given = code_answers(votes, gold)
        left, right = couples(votes)
        apart = distances(self.distance, votes.labels, votes.label[left], votes.label[right])
        ends = np.concatenate([left, right]), np.concatenate([right, left]), np.concatenate([apart, apart])
        self.weights_ = np.ones(votes.n_workers)
        for _ in range(self.rounds):
            error = _mean_distance(votes, self.weights_, *ends)
            for item, answer in given.items():
                own = votes.item == item
                error[own] = [self.distance(votes.labels[code], answer) for code in votes.label[own]]
            self.error_, self.weights_ = reliability(votes, error, self.shrink)
        score = _total_distance(votes, self.weights_, *ends)
        self._choose(votes, score, given)
        return self

    def fit_predict(self, votes: Votes, gold: Mapping[Any, Any] | None = None) -> NDArray[Any]:
        """Fit, and return `labels_` (items,)."""
        return self.fit(votes, gold).labels_

    def _choose(self, votes: Votes, score: Floats, given: Mapping[int, Any]) -> None:
        # A tie goes to the more reliable annotator, then to the earlier label, so that row order does not matter.
        order = np.lexsort((votes.label, -self.weights_[votes.worker], score, votes.item))
        seen, first = np.unique(votes.item[order], return_index=True)
        best = order[first]
        self.labels_ = np.full(votes.n_items, None, dtype=object)
        self.labels_[seen] = votes.labels[votes.label[best]]
        self.spread_ = np.full(votes.n_items, np.nan)
        weight = np.bincount(votes.item, vote_weights(votes, self.weights_), minlength=votes.n_items)
        self.spread_[seen] = score[best] / weight[seen]
        for item, answer in given.items():
            self.labels_[item] = answer


def distances(distance: Distance, labels: NDArray[Any], left: Codes, right: Codes) -> Floats:
    """Distances of pairs of labels, given by their codes (pairs,); each distinct pair is measured once."""
    low, high = np.minimum(left, right).astype(np.int64), np.maximum(left, right)
    keys, place = np.unique(low * len(labels) + high, return_inverse=True)
    both = zip(labels[keys // len(labels)], labels[keys % len(labels)], strict=True)
    return np.fromiter((distance(a, b) for a, b in both), np.float64, len(keys))[place]


def code_answers(votes: Votes, gold: Mapping[Any, Any] | None) -> dict[int, Any]:
    """Gold by position of its item; items that the votes do not know are left out."""
    if not gold:
        return {}
    if not isinstance(gold, Mapping):
        raise InvalidInput("Gold is not a mapping.", where="gold", mend="Give a mapping from item to answer.")
    places = tables.locate(list(gold.keys()), votes.items, "item")
    return {int(place): answer for place, answer in zip(places, gold.values(), strict=True) if place >= 0}


def vote_weights(votes: Votes, weights: Floats) -> Floats:
    """The weight of each vote (votes,): its annotator's, times its own."""
    own = weights[votes.worker]
    return own if votes.weight is None else own * votes.weight


def reliability(votes: Votes, error: Floats, shrink: float) -> tuple[Floats, Floats]:
    """Each annotator's expected error, shrunk to the crowd's, and the weight that it earns (workers,).

    `error` (votes,) is a distance, nan where there was nothing to compare with.
    """
    known = np.isfinite(error)
    crowd = max(float(error[known].mean()), 1e-9) if known.any() else 1.0
    count = np.bincount(votes.worker[known], minlength=votes.n_workers)
    total = np.bincount(votes.worker[known], error[known], minlength=votes.n_workers)
    expected = (total + shrink * crowd) / (count + shrink)
    return expected, crowd / expected


def _total_distance(votes: Votes, weights: Floats, left: Codes, right: Codes, apart: Floats) -> Floats:
    """Each vote's weighted distance to the other votes of its item."""
    weight = vote_weights(votes, weights)[right]
    return np.bincount(left, weight * apart, minlength=len(votes)).astype(np.float64)


def _mean_distance(votes: Votes, weights: Floats, left: Codes, right: Codes, apart: Floats) -> Floats:
    total = _total_distance(votes, weights, left, right, apart)
    weight = np.bincount(left, vote_weights(votes, weights)[right], minlength=len(votes))
    mean: Floats = np.divide(total, weight, out=np.full(len(votes), np.nan), where=weight > 0)
    return mean

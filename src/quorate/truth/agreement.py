"""How far annotators agree: raw agreement, Fleiss, Gwet AC1 and Krippendorff alpha, with intervals over items.

Every coefficient needs only how often each class was given to each item, so votes are first tallied, and items with
the same counts are held once: a million votes of five an item on four classes are 56 rows, and a thousand bootstrap
resamples cost less than reading the votes. Who said what to whom is in `quorate.truth.agreement_pairs`;
answers that are no classes but have a distance, such as spans and boxes, are in `quorate.truth.agreement_distance`.

Missing votes are allowed everywhere. A coefficient is nan where it is not defined: no item with two votes, or chance
agreement of 1 (only one class was ever used).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from quorate.errors import InvalidInput
from quorate.truth.agreement_metric import Metric, Spread, spread
from quorate.truth.votes import Votes

Array = NDArray[np.float64]
Coefficient = Callable[["Tally", Array], Array]

_CELLS = 4_000_000  # resamples × rows held at once: 32 MB


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient with the ends of its bootstrap interval; nan where it is not defined."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PerClass:
    """Agreement on each class against the rest: arrays (classes, 3) of value, low and high."""

    labels: NDArray[Any]
    share: Array
    specific: Array
    fleiss: Array
    gwet: Array
    krippendorff: Array


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes per item and class, items of equal counts merged: `counts` (rows, classes), `weight` items a row."""

    counts: sparse.csr_array
    size: Array
    weight: Array

    @classmethod
    def of(cls, votes: Votes) -> Tally:
        """Count the votes of every item with at least one."""
        shape = (votes.n_items, votes.n_classes)
        ones = np.ones(len(votes.item))
        counts = sparse.csr_array((ones, (votes.item, votes.label)), shape=shape)
        # Equal rows are found by a random 64-bit sum: a clash among a million rows has a chance below 1e-7.
        hashes = np.random.default_rng(7).integers(1, 2**63, votes.n_classes, dtype=np.uint64)
        keys = np.zeros(votes.n_items, np.uint64)
        np.add.at(keys, votes.item, hashes[votes.label])
        _, first, weight = np.unique(keys, return_index=True, return_counts=True)
        size = np.asarray(counts.sum(axis=1)).ravel()[first]
        seen = size > 0
        return cls(counts[first[seen]], size[seen], weight[seen].astype(np.float64))

    def paired(self) -> Tally:
        """Only items with two votes or more."""
        keep = np.flatnonzero(self.size > 1)
        return Tally(self.counts[keep], self.size[keep], self.weight[keep])

    def cells(self) -> tuple[Array, Array]:
        """Each stored count with the size of its row."""
        return self.counts.data, np.repeat(self.size, np.diff(self.counts.indptr))

    def total(self, weights: Array, cells: Array) -> Array:
        """Sums of numbers that stand in the place of the counts: weights (draws, rows) to (draws, classes)."""
        matrix = sparse.csr_array((cells, self.counts.indices, self.counts.indptr), shape=self.counts.shape)
        return np.asarray((matrix.T @ weights.T).T)


def agreement(
    votes: Votes,
    coefficient: str = "krippendorff",
    *,
    metric: Metric = "nominal",
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """One coefficient over all annotators: `raw`, `fleiss`, `gwet` or `krippendorff`.

    `metric` is for Krippendorff's alpha: `nominal`, `ordinal`, `interval`, `ratio`, or a matrix (classes, classes) of
    squared differences. Ordinal takes numbers by size and other labels in the order of the vocabulary. The interval
    is the percentile bootstrap over items; `resamples=0` leaves it out (nan).
    """
    tally = Tally.of(votes)
    if coefficient == "krippendorff":
        tally = tally.paired()
        measure = spread(metric, votes.labels, tally.counts)
        compute: Coefficient = lambda rows, weights: _krippendorff(rows, weights, measure)  # noqa: E731
    elif coefficient in _COEFFICIENTS:
        compute = _COEFFICIENTS[coefficient]
    else:
        raise InvalidInput(
            f"There is no coefficient called {coefficient!r}.",
            where="coefficient",
            mend="Use raw, fleiss, gwet or krippendorff.",
        )
    value, low, high = bootstrap(partial(compute, tally), tally.weight, level, resamples, seed)
    return Estimate(float(value), float(low), float(high))


def per_class(votes: Votes, *, level: float = 0.95, resamples: int = 1000, seed: int = 0) -> PerClass:
    """Agreement on each class against all others together.

    `share` is the part of the votes, `specific` the chance that a second vote gives the class when a first one did
    (Spitzer and Fleiss 1974), the rest the coefficients of the two-class problem.
    """
    tally = Tally.of(votes)
    stacked = bootstrap(partial(_by_class, tally), tally.weight, level, resamples, seed)
    parts = np.moveaxis(stacked, 0, -1)
    return PerClass(votes.labels, *parts)


def bootstrap(
    compute: Callable[[Array], Array], weight: Array, level: float, resamples: int, seed: int, width: int = 0
) -> Array:
    """Value, low and high of a coefficient, stacked on the first axis: the percentile bootstrap over items.

    `weight` (rows,): how many items each row stands for. `compute` takes weights (draws, rows), as many draws at a time
    as there is room for, where a draw needs as many numbers as there are rows, or `width` of them.
    """
    value = compute(weight[None, :])[0]
    if resamples < 1 or not len(weight):
        unknown = np.full_like(value, np.nan)
        return np.stack([value, unknown, unknown])
    block = max(1, _CELLS // max(len(weight), width))
    draws = np.concatenate([compute(w) for w in _resample(weight, resamples, seed, block)])
    tails = [(1 - level) / 2, (1 + level) / 2]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # nan in every resample stays nan
        return np.concatenate([value[None], np.nanquantile(draws, tails, axis=0)])


def _resample(weight: Array, resamples: int, seed: int, block: int) -> Iterator[Array]:
    """Weights of resampled items (draws, rows), a block at a time."""
    rng = np.random.default_rng(seed)
    total = int(weight.sum())
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        yield rng.multinomial(total, weight / total, size=size).astype(np.float64)


def _observed(tally: Tally, weights: Array) -> Array:
    """Mean share of agreeing pairs of votes over items with two or more (draws,)."""
    pairs = tally.size * (tally.size - 1)
    agreeing = np.asarray(tally.counts.power(2).sum(axis=1)).ravel() - tally.size
    share = np.divide(agreeing, pairs, out=np.zeros_like(pairs), where=pairs > 0)
    return _ratio(weights @ share, weights @ (pairs > 0))


def _prevalence(tally: Tally, weights: Array) -> Array:
    """Mean over items of the share of votes that each class has (draws, classes)."""
    count, size = tally.cells()
    shares: Array = tally.total(weights, count / size) / weights.sum(axis=1, keepdims=True)
    return shares


def _fleiss(tally: Tally, weights: Array) -> Array:
    """Fleiss' kappa (Psychological Bulletin 1971), for any number of votes an item (Gwet 2014, chapter 2)."""
    chance = (_prevalence(tally, weights) ** 2).sum(axis=1)
    return _beyond(_observed(tally, weights), chance)


def _gwet(tally: Tally, weights: Array) -> Array:
    """Gwet's AC1 (British Journal of Mathematical and Statistical Psychology 2008)."""
    share = _prevalence(tally, weights)
    chance = (share * (1 - share)).sum(axis=1) / max(share.shape[1] - 1, 1)
    return _beyond(_observed(tally, weights), chance)


def _krippendorff(tally: Tally, weights: Array, measure: Spread) -> Array:
    """Krippendorff's alpha: 1 − (n − 1) Σ differences within items / Σ differences of all pairs of votes."""
    totals = tally.total(weights, tally.counts.data)
    within, among = measure(totals)
    seen = (weights * (within / (tally.size - 1))).sum(axis=1)
    return 1 - _ratio((totals.sum(axis=1) - 1) * seen, among)


def _by_class(tally: Tally, weights: Array) -> Array:
    """All that `per_class` reports (draws, 5, classes)."""
    share = _prevalence(tally, weights)
    pairable, weights = tally.paired(), weights[:, tally.size > 1]
    count, size = pairable.cells()
    given = pairable.total(weights, count)
    others = given.sum(axis=1, keepdims=True) - given
    mixed = pairable.total(weights, count * (size - count) / (size - 1))
    apart = pairable.total(weights, 2 * count * (size - count) / (size * (size - 1)))
    observed = 1 - _ratio(apart, weights.sum(axis=1, keepdims=True))
    specific = pairable.total(weights, count * (count - 1))
    return np.stack(
        [
            share,
            _ratio(specific, pairable.total(weights, count * (size - 1))),
            _beyond(observed, share**2 + (1 - share) ** 2),
            _beyond(observed, 2 * share * (1 - share)),
            1 - _ratio((given + others - 1) * mixed, given * others),
        ],
        axis=1,
    )


def _ratio(above: Array, below: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below > 0, above / below, np.nan))


def _beyond(observed: Array, chance: Array) -> Array:
    """Agreement beyond chance, as a share of what was possible; nan where chance leaves no room."""
    room = 1 - chance
    return _ratio(observed - chance, np.where(room > 1e-12, room, 0))


_COEFFICIENTS: dict[str, Coefficient] = {"raw": _observed, "fleiss": _fleiss, "gwet": _gwet}

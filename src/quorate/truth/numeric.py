"""Numbers from many annotators: mean, median, and a model of each annotator's bias, scale and noise.

Every model reports one value an item with a standard deviation, in the units of the votes.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from quorate.errors import InvalidInput
from quorate.truth import tables
from quorate.truth.latent import Latent, LatentFit, Seen
from quorate.truth.parameters import Parameters
from quorate.truth.scale import numbers
from quorate.truth.votes import Votes

Floats = NDArray[np.float64]
NumericGold = Mapping[Any, float] | Floats | None


class NumericModel(Parameters):
    """A model of numeric truths. The votes' labels are numbers, or text that reads as numbers.

    After `fit`, for I items: `labels_` (I,) the value to use (the posterior median), `mean_` and `sd_` (I,) of the
    posterior; `items_`, `workers_` the vocabularies. Items without votes get the overall value and a wide `sd_`.
    """

    labels_: Floats
    mean_: Floats
    sd_: Floats
    items_: NDArray[Any]
    workers_: NDArray[Any]

    @abstractmethod
    def _fit(self, votes: Votes, values: Floats, gold: Floats) -> None:
        """Set `labels_`, `mean_` and `sd_`; `values` (votes,), `gold` (items,) with nan where it is not known."""

    def fit(self, votes: Votes, gold: NumericGold = None) -> Self:
        """Learn from votes, and from `gold`: a mapping from item to number, or an array (items,) with nan elsewhere."""
        known = known_numbers(votes, gold)
        self.items_, self.workers_ = votes.items, votes.workers
        self._fit(votes, numbers(votes.labels)[votes.label], known)
        given = np.isfinite(known)
        self.labels_, self.mean_ = (np.where(given, known, found) for found in (self.labels_, self.mean_))
        self.sd_ = np.where(given, 0.0, self.sd_)
        return self

    def fit_predict(self, votes: Votes, gold: NumericGold = None) -> Floats:
        """Fit, and return `labels_` (items,)."""
        return self.fit(votes, gold).labels_

    def interval(self, level: float = 0.9) -> Floats:
        """Central intervals (items, 2) that hold the value with probability `level`."""
        reach = ndtri((1 + level) / 2) * self.sd_
        return np.stack([self.mean_ - reach, self.mean_ + reach], axis=1)


class Mean(NumericModel):
    """The mean of an item's votes; `sd_` is its standard error, from the pooled variance within items."""

    def _fit(self, votes: Votes, values: Floats, gold: Floats) -> None:
        weight = votes.weight if votes.weight is not None else np.ones(len(values))
        count = np.bincount(votes.item, weight, minlength=votes.n_items)
        total = np.bincount(votes.item, weight * values, minlength=votes.n_items)
        overall = float(np.average(values, weights=weight))
        self.mean_ = np.divide(total, count, out=np.full(votes.n_items, overall), where=count > 0)
        self.labels_ = self.mean_
        self.sd_ = _standard_error(votes, values, self.mean_, weight)


class Median(NumericModel):
    """The median of an item's votes (weights are ignored); `sd_` is √(π/2) that of the mean."""

    def _fit(self, votes: Votes, values: Floats, gold: Floats) -> None:
        order = np.lexsort((values, votes.item))
        size = np.bincount(votes.item, minlength=votes.n_items)
        start = np.cumsum(size) - size
        ranked = np.append(values[order], np.median(values))
        low, high = (np.where(size > 0, start + (size - step) // 2, len(values)) for step in (1, 0))
        self.labels_ = (ranked[low] + ranked[high]) / 2
        self.mean_ = self.labels_
        error = _standard_error(votes, values, self.mean_, np.ones(len(values)))
        self.sd_ = np.sqrt(np.pi / 2) * error


@dataclass(kw_only=True, eq=False, repr=False)
class Numeric(NumericModel):
    """The default for numbers: a true value seen through each annotator's bias, scale and Student noise.

    An end of the scale on which at least `censor` of the votes lie is taken as "this or beyond" (a Tobit), and values
    are then reported as what a typical annotator would answer on average; without such an end that is the latent
    value itself. `bias_`, `scale_`, `noise_` (J,) belong to the annotators (noise as a standard deviation); with few
    votes they shrink to the crowd's, which has no bias and scale 1. Gold teaches who departs from that, and how much
    wider `sd_` must be because judges mean something else than the crowd.

    By default scales are learnt where no end is crowded: answers cut off there tell scale and noise hardly apart.
    `freedom` is of the Student noise, `shrink` the votes' worth of common noise that an annotator starts with.
    """

    bias: bool = True
    scale: bool | None = None
    freedom: float = 5.0
    shrink: float = 10.0
    censor: float = 0.02
    max_iter: int = 200
    tol: float = 1e-3

    bias_: Floats = field(init=False)
    scale_: Floats = field(init=False)
    noise_: Floats = field(init=False)
    n_iter_: int = field(init=False)
    converged_: bool = field(init=False)

    def _fit(self, votes: Votes, values: Floats, gold: Floats) -> None:
        middle, unit = float(values.mean()), float(values.std()) or 1.0
        values = (values - middle) / unit
        low, high = _ends(values, self.censor)
        weight = votes.weight if votes.weight is not None else np.ones(len(values))
        lower = np.where(values <= low, -np.inf, values)
        upper = np.where(values >= high, np.inf, values)
        scale = self.scale if self.scale is not None else not np.isfinite([low, high]).any()
        how = LatentFit(self.bias, scale, self.freedom, self.shrink, self.max_iter, self.tol)
        unknown = np.full(votes.n_items, np.nan)
        seen = Seen(votes.item, votes.worker, lower, upper, weight, unknown, votes.n_workers)
        found = how.fit(seen)
        self._report(found, _typical_noise(seen, found), (low, high), middle, unit)
        if np.isfinite(gold).any():  # what gold means on the latent scale follows from the noise
            sd = np.sqrt(self.sd_**2 + _beyond_doubt(self.mean_, self.sd_, gold))
            known = _latent((gold - middle) / unit, found, _typical_noise(seen, found), (low, high))
            seen = replace(seen, known=known)
            found = how.fit(seen)
            self._report(found, _typical_noise(seen, found), (low, high), middle, unit)
            self.sd_ = sd  # the second fit was told the answers that its own width would be judged by

    def _report(self, found: Latent, noise: float, ends: tuple[float, float], middle: float, unit: float) -> None:
        nodes, weights = np.polynomial.hermite_e.hermegauss(9)
        answers = _response(found.z[:, None] + found.sd[:, None] * nodes, noise, *ends)
        share = weights / weights.sum()
        mean = answers @ share
        self.labels_ = middle + unit * _response(found.z, noise, *ends)
        self.mean_ = middle + unit * mean
        self.sd_ = unit * np.sqrt(np.maximum((answers - mean[:, None]) ** 2 @ share, 0))
        self.bias_ = unit * found.bias + middle * (1 - found.scale)
        self.scale_, self.noise_ = found.scale, unit * np.sqrt(found.noise)
        self.n_iter_, self.converged_ = found.n_iter, found.converged


def known_numbers(votes: Votes, gold: NumericGold) -> Floats:
    """Gold as an array (items,), nan where it is not known; items without votes are left out."""
    if gold is None or isinstance(gold, Mapping):
        known = np.full(votes.n_items, np.nan)
        if gold:
            place = tables.locate(list(gold.keys()), votes.items, "item")
            known[place[place >= 0]] = numbers(list(gold.values()))[place >= 0]
        return known
    known = np.asarray(gold, dtype=np.float64)
    if known.shape != (votes.n_items,):
        raise InvalidInput(
            f"Gold has shape {known.shape}, there are {votes.n_items} items.",
            where="gold",
            mend="Give one number an item, nan where it is not known, or a mapping.",
        )
    return known


def _standard_error(votes: Votes, values: Floats, centre: Floats, weight: Floats) -> Floats:
    """Standard error of a mean of votes, with one variance for all items; the spread of all votes without a vote."""
    count = np.bincount(votes.item, weight, minlength=votes.n_items)
    freedom = max(len(values) - int((count > 0).sum()), 1)
    within = float(weight @ (values - centre[votes.item]) ** 2) / freedom
    return np.where(count > 0, np.sqrt(within / np.maximum(count, 1e-12)), float(values.std()))


def _ends(values: Floats, share: float) -> tuple[float, float]:
    """The ends of the scale that are to be read as "this or beyond", infinite where none is."""
    low, high = float(values.min()), float(values.max())
    crowded = [low < high and np.mean(values == end) >= share for end in (low, high)]
    return (low if crowded[0] else -np.inf), (high if crowded[1] else np.inf)


def _typical_noise(seen: Seen, found: Latent) -> float:
    """Noise of an annotator whose precision is the mean over votes."""
    return float(np.average(1 / found.noise[seen.worker], weights=seen.weight) ** -0.5)


def _response(value: Floats, noise: float, low: float, high: float) -> Floats:
    """Mean answer at a latent value: of a normal clipped to [low, high]."""
    return value + _over(low - value, noise) - _over(value - high, noise)


def _beyond_doubt(mean: Floats, sd: Floats, gold: Floats) -> float:
    """The variance of errors on gold beyond what was expected before seeing it; with five items' worth of none."""
    given = np.isfinite(gold)
    excess = float(((gold[given] - mean[given]) ** 2 - sd[given] ** 2).sum())
    return max(excess, 0.0) / (int(given.sum()) + 5)


def _latent(answers: Floats, found: Latent, noise: float, ends: tuple[float, float]) -> Floats:
    """The latent values whose mean answers are given; nan stays nan.

    An answer at a crowded end says only that the value is far out: it gets the mean of as large a tail of the prior
    as the share of given answers that lie there, and no other answer lies farther out.
    """
    if not np.isfinite(ends).any():
        return answers
    given = answers[np.isfinite(answers)]
    grid = found.mean + found.spread * np.linspace(-4, 4, 801)
    tails = [np.mean(given <= ends[0]), np.mean(given >= ends[1])]
    reach = [np.exp(-0.5 * ndtri(tail) ** 2) / np.sqrt(2 * np.pi) / tail if tail else 4.0 for tail in tails]
    inverse = np.interp(answers, _response(grid, noise, *ends), grid)
    return np.clip(inverse, found.mean - found.spread * reach[0], found.mean + found.spread * reach[1])


def _over(gap: Floats, noise: float) -> Floats:
    """E max(gap + noise · e, 0) for standard normal e."""
    if np.isneginf(gap).all():
        return np.zeros_like(gap)
    scaled = gap / noise
    density = np.exp(-0.5 * scaled**2) / np.sqrt(2 * np.pi)
    return np.asarray(gap * ndtr(scaled) + noise * density)

"""A latent value an item, seen through annotators who differ in bias, scale and noise, and through a coarse scale.

Each vote says that a latent answer lies in an interval: a point for a number inside the scale, a half-line for one at
its end (Tobin, Econometrica 1958), a cell for an ordered class. The latent answer is Student around b_w z_i + a_w with
a noise per annotator; values z, biases a and scales b are normal around means that are learnt, noises shrink to
the pooled one. Answers are filled in by their truncated-normal moments (variational EM).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
_FIXED = 1e-12  # the variance of what may not move
_HALF_LOG_TWO_PI = 0.9189385332046727


@dataclass(frozen=True, slots=True)
class Seen:
    """Votes as intervals of the latent answer: arrays (votes,); `known` (items,) is nan where no value is given."""

    item: Codes
    worker: Codes
    lower: Floats
    upper: Floats
    weight: Floats
    known: Floats
    n_workers: int
    cut: NDArray[np.intp] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cut", np.flatnonzero(self.lower < self.upper))

    def by_worker(self, values: Floats) -> Floats:
        """Sums over each annotator's votes (workers,)."""
        return np.bincount(self.worker, values, minlength=self.n_workers).astype(np.float64)

    def by_item(self, values: Floats) -> Floats:
        """Sums over each item's votes (items,)."""
        return np.bincount(self.item, values, minlength=len(self.known)).astype(np.float64)


@dataclass(slots=True)
class Latent:
    """What is believed: values `z` ± `sd` (items,), `bias`, `scale`, `noise` variance (workers,), normal prior of z."""

    z: Floats
    sd: Floats
    bias: Floats
    scale: Floats
    noise: Floats
    mean: float
    spread: float
    n_iter: int = 0
    converged: bool = False


@dataclass(frozen=True, slots=True)
class LatentFit:
    """How to fit: `freedom` of the Student noise (inf: Gaussian), `shrink` votes' worth of pooled noise a worker."""

    bias: bool = True
    scale: bool = True
    freedom: float = 5.0
    shrink: float = 10.0
    max_iter: int = 200
    tol: float = 1e-3

    def fit(self, seen: Seen) -> Latent:
        """Iterate until no value moves by more than `tol` standard deviations of the values."""
        state, answer, doubt = _start(seen)
        weight = seen.weight.copy()
        count = seen.by_worker(seen.weight) + self.shrink
        free = np.array([self.bias, self.scale])
        widths = np.where(free, [0.05 * state.noise[0], 0.1], _FIXED)
        for state.n_iter in range(1, self.max_iter + 1):
            _fill(seen, state, weight, answer, doubt)
            before = state.z
            _believe(seen, state, weight, answer)
            residual, learnt = _characterise(seen, state, weight, answer, widths)
            residual += doubt
            widths = np.where(free, learnt, _FIXED)
            pooled = np.average(weight * residual / np.maximum(seen.weight, _FIXED), weights=seen.weight)
            state.noise = (seen.by_worker(weight * residual) + self.shrink * pooled) / count
            if np.isfinite(self.freedom):
                tails = self.freedom + residual / state.noise[seen.worker]
                weight = seen.weight * (self.freedom + 1) / tails
            if np.abs(state.z - before).max() < self.tol * state.spread:
                state.converged = True
                break
        _widen(seen, state, weight, doubt)
        return state


def _start(seen: Seen) -> tuple[Latent, Floats, Floats]:
    """Every annotator alike; answers at the finite end or the middle of their interval."""
    ends = np.stack([seen.lower, seen.upper])
    nearest = np.where(np.isfinite(ends), ends, ends[::-1])
    answer = np.mean(np.where(np.isfinite(nearest), nearest, 0.0), axis=0)  # all of the line says nothing
    mean = float(np.average(answer, weights=seen.weight))
    variance = max(float(np.average((answer - mean) ** 2, weights=seen.weight)), _FIXED)
    count = seen.by_item(seen.weight)
    z = (seen.by_item(seen.weight * answer) + mean) / (count + 1)
    workers = np.zeros(seen.n_workers)
    sd = np.sqrt(variance / 2 / (count + 1))
    noise = workers + variance
    return Latent(z, sd, workers, workers + 1, noise, mean, (variance / 2) ** 0.5), answer, np.zeros(len(answer))


def _fill(seen: Seen, state: Latent, weight: Floats, answer: Floats, doubt: Floats) -> None:
    """Expected latent answers and their variances where a vote is an interval (in place)."""
    worker, item = seen.worker[seen.cut], seen.item[seen.cut]
    centre = state.bias[worker] + state.scale[worker] * state.z[item]
    width = np.sqrt(state.noise[worker] / np.maximum(weight[seen.cut], _FIXED))
    answer[seen.cut], doubt[seen.cut] = truncated(centre, width, seen.lower[seen.cut], seen.upper[seen.cut])


def _believe(seen: Seen, state: Latent, weight: Floats, answer: Floats) -> None:
    """Values given answers and annotators, and then their normal prior."""
    scale = state.scale[seen.worker]
    precision = weight * scale / state.noise[seen.worker]
    total = state.spread**-2 + seen.by_item(precision * scale)
    pull = seen.by_item(precision * (answer - state.bias[seen.worker]))
    given = np.isfinite(seen.known)
    state.z = np.where(given, seen.known, (state.mean * state.spread**-2 + pull) / total)
    state.sd = np.where(given, 0.0, total**-0.5)
    state.mean = float(state.z.mean())
    state.spread = max(float(np.mean((state.z - state.mean) ** 2 + state.sd**2)), _FIXED) ** 0.5


def _characterise(seen: Seen, state: Latent, weight: Floats, answer: Floats, widths: Floats) -> tuple[Floats, Floats]:
    """Regress answers on values for each annotator; expected squared residuals, and variances of bias and scale.

    The crowd as a whole has no bias and scale 1: given values teach who departs from it, not that all do, since
    what a crowd means and what its judges mean differ by item more than by a constant.
    """
    precision = weight / state.noise[seen.worker]
    z, variance = state.z[seen.item], state.sd[seen.item] ** 2
    across = seen.by_worker(precision * z)
    first = seen.by_worker(precision) + 1 / widths[0]
    second = seen.by_worker(precision * (z**2 + variance)) + 1 / widths[1]
    right = seen.by_worker(precision * answer)
    slope = seen.by_worker(precision * answer * z) + 1 / widths[1]
    size = first * second - across**2
    state.bias = (second * right - across * slope) / size
    state.scale = (first * slope - across * right) / size
    state.bias -= state.bias.mean()
    spread = np.array(
        [
            _shrunk(state.bias**2 + second / size, widths[0]),
            _shrunk((state.scale - 1) ** 2 + first / size, 0.05),
        ]
    )
    w = seen.worker
    residual = (answer - state.bias[w] - state.scale[w] * z) ** 2 + state.scale[w] ** 2 * variance
    residual += (second[w] - 2 * z * across[w] + z**2 * first[w]) / size[w]
    return residual, spread


def _shrunk(squares: Floats, guess: float) -> float:
    """A variance among annotators, with ten annotators' worth of the guess."""
    return float((squares.sum() + 10 * guess) / (len(squares) + 10))


def _widen(seen: Seen, state: Latent, weight: Floats, doubt: Floats) -> None:
    """Take from each vote's information what was filled in and not seen (Louis, J. R. Stat. Soc. B 1982)."""
    precision = weight / state.noise[seen.worker]
    share = np.clip(1 - doubt * precision, 0, 1)
    information = seen.by_item(state.scale[seen.worker] ** 2 * precision * share)
    state.sd = np.where(np.isfinite(seen.known), 0.0, (state.spread**-2 + information) ** -0.5)


def truncated(mean: Floats, sd: Floats, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of normals cut to [lower, upper], either end may be infinite; stable far in the tails."""
    low, high = (lower - mean) / sd, (upper - mean) / sd
    flip = low > -high  # work in the left tail, where the logarithm keeps its digits
    low, high = np.where(flip, -high, low), np.where(flip, -low, high)
    below, above = log_ndtr(low), log_ndtr(high)
    mass = above + np.log1p(-np.exp(np.minimum(below - above, -1e-12)))
    at_low, at_high = (np.exp(-0.5 * end**2 - _HALF_LOG_TWO_PI - mass) for end in (low, high))
    shift = at_low - at_high
    ends = [np.where(np.isfinite(end), end, 0.0) for end in (low, high)]
    variance = 1 + ends[0] * at_low - ends[1] * at_high - shift**2
    return mean + sd * np.where(flip, -shift, shift), sd**2 * np.clip(variance, 1e-9, 1)

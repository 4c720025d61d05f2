"""Statements that stay valid whenever one looks and whenever one stops: confidence sequences and tests for drift.

All of them are bets: an e-process is a capital that cannot be expected to grow while the hypothesis is true, so it ever
reaches 1/delta with probability at most delta (Ville). Nothing here needs a number of observations fixed in advance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from quorate.errors import InvalidInput

Floats = NDArray[np.float64]


@dataclass(slots=True)
class ErrorSequence:
    """Bounds of an error rate that hold at all times at once, from counts alone.

    `upper` and `lower` hold each with probability 1 − `delta`. Capital against an error of theta or more: the
    likelihood ratio of all smaller rates to theta, averaged over Beta(½, ½) cut off at theta; the beta-binomial mixture
    of Robbins 1970 (Howard, Ramdas, McAuliffe, Sekhon, Annals of Statistics 49, 2021, section 3.2), one-sided.
    """

    delta: float = 0.05
    seen: int = 0
    errors: int = 0

    def update(self, wrong: bool) -> None:
        """Count one more observation."""
        self.seen += 1
        self.errors += bool(wrong)

    @property
    def upper(self) -> float:
        """The error is at most this."""
        return float(error_upper(self.errors, self.seen, self.delta))

    @property
    def lower(self) -> float:
        """The error is at least this."""
        return max(0.0, 1.0 - float(error_upper(self.seen - self.errors, self.seen, self.delta)))


def error_upper(errors: ArrayLike, seen: ArrayLike, delta: float = 0.05) -> Floats:
    """The `ErrorSequence` bound for arrays of counts, such as cumulative sums."""
    k, n = np.broadcast_arrays(np.asarray(errors, dtype=np.float64), np.asarray(seen, dtype=np.float64))
    low, high = np.zeros(k.shape), np.ones(k.shape)
    for _ in range(40):
        middle = (low + high) / 2
        rejected = error_log_capital(middle, k, n) >= -math.log(delta)
        low, high = np.where(rejected, low, middle), np.where(rejected, middle, high)
    return high


def error_log_capital(theta: ArrayLike, errors: ArrayLike, seen: ArrayLike) -> Floats:
    """ln capital of the bet that the error is less than `theta`."""
    t, k, n = (np.asarray(a, dtype=np.float64) for a in (theta, errors, seen))
    with np.errstate(divide="ignore"):
        below = np.log(special.betainc(k + 0.5, n - k + 0.5, t)) - np.log(special.betainc(0.5, 0.5, t))
    mixture = special.betaln(k + 0.5, n - k + 0.5) - special.betaln(0.5, 0.5) + below
    return np.asarray(mixture - special.xlogy(k, t) - special.xlog1py(n - k, -t))


def mean_bounds(values: ArrayLike, delta: float = 0.05, *, grid: int = 500) -> tuple[Floats, Floats]:
    """Lower and upper bound of a mean of values in [0, 1] after each of them: (n,) and (n,), together 1 − `delta`.

    The hedged capital of Waudby-Smith and Ramdas, JRSS-B 86 (2024), Theorem 3, with the predictable empirical-Bernstein
    bets of their equation 26 cut at ½/m. The mean of every value, given those before, must be the same. Bounds are
    rounded outwards to the grid.
    """
    x = np.asarray(values, dtype=np.float64)
    if x.size and not (np.min(x) >= 0 and np.max(x) <= 1):
        raise InvalidInput("A value is missing or outside 0 to 1.", where="values", mend="Scale the values first.")
    means = np.linspace(0, 1, grid + 1)
    bets = _bernstein_bets(x, delta)
    with np.errstate(divide="ignore"):
        up = np.cumsum(np.log1p(np.minimum(bets[:, None], 0.5 / means) * (x[:, None] - means)), axis=0)
        down = np.cumsum(np.log1p(-np.minimum(bets[:, None], 0.5 / (1 - means)) * (x[:, None] - means)), axis=0)
    alive = np.maximum(up, down) - math.log(2) < -math.log(delta)
    alive = np.logical_and.accumulate(alive, axis=0)
    first, last = np.argmax(alive, axis=1), grid - np.argmax(alive[:, ::-1], axis=1)
    empty = ~alive.any(axis=1)
    lower = np.where(empty, 0.0, means[np.maximum(first - 1, 0)])
    upper = np.where(empty, 1.0, means[np.minimum(last + 1, grid)])
    return np.maximum.accumulate(lower), np.minimum.accumulate(upper)


def _bernstein_bets(x: Floats, delta: float) -> Floats:
    """The size of each bet from what was seen before it."""
    t = np.arange(1, x.size + 1)
    mean = (0.5 + np.cumsum(x)) / (t + 1)
    spread = (0.25 + np.cumsum((x - mean) ** 2)) / (t + 1)
    before = np.concatenate([[0.25], spread[:-1]])
    return np.asarray(np.sqrt(2 * math.log(2 / delta) / (before * t * np.log(t + 1))))


@dataclass(slots=True)
class DriftTest:
    """Whether somebody's error rate has become worse (or has changed at all), tested after every observation.

    `baseline`: the error rate up to which all is well; as long as the rate stays at or below it, the chance of ever
    raising an alarm is at most `delta`. `None`: it is not known, and the question is whether the rate has stayed the
    same, whatever it is. At most `starts` moments at which the change may have begun are kept.

    Capital is spread in advance over all such moments. From each on it is that of `ErrorSequence` turned round or,
    without a baseline, the beta-binomial likelihood of before and after over the largest likelihood of one rate
    (universal inference: Wasserman, Ramdas, Balakrishnan, PNAS 117, 2020; cf. e-detectors: Shin, Ramdas, Rinaldo 2023).
    """

    baseline: float | None = None
    delta: float = 0.01
    starts: int = 256
    seen: int = 0
    errors: int = 0
    peak: float = 0.0
    # For each start: observations and errors before it, ln of its share of the capital; and the share still unspent.
    _seen: Floats = field(default_factory=lambda: np.zeros(0))
    _errors: Floats = field(default_factory=lambda: np.zeros(0))
    _share: Floats = field(default_factory=lambda: np.zeros(0))
    _unspent: float = 1.0

    def update(self, wrong: bool) -> bool:
        """Take in one observation; true once the alarm has been raised."""
        share = 1 / (2.11 * (self.seen + 2) * math.log(self.seen + 2) ** 2)  # sums to less than 1 over all starts
        self._seen = np.append(self._seen, self.seen)
        self._errors = np.append(self._errors, self.errors)
        self._share = np.append(self._share, math.log(share))
        self._unspent -= share
        self.seen += 1
        self.errors += bool(wrong)
        if self._seen.size > self.starts:
            self._merge()
        self.peak = max(self.peak, self.log_capital)
        return self.alarm

    @property
    def log_capital(self) -> float:
        """ln of the evidence for a change so far."""
        capital = np.append(self._by_start(), math.log(self._unspent) + self._unchanged())
        return float(np.logaddexp.reduce(capital))

    @property
    def alarm(self) -> bool:
        """Whether the evidence has ever reached 1/delta."""
        return self.peak >= -math.log(self.delta)

    @property
    def since(self) -> int:
        """The number of observations before the most likely start of the change."""
        return int(self._seen[np.argmax(self._by_start())]) if self.seen else 0

    def _by_start(self) -> Floats:
        after, wrong = self.seen - self._seen, self.errors - self._errors
        if self.baseline is not None:
            return np.asarray(self._share + error_log_capital(1 - self.baseline, after - wrong, after))
        before = beta_binomial(self._errors, self._seen)
        return np.asarray(self._share + before + beta_binomial(wrong, after) - self._best_rate())

    def _unchanged(self) -> float:
        """ln growth of the capital that waits for a later start."""
        if self.baseline is not None:
            return 0.0
        return float(beta_binomial(self.errors, self.seen)) - self._best_rate()

    def _best_rate(self) -> float:
        """ln likelihood of the one rate that fits best."""
        rate = self.errors / max(1, self.seen)
        return float(special.xlogy(self.errors, rate) + special.xlog1py(self.seen - self.errors, -rate))

    def _merge(self) -> None:
        """Halve the older starts: each pair's capital moves to the later one, as a bettor may do at any time."""
        capital = self._by_start()
        older = self._seen.size // 4 * 2
        kept = np.r_[1:older:2, older : self._seen.size]
        moved = np.logaddexp(capital[0:older:2], capital[1:older:2]) - capital[1:older:2]
        self._share[1:older:2] += np.where(np.isfinite(moved), moved, 0.0)
        self._seen, self._errors, self._share = self._seen[kept], self._errors[kept], self._share[kept]


def beta_binomial(errors: ArrayLike, seen: ArrayLike) -> Floats:
    """ln probability of one sequence with these counts under the Jeffreys prior on its rate."""
    k, n = np.asarray(errors, dtype=np.float64), np.asarray(seen, dtype=np.float64)
    return np.asarray(special.betaln(k + 0.5, n - k + 0.5) - special.betaln(0.5, 0.5))

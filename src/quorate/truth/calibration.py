"""Probabilities that can be believed: what a posterior says, corrected for the dependence between votes.

Annotators err on the same items, so n votes are worth fewer than n independent ones and raw posteriors are far too
sure. With p the posterior of an item with n votes (K classes) and m the mean posterior over items:

    q_k ∝ e^{b_k} p_k ^ (1 / (t √n)),    p'_k = (1 − ε) q_k + ε m_k

Without truth, t = 1, ε = 0.03 and b = 0. With gold, b (which classes the crowd takes for others) is the mode under a
normal prior, for each (t, ε) of a grid, and p' is averaged over the grid, each point weighted by its prior and the
likelihood of the gold labels: what is learnt from fifty items must not be taken at its best guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quorate.errors import InvalidInput

Array = NDArray[np.float64]

SHRINK = 0.03
TEMPERATURES = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
SHRINKS = (0.003, 0.01, 0.03, 0.06, 0.1, 0.2)
BIAS_SD = 0.4
RULED_OUT = 0.01
"""All classes that the votes rule out may have so much together before the shrinkage, however many the votes."""


@dataclass(frozen=True, slots=True)
class Point:
    """One correction: temperature t, shrinkage ε, biases b (K,) or () for none, and its weight among others."""

    temperature: float = 1.0
    shrink: float = SHRINK
    bias: tuple[float, ...] = ()
    weight: float = 1.0

    def correct(self, logs: Array, mean: Array) -> Array:
        """p' of items whose log posteriors over √n are `logs` (I, K)."""
        q = logs / self.temperature + (self.bias or 0.0)
        q = np.exp(q - q.max(axis=1, keepdims=True))
        q *= (1 - self.shrink) / q.sum(axis=1, keepdims=True)
        return np.asarray(q + self.shrink * mean)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A mixture of corrections, their weights summing to one. As it stands: the rule for when no truth is known."""

    points: tuple[Point, ...] = (Point(),)

    @classmethod
    def fit(cls, proba: ArrayLike, n_votes: ArrayLike, truth: ArrayLike, mean: ArrayLike | None = None) -> Self:
        """Learn from gold items. `proba` (G, K) says what the votes alone, without the gold, make of them.

        `n_votes`: (G,). `truth`: (G,) class codes. `mean`: (K,), over all items; that of `proba` if not given. Prior:
        ln t normal with sd 0.5 around 0, ln ε with sd 1 around ln 0.03, b with sd 0.4. No gold gives the prior alone.
        """
        p, codes = np.atleast_2d(np.asarray(proba, np.float64)), np.asarray(truth, np.intp)
        if len(p) != len(codes) or (len(codes) and not 0 <= codes.min() <= codes.max() < p.shape[1]):
            raise InvalidInput(
                f"{len(p)} posteriors of {p.shape[1]} classes do not fit {len(codes)} gold labels.", where="truth"
            )
        logs, centre = _logs(p, n_votes), _mean(p, mean)
        points = list(_grid(logs, codes))
        fits = [np.log(x.correct(logs, centre)[np.arange(len(codes)), codes]).sum() + _log_prior(x) for x in points]
        weights = np.exp(np.array(fits) - max(fits))
        weights /= weights.sum()
        kept = [(x, float(w)) for x, w in zip(points, weights, strict=True) if w > 1e-4]
        return cls(tuple(Point(x.temperature, x.shrink, x.bias, w / sum(v for _, v in kept)) for x, w in kept))

    def apply(self, proba: ArrayLike, n_votes: ArrayLike, mean: ArrayLike | None = None) -> Array:
        """Correct any posterior: `proba` (I, K) or (K,), `n_votes` (I,) or a number. Rows sum to one.

        `mean`: (K,), the mean posterior over all items; that of `proba` if not given.
        """
        p = np.atleast_2d(np.asarray(proba, np.float64))
        logs, centre = _logs(p, n_votes), _mean(p, mean)
        parts = [point.weight * point.correct(logs, centre) for point in self.points]
        return np.asarray(sum(parts)).reshape(np.shape(proba))

    def as_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON; `from_dict` reads them back."""
        return {"points": [[x.temperature, x.shrink, list(x.bias), x.weight] for x in self.points]}

    @classmethod
    def from_dict(cls, stored: dict[str, Sequence[Sequence[Any]]]) -> Self:
        """The calibration that `as_dict` wrote down."""
        return cls(tuple(Point(t, eps, tuple(bias), weight) for t, eps, bias, weight in stored["points"]))


def clipped_log(proba: Array, n_votes: ArrayLike) -> Array:
    """ln p (I, K), clipped at ln 1e-6 or, where votes are many, so that `RULED_OUT` holds once it is over √n."""
    floor = _root(n_votes) * np.log(RULED_OUT / max(proba.shape[-1] - 1, 1))
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum(np.log(proba), np.minimum(np.log(1e-6), floor)))


def _root(n_votes: ArrayLike) -> Array:
    """√n as a column; an item with no vote counts as having one."""
    return np.asarray(np.sqrt(np.maximum(np.reshape(np.asarray(n_votes, np.float64), (-1, 1)), 1)))


def _logs(proba: Array, n_votes: ArrayLike) -> Array:
    return clipped_log(proba, n_votes) / _root(n_votes)


def _mean(proba: Array, mean: ArrayLike | None) -> Array:
    if mean is not None:
        return np.asarray(mean, np.float64)
    return proba.mean(axis=0) if len(proba) else np.full(proba.shape[1], 1 / proba.shape[1])


def _grid(logs: Array, truth: NDArray[np.intp]) -> Iterator[Point]:
    for t in TEMPERATURES:
        bias = tuple(_bias(logs / t, truth).tolist())
        yield from (Point(t, eps, bias) for eps in SHRINKS)


def _log_prior(point: Point) -> float:
    bias = np.array(point.bias)
    off = np.log(point.temperature) / 0.5, np.log(point.shrink / SHRINK)
    return float(-(off[0] ** 2 + off[1] ** 2 + bias @ bias / BIAS_SD**2) / 2)


def _bias(logs: Array, truth: NDArray[np.intp], steps: int = 10) -> Array:
    """The mode of b (K,) by Newton's method: a multinomial regression with intercepts alone."""
    k = logs.shape[1]
    bias, seen = np.zeros(k), np.bincount(truth, minlength=k)
    for _ in range(steps):
        q = np.exp(logs + bias - (logs + bias).max(axis=1, keepdims=True))
        q /= q.sum(axis=1, keepdims=True)
        curve = np.diag(q.sum(axis=0)) - q.T @ q + np.eye(k) / BIAS_SD**2
        bias = bias + np.linalg.solve(curve, seen - q.sum(axis=0) - bias / BIAS_SD**2)
    return np.asarray(bias)

"""Probabilities that can be believed: what a posterior says, corrected for the dependence between votes.

Annotators err on the same items, so n votes are worth fewer than n independent ones and raw posteriors are far too
sure. With p the posterior of an item with n votes (K classes) and m the mean posterior over items:

    q_k ∝ p_k ^ (1 / (t √n)),    p'_k = (1 − ε) q_k + ε m_k

Without truth, t = 1 and ε = 0.03. With gold, the average of p' over a grid of (t, ε), each weighted by its prior and
the likelihood of the gold labels: two numbers learnt from fifty items must not be taken at their best guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quorate.errors import InvalidInput

Array = NDArray[np.float64]

SHRINK = 0.03
TEMPERATURES = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
SHRINKS = (0.003, 0.01, 0.03, 0.06, 0.1, 0.2)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A mixture of corrections, easy to store: (temperature t, shrinkage ε, weight), weights summing to one."""

    points: tuple[tuple[float, float, float], ...] = ((1.0, SHRINK, 1.0),)

    @classmethod
    def fit(cls, proba: ArrayLike, n_votes: ArrayLike, truth: ArrayLike, mean: ArrayLike | None = None) -> Self:
        """Learn from gold items. `proba` (G, K) says what the votes alone, without the gold, make of them.

        `n_votes`: (G,). `truth`: (G,) class codes. `mean`: (K,), over all items; that of `proba` if not given. Prior:
        ln t normal with sd 0.5 around 0, ln ε with sd 1 around ln 0.03. No gold leaves the prior's average.
        """
        p, codes = np.atleast_2d(np.asarray(proba, np.float64)), np.asarray(truth, np.intp)
        if len(p) != len(codes) or (len(codes) and not 0 <= codes.min() <= codes.max() < p.shape[1]):
            raise InvalidInput(
                f"{len(p)} posteriors of {p.shape[1]} classes do not fit {len(codes)} gold labels.", where="truth"
            )
        centre = _mean(p, mean)
        grid = list(product(TEMPERATURES, SHRINKS))
        logs = np.empty(len(grid))
        for row, (t, eps) in enumerate(grid):
            said = _correct(p, n_votes, centre, t, eps)[np.arange(len(codes)), codes]
            logs[row] = np.log(said).sum() - 2 * np.log(t) ** 2 - np.log(eps / SHRINK) ** 2 / 2
        weight = np.exp(logs - logs.max())
        weight /= weight.sum()
        return cls(tuple((t, eps, float(w)) for (t, eps), w in zip(grid, weight, strict=True) if w > 1e-4))

    def apply(self, proba: ArrayLike, n_votes: ArrayLike, mean: ArrayLike | None = None) -> Array:
        """Correct any posterior: `proba` (I, K) or (K,), `n_votes` (I,) or a number. Rows sum to one."""
        p = np.atleast_2d(np.asarray(proba, np.float64))
        centre, total = _mean(p, mean), sum(w for _, _, w in self.points)
        out = np.zeros_like(p)
        for t, eps, weight in self.points:
            out += weight / total * _correct(p, n_votes, centre, t, eps)
        return out.reshape(np.shape(proba))

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON; `from_dict` reads it back."""
        return {"points": [list(point) for point in self.points]}

    @classmethod
    def from_dict(cls, stored: dict[str, Sequence[Sequence[float]]]) -> Self:
        """The calibration that `as_dict` wrote down."""
        return cls(tuple((float(t), float(eps), float(weight)) for t, eps, weight in stored["points"]))


def _mean(proba: Array, mean: ArrayLike | None) -> Array:
    if mean is not None:
        return np.asarray(mean, np.float64)
    return proba.mean(axis=0) if len(proba) else np.full(proba.shape[1], 1 / proba.shape[1])


def _correct(proba: Array, n_votes: ArrayLike, mean: Array, t: float, eps: float) -> Array:
    """One point of the grid: power, then shrinkage. Items with no vote count as having one."""
    power = 1 / (t * np.sqrt(np.maximum(np.asarray(n_votes, np.float64), 1)))
    q = np.maximum(proba, 1e-6) ** np.reshape(power, (-1, 1))
    q /= q.sum(axis=1, keepdims=True)
    return np.asarray((1 - eps) * q + eps * mean)

"""BWA: votes as Gaussian readings of a class's indicator, each worker with a precision.

Y. Li, B. I. P. Rubinstein and T. Cohn, Truth inference at scale: a Bayesian model for adjudicating highly redundant
crowd annotations, WWW 2019: the updates of z (item) and v (worker) of its algorithm 1, class by class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quorate.truth.kernels import VoteMatrix
from quorate.truth.model import Fitted, TruthModel, clamp_proba
from quorate.truth.votes import Votes


@dataclass(kw_only=True, eq=False, repr=False)
class BWA(TruthModel):
    """Precision-weighted means of the indicators, with a Gamma prior worth `a` votes on each worker's precision.

    `tol`: stop when no probability moves further. `skills_`: (J,), mean precision over classes.
    """

    a: float = 15.0
    max_iter: int = 100
    tol: float = 1e-6

    def _fit(self, votes: Votes, gold: NDArray[np.int32]) -> Fitted:
        matrix, k = VoteMatrix(votes), votes.n_classes
        z, moved, n_iter = clamp_proba(matrix.shares(), gold), np.inf, 0
        size = matrix.scores(np.ones((votes.n_workers, k, 1)))
        b = self.a * 4 * (1 - 1 / k) * (size * z * (1 - z)).sum(axis=0) / size.sum() + 1e-9
        while moved > self.tol and n_iter < self.max_iter:
            v = self._precision(matrix, z, b)
            mean = z.mean(axis=0)
            agreed = matrix.scores(np.eye(k) * v[:, None, :])
            weight = matrix.scores(np.broadcast_to(v[:, None, :], (votes.n_workers, k, k)))
            new = clamp_proba((mean + agreed) / (1 + weight), gold)
            moved, z, n_iter = float(np.abs(new - z).max()), new, n_iter + 1
        proba = clamp_proba(z / z.sum(axis=1, keepdims=True), gold)
        mass = proba.mean(axis=0)
        likelihood = float(np.log(proba.max(axis=1)).sum())
        return Fitted(proba, v.mean(axis=1), mass / mass.sum(), likelihood, n_iter, moved <= self.tol)

    def _precision(self, matrix: VoteMatrix, z: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
        """v (J, K): votes over squared errors, both with the prior's share. Σ (z − y)² = Σ z² + Σ_(y=1) (1 − 2z)."""
        total = matrix.counts(np.ones((matrix.n_items, 1))).sum(axis=(1, 2))
        error = matrix.counts(z**2).sum(axis=1) + np.einsum("jkk->jk", matrix.counts(1 - 2 * z))
        return np.asarray((self.a + total)[:, None] / (b + np.maximum(error, 0)))

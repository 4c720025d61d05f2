"""Dawid and Skene: each worker has a confusion matrix; EM finds it together with the truths.

A. P. Dawid and A. M. Skene, Maximum likelihood estimation of observer error-rates using the EM algorithm, Applied
Statistics 28(1), 1979, 20–28: equation 2.3 (error rates), 2.4 (marginals), 2.5 (truths).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from quorate.truth.kernels import Clamp, Floats, VoteMatrix
from quorate.truth.model import Fitted, TruthModel, clamp_proba, climb
from quorate.truth.votes import Votes

FLOOR = 1e-30  # the least probability that is taken a logarithm of; single precision still holds it


class DawidSkene(TruthModel):
    """Confusion matrices by maximum a posteriori, from the majority's vote shares.

    `right`, `wrong`: pseudo-counts on the diagonal of each worker's matrix and off it; `balance`: pseudo-count of each
    class. All zero gives the paper's maximum likelihood. `tol`: stop when a vote's mean log-likelihood gains less.
    `dtype`: "float32" is a third faster and moves posteriors by about 1e-6. `skills_`: (J, K, K).
    """

    def __init__(
        self,
        *,
        right: float = 1.0,
        wrong: float = 0.01,
        balance: float = 0.0,
        max_iter: int = 200,
        tol: float = 1e-7,
        dtype: str = "float64",
        threads: int | None = None,
    ) -> None:
        self.right = right
        self.wrong = wrong
        self.balance = balance
        self.max_iter = max_iter
        self.tol = tol
        self.dtype = dtype
        self.threads = threads

    def _fit(self, votes: Votes, gold: NDArray[np.int32]) -> Fitted:
        matrix = VoteMatrix(votes, np.dtype(self.dtype), self.threads)
        clamp = Clamp.to_classes(gold, votes.n_classes)
        proba: Floats = clamp_proba(matrix.shares(), gold).astype(matrix.dtype, copy=False)
        counts, mass = matrix.counts(proba), proba.sum(axis=0, dtype=np.float64)

        def step() -> float:
            nonlocal counts, mass
            rates, prior = self.maximise(counts, mass)
            sweep = matrix.sweep(np.log(rates), np.log(prior), clamp, out=proba)
            counts, mass = sweep.counts, sweep.mass
            return sweep.log_likelihood + self.log_prior(rates, prior)

        objective, n_iter, converged = climb(step, self.max_iter, self.tol * max(1, len(votes)))
        rates, prior = self.maximise(counts, mass)
        return Fitted(proba, rates.transpose(0, 2, 1), prior, objective, n_iter, converged)

    def maximise(
        self, counts: NDArray[np.float64], mass: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The M-step: P(label | class) of each worker (J, K labels, K classes) and the classes' marginals (K,)."""
        k = len(mass)
        rates = counts + self._pseudo(k)
        total = rates.sum(axis=1, keepdims=True)
        rates /= np.where(total == 0, 1, total)
        np.maximum(rates, FLOOR, out=rates, where=total > 0)
        rates[np.broadcast_to(total == 0, rates.shape)] = 1 / k
        prior = mass + self.balance
        return rates, np.maximum(prior / prior.sum(), FLOOR)

    def log_prior(self, rates: NDArray[Any], prior: NDArray[Any]) -> float:
        """The log-density of the parameters under the Dirichlet priors of the pseudo-counts, unnormalised."""
        return float((self._pseudo(len(prior)) * np.log(rates)).sum() + self.balance * np.log(prior).sum())

    def _pseudo(self, k: int) -> NDArray[np.float64]:
        return np.where(np.eye(k, dtype=bool), self.right, self.wrong)

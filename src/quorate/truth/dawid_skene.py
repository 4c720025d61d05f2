"""Dawid and Skene: each worker has a confusion matrix; EM finds it together with the truths.

A. P. Dawid and A. M. Skene, Maximum likelihood estimation of observer error-rates using the EM algorithm, Applied
Statistics 28(1), 1979, 20–28: equation 2.3 (error rates), 2.4 (marginals), 2.5 (truths).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quorate.truth.accelerate import squarem
from quorate.truth.kernels import Clamp, Floats, Sweep, VoteMatrix, column_sums
from quorate.truth.model import Fitted, TruthModel, clamp_proba
from quorate.truth.votes import Votes

FLOOR = 1e-30  # the least probability that is taken a logarithm of; single precision still holds it


@dataclass(kw_only=True, eq=False, repr=False)
class DawidSkene(TruthModel):
    """Confusion matrices by maximum a posteriori, from the majority's vote shares.

    `right`, `wrong`: pseudo-counts on the diagonal of each worker's matrix and off it; `balance`: pseudo-count of each
    class. All zero gives the paper's maximum likelihood. `tol`: stop when an EM step gains less, nats a vote.
    `accelerate`: squared extrapolation, which about halves the number of sweeps. `dtype`: "float32" is a quarter faster
    and moves posteriors by about 1e-6. `skills_`: (J, K, K). `log_likelihood_` includes the log-priors.
    """

    right: float = 1.0
    wrong: float = 0.01
    balance: float = 0.0
    max_iter: int = 200
    tol: float = 1e-7
    accelerate: bool = True
    dtype: str = "float64"
    threads: int | None = None

    def _fit(self, votes: Votes, gold: NDArray[np.int32]) -> Fitted:
        matrix = VoteMatrix(votes, np.dtype(self.dtype), self.threads)
        clamp = Clamp.to_classes(gold, votes.n_classes)
        proba: Floats = clamp_proba(matrix.shares(), gold).astype(matrix.dtype, copy=False)
        counts, mass = matrix.counts(proba), column_sums(proba)
        learnt = self.learn(counts, mass, lambda table, prior: matrix.sweep(table, prior, clamp, out=proba), len(votes))
        return Fitted(proba, *learnt)

    def learn(
        self,
        counts: NDArray[np.float64],
        mass: NDArray[np.float64],
        sweep: Callable[[NDArray[np.float64], NDArray[np.float64]], Sweep],
        n_votes: int,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], float, int, bool]:
        """EM from expected counts (J, K, K) and class masses (K,), wherever `sweep(log rates, log prior)` is computed.

        Returns skills, prior, objective, number of sweeps and whether they converged.
        """
        shape = counts.shape

        def em(state: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
            rates, prior = self.maximise(state[: -shape[2]].reshape(shape), state[-shape[2] :])
            log_rates, log_prior = np.log(rates), np.log(prior)
            done = sweep(log_rates, log_prior)
            penalty = (self._pseudo(shape[2]) * log_rates).sum() + self.balance * log_prior.sum()
            return np.concatenate([done.counts.ravel(), done.mass]), float(done.log_likelihood + penalty)

        start = np.concatenate([counts.ravel(), mass])
        state, objective, n_iter, converged = squarem(
            start, em, self.max_iter, self.tol * max(1, n_votes), self.accelerate
        )
        rates, prior = self.maximise(state[: -shape[2]].reshape(shape), state[-shape[2] :])
        return rates.transpose(0, 2, 1), prior, objective, n_iter, converged

    def maximise(
        self, counts: NDArray[np.float64], mass: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The M-step: P(label | class) of each worker (J, K labels, K classes) and the classes' marginals (K,)."""
        k = len(mass)
        rates = counts + self._pseudo(k)
        total = np.add.reduce([rates[:, label] for label in range(k)])[:, None]
        rates[np.broadcast_to(total == 0, rates.shape)] = 1
        rates /= np.where(total == 0, k, total)
        np.maximum(rates, FLOOR, out=rates)
        prior = mass + self.balance
        return rates, np.maximum(prior / prior.sum(), FLOOR)

    def _pseudo(self, k: int) -> NDArray[np.float64]:
        return np.where(np.eye(k, dtype=bool), self.right, self.wrong)

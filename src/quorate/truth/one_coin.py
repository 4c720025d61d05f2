"""One coin: each worker has one number, the probability to be right; mistakes fall on the other classes alike.

The homogeneous Dawid–Skene model, by mean-field variational Bayes: Q. Liu, J. Peng and A. Ihler, Variational inference
for crowdsourcing, NeurIPS 2012, equations 8 and 9, with K classes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, digamma

from quorate.truth.kernels import Clamp, Floats, VoteMatrix
from quorate.truth.model import Fitted, TruthModel, clamp_proba, climb
from quorate.truth.votes import Votes


@dataclass(kw_only=True, eq=False, repr=False)
class OneCoin(TruthModel):
    """Accuracies with a Beta(`right`, `wrong`) prior. `skills_`: (J,), posterior means.

    `log_likelihood_` is the evidence bound. `learn_prior`: whether class marginals are learnt (else all alike).
    """

    right: float = 4.0
    wrong: float = 1.0
    learn_prior: bool = False
    max_iter: int = 200
    tol: float = 1e-7
    threads: int | None = None

    def _fit(self, votes: Votes, gold: NDArray[np.int32]) -> Fitted:
        matrix, k = VoteMatrix(votes, threads=self.threads), votes.n_classes
        clamp = Clamp.to_classes(gold, k)
        proba: Floats = clamp_proba(matrix.shares(), gold)
        counts, mass = matrix.counts(proba), proba.sum(axis=0)
        a, b = self._beta(counts)

        def step() -> float:
            nonlocal counts, mass, a, b
            sure, unsure = digamma(a) - digamma(a + b), digamma(b) - digamma(a + b)
            sweep = matrix.sweep(coin_table(sure, unsure, k), np.log(self._prior(mass)), clamp, out=proba)
            divergence = beta_divergence(a, b, self.right, self.wrong)
            counts, mass = sweep.counts, sweep.mass
            a, b = self._beta(counts)
            return sweep.log_likelihood - divergence

        bound, n_iter, converged = climb(step, self.max_iter, self.tol * max(1, len(votes)))
        return Fitted(proba, a / (a + b), self._prior(mass), bound, n_iter, converged)

    def _beta(self, counts: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        hits = np.einsum("jkk->j", counts)
        return hits + self.right, counts.sum(axis=(1, 2)) - hits + self.wrong

    def _prior(self, mass: NDArray[np.float64]) -> NDArray[np.float64]:
        return (mass + 1) / (mass + 1).sum() if self.learn_prior else np.full(len(mass), 1 / len(mass))


def coin_table(right: NDArray[np.float64], wrong: NDArray[np.float64], n_classes: int) -> NDArray[np.float64]:
    """Log-probability of label l given class c when a worker is right with log-probability `right` (J,): (J, K, K)."""
    table = np.repeat(wrong - np.log(max(1, n_classes - 1)), n_classes**2).reshape(-1, n_classes, n_classes)
    table[:, np.arange(n_classes), np.arange(n_classes)] = right[:, None] if n_classes > 1 else 0
    return table


def beta_divergence(a: NDArray[np.float64], b: NDArray[np.float64], right: float, wrong: float) -> float:
    """Sum of KL(Beta(a, b) ‖ Beta(right, wrong)) over workers."""
    both = a + b
    kl = betaln(right, wrong) - betaln(a, b)
    kl += (a - right) * (digamma(a) - digamma(both)) + (b - wrong) * (digamma(b) - digamma(both))
    return float(kl.sum())

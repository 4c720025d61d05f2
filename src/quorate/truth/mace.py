"""MACE: a worker either knows the answer or spams from a favourite distribution of labels.

D. Hovy, T. Berg-Kirkpatrick, A. Vaswani and E. Hovy, Learning whom to trust with MACE, NAACL 2013: the model of
section 2, by variational Bayes (their section 3.2) with class frequencies learnt too.

    P(label l | class k, worker j) = θ_j [l = k] + (1 − θ_j) ξ_jl
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from quorate.truth.kernels import Clamp, VoteMatrix
from quorate.truth.model import Fitted, TruthModel, clamp_proba
from quorate.truth.rows import Array, expected_log, foresight
from quorate.truth.votes import Votes


@dataclass(kw_only=True, eq=False, repr=False)
class MACE(TruthModel):
    """θ_j ~ Beta(`know`, `know`), ξ_j ~ Dirichlet(`spam`/K for each label).

    `tol`: stop when no worker's share of knowing votes moves further. `skills_`: (J, K, K), the mixture above at the
    posterior means; `competence_`: θ (J,). Other attributes as in `IBCC`.
    """

    know: float = 0.5
    spam: float = 10.0
    max_iter: int = 200
    tol: float = 1e-3
    threads: int | None = None

    def _fit(self, votes: Votes, gold: NDArray[np.int32]) -> Fitted:
        matrix, k = VoteMatrix(votes, threads=self.threads), votes.n_classes
        clamp, proba = Clamp.to_classes(gold, k), clamp_proba(matrix.shares(), gold)
        alpha = proba.sum(axis=0) + 1e-9
        counts, mass = matrix.counts(proba), proba.sum(axis=0)
        knowing = np.full((votes.n_workers, k), 0.7 / (0.7 + 0.3 / k))  # P(knew | said l, and l is the class)
        moved, n_iter = np.inf, 0
        while moved > self.tol and n_iter < self.max_iter:
            a, b, said = self._counts(counts, knowing)
            table, fresh = _table(a, b, said)
            log_prior = expected_log(alpha + mass)
            sweep = matrix.sweep(table, log_prior, clamp, out=proba)
            moved = float(np.abs(fresh - knowing).max())
            counts, mass, knowing, n_iter = sweep.counts, sweep.mass, fresh, n_iter + 1
        theta, xi = a / (a + b), said / said.sum(axis=1, keepdims=True)
        skills = theta[:, None, None] * np.eye(k) + ((1 - theta)[:, None] * xi)[:, None, :]
        extra = {
            "competence": theta,
            "foresight": foresight(votes, proba, table, self._chance(votes, a, b, said, knowing)),
            "unaided": matrix.sweep(table, log_prior).proba if clamp else proba,
        }
        prior = (alpha + mass) / (alpha + mass).sum()
        return Fitted(proba, skills, prior, sweep.log_likelihood, n_iter, moved <= self.tol, extra)

    def _counts(self, counts: Array, knowing: Array) -> tuple[Array, Array, Array]:
        """Pseudo-counts of knowing and of spamming (J,), and of each label among the spam (J, K)."""
        right = np.einsum("jkk->jk", counts) * knowing
        spam = np.maximum(counts.sum(axis=2) - right, 0)
        return self.know + right.sum(axis=1), self.know + spam.sum(axis=1), self.spam / counts.shape[1] + spam

    @staticmethod
    def _chance(votes: Votes, a: Array, b: Array, said: Array, knowing: Array) -> Callable[[slice, Array], Array]:
        """`chance` for `foresight`: the mixture without the vote's own share of the counts."""
        total = said.sum(axis=1)

        def chance(rows: slice, share: Array) -> Array:
            j, label = votes.worker[rows], votes.label[rows]
            here = np.arange(len(j))
            weight = share.sum(axis=1)
            knew = share[here, label] * knowing[j, label]
            left, other = np.maximum(a[j] - knew, 1e-9), np.maximum(b[j] - (weight - knew), 1e-9)
            xi = np.maximum(said[j, label] - (weight - knew), 1e-9) / np.maximum(total[j] - (weight - knew), 1e-9)
            theta = left / (left + other)
            out = np.repeat(((1 - theta) * xi)[:, None], share.shape[1], axis=1)
            out[here, label] += theta
            return out

        return chance


def _table(a: Array, b: Array, said: Array) -> tuple[Array, Array]:
    """Log-probabilities (J, K, K) from geometric means, and P(knew | right answer) (J, K)."""
    k = said.shape[1]
    theta, other = (np.exp(digamma(x) - digamma(a + b)) for x in (a, b))
    spam = other[:, None] * np.exp(expected_log(said))
    table = np.repeat(np.log(spam)[:, :, None], k, axis=2)
    table[:, np.arange(k), np.arange(k)] = np.log(theta[:, None] + spam)
    return table, theta[:, None] / (theta[:, None] + spam)

"""Independent Bayesian classifier combination: confusion matrices and class frequencies under Dirichlet priors.

H.-C. Kim and Z. Ghahramani, Bayesian classifier combination, AISTATS 2012, section 3 (the model); mean-field updates as
in E. Simpson et al., Dynamic Bayesian combination of multiple imperfect classifiers, 2013, equations 9 to 17.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quorate.truth.kernels import Clamp, VoteMatrix
from quorate.truth.model import Fitted, TruthModel, clamp_proba
from quorate.truth.rows import Array, combine, diagonal, dirichlet_chance, divergence, expected_log, foresight
from quorate.truth.votes import Votes


@dataclass(kw_only=True, eq=False, repr=False)
class IBCC(TruthModel):
    """π_jk ~ Dirichlet(`right` on the diagonal, `wrong` off it); frequencies ~ Dirichlet(column sums of vote shares).

    `tol`: stop when the evidence bound gains less a vote. `skills_`: (J, K, K), posterior means. `log_likelihood_` is
    the bound. `foresight_`: mean log-probability of a vote given all others. `unaided_`: (I, K), what the votes alone
    say of each item, its own gold set aside.
    """

    right: float = 4.0
    wrong: float = 1.0
    max_iter: int = 200
    tol: float = 1e-7
    threads: int | None = None

    def _fit(self, votes: Votes, gold: NDArray[np.int32]) -> Fitted:
        matrix, k = VoteMatrix(votes, threads=self.threads), votes.n_classes
        share = clamp_proba(matrix.shares(), gold)
        alpha = share.sum(axis=0) + 1e-9

        def mix(mass: Array) -> tuple[Array, float]:
            return expected_log(alpha + mass), divergence(alpha + mass, alpha)

        prior, clamp = diagonal(k, self.right, self.wrong), Clamp.to_classes(gold, k)
        found = combine(matrix, share, prior, mix, clamp, self.max_iter, self.tol)
        frequency = alpha + found.proba.sum(axis=0)
        extra = {
            "foresight": foresight(votes, found.proba, found.table, dirichlet_chance(votes, found.counts)),
            "unaided": matrix.sweep(found.table, found.log_prior).proba if clamp else found.proba,
        }
        skills = (found.counts / found.counts.sum(axis=1, keepdims=True)).transpose(0, 2, 1)
        marginal = frequency / frequency.sum()
        return Fitted(found.proba, skills, marginal, found.bound, found.n_iter, found.converged, extra)

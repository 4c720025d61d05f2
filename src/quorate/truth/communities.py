"""Communities of workers: those with few votes borrow the habits of the kind that they resemble.

M. Venanzi, J. Guiver, G. Kazai, P. Kohli and M. Shokouhi, Community-based Bayesian aggregation models for
crowdsourcing, WWW 2014 (the model of section 4). Here a community is the Dirichlet prior β_g of its members' rows, so
that a worker with many votes still differs from it; β_g is learnt by the fixed point of T. Minka, Estimating a
Dirichlet distribution, 2000, equation 55, as the mode under a Gamma prior worth `hold` workers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln

from quorate.truth.kernels import Clamp, VoteMatrix
from quorate.truth.model import Fitted, TruthModel, clamp_proba
from quorate.truth.rows import Array, diagonal, dirichlet_chance, expected_log, foresight
from quorate.truth.votes import Votes

SPREAD = (8.0, 4.0, 2.0, 0.5, 0.1)  # how much righter than wrong communities start, from experts to opponents
WARM = 3  # sweeps before communities' priors move


@dataclass(kw_only=True, eq=False, repr=False)
class Communities(TruthModel):
    """`communities` kinds of worker (at most 5). `right`, `wrong`: where their priors start and are held.

    Predicts votes better than any other model here, but truths no better: the class drifts towards whatever foretells
    votes. Stops when no probability moves by more than `tol`. `community_`: (J, communities), the probability that a
    worker belongs to each. `skills_`, `foresight_`, `unaided_` as in `IBCC`.
    """

    communities: int = 5
    right: float = 4.0
    wrong: float = 1.0
    hold: float = 1.0
    max_iter: int = 100
    tol: float = 1e-5
    threads: int | None = None

    def _fit(self, votes: Votes, gold: NDArray[np.int32]) -> Fitted:
        matrix, k = VoteMatrix(votes, threads=self.threads), votes.n_classes
        clamp, proba = Clamp.to_classes(gold, k), clamp_proba(matrix.shares(), gold)
        alpha, mass, counts = proba.sum(axis=0) + 1e-9, proba.sum(axis=0), matrix.counts(proba)
        held = diagonal(k, self.right, self.wrong)
        beta = np.stack([diagonal(k, 2 * s * self.wrong, self.wrong) for s in SPREAD[: self.communities]])
        size = np.full(len(beta), 1 / len(beta))
        moved, n_iter = np.inf, 0
        while moved > self.tol and n_iter < self.max_iter:
            belongs, evidence = members(counts, beta, size)
            size = (belongs.sum(axis=0) + 1) / (votes.n_workers + len(beta))
            if n_iter >= WARM:
                beta = np.stack([self._learn(counts, b, belongs[:, g], held) for g, b in enumerate(beta)])
            parts = [belongs[:, g, None, None] * expected_log(counts + b, axis=1) for g, b in enumerate(beta)]
            table, log_prior = np.sum(parts, axis=0), expected_log(alpha + mass)
            before = proba
            sweep = matrix.sweep(table, log_prior, clamp)
            proba, counts, mass = np.asarray(sweep.proba, np.float64), sweep.counts, sweep.mass
            moved, n_iter = float(np.abs(proba - before).max()), n_iter + 1
        rows = counts + np.einsum("jg,glk->jlk", belongs, beta)
        extra: dict[str, Any] = {
            "community": belongs,
            "foresight": foresight(votes, proba, table, dirichlet_chance(votes, rows)),
            "unaided": matrix.sweep(table, log_prior).proba if clamp else proba,
        }
        skills = (rows / rows.sum(axis=1, keepdims=True)).transpose(0, 2, 1)
        prior = (alpha + mass) / (alpha + mass).sum()
        return Fitted(proba, skills, prior, sweep.log_likelihood + evidence, n_iter, moved <= self.tol, extra)

    def _learn(self, counts: Array, beta: Array, belongs: Array, held: Array) -> Array:
        """One step of the fixed point for β_g (K labels, K classes), members weighted by how surely they belong."""
        up = np.einsum("j,jlk->lk", belongs, digamma(counts + beta) - digamma(beta))
        down = belongs @ (digamma((counts + beta).sum(axis=1)) - digamma(beta.sum(axis=0)))
        return np.asarray(np.maximum((self.hold * held + beta * up) / (self.hold + down), 0.01))


def members(counts: Array, beta: Array, size: Array) -> tuple[Array, float]:
    """P(community | a worker's counts), (J, G), by Dirichlet-multinomial evidence, and the total log evidence."""
    total = counts.sum(axis=1)
    score = np.empty((len(counts), len(beta)))
    for g, b in enumerate(beta):
        rows = (gammaln(counts + b) - gammaln(b)).sum(axis=(1, 2))
        score[:, g] = rows - (gammaln(total + b.sum(axis=0)) - gammaln(b.sum(axis=0))).sum(axis=1) + np.log(size[g])
    top = score.max(axis=1, keepdims=True)
    belongs = np.exp(score - top)
    norm = belongs.sum(axis=1, keepdims=True)
    return belongs / norm, float((top + np.log(norm)).sum())

"""Enhanced Bayesian classifier combination: classes have subtypes, on which workers err alike.

Y. Li, B. I. P. Rubinstein and T. Cohn, Exploiting worker correlation for label aggregation in crowdsourcing, ICML 2019:
the model of section 4 and the mean-field updates of section 5. An easy and a hard kind of "dog" are two subtypes; each
worker has a row for either, so that correlated mistakes are not mistaken for independent evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quorate.truth.ibcc import IBCC
from quorate.truth.kernels import Clamp, VoteMatrix
from quorate.truth.model import Fitted, TruthModel
from quorate.truth.rows import (
    Array,
    Combined,
    Mix,
    combine,
    diagonal,
    dirichlet_chance,
    divergence,
    expected_log,
    foresight,
)
from quorate.truth.votes import Votes


@dataclass(kw_only=True, eq=False, repr=False)
class EBCC(TruthModel):
    """`subtypes` M a class, concentration `spread`/M each; rows ~ Dirichlet(`right` on the true class, `wrong` off it).

    Starts from the answer of iBCC spread at random over subtypes, `restarts` times. `proba_` is the mean over restarts:
    single ones move a set of a hundred items by two per cent, and neither bound nor foresight tells which is right. All
    else is from the best by bound. `skills_`: (J, K, K), rows averaged over subtypes. Other attributes as in `IBCC`.
    """

    subtypes: int = 10
    restarts: int = 8
    right: float = 4.0
    wrong: float = 1.0
    spread: float = 0.1
    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0
    threads: int | None = None

    def _fit(self, votes: Votes, gold: NDArray[np.int32]) -> Fitted:
        start = IBCC(threads=self.threads).fit(votes, gold).proba_
        return self.fit_from(votes, gold, start)

    def fit_from(self, votes: Votes, gold: NDArray[np.int32], start: Array, split: Array | None = None) -> Fitted:
        """Fit from class probabilities `start` (I, K), gold items clamped in it.

        `split`: (I, subtypes), how each item's are shared among subtypes at first, for one restart that does not depend
        on the order of items; at random if not given.
        """
        matrix = VoteMatrix(votes, threads=self.threads)
        states = np.repeat(np.arange(votes.n_classes), self.subtypes)
        clamp = Clamp(gold, states) if (gold >= 0).any() else None
        alpha = matrix.shares().sum(axis=0) + 1e-9
        runs = [self._restart(matrix, start, alpha, clamp, run, split) for run in range(self.restarts)]
        best, kept = max(runs, key=lambda run: run.bound), len(runs)
        proba = self._classes(sum(run.proba for run in runs) / kept)
        free = proba
        if clamp is not None:
            free = self._classes(sum(matrix.sweep(run.table, run.log_prior).proba for run in runs) / kept)
        score = sum(foresight(votes, r.proba, r.table, dirichlet_chance(votes, r.counts)) for r in runs) / kept
        frequency = alpha + best.proba.reshape(matrix.n_items, -1, self.subtypes).sum(axis=(0, 2))
        extra = {"foresight": score, "unaided": free}
        prior = frequency / frequency.sum()
        return Fitted(proba, self._skills(best), prior, best.bound, best.n_iter, best.converged, extra)

    def _restart(
        self, matrix: VoteMatrix, start: Array, alpha: Array, clamp: Clamp | None, run: int, split: Array | None
    ) -> Combined:
        m, k = self.subtypes, len(alpha)
        rng = np.random.default_rng((self.seed, run))
        parts = rng.dirichlet(np.ones(m), (len(start), k)) if split is None else split[:, None, :]
        state = (start[:, :, None] * parts).reshape(len(start), k * m)
        prior = np.repeat(diagonal(k, self.right, self.wrong), m, axis=1)
        return combine(matrix, state, prior, self._mix(alpha), clamp, self.max_iter, self.tol)

    def _mix(self, alpha: Array) -> Mix:
        """Classes ~ Dirichlet(`alpha`), subtypes within a class ~ Dirichlet(spread/M)."""
        tiny = np.full(self.subtypes, self.spread / self.subtypes)

        def mix(mass: Array) -> tuple[Array, float]:
            nested = mass.reshape(len(alpha), self.subtypes)
            nu, eta = alpha + nested.sum(axis=1), tiny + nested
            logs = expected_log(nu)[:, None] + expected_log(eta)
            return logs.ravel(), divergence(nu, alpha) + divergence(eta, tiny)

        return mix

    def _classes(self, proba: Any) -> Array:
        """Sum over subtypes: (I, K·M) to (I, K)."""
        return np.asarray(proba.reshape(len(proba), -1, self.subtypes) @ np.ones(self.subtypes))

    def _skills(self, run: Combined) -> Array:
        """Rows of a class, weighted by how often each subtype occurs: (J, K classes, K labels)."""
        j, k, _ = run.counts.shape
        rows = (run.counts / run.counts.sum(axis=1, keepdims=True)).reshape(j, k, k, self.subtypes)
        often = run.proba.sum(axis=0).reshape(k, self.subtypes) + 1e-9
        often /= often.sum(axis=1, keepdims=True)
        return np.asarray(np.einsum("jlkm,km->jkl", rows, often))

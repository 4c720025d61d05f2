"""Zero-based skill: a vote weighted by accuracy, the accuracies following the vote by gradient steps.

The method that the Toloka platform used for its pools. A skill starts at chance and moves towards the share of the
worker's answers that equal the weighted vote's, which minimises the mean squared error between the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quorate.truth.kernels import VoteMatrix
from quorate.truth.majority import agreement, weighted_vote, winners
from quorate.truth.model import Fitted, TruthModel
from quorate.truth.votes import Votes


@dataclass(kw_only=True, eq=False, repr=False)
class ZeroBasedSkill(TruthModel):
    """Weighted vote with skills learnt by `max_iter` gradient steps of `rate`, halved every `halve_every` steps.

    `tol`: stop when no skill moves further. `skills_`: (J,).
    """

    rate: float = 1.0
    halve_every: int = 20
    max_iter: int = 100
    tol: float = 1e-5

    def _fit(self, votes: Votes, gold: NDArray[np.int32]) -> Fitted:
        matrix = VoteMatrix(votes)
        skills, moved, n_iter = np.full(votes.n_workers, 1 / votes.n_classes), np.inf, 0
        while moved > self.tol and n_iter < self.max_iter:
            vote = weighted_vote(matrix, skills, gold)
            gradient = agreement(matrix, winners(np.asarray(vote.proba, np.float64))) - skills
            step = self.rate * 0.5 ** (n_iter // self.halve_every) * gradient
            skills, moved, n_iter = skills + step, float(np.abs(step).max()), n_iter + 1
        vote = weighted_vote(matrix, skills, gold)
        return Fitted(vote.proba, skills, vote.prior, vote.log_likelihood, n_iter, moved <= self.tol)

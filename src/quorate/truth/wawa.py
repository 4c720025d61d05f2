"""Worker agreement with aggregate: a majority vote, then one weighted by how often each worker agreed with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quorate.truth.kernels import VoteMatrix
from quorate.truth.majority import weighted_vote
from quorate.truth.model import Fitted, TruthModel
from quorate.truth.votes import Votes


class Wawa(TruthModel):
    """Inter-annotator agreement weighting, as the crowdsourcing firm Appen names it.

    `skills_`: (J,), the share of a worker's votes that the plain majority (with gold where given) agrees with.
    """

    def __init__(self) -> None: ...

    def _fit(self, votes: Votes, gold: NDArray[np.int32]) -> Fitted:
        matrix = VoteMatrix(votes)
        skills = weighted_vote(matrix, np.ones(votes.n_workers), gold).skills
        second = weighted_vote(matrix, skills, gold, n_iter=2)
        return Fitted(second.proba, skills, second.prior, second.log_likelihood, 2)

"""Majority vote, and the weighted vote that several models are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quorate.truth.kernels import VoteMatrix
from quorate.truth.model import Fitted, TruthModel, clamp_proba
from quorate.truth.votes import Votes


@dataclass(kw_only=True, eq=False, repr=False)
class MajorityVote(TruthModel):
    """Each item's label is the one that most of its votes chose; `proba_` is the share of its votes.

    `smooth`: added to each class's number of votes. An item without votes gets the mean share. `skills_`: (J,), how
    often a worker agrees with the majority (ties count in part).
    """

    smooth: float = 0.0

    def _fit(self, votes: Votes, gold: NDArray[np.int32]) -> Fitted:
        return weighted_vote(VoteMatrix(votes), np.ones(votes.n_workers), gold, self.smooth)


def weighted_vote(
    matrix: VoteMatrix, weight: NDArray[np.float64], gold: NDArray[np.int32], smooth: float = 0.0, n_iter: int = 1
) -> Fitted:
    """Shares of the votes of each item when worker j's vote counts `weight[j]` ≥ 0."""
    tally = matrix.tally(weight) + smooth
    total = tally.sum(axis=1, keepdims=True)
    share = tally / np.where(total > 0, total, 1)
    prior = share.sum(axis=0)
    prior = prior / prior.sum() if prior.sum() > 0 else np.full(len(prior), 1 / len(prior))
    share[total[:, 0] <= 0] = prior
    proba = clamp_proba(share, gold)
    return Fitted(proba, agreement(matrix, winners(proba)), prior, float(np.log(proba.max(axis=1)).sum()), n_iter)


def winners(proba: NDArray[np.float64]) -> NDArray[np.float64]:
    """All probability on the likeliest class, shared among ties, so that no class is favoured by its place: (I, K)."""
    best = proba >= proba.max(axis=1, keepdims=True) - 1e-9
    return np.asarray(best / best.sum(axis=1, keepdims=True), np.float64)


def agreement(
    matrix: VoteMatrix, proba: NDArray[np.float64], right: float = 0.0, wrong: float = 0.0
) -> NDArray[np.float64]:
    """Share of each worker's votes that agree with `proba` (I, K), with pseudo-counts: (J,). No votes: 1/K."""
    hits, total = matrix.hits(proba)
    total += right + wrong
    return np.where(total > 0, (hits + right) / np.where(total > 0, total, 1), 1 / matrix.n_classes)

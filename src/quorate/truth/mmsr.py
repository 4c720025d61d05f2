"""M-MSR: skills from how often pairs of workers agree, robust to some adversaries.

Q. Ma and A. Olshevsky, Adversarial crowdsourcing through robust rank-one matrix completion, NeurIPS 2020: the matrix of
pairwise agreement, corrected for chance, is s sᵀ in expectation (equation 3); algorithm 1 fits s by means that leave
out extremes; the labels follow by the plug-in vote with weights log((K − 1) p / (1 − p)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quorate.errors import InvalidInput
from quorate.truth.kernels import Clamp, VoteMatrix, softmax
from quorate.truth.model import Fitted, TruthModel
from quorate.truth.votes import Votes

MOST_WORKERS = 20_000  # the matrix of pairs is dense


@dataclass(kw_only=True, eq=False, repr=False)
class MMSR(TruthModel):
    """Rank-one completion of pairwise agreement. `trim`: the share of a worker's pairs dropped as extreme, in all.

    `skills_`: (J,), s in [−1, 1]: 1 always right, 0 chance, negative adversarial; P(right) = (s (K − 1) + 1) / K.
    """

    trim: float = 0.2
    max_iter: int = 500
    tol: float = 1e-6

    def _fit(self, votes: Votes, gold: NDArray[np.int32]) -> Fitted:
        if votes.n_workers > MOST_WORKERS:
            raise InvalidInput(
                f"M-MSR compares all pairs of {votes.n_workers} workers.", mend=f"Use another above {MOST_WORKERS}."
            )
        matrix, k = VoteMatrix(votes), votes.n_classes
        target, common = pairwise_agreement(votes)
        skills, n_iter, converged = self._complete(target, common)
        right = np.clip((skills * (k - 1) + 1) / k, 1e-3, 1 - 1e-3) if k > 1 else np.full(votes.n_workers, 0.5)
        score = matrix.tally(np.log(max(1, k - 1) * right / (1 - right)))
        clamp = Clamp.to_classes(gold, k)
        if clamp is not None:
            clamp.apply(score)
        likelihood = softmax(score) + float(np.log((1 - right[votes.worker]) / max(1, k - 1)).sum())
        mass = score.mean(axis=0)
        return Fitted(score, skills, mass / mass.sum(), likelihood, n_iter, converged)

    def _complete(
        self, target: NDArray[np.float64], common: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], int, bool]:
        """s such that s sᵀ fits `target` where workers have items in `common`, by trimmed means (algorithm 1)."""
        seen = common > 0
        skills = np.sqrt(np.clip((target * common).sum(axis=1) / np.maximum(common.sum(axis=1), 1), 0.01, 1))
        for n_iter in range(1, self.max_iter + 1):
            ratio = np.where(seen, target / np.where(np.abs(skills) < 1e-3, 1e-3, skills)[None, :], np.nan)
            new = trimmed_mean(ratio, common * skills[None, :] ** 2, self.trim)
            new = np.where(seen.any(axis=1), np.clip(new, -1, 1), 0)
            new = (new + skills) / 2
            if np.abs(new - skills).max() <= self.tol:
                return new, n_iter, True
            skills = new
        return skills, self.max_iter, False


def pairwise_agreement(votes: Votes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Chance-corrected agreement of each pair of workers, and the number of pairs of votes behind it; both (J, J)."""
    from scipy.sparse import coo_array

    once = votes.without_duplicates()
    ones = np.ones(len(once))
    agree = np.zeros((votes.n_workers, votes.n_workers))
    common = coo_array((ones, (once.worker, once.item)), shape=(votes.n_workers, votes.n_items)).tocsr()
    for label in range(votes.n_classes):
        chose = once.label == label
        pick = (ones[chose], (once.worker[chose], once.item[chose]))
        one = coo_array(pick, shape=(votes.n_workers, votes.n_items)).tocsr()
        agree += (one @ one.T).toarray()
    pairs = (common @ common.T).toarray()
    np.fill_diagonal(pairs, 0)
    np.fill_diagonal(agree, 0)
    k = votes.n_classes
    share = agree / np.maximum(pairs, 1)
    return (share * k - 1) / (k - 1) if k > 1 else share, pairs


def trimmed_mean(values: NDArray[np.float64], weight: NDArray[np.float64], trim: float) -> NDArray[np.float64]:
    """Weighted mean of each row without its `trim` / 2 lowest and highest values; NaN marks absent ones. Shape (J,)."""
    order = np.argsort(values, axis=1)
    count = (~np.isnan(values)).sum(axis=1)[:, None]
    place = np.arange(values.shape[1])[None, :]
    drop = np.floor(trim / 2 * count)
    kept = (place >= drop) & (place < count - drop)
    value = np.where(kept, np.take_along_axis(values, order, axis=1), 0)
    mass = np.where(kept, np.take_along_axis(weight, order, axis=1), 0)
    return np.asarray((value * mass).sum(axis=1) / np.maximum(mass.sum(axis=1), 1e-12))

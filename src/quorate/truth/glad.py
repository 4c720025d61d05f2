"""GLAD: whether a vote is right depends on its worker's ability and its item's ease.

J. Whitehill et al., Whose vote should count more: optimal integration of labels from labelers of unknown expertise,
NeurIPS 2009: equation 1, P(right) = 1 / (1 + exp(−α_j β_i)), with β_i = exp(b_i) and Gaussian priors; mistakes fall on
the other classes alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit

from quorate.truth.kernels import Clamp, softmax
from quorate.truth.majority import MajorityVote
from quorate.truth.model import Fitted, TruthModel, climb
from quorate.truth.votes import Votes


@dataclass(kw_only=True, eq=False, repr=False)
class Glad(TruthModel):
    """Ability and ease by EM; the M-step takes `scoring_steps` Fisher scoring steps on each instead of gradient ascent.

    Priors: ability α ~ N(`ability`, 1), log-ease b ~ N(`ease`, 1); classes alike, as in the paper, unless
    `learn_prior`. `skills_`: (J,), P(right) on an item of ease 1.
    `abilities_`: (J,); `ease_`: (I,), β.
    """

    ability: float = 1.0
    ease: float = 1.0
    learn_prior: bool = False
    scoring_steps: int = 2
    max_iter: int = 100
    tol: float = 1e-5

    def _fit(self, votes: Votes, gold: NDArray[np.int32]) -> Fitted:
        k = votes.n_classes
        clamp = Clamp.to_classes(gold, k)
        weight = np.ones(len(votes)) if votes.weight is None else votes.weight
        cell = votes.item.astype(np.int64) * k + votes.label
        alpha, b = np.full(votes.n_workers, float(self.ability)), np.full(votes.n_items, float(self.ease))
        start = MajorityVote().fit(votes, gold)
        proba, prior = start.proba_, self._prior(start.proba_)

        def step() -> float:
            nonlocal proba, prior
            for _ in range(self.scoring_steps):
                self._score_step(votes, weight, proba.ravel()[cell], alpha, b)
            logit = alpha[votes.worker] * np.exp(b)[votes.item]
            wrong = weight * (log_expit(-logit) - np.log(max(1, k - 1)))
            said = weight * log_expit(logit) - wrong
            score = np.bincount(cell, said, votes.n_items * k).astype(np.float64).reshape(-1, k) + np.log(prior)
            if clamp is not None:
                clamp.apply(score)
            likelihood = softmax(score, out=proba) + wrong.sum()
            prior = self._prior(proba)
            return float(likelihood - ((alpha - self.ability) ** 2).sum() / 2 - ((b - self.ease) ** 2).sum() / 2)

        objective, n_iter, converged = climb(step, self.max_iter, self.tol * max(1, len(votes)))
        extra = {"abilities": alpha, "ease": np.exp(b)}
        return Fitted(proba, expit(alpha), prior, objective, n_iter, converged, extra)

    def _prior(self, proba: NDArray[np.float64]) -> NDArray[np.float64]:
        n_items, k = proba.shape
        return (proba.sum(axis=0) + 1) / (n_items + k) if self.learn_prior else np.full(k, 1 / k)

    def _score_step(
        self,
        votes: Votes,
        weight: NDArray[np.float64],
        right: NDArray[np.float64],
        alpha: NDArray[np.float64],
        b: NDArray[np.float64],
    ) -> None:
        """One Fisher scoring step on the abilities and then on the log-eases, in place. `right`: (n,) P(vote right)."""
        for mine, index, mean in ((alpha, votes.worker, self.ability), (b, votes.item, self.ease)):
            beta = np.exp(b)[votes.item]
            a = alpha[votes.worker]
            chance = expit(a * beta)
            slope = beta if mine is alpha else a * beta
            gradient = np.bincount(index, weight * (right - chance) * slope, len(mine)) - (mine - mean)
            information = np.bincount(index, weight * chance * (1 - chance) * slope**2, len(mine)) + 1
            np.add(mine, np.clip(gradient / information, -1, 1), out=mine)

"""Ordered classes: an ordinal probit in which annotators differ in bias and noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from quorate.truth.latent import LatentFit, Seen
from quorate.truth.model import Fitted, TruthModel
from quorate.truth.scale import ranks
from quorate.truth.votes import Votes

Floats = NDArray[np.float64]


@dataclass(kw_only=True, eq=False, repr=False)
class OrdinalProbit(TruthModel):
    """A latent value an item; a vote is the cell of the scale in which the annotator's noisy reading of it falls.

    Classes that read as numbers are ordered by size, others as the vocabulary has them. Cells are cut so that a
    standard normal reading gives each class its share of the votes; the truth's cells give it the same share of
    items. `skills_` is (J,): 1 / (1 + noise variance), the part of a reading that is not the annotator's own.
    Also `bias_` (J,) and `value_` ± `value_sd_` (I,) on the latent scale. After McCullagh (J. R. Stat. Soc. B 1980),
    with random effects of annotators as in Johnson (J. Am. Stat. Assoc. 1996).
    """

    bias: bool = True
    scale: bool = False
    freedom: float = np.inf
    shrink: float = 10.0
    max_iter: int = 200
    tol: float = 1e-3

    def _fit(self, votes: Votes, gold: NDArray[np.int32]) -> Fitted:
        order = ranks(votes.labels)
        place = np.argsort(order, kind="stable")
        rank = np.argsort(place)  # of each class
        weight = votes.weight if votes.weight is not None else np.ones(len(votes))
        prior = np.bincount(votes.label, weight, minlength=votes.n_classes) / weight.sum()
        below = np.concatenate([[0.0], np.cumsum(prior[place])])
        below[-1] = 1.0
        cuts = np.maximum.accumulate(np.clip(ndtri(np.clip(below, 0, 1)), -np.inf, np.inf))
        cell = rank[votes.label]
        known = _middle(cuts)[rank[gold]]
        known[gold < 0] = np.nan
        seen = Seen(votes.item, votes.worker, cuts[cell], cuts[cell + 1], weight, known, votes.n_workers)
        how = LatentFit(self.bias, self.scale, self.freedom, self.shrink, self.max_iter, self.tol)
        found = how.fit(seen)
        proba = np.empty((votes.n_items, votes.n_classes))
        proba[:, place] = _cells(found.z, found.sd, found.mean + found.spread * cuts)
        proba[gold >= 0] = np.eye(votes.n_classes)[gold[gold >= 0]]
        chosen = np.maximum(proba[votes.item, votes.label], 1e-300)
        extra = {"value": found.z, "value_sd": found.sd, "bias": found.bias}
        return Fitted(
            proba,
            1 / (1 + found.noise),
            prior,
            float(weight @ np.log(chosen)),
            found.n_iter,
            found.converged,
            extra,
        )


def _middle(cuts: Floats) -> Floats:
    """The mean of a standard normal within each cell."""
    density = np.exp(-0.5 * cuts**2) / np.sqrt(2 * np.pi)
    share = np.maximum(np.diff(ndtr(cuts)), 1e-12)
    return np.asarray(-np.diff(density) / share)


def _cells(mean: Floats, sd: Floats, cuts: Floats) -> Floats:
    """The probability of each cell under normals (items, cells), rows summing to one."""
    spread = np.maximum(sd, 1e-9)
    edges = ndtr((cuts[None, :] - mean[:, None]) / spread[:, None])
    share = np.maximum(np.diff(edges, axis=1), 1e-12)
    return np.asarray(share / share.sum(axis=1, keepdims=True))

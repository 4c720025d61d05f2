"""Which items deserve another vote, or an expert, first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quorate.truth.kernels import VoteMatrix
from quorate.truth.value import information_gain
from quorate.truth.votes import Votes

SURE = 0.95  # confidence from which an item is left alone


@dataclass(frozen=True, slots=True)
class Doubts:
    """Arrays over items (I,). `order`: positions, most worth asking about first. `next`: "", "vote" or "expert".

    `gain`: nats that one more vote of a typical worker is expected to tell. `votes`: how many there are.
    """

    order: NDArray[np.intp]
    next: NDArray[Any]
    gain: NDArray[np.float64]
    votes: NDArray[np.int64]


def doubts(votes: Votes, proba: NDArray[np.float64]) -> Doubts:
    """Rank items by what one more vote would tell (`information_gain` of the pooled confusion matrix).

    An unsure item gets "vote", unless it is contested already by as many votes as the median item has: "expert".
    """
    pooled = VoteMatrix(votes).counts(proba).sum(axis=0).T
    skill = (pooled + 0.5) / (pooled + 0.5).sum(axis=1, keepdims=True)
    gain = information_gain(proba, skill)
    number = np.bincount(votes.item, minlength=votes.n_items)
    answers = np.bincount(
        np.unique(votes.item.astype(np.int64) * votes.n_classes + votes.label) // votes.n_classes,
        minlength=votes.n_items,
    )
    following = np.full(votes.n_items, "vote", dtype=object)
    following[(number >= max(3, np.median(number))) & (answers > 1)] = "expert"
    following[proba.max(axis=1) >= SURE] = ""
    return Doubts(np.argsort(-gain, kind="stable"), following, gain, number)

"""Informedness: how much somebody's answers tell of what is so, by what others said or what is known.

With q_t(a) the probability that the answer to task t is a, as far as everybody else's answers and known truths tell,
and p(a) the mean of q_t(a) over the tasks that one answered, who answered x_t scores

    score = mean over t of (q_t(x_t) − p(x_t)) / (1 − Σ p(a)²)

This is Peirce's skill score (1884; Hanssen and Kuipers 1965) with others' belief in the place of what came true: 1 for
who always says what is certain, exactly 0 for a constant answer, 0 in expectation for a guess, less for who answers
against what they see. As peer prediction it is a multi-task mechanism (Dasgupta and Ghosh 2013; Shnayder et al. 2016)
with a noisy truth learnt from all peers (Liu, Wang and Chen 2020) in the place of a single one. What a task and an
answer are worth does not depend on one's own answers, so the best reply to each is the class whose probability what
one sees raises most: what one sees, unless another class is taken for it more often than not.

q is `IBCC` fitted without whomever it scores: constant, random and adverse peers are found out and weigh nothing. In a
larger crowd a fold of people is left out at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quorate.truth.ibcc import IBCC
from quorate.truth.model import Gold, code_gold
from quorate.truth.votes import Votes

Floats = NDArray[np.float64]
FOLDS = 10
"""Up to so many people each is left out alone."""
FEWEST = 2
"""A single answer cannot be told from a constant one."""


@dataclass(frozen=True, slots=True)
class Informedness:
    """`score`: of each worker, shape (W,), NaN without two votes that can be compared. `compared`: of each vote whether
    somebody else's answer to its item, or the truth, is known, shape (n,)."""

    score: Floats
    compared: NDArray[np.bool_]


def informedness(votes: Votes, gold: Gold = None) -> Informedness:
    """The score of everybody, each from the votes of others alone. One vote a worker and item; `gold` as in `fit`."""
    truth = code_gold(votes, gold)
    score, compared = np.full(votes.n_workers, np.nan), np.zeros(len(votes.item), np.bool_)
    for fold in range(min(FOLDS, votes.n_workers)):
        inside = votes.worker % FOLDS == fold
        belief, known = _belief(votes, ~inside, truth)
        compared |= inside & known[votes.item]
        for worker in range(fold, votes.n_workers, FOLDS):
            own = np.flatnonzero((votes.worker == worker) & compared)
            if len(own) >= FEWEST:
                score[worker] = told(belief[votes.item[own]], votes.label[own])
    return Informedness(score, compared)


def told(belief: Floats, own: NDArray[np.integer]) -> float:
    """The score of one's own answers, shape (T,), to tasks of which others believe `belief`, shape (T, K)."""
    usual = belief.mean(axis=0)
    room = 1.0 - float(usual @ usual)
    if room < 1e-9:
        return 0.0  # all are of one class: there is nothing to tell
    return float((belief[np.arange(len(own)), own] - usual[own]).mean()) / room


def _belief(votes: Votes, others: NDArray[np.bool_], truth: NDArray[np.int32]) -> tuple[Floats, NDArray[np.bool_]]:
    """What others believe of each item, shape (I, K), and of which items anything is known, shape (I,)."""
    known = truth >= 0
    belief = np.zeros((votes.n_items, votes.n_classes))
    if others.any():
        rest = replace(votes, item=votes.item[others], worker=votes.worker[others], label=votes.label[others],
                       weight=None, time=None)  # fmt: skip
        belief = IBCC().fit(rest, truth).proba_.copy()
        known = known | (np.bincount(rest.item, minlength=votes.n_items) > 0)
    belief[truth >= 0] = np.eye(votes.n_classes)[truth[truth >= 0]]
    return belief, known

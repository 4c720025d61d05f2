"""Correlated agreement: how informative somebody's answers are, by what others said, without any known answer.

Shnayder, Agarwal, Frongillo and Parkes (2016), "Informed Truthfulness in Multi-Task Peer Prediction", EC '16, section
3. With Δ(a, b) = P(a, b) − P(a) P(b) over the answers of two people to one task, the agreement of a with b counts when
Δ(a, b) > 0. A person's score is how often their answers agree so with others' on the same task, less how often they
would on different tasks:

    score = mean over t of S(x_t, y_t) − mean over p ≠ q of S(x_p, y_q),   S = [Δ > 0]

Its expectation is greatest for who reports what they see, whatever they could say instead, and zero for who answers
without looking (theorem 5.5). Δ is learnt from the others alone, so nobody moves the rule they are scored by.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Score:
    """Of one person: the score in [−1, 1] and over how many tasks that others answered too."""

    score: float
    tasks: int


def correlated_agreement(items: Ints, workers: Ints, labels: Ints, classes: int) -> dict[int, Score]:
    """Each worker's score from votes (aligned 1-d arrays; labels in 0 … classes − 1; one vote a worker and item).

    Only items with two votes or more count, and only workers with two such items have a score.
    """
    _, items = np.unique(items, return_inverse=True)
    counts = np.zeros((items.max(initial=-1) + 1, classes))
    np.add.at(counts, (items, labels), 1.0)
    shared = counts.sum(1)[items] >= 2
    items, workers, labels = items[shared], workers[shared], labels[shared]
    order = np.argsort(workers, kind="stable")
    starts = np.flatnonzero(np.diff(workers[order], prepend=-1))
    everything = _pairs(counts)
    found: dict[int, Score] = {}
    for own in np.split(order, starts[1:]):
        if len(own) < 2:
            continue
        others = counts[items[own]]
        others[np.arange(len(own)), labels[own]] -= 1
        joint = everything - _pairs(counts[items[own]]) + _pairs(others)
        found[int(workers[own[0]])] = Score(_score(others, labels[own], _agreeing(joint)), len(own))
    return found


def _pairs(counts: Floats) -> Floats:
    """How often two different people said a and b of one item: (classes, classes), each item weighing one."""
    size = counts.sum(1)
    weight = np.divide(1.0, size * (size - 1), out=np.zeros_like(size), where=size > 1)
    weighed = counts * weight[:, None]
    joint: Floats = weighed.T @ counts - np.diag(weighed.sum(0))
    return joint


def _agreeing(joint: Floats) -> Floats:
    """S: 1 where two answers come together more often than by chance. Without pairs of others, plain agreement."""
    total = joint.sum()
    if total <= 0:
        return np.eye(len(joint))
    share = joint / total
    signs: Floats = (share - np.outer(share.sum(1), share.sum(0)) > 1e-12).astype(np.float64)
    return signs


def _score(others: Floats, own: Ints, agreeing: Floats) -> float:
    peers = others / others.sum(1, keepdims=True)
    heard = peers @ agreeing.T
    # heard[q, a]: how far the others' answers to task q agree with the answer a.
    tasks = len(own)
    same = float(heard[np.arange(tasks), own].sum())
    said = np.bincount(own, minlength=len(agreeing)).astype(np.float64)
    different = float(heard.sum(0) @ said) - same
    return same / tasks - different / (tasks * (tasks - 1))

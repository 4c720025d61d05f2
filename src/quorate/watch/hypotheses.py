"""How much better a way of answering badly explains somebody's answers than any honest way does.

A way of answering is a confusion matrix. The statistic for a bad way against an honest one is the likelihood ratio T of
the answers given, averaged over the truths as the others see them. Its chance under the honest way is bounded by
Chernoff: P(T ≥ t) ≤ min over θ of E[exp(θ T)] exp(−θ t), where the expectation is known exactly, answer by answer. That
chance is averaged over how skilled honest people are here (of those of one skill, the way that gives the largest
counts), and adjusted for the number of bad ways tried (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from quorate.watch.work import Floats, Work

_TILTS = (0.35, 0.6, 0.8, 1.0)
_STEPS = (-3.0, -2.25, -1.5, -0.75, 0.0, 1.0)
_NARROWEST = 0.05


@dataclass(frozen=True, slots=True)
class Population:
    """How skilled honest people are here: right with `middle` probability, give or take `spread`.

    Robust, so that a minority of others does not colour it; and never narrower than a crowd of people is.
    """

    middle: float
    spread: float

    @classmethod
    def of(cls, work: Work) -> Population:
        """From the share of each annotator's answers that are right, without what luck and unsure truths add to it."""
        K, n = work.votes.n_classes, np.maximum(work.answers, 1)
        sure = float(np.mean(np.sum(work.view.without**2, axis=1)))  # how right the truth would be, by what others say
        base = (1 - sure) / max(K - 1, 1)
        skill = np.clip((rates(work) - base) / max(sure - base, 0.05), 0.0, 1.0)
        enough = work.answers >= min(20, int(work.answers.max()))
        middle = float(np.median(skill[enough]))
        seen = 1.4826 * float(np.median(np.abs(skill[enough] - middle)))
        luck = float(np.median(middle * (1 - middle) / n[enough])) / max(sure - base, 0.05) ** 2
        least = 1 / K + 0.25 * (1 - 1 / K)
        return cls(float(np.clip(middle, least, 0.97)), max(_NARROWEST, np.sqrt(max(0.0, seen**2 - luck))))

    def skills(self, K: int) -> list[tuple[float, float]]:
        """A few skills, from far below the middle to above it, and how usual each is."""
        least = 1 / K + 0.2 * (1 - 1 / K)
        weight = np.exp(-0.5 * np.square(_STEPS))
        at = np.clip(self.middle + np.array(_STEPS) * self.spread, least, 0.98)
        return list(zip(at.tolist(), (weight / weight.sum()).tolist(), strict=True))


def rates(work: Work) -> Floats:
    """The share of right answers of each annotator in the eyes of the others, (J,)."""
    said = np.bincount(work.votes.worker, work.view.right, work.votes.n_workers)
    return np.asarray(said / np.maximum(work.answers, 1))


def honest(work: Work) -> list[tuple[float, list[Floats]]]:
    """Ways of answering of people who try: P(each label) for each vote, (n, K) each; by skill, with how usual it is.

    Of each skill there are those whose errors lie anywhere and those who err as the crowd does.
    """
    K, crowd = work.votes.n_classes, work.view.crowd
    wrong = max(1e-3, 1 - float(np.mean(np.diag(crowd))))
    return [
        (weight, [said(work, coin(K, right)), said(work, scaled(crowd, (1 - right) / wrong))])
        for right, weight in Population.of(work).skills(K)
    ]


def said(work: Work, way: Floats) -> Floats:
    """P(each label) for each vote by a way of answering, (n, K)."""
    return np.asarray(np.maximum(work.view.without @ way, 1e-6))


def score(work: Work, ways: Sequence[Floats]) -> Floats:
    """−log10 of the chance that somebody honest answers so much like the best of these ways: (J,)."""
    least = np.zeros(work.votes.n_workers)
    for way in ways:
        bad = np.log(said(work, way))
        chance = np.zeros(work.votes.n_workers)
        for weight, goods in work.honest:
            surest = np.min([_chernoff(work, bad, np.log(good)) for good in goods], axis=0)
            chance += weight * np.exp(-surest)
        least = np.maximum(least, -np.log(np.maximum(chance, 1e-300)))
    return np.asarray(np.maximum(0.0, least / np.log(10) - np.log10(len(ways))))


def _chernoff(work: Work, bad: Floats, good: Floats) -> Floats:
    """−ln of the bound, (J,)."""
    votes, ratio = work.votes, bad - good
    seen = np.bincount(votes.worker, ratio[np.arange(len(votes)), votes.label], votes.n_workers)
    best = np.zeros(votes.n_workers)
    for tilt in _TILTS:
        grown = np.log(np.exp(good + tilt * ratio).sum(axis=1))
        best = np.maximum(best, tilt * seen - np.bincount(votes.worker, grown, votes.n_workers))
    return best


def coin(K: int, right: float) -> Floats:
    """Right with this probability whatever the class, else any other class alike: (K, K)."""
    wrong = (1 - right) / (K - 1)
    return np.asarray(np.full((K, K), wrong) + np.eye(K) * (right - wrong))


def always(K: int, label: int, share: float) -> Floats:
    """This class with this probability, else any class alike, whatever the item is: (K, K)."""
    return np.asarray(np.full((K, K), (1 - share) / K) + share * np.eye(K)[label])


def scaled(way: Floats, times: float) -> Floats:
    """The same confusions, so many times as often."""
    wrong = way * (1 - np.eye(len(way)))
    share = wrong.sum(axis=1, keepdims=True)
    more = np.minimum(share * times, 0.95)
    off = wrong / np.maximum(share, 1e-12) * more
    return np.asarray(off + np.diag(1 - off.sum(axis=1)))

"""How much better a way of answering badly explains somebody's answers than any honest way does.

A way of answering is a confusion matrix. The statistic for a bad way against an honest one is the likelihood ratio T of
the answers given, averaged over the truths as the others see them. Its chance under the honest way is bounded by
Chernoff: P(T ≥ t) ≤ min over θ of E[exp(θ T)] exp(−θ t), where the expectation is known exactly, answer by answer. An
annotator is judged against the honest way that gives the largest chance, and for the number of bad ways tried
(Bonferroni).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from quorate.watch.work import Floats, Work

_TILTS = (0.35, 0.6, 0.8, 1.0)


def floor(work: Work) -> float:
    """The accuracy below which nobody here would be called skilled: far under the crowd's, well above chance."""
    K = work.votes.n_classes
    share = rates(work)[work.answers >= min(20, int(work.answers.max()))]
    middle = float(np.median(share))
    spread = 1.4826 * float(np.median(np.abs(share - middle)))
    return float(np.clip(middle - max(1.25 * spread, 0.06), 1 / K + 0.25 * (1 - 1 / K), 0.9))


def rates(work: Work) -> Floats:
    """The share of right answers of each annotator in the eyes of the others, (J,)."""
    said = np.bincount(work.votes.worker, work.view.right, work.votes.n_workers)
    return np.asarray(said / np.maximum(work.answers, 1))


def honest(work: Work) -> list[Floats]:
    """Ways of answering of people who try: P(each label) for each vote, (n, K) each.

    Skill at the floor or in the middle with errors anywhere; and the crowd's own confusions, half, as many and twice,
    with no class below the floor.
    """
    low, K = floor(work), work.votes.n_classes
    ways = [coin(K, low), coin(K, (1 + low) / 2)]
    ways += [at_least(scaled(work.view.crowd, times), low) for times in (0.5, 1.0, 2.0)]
    return [said(work, way) for way in ways]


def said(work: Work, way: Floats) -> Floats:
    """P(each label) for each vote by a way of answering, (n, K)."""
    return np.asarray(np.maximum(work.view.without @ way, 1e-6))


def score(work: Work, ways: Sequence[Floats]) -> Floats:
    """−log10 of the chance that somebody honest answers so much like the best of these ways: (J,)."""
    least = np.zeros(work.votes.n_workers)
    for way in ways:
        bad = np.log(said(work, way))
        surest = np.full(work.votes.n_workers, np.inf)
        for good in work.honest:
            surest = np.minimum(surest, _chernoff(work, bad, np.log(good)))
        least = np.maximum(least, surest)
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


def at_least(way: Floats, right: float) -> Floats:
    """The same with no class right less often than this."""
    own = np.diag(way)
    lifted = np.maximum(own, right)
    off = way * (1 - np.eye(len(way))) * ((1 - lifted) / np.maximum(1 - own, 1e-12))[:, None]
    return np.asarray(off + np.diag(lifted))

"""How much better a way of answering badly explains somebody's answers than any honest way does.

A way of answering is a confusion matrix. The statistic for some bad ways against the honest ones is the likelihood
ratio of the answers given, averaged over the truths as the others see them, over the bad ways, and over how skilled
honest people are here. Its chance under the honest ways is simulated (`truth/rarity.py`), so what a detector states as
its rate of false alarms is what it is, as far as confusion matrices describe people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp

from quorate.truth.rarity import Mixture, rarity

if TYPE_CHECKING:
    from quorate.watch.work import Floats, Ints, Work

_SPREADS = (0.04, 0.055, 0.075, 0.1, 0.14)
_USUAL = 0.065
_OTHERS = 0.1
"""The share of people who may be anything."""
_RARE = 0.002
_LEAST = 1e-6
_WORTH = -2.0
"""ln of the odds from which they are worth a simulation: less is what honest answers look like."""


@dataclass(frozen=True, slots=True)
class Population:
    """How skilled honest people are here: right with `middle` probability, give or take `spread`.

    The likeliest of a grid of both for everybody's answers, of which some may be neither honest nor skilled, and never
    narrower than a crowd of people is.
    """

    middle: float
    spread: float

    @classmethod
    def of(cls, work: Work) -> Population:
        """The best of all that are tried."""
        K, J = work.votes.n_classes, work.votes.n_workers
        at = levels(K)
        skilled = np.stack([np.bincount(work.votes.worker, _given(work, coin(K, right)), J) for right in at])
        ways = [
            np.full((K, K), 1 / K),
            *(np.asarray((1 - slips) * work.view.crowd + slips / K) for slips in (0.4, 0.6)),
            coin(K, 0.2 / K),
            *(always(K, k, 0.6) for k in np.argsort(-work.view.prior)[:4]),
        ]
        other = logsumexp([np.bincount(work.votes.worker, _given(work, way), J) for way in ways], axis=0)
        other += np.log(_OTHERS / len(ways))
        enough = work.answers >= min(10, int(work.answers.max()))

        def told(one: Population) -> float:
            honest = logsumexp(skilled + np.log(one.weights(at))[:, None], axis=0) + np.log(1 - _OTHERS)
            return float(np.logaddexp(honest, other)[enough].sum()) + one.prior

        return max(cls.tried(K), key=told)

    @classmethod
    def tried(cls, K: int) -> list[Population]:
        """All that are thought of."""
        return [cls(middle, spread) for middle in np.linspace(levels(K)[2], 0.98, 25) for spread in _SPREADS]

    @property
    def prior(self) -> float:
        """ln of how likely it is beforehand, but for a constant: of few people, the spread is not known."""
        return -0.5 * float(np.log(self.spread / _USUAL) / 0.5) ** 2

    def weights(self, at: Floats) -> Floats:
        """How usual each skill is."""
        found = np.exp(-0.5 * ((at - self.middle) / self.spread) ** 2) + 1e-12
        return np.asarray(found / found.sum())

    def skills(self, K: int) -> list[tuple[float, float]]:
        """The skills that are not rare, and how usual each is."""
        at = levels(K)
        usual = self.weights(at)
        kept = np.flatnonzero(usual >= _RARE)
        return list(zip(at[kept].tolist(), (usual[kept] / usual[kept].sum()).tolist(), strict=True))


def levels(K: int) -> Floats:
    """Skills from little above guessing to hardly ever wrong."""
    return np.asarray(1 / K + np.linspace(0.1, 0.98, 23) * (1 - 1 / K))


def rates(work: Work) -> Floats:
    """The share of right answers of each annotator in the eyes of the others, (J,)."""
    return work.mean(work.view.right)


def skilled(work: Work) -> list[tuple[float, Floats]]:
    """Ways of answering of people who try, and how usual each is: errors that lie anywhere, or where the crowd's do."""
    K, crowd = work.votes.n_classes, work.view.crowd
    wrong = max(1e-3, 1 - float(np.mean(np.diag(crowd))))
    return [
        (weight / 2, way)
        for right, weight in Population.of(work).skills(K)
        for way in (coin(K, right), scaled(crowd, (1 - right) / wrong))
    ]


def honest(work: Work, rows: Ints) -> Mixture:
    """How people who try would answer the items of these votes."""
    return Mixture(
        np.stack([said(work, way, rows) for _, way in work.skilled]), np.array([usual for usual, _ in work.skilled])
    )


def honest_odds(work: Work) -> Floats:
    """ln P(all answers of each annotator) if they try: (J,)."""
    votes = work.votes
    logs = [np.log(usual) + np.bincount(votes.worker, _given(work, way), votes.n_workers)
            for usual, way in work.skilled]  # fmt: skip
    return np.asarray(logsumexp(logs, axis=0))


def said(work: Work, way: Floats, rows: Ints | slice = slice(None)) -> Floats:
    """P(each label) for each of these votes by a way of answering, (rows, K)."""
    likely = np.maximum(work.view.without[rows] @ way, _LEAST)
    return np.asarray(likely / likely.sum(axis=1, keepdims=True))


def score(work: Work, ways: Sequence[Floats]) -> Floats:
    """−log10 of the chance that somebody honest answers so much like these ways: (J,); 0 for who does not at all."""
    J, by = work.votes.n_workers, work.votes.worker
    bad = logsumexp([np.bincount(by, _given(work, way), J) for way in ways], axis=0) - np.log(len(ways))
    odds = bad - honest_odds(work)
    found = np.zeros(J)
    for j in np.flatnonzero((odds > _WORTH) & (work.telling >= 2)).tolist():
        rows = work.of(j)
        rows = rows[work.shared[rows]]
        suspicious = Mixture(np.stack([said(work, way, rows) for way in ways]), np.full(len(ways), 1 / len(ways)))
        found[j] = -rarity(honest(work, rows), suspicious, work.votes.label[rows]) / np.log(10)
    return found


def _given(work: Work, way: Floats) -> Floats:
    """ln P(the answer given) for each vote by a way of answering, (n,); 0 for what tells nothing."""
    likely = np.einsum("nk,kn->n", work.view.without, way[:, work.votes.label])
    return np.asarray(np.where(work.shared, np.log(np.maximum(likely, _LEAST)), 0.0))


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

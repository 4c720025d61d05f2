"""What everybody else's answers say of each answer's item: its class, and how hard it is.

Where the others are at odds an item is likely hard, and an error says less of who made it. The log-odds of being right
fall by an item's difficulty (Whitehill et al., NeurIPS 2009, equation 1, with differences instead of quotients as in
Rasch's model), which is normal and averaged over at three points (Gauss and Hermite's).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.special import expit, logit, logsumexp

from quorate.truth.copies import copy_weights
from quorate.watch.hypotheses import scaled
from quorate.watch.work import Codes, Flags, Floats, Work, crowd_counts, known_as, others, shares, sums

_POINTS = np.sqrt(3) * np.array([-1, 0, 1])
_WEIGHTS = np.array([1, 4, 1]) / 6
_SPREADS = (0.0, 0.35, 0.7, 1.05)
_HELD = 100
"""How many answers' worth of evidence it is that people answer in one of the ways that are thought of."""
_SWEEPS = 2
_LEAST = 1e-6


@dataclass(frozen=True, eq=False)
class Belief:
    """P(difficulty, class) of the item of each vote, (n, D, K), by all answers but its annotator's.

    `spread`: of the items' difficulties, in log-odds. `counts`: as good as so many answers say how typical people
    answer, (K, K), as in `View`.
    """

    work: Work
    joint: Floats
    counts: Floats
    spread: float = 0.0

    @classmethod
    def of(cls, work: Work) -> Belief:
        """As the detectors see it: all items as hard as each other."""
        return cls(work, work.view.without[:, None], work.view.counts)

    def again(self, skills: Floats) -> Belief:
        """By what is now known of how each annotator answers, (J, K, K), beside what each has answered."""
        view, votes = self.work.view, self.work.votes
        weight, K, proba = copy_weights(votes, view.copies), votes.n_classes, view.proba
        cell = votes.worker.astype(np.int64) * K + votes.label
        found = self
        for _ in range(_SWEEPS):
            counts = sums(cell, proba[votes.item], votes.n_workers * K).reshape(-1, K, K).transpose(0, 2, 1)
            rows = counts + _HELD * skills
            own = rows / rows.sum(axis=2, keepdims=True)
            tried = [replace(self, spread=spread)._seen(own, weight) for spread in _SPREADS]
            _, proba, found = max(tried, key=lambda one: one[0])
        return replace(found, counts=crowd_counts(votes, found.without, view.copies))

    def _seen(self, skills: Floats, weight: Floats) -> tuple[float, Floats, Belief]:
        """With difficulties of this spread: ln P of all answers, what is believed of each item, (I, K), and this."""
        view, votes, gold = self.work.view, self.work.votes, self.work.gold
        each = self.harder(skills)
        I, K, D = votes.n_items, votes.n_classes, len(each)  # noqa: E741
        said = np.stack([np.log(np.maximum(way[votes.worker, :, votes.label], _LEAST)) for way in each], axis=1)
        said = (weight[:, None, None] * said).reshape(-1, D * K)
        start = (np.log(_WEIGHTS if D > 1 else np.ones(1))[:, None] + np.log(np.maximum(view.prior, 1e-9))).ravel()
        score = known_as(gold, (start + sums(votes.item, said, I)).reshape(I, D, K))
        rest = known_as(
            None if gold is None else gold[votes.item],
            (start + others(votes, said, view.copies)).reshape(-1, D, K),
        )
        return float(logsumexp(score, axis=(1, 2)).sum()), shares(score).sum(axis=1), replace(self, joint=shares(rest))

    @cached_property
    def without(self) -> Floats:
        """P(class) of the item of each vote, (n, K)."""
        return np.asarray(self.joint.sum(axis=1))

    @cached_property
    def crowd(self) -> Floats:
        """How typical people answer, (K, K)."""
        return np.asarray(self.counts / self.counts.sum(axis=1, keepdims=True))

    def harder(self, way: Floats) -> Floats:
        """A way of answering, (…, K, K), on items of each difficulty, (D, …, K, K); the same on all together."""
        if not self.spread:
            return way[None]
        right = np.clip(np.diagonal(way, axis1=-2, axis2=-1), 1e-4, 1 - 1e-4)
        middle = logit(right) * np.sqrt(1 + 0.346 * self.spread**2)  # whose mean over normal difficulties is `right`
        shifted = expit(middle - self.spread * _POINTS.reshape(-1, *[1] * middle.ndim))
        found = way * ((1 - shifted) / (1 - right))[..., None]
        at = np.arange(way.shape[-1])
        found[..., at, at] = shifted
        return np.asarray(found)

    def given(self, label: Codes, times: float) -> Floats:
        """P(this label) for each vote by who errs so many times as often as the crowd, (n,)."""
        return np.asarray(self.chances(scaled(self.crowd, times))[np.arange(label.size), label])

    def by_class(self, label: Codes, times: float) -> Floats:
        """The same together with each class, (n, K)."""
        ways = self.harder(scaled(self.crowd, times))
        return np.asarray(sum(self.joint[:, d] * way.T[label] for d, way in enumerate(ways)))

    def chances(self, way: Floats, rows: Flags | slice = slice(None)) -> Floats:
        """P(each label) for each of these votes by a way of answering that heeds how hard items are, (rows, K)."""
        return np.asarray(sum(self.joint[rows, d] @ one for d, one in enumerate(self.harder(way))))

"""How honest people of a crowd answer: how often they err, learnt from everybody's answers.

How skilled people are is not a figure but a spread, and few people or few errors say little of it: what might be so is
averaged over, each as likely as the answers make it, instead of taken at its best. Somebody less skilled than most is
then no surprise where it is not known how unlike people are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logsumexp

from quorate.truth.rarity import drawn
from quorate.watch.belief import Belief
from quorate.watch.hypotheses import Population, levels, scaled
from quorate.watch.work import Codes, Floats

_RARE = 2e-4
_LEAST = 1e-6


@dataclass(frozen=True, eq=False)
class Honest:
    """Each errs some of `times` (W,) as often as the crowd does; how usual each is, (W,), follows from what populations
    there might be, (P, W), and how `likely` each of these is, (P,)."""

    belief: Belief
    times: Floats
    populations: Floats
    likely: Floats

    @classmethod
    def of(cls, belief: Belief) -> Honest:
        """Before it is looked at how people answer."""
        K = belief.work.votes.n_classes
        wrong = max(1e-3, 1 - float(np.mean(np.diag(belief.crowd))))
        tried, at = Population.tried(K), levels(K)[::-1]
        populations = np.stack([one.weights(at) for one in tried])
        return cls(belief, (1 - at) / wrong, populations, _shares([one.prior for one in tried]))

    def learnt(self, fine: float, other: Floats) -> Honest:
        """From how people answer, of whom so many are `fine`; `other`: ln P of each one's answers if not, (J,)."""
        work = self.belief.work
        logs = self.logs(work.votes.label)
        most = logs.max(axis=0)
        each = np.log(np.maximum(self.populations @ np.exp(logs - most), 1e-300)) + most + np.log(fine)
        enough = work.answers >= min(10, int(work.answers.max()))
        told = np.logaddexp(each, other)[:, enough].sum(axis=1)
        beforehand = [one.prior for one in Population.tried(work.votes.n_classes)]
        found = replace(self, likely=_shares(told + beforehand))
        kept = found.usual >= _RARE
        return replace(found, times=self.times[kept], populations=self.populations[:, kept])

    @property
    def usual(self) -> Floats:
        """How usual each of `times` is."""
        usual = self.likely @ self.populations
        return np.asarray(usual / usual.sum())

    def middles(self, parts: int) -> Floats:
        """Of so many equal parts of the people, the more skilled first, how often those in the middle err."""
        usual = self.usual
        at = np.cumsum(usual) - usual / 2
        return np.asarray(np.interp((np.arange(parts) + 0.5) / parts, at, self.times))

    def logs(self, label: Codes) -> Floats:
        """ln P of each annotator's answers by people who err so many `times` as often, (W, J)."""
        return np.stack([ln_of_all(self.belief, self.belief.given(label, times)) for times in self.times])

    def draw(self, rng: np.random.Generator) -> Codes:
        """Answers to everybody's items by people like them, (n,).

        Where the crowd's errors lie is not known either, the less the fewer there were: that is drawn first.
        """
        votes = self.belief.work.votes
        crowd = np.stack([rng.dirichlet(row) for row in self.belief.counts])
        own = rng.choice(self.times.size, votes.n_workers, p=self.usual)[votes.worker]
        chance = np.empty((own.size, votes.n_classes))
        for place, times in enumerate(self.times.tolist()):
            rows = own == place
            chance[rows] = self.belief.chances(scaled(crowd, times), rows)
        return np.asarray(drawn(rng, chance[None], 1)[0], np.int32)


def ln_of_all(belief: Belief, chance: Floats) -> Floats:
    """ln P of each annotator's answers that tell something, (J,), from that of each answer, (n,)."""
    work = belief.work
    each = np.log(np.maximum(chance, _LEAST)) * work.shared
    return np.asarray(np.bincount(work.votes.worker, each, work.votes.n_workers))


def _shares(logs: Floats | Sequence[float]) -> Floats:
    return np.asarray(np.exp(logs - logsumexp(logs)))

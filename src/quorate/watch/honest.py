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
from quorate.watch.hypotheses import Population, levels, scaled
from quorate.watch.work import Codes, Floats, Work

_RARE = 2e-4
_LEAST = 1e-6


@dataclass(frozen=True, eq=False)
class Honest:
    """Each errs some of `times` (W,) as often as the crowd does; how usual each is, (W,), follows from what populations
    there might be, (P, W), and how `likely` each of these is, (P,)."""

    work: Work
    times: Floats
    populations: Floats
    likely: Floats

    @classmethod
    def of(cls, work: Work) -> Honest:
        """Before it is looked at how people answer."""
        K = work.votes.n_classes
        wrong = max(1e-3, 1 - float(np.mean(np.diag(work.view.crowd))))
        tried, at = Population.tried(K), levels(K)[::-1]
        return cls(
            work, (1 - at) / wrong, np.stack([one.weights(at) for one in tried]), _shares([one.prior for one in tried])
        )

    def learnt(self, fine: float, other: Floats) -> Honest:
        """From how people answer, of whom so many are `fine`; `other`: ln P of each one's answers if not, (J,)."""
        logs = self.logs(self.work.votes.label)
        most = logs.max(axis=0)
        each = np.log(np.maximum(self.populations @ np.exp(logs - most), 1e-300)) + most + np.log(fine)
        enough = self.work.answers >= min(10, int(self.work.answers.max()))
        told = np.logaddexp(each, other)[:, enough].sum(axis=1)
        beforehand = [one.prior for one in Population.tried(self.work.votes.n_classes)]
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

    def log(self, label: Codes) -> Floats:
        """ln P of each annotator's answers to their items, (J,)."""
        return np.asarray(logsumexp(self.logs(label) + np.log(np.maximum(self.usual, 1e-300))[:, None], axis=0))

    def logs(self, label: Codes) -> Floats:
        """The same by people who err so many `times` as often, (W, J)."""
        return totals(self.work, said(self.work, label, self.times))

    def draw(self, rng: np.random.Generator) -> Codes:
        """Answers to everybody's items by people like them, (n,).

        Where the crowd's errors lie is not known either, the less the fewer there were: that is drawn first.
        """
        view, worker = self.work.view, self.work.votes.worker
        crowd = np.stack([rng.dirichlet(row) for row in view.counts])
        own = rng.choice(self.times.size, self.work.votes.n_workers, p=self.usual)
        ways = np.stack([scaled(crowd, times) for times in self.times])
        chance = np.einsum("nk,nkl->nl", view.without, ways[own[worker]])
        return np.asarray(drawn(rng, chance[None], 1)[0], np.int32)


def said(work: Work, label: Codes, times: Floats) -> Floats:
    """P(the label given) for each vote by who errs so many times as often as the crowd, (T, n)."""
    crowd, without = work.view.crowd, work.view.without
    right = without[np.arange(label.size), label]
    more = np.sum(without * crowd.T[label], axis=1) - right
    most = 0.95 / max(1e-9, 1 - float(np.diag(crowd).min()))  # up to which `scaled` is linear
    likely = [
        right + once * more if once <= most else np.sum(without * scaled(crowd, once).T[label], axis=1)
        for once in times.tolist()
    ]
    return np.asarray(np.maximum(np.stack(likely), _LEAST))


def totals(work: Work, chances: Floats | Sequence[Floats]) -> Floats:
    """ln P of each annotator's answers that tell something, by each way: (…, n) → (…, J)."""
    J, worker = work.votes.n_workers, work.votes.worker
    return np.stack([np.bincount(worker, np.log(chance) * work.shared, J) for chance in chances])


def _shares(logs: Floats | Sequence[float]) -> Floats:
    return np.asarray(np.exp(logs - logsumexp(logs)))

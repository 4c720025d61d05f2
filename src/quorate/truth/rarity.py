"""How rare so large a likelihood ratio is under the honest explanation: simulated, so that error rates hold as stated.

Answers are drawn from the honest explanation, from the suspicious one and from half-way between, and each draw is
weighed by how much likelier it was to be drawn than honest people are to give it (multiple importance sampling with the
balance heuristic: Veach and Guibas, SIGGRAPH 1995; drawing from the rival to see rare events: Siegmund, Ann. Stat. 4,
1976). So a chance of one in a million is told from a few hundred draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

Floats = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]
DRAWS = 500
"""From each of the three."""


class Explanation(Protocol):
    """Of n answers: how probable they are, and answers like them."""

    def log(self, said: Ints) -> Floats:
        """ln P of answers, (M, n) → (M,)."""

    def draw(self, rng: np.random.Generator, count: int) -> Ints:
        """So many sets of answers, (count, n)."""

    def nearest(self, said: Ints) -> Floats:
        """The likeliest way to these answers, (n,): P(each label) for each, (n, L)."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """Some ways of answering n questions independently, and how usual each is.

    `ways`: (A, n, L), P(each of L answers) to each question by each way. `usual`: (A,), summing to one.
    """

    ways: Floats
    usual: Floats

    def log(self, said: Ints) -> Floats:
        """ln P of answers, (M, n) → (M,)."""
        return np.asarray(logsumexp(self._by_way(said) + np.log(self.usual)[:, None], axis=0))

    def draw(self, rng: np.random.Generator, count: int) -> Ints:
        """So many sets of answers, (count, n)."""
        which = np.repeat(np.arange(len(self.usual)), rng.multinomial(count, self.usual))
        return np.concatenate([drawn(rng, self.ways[[a]], int(np.sum(which == a))) for a in np.unique(which)])

    def nearest(self, said: Ints) -> Floats:
        """The likeliest way to these answers, (n,): P(each label) for each, (n, L)."""
        return np.asarray(self.ways[int(self._by_way(said[None])[:, 0].argmax())])

    def _by_way(self, said: Ints) -> Floats:
        n = np.arange(said.shape[1])
        return np.stack([np.log(way)[n, said].sum(axis=1) for way in self.ways])


def drawn(rng: np.random.Generator, ways: Floats, count: int) -> Ints:
    """Answers by ways, (1 or count, n, L) → (count, n)."""
    cut = np.cumsum(ways, axis=2)
    dice = rng.random((count, ways.shape[1], 1)) * cut[..., -1:]
    return np.asarray(np.sum(dice > cut[..., :-1], axis=2))


def between(one: Floats, other: Floats) -> Mixture:
    """Half-way between two ways of answering, (n, L) each: where neither would often be, and a threshold may lie."""
    middle = np.sqrt(one * other)
    return Mixture((middle / middle.sum(axis=1, keepdims=True))[None], np.ones(1))


def rarity(honest: Explanation, suspicious: Explanation, said: Ints, *, draws: int = DRAWS, seed: int = 0) -> float:
    """ln P(honest answers are at least so much better explained by the suspicious ways as these, (n,), are)."""
    rng = np.random.default_rng(seed)
    middle = between(honest.nearest(said), suspicious.nearest(said))
    sources = (honest, suspicious, middle)
    # What was seen is one of the draws, so that a chance is never none.
    tried = np.concatenate([said[None], *(source.draw(rng, draws) for source in sources)])
    fair, foul, half = (source.log(tried) for source in sources)
    weight = fair - logsumexp([fair, foul, half], axis=0) + np.log(3)
    odds = foul - fair
    return float(min(0.0, logsumexp(weight[odds >= odds[0] - 1e-9]) - np.log(len(tried))))

"""Pairs of annotators who have items in common, and their votes on these."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quorate.truth.votes import Votes

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

_CROWD = 64  # votes of an item that are compared with each other; the cost grows with its square


@dataclass(frozen=True)
class Pairs:
    """Pairs of annotators with enough items in common: codes `a` < `b`, and the vote pairs behind them.

    `first`, `second`: vote positions; `pair`: the pair that each row belongs to, in order; `agrees`: whether the labels
    do.
    """

    a: Ints
    b: Ints
    shared: Floats
    agreed: Floats
    first: Ints
    second: Ints
    pair: Ints
    agrees: NDArray[np.bool_]

    @classmethod
    def count(cls, votes: Votes, min_shared: int) -> Pairs:
        """Those with so many items in common."""
        first, second = _rows(votes)
        key = votes.worker[first].astype(np.int64) * votes.n_workers + votes.worker[second]
        keys, pair, shared = np.unique(key, return_inverse=True, return_counts=True)
        enough = shared >= min_shared
        chosen = enough[pair]
        pair = (np.cumsum(enough) - 1)[pair[chosen]]
        together = np.argsort(pair, kind="stable")
        first, second, pair = first[chosen][together], second[chosen][together], pair[together]
        agrees = votes.label[first] == votes.label[second]
        a, b = np.divmod(keys[enough], votes.n_workers)
        agreed = np.bincount(pair, agrees, minlength=a.size).astype(np.float64)
        return cls(a, b, shared[enough].astype(np.float64), agreed, first, second, pair, agrees)

    @cached_property
    def ends(self) -> Ints:
        """The rows of pair p are `ends[p]` to `ends[p + 1]`."""
        return np.searchsorted(self.pair, np.arange(self.a.size + 1))

    def within(self, member: Ints) -> NDArray[np.bool_]:
        """Whether both are in one group, by the group of each annotator."""
        return np.asarray((member[self.a] == member[self.b]) & (member[self.a] >= 0))

    def total(self, values: ArrayLike) -> Floats:
        """Sums over the rows of each pair."""
        return np.bincount(self.pair, np.asarray(values, dtype=np.float64), self.a.size).astype(np.float64)

    def screen(self, n_workers: int) -> NDArray[np.bool_]:
        """Suspects: pairs that agree far more with each other than either does with the rest.

        Crude but deaf to the belief, which copies may have fooled; suspects only lose weight until the real test.
        """
        suspect = np.zeros(self.a.size, bool)
        for _ in range(3):
            held = np.where(suspect, 0.0, 1.0)
            ends, twice = np.concatenate([self.a, self.b]), np.concatenate([held, held])
            seen = np.bincount(ends, twice * np.tile(self.shared, 2), minlength=n_workers)
            with_others = np.bincount(ends, twice * np.tile(self.agreed, 2), minlength=n_workers)
            rate = (with_others + 1) / (seen + 2)
            expected = np.maximum(rate[self.a], rate[self.b])
            gap = self.agreed - self.shared * expected
            suspect = gap > 4 * np.sqrt(self.shared * expected * (1 - expected))
        return suspect


def _rows(votes: Votes) -> tuple[Ints, Ints]:
    """All pairs of votes on one item by two annotators: two arrays of vote positions, the lower worker first."""
    _, order = np.unique(votes.item * np.int64(votes.n_workers) + votes.worker, return_index=True)  # no repeats
    item = votes.item[order]
    start = np.concatenate([[0], np.flatnonzero(np.diff(item)) + 1])
    count = np.diff(np.concatenate([start, [len(item)]]))
    place = np.arange(len(item)) - np.repeat(start, count)
    # Of a crowded item every so many votes are taken.
    kept = order[(place * _CROWD) // np.repeat(np.maximum(count, _CROWD), count) != _previous(place, count)]
    item = votes.item[kept]
    first, second = [], []
    for gap in range(1, _CROWD):
        near = np.flatnonzero(item[gap:] == item[:-gap])
        if not near.size:
            break
        first.append(kept[near])
        second.append(kept[near + gap])
    if not first:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    return np.concatenate(first), np.concatenate(second)


def _previous(place: Ints, count: Ints) -> Ints:
    return np.where(place > 0, ((place - 1) * _CROWD) // np.repeat(np.maximum(count, _CROWD), count), -1)

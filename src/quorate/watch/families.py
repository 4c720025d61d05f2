"""Why answers may be wrong: each reason is a family of ways of answering, and how usual each of these is.

A way of answering is somebody honest, but for a share of the answers. So every reason is data, told by one rule how
likely its ways make any answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from quorate.watch.belief import Belief
from quorate.watch.honest import Honest, ln_of_all
from quorate.watch.hypotheses import always, coin, scaled
from quorate.watch.work import Codes, Flags, Floats, Ints, Work, sums

BLIND = 2 / 3
"""Of bad faith, the share that does not look at the items; the others favour a class, or mean to be wrong."""
_SITTING = 1800.0  # seconds without an answer that begin another sitting
_WIDEST = 24  # classes up to which every pair is looked at
GAPS = (0.4, 0.65, 0.9)  # the shares of a class that a gap takes for another


@dataclass(frozen=True, eq=False)
class Way:
    """Somebody who errs so many `times` as often as the crowd; but a `share` of the items of each class, (K,), of all
    classes alike or of some, gets an answer by `instead`, (K, K). `when`: of which votes, (n,), if not of all."""

    times: float
    share: Floats
    instead: Floats
    when: Flags | None = None

    def matrix(self, crowd: Floats) -> Floats:
        """P(label | class), (K, K)."""
        share = (self.share if self.when is None else self.share * np.mean(self.when))[:, None]
        return np.asarray((1 - share) * scaled(crowd, self.times) + share * self.instead)


@dataclass(frozen=True, eq=False)
class Family:
    """Ways of answering, and how usual each is among people of whom this is the reason, (W,)."""

    ways: Sequence[Way]
    usual: Floats

    def logs(self, belief: Belief, label: Codes) -> Floats:
        """ln P(a way, and the answers of each annotator), (W, J)."""

        whole = lru_cache(maxsize=4)(lambda times: belief.given(label, times))
        parts = lru_cache(maxsize=2)(lambda times: belief.by_class(label, times))

        def chance(way: Way) -> Floats:
            honest = whole(way.times)
            on = np.flatnonzero(way.share)
            if on.size < way.share.size:  # a few classes at most: what is said of these is exchanged
                own = parts(way.times)
                change = sum(
                    way.share[k] * (belief.without[:, k] * way.instead[k, label] - own[:, k]) for k in on.tolist()
                )
            else:
                change = way.share[0] * (np.einsum("nk,nk->n", belief.without, way.instead.T[label]) - honest)
            return np.asarray(honest + (change if way.when is None else change * way.when))

        return np.stack([ln_of_all(belief, chance(way)) for way in self.ways]) + np.log(self.usual)[:, None]


def families(honest: Honest) -> dict[str, Family]:
    """By reason, as far as honest people are known; those of `systematic` are `GAPS` times two for each of `pairs`."""
    belief = honest.belief
    K, prior, between = belief.work.votes.n_classes, belief.work.view.prior, pairs(belief)
    times, every, anyhow = honest.middles(4).tolist(), np.ones(K), np.full((K, K), 1 / K)
    late = second_halves(belief.work)
    favourites = [int(k) for k in np.argsort(-prior)[:8]]
    blind = [Way(1.0, every, anyhow), Way(1.0, every, np.tile(prior, (K, 1)))]
    bad = [Way(1.0, every, coin(K, right / K)) for right in (0.1, 0.3)]
    bad += [Way(1.0, share * every, always(K, k, 1.0)) for k in favourites for share in (0.6, 0.95)]
    return {
        "fine": Family([Way(once, 0 * every, anyhow) for once in honest.times.tolist()], honest.usual),
        "slips": _alike([Way(once, share * every, anyhow) for once in times for share in (0.4, 0.55)]),
        "fatigue": _alike([Way(once, share * every, anyhow, late) for once in times for share in (0.5, 0.75)]),
        "bad_faith": _either(BLIND, _alike(blind), _alike(bad)),
        "systematic": Family(
            [
                Way(once, share * np.eye(K)[a], always(K, b, 1.0))
                for a, b in between
                for once in times[1:3]
                for share in GAPS
            ],
            np.repeat(_near(belief, between), 2 * len(GAPS)) / (2 * len(GAPS)),
        ),
    }


def pairs(belief: Belief) -> list[tuple[int, int]]:
    """Pairs (truth, label) worth a look: all, or of many classes those confused most."""
    votes = belief.work.votes
    K = votes.n_classes
    if K <= _WIDEST:
        return [(a, b) for a in range(K) for b in range(K) if a != b]
    confused = sums(votes.label, belief.without, K).T * (1 - np.eye(K))
    return [(int(flat) // K, int(flat) % K) for flat in np.argsort(-confused, axis=None)[: _WIDEST**2]]


def second_halves(work: Work) -> Flags:
    """Which answers lie in the second half of a sitting; without times all answers of a person are one, (n,)."""
    late = np.zeros(len(work.votes), bool)
    for j in range(work.votes.n_workers):
        rows = work.of(j)
        for sitting in _sittings(work, rows):
            late[sitting[sitting.size // 2 :]] = True
    return late


def _sittings(work: Work, rows: Ints) -> list[Ints]:
    time = work.votes.time
    if time is None or rows.size < 2:
        return [rows]
    return np.split(rows, np.flatnonzero(np.diff(time[rows]) > _SITTING) + 1)


def _near(belief: Belief, between: Sequence[tuple[int, int]]) -> Floats:
    """How likely a gap lies in each pair: half of them where others err, too, and half anywhere."""
    errors = np.array([belief.work.view.prior[a] * belief.crowd[a, b] for a, b in between])
    return np.asarray(0.5 / errors.size + 0.5 * errors / errors.sum())


def _alike(ways: Sequence[Way]) -> Family:
    return Family(ways, np.full(len(ways), 1 / len(ways)))


def _either(share: float, one: Family, other: Family) -> Family:
    return Family([*one.ways, *other.ways], np.concatenate([share * one.usual, (1 - share) * other.usual]))

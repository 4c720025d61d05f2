"""Two accounts, one pair of hands: both at work in the same hours, but never at the same moment."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from scipy.stats import binom

from quorate.watch.detector import Detector, Finding
from quorate.watch.speed import timed
from quorate.watch.work import Codes, Flags, Floats, Need, Work


class Duplicates(Detector):
    """While one answers, the other never begins, though both were at it within `pause` seconds before and after.

    Two people who do not know of each other begin inside each other's answers as often as those fill the time: with
    probability q at each beginning, so that none of m is (1 − q)^m. Both directions must say so; the chance is adjusted
    for all pairs (Bonferroni).
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"time", "seconds"})

    use: Literal["duplicates"] = "duplicates"
    false_alarm: float = Field(0.0005, gt=0, le=0.5)
    pause: float = Field(300, gt=0, description="Seconds without an answer that end a sitting.")
    most: int = Field(500, ge=2, le=5000, description="Only so many of the busiest annotators are compared.")

    def look(self, work: Work) -> list[Finding]:
        known = timed(work)
        busy = np.argsort(-known, kind="stable")[: self.most]
        busy = busy[known[busy] >= self.fewest]
        if busy.size < 2:
            return []
        p, inside, met, share = self._compare(work, busy)
        both = np.maximum(p, p.T)
        pairs = busy.size * (busy.size - 1) / 2
        found = []
        for a, b in np.argwhere(np.triu(both * pairs <= self.false_alarm * busy.size, 1)):
            seen = {"inside": int(inside[a, b] + inside[b, a]), "met": int(met[a, b] + met[b, a])}
            expected = float(met[a, b] * share[a] + met[b, a] * share[b])
            found.append(
                Finding(
                    "duplicates",
                    f"At work in the same sittings {seen['met']} times, they began during an answer of the other"
                    f" {seen['inside']} times; about {expected:.0f} were to be expected of two people.",
                    float(-np.log10(max(both[a, b] * pairs / busy.size, 1e-300))),
                    (int(busy[a]), int(busy[b])),
                    evidence={**seen, "expected": expected},
                )
            )
        return found

    def _compare(self, work: Work, busy: Codes) -> tuple[Floats, Floats, Floats, Floats]:
        """By pair (a, b): the chance that b begins so seldom during a's answers; how often; of how many; a's share."""
        n = busy.size
        inside, met, share = np.zeros((n, n)), np.zeros((n, n)), np.zeros(n)
        begun, end, owner = _spans(work, busy)
        for a in range(n):
            mine = owner == a
            start, stop = begun[mine], end[mine]
            breaks = np.flatnonzero(start[1:] - stop[:-1] > self.pause)
            opened, closed = start[np.r_[0, breaks + 1]], stop[np.r_[breaks, stop.size - 1]]
            share[a] = min(0.98, np.sum(stop - start) / max(1e-9, np.sum(closed - opened)))
            within = _covered(begun, opened, closed) & ~mine
            met[a] = np.bincount(owner[within], minlength=n)
            inside[a] = np.bincount(owner[within & _covered(begun, start, stop)], minlength=n)
        return binom.cdf(inside, met, share[:, None]), inside, met, share


def _spans(work: Work, busy: Codes) -> tuple[Floats, Floats, Codes]:
    """When each answer of these annotators was begun and handed in, in order, and whose it is (their place)."""
    assert work.votes.time is not None
    assert work.seconds is not None
    place = np.full(work.votes.n_workers, -1)
    place[busy] = np.arange(busy.size)
    rows = np.flatnonzero((place[work.votes.worker] >= 0) & np.isfinite(work.seconds) & np.isfinite(work.votes.time))
    end = work.votes.time[rows]
    begun = end - work.seconds[rows]
    owner = place[work.votes.worker[rows]]
    _, once = np.unique(np.stack([owner, begun, end]), axis=1, return_index=True)  # answers handed in together are one
    order = once[np.argsort(begun[once], kind="stable")]
    return begun[order], end[order], owner[order]


def _covered(moment: Floats, start: Floats, stop: Floats) -> Flags:
    """Whether each moment lies in one of the spans, which are in order."""
    at = np.searchsorted(start, moment, side="right") - 1
    return np.asarray((at >= 0) & (moment < np.maximum.accumulate(stop)[at]))

"""From some moment on, answers agree less than before: CUSUM for whether, Bayes for when."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from quorate.watch.detector import Detector, Finding
from quorate.watch.work import Floats, Ints, Work


class SuddenChange(Detector):
    """Agreement with what the others say, less what is usual on the same items, drops and stays down.

    The cumulative sum of an unchanged sequence, tied down at its end, is a Brownian bridge, whose maximum exceeds x
    with probability exp(−2 x²) (Page 1954 for the idea; Ploberger and Krämer, Econometrica 1992, for the bridge).
    Before and after the change there are at least `apart` answers; the moment has a posterior with Beta(1, 1) rates on
    both sides.
    """

    use: Literal["sudden_change"] = "sudden_change"
    false_alarm: float = Field(0.005, gt=0, le=0.5)
    fewest: int = Field(30, ge=10)
    apart: int = Field(8, ge=2)

    def suits(self, work: Work) -> bool:
        return bool(work.has & {"classes", "likeness"})

    def look(self, work: Work) -> list[Finding]:
        found = [self._of(work, int(j)) for j in np.flatnonzero(work.answers >= self.fewest)]
        return [one for one in found if one is not None and one.score >= self.bar]

    def _of(self, work: Work, j: int) -> Finding | None:
        rows, right, usual = _agreement(work, work.of(j))
        if rows.size < self.fewest:
            return None
        bridge = cusum(right - usual)[self.apart : -self.apart]
        score = 2 * max(0.0, float(bridge.max())) ** 2 / np.log(10)
        if score < self.bar:
            return None
        chance = moment(right, self.apart)
        at = int(chance.argmax())
        before, after = float(right[:at].mean()), float(right[at:].mean())
        near = int(np.sum(np.cumsum(chance) < 0.05)), int(np.sum(np.cumsum(chance) < 0.95))
        return Finding(
            "sudden_change",
            f"{before:.0%} of the first {at} answers agree with others; of the {rows.size - at} since, {after:.0%}.",
            score,
            (j,),
            evidence={"answers": int(rows.size), "at": at, "between": list(near), "before": before, "after": after},
            rows=tuple(rows[at:].tolist()),
        )


def _agreement(work: Work, rows: Ints) -> tuple[Ints, Floats, Floats]:
    """Those rows of which it is known how far they agree with others; how far; and what is usual on the same item."""
    if "classes" in work.has or work.near is None:
        return rows, work.view.right[rows], work.view.expected[rows]
    known = np.isfinite(work.near)
    item = work.votes.item
    count = np.bincount(item[known], minlength=work.votes.n_items)
    usual = np.bincount(item[known], work.near[known], work.votes.n_items) / np.maximum(count, 1)
    rows = rows[known[rows]]
    return rows, work.near[rows], usual[item[rows]]


def cusum(values: Floats) -> Floats:
    """The tied-down cumulative sum in units of its standard error, rising where values fall off later: (n,)."""
    n = values.size
    total = np.cumsum(values)
    sd = float(values.std())
    if sd < 1e-9:
        return np.zeros(n)
    return np.asarray((total - np.arange(1, n + 1) / n * total[-1]) / (sd * np.sqrt(n)))


def moment(right: Floats, apart: int) -> Floats:
    """P(the first answer after the change is the t-th), (n,); zero nearer than `apart` to the ends."""
    from scipy.special import betaln

    n = right.size
    hits = np.concatenate([[0], np.cumsum(right)])[:-1]
    before = np.arange(n)
    log = betaln(1 + hits, 1 + before - hits)
    log += betaln(1 + hits[-1] + right[-1] - hits, 1 + (n - before) - (hits[-1] + right[-1] - hits))
    log[:apart] = log[n - apart + 1 :] = -np.inf
    chance = np.exp(log - log.max())
    return np.asarray(chance / chance.sum())

"""From some moment on, answers are no longer those of somebody who tries: whether, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field
from scipy.special import logsumexp

from quorate.truth.rarity import Mixture, drawn, rarity
from quorate.watch.detector import Detector, Finding
from quorate.watch.hypotheses import always, honest, said
from quorate.watch.work import Codes, Floats, Ints, Work

_MOMENTS = 20
"""At most so many moments are tried."""


class SuddenChange(Detector):
    """Honest answers up to some moment, and after it guesses, or mostly one class.

    The likelihood ratio to somebody who stays as skilled, averaged over the moment, over what comes after it and over
    how skilled people are; its chance is simulated. Answers without classes: agreement with what the others say, less
    what is usual on the same item, drops and stays down. The cumulative sum of an unchanged sequence, tied down at its
    end, is a Brownian bridge, whose maximum exceeds x with probability exp(−2 x²) (Page 1954 for the idea; Ploberger
    and Krämer, Econometrica 1992, for the bridge).

    Before and after the change there are at least `apart` answers; the moment has a posterior with Beta(1, 1) rates on
    both sides.
    """

    use: Literal["sudden_change"] = "sudden_change"
    false_alarm: float = Field(0.003, gt=0, le=0.5)
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
        score = self._classed(work, rows) if "classes" in work.has else self._bridged(right - usual)
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
            rows=tuple(row for row in work.of(j).tolist() if row >= rows[at]),
        )

    def _classed(self, work: Work, rows: Ints) -> float:
        """−log10 of the chance of so sudden a change."""
        label, n = work.votes.label[rows], rows.size
        unchanged = honest(work, rows)
        moments = np.unique(np.linspace(self.apart, n - self.apart, min(_MOMENTS, n - 2 * self.apart + 1)).astype(int))
        changed = Changed(unchanged, np.stack([said(work, way, rows) for way in _after(work)]), moments)
        shares = np.bincount(label, minlength=work.votes.n_classes) / n
        always_so = float(np.log(shares[label]).sum())  # whatever the items, from the first answer on
        if changed.log(label[None])[0] < max(always_so, unchanged.log(label[None])[0]):
            return 0.0
        return float(-rarity(unchanged, changed, label) / np.log(10))

    def _bridged(self, fallen: Floats) -> float:
        """−log10 of the chance of so far a fall below what is usual."""
        bridge = cusum(fallen)[self.apart : -self.apart]
        return float(2 * max(0.0, float(bridge.max())) ** 2 / np.log(10))


@dataclass(frozen=True, eq=False)
class Changed:
    """Answers by one mixture before a moment and by some way, `after` (B, n, L), from it on; all `moments` alike."""

    before: Mixture
    after: Floats
    moments: Ints

    def log(self, said: Codes) -> Floats:
        """ln P of answers, (M, n) → (M,)."""
        return np.asarray(logsumexp(self._by_case(said), axis=(0, 1, 2)))

    def draw(self, rng: np.random.Generator, count: int) -> Codes:
        """So many sets of answers, (count, n)."""
        at = rng.choice(self.moments, count)[:, None, None]
        later = self.after[rng.integers(0, len(self.after), count)]
        early = self.before.ways[rng.choice(len(self.before.usual), count, p=self.before.usual)]
        return drawn(rng, np.where(np.arange(later.shape[1])[:, None] < at, early, later), count)

    def nearest(self, said: Codes) -> Floats:
        """The likeliest way to these answers."""
        by = self._by_case(said[None])[..., 0]
        way, then, at = np.unravel_index(int(by.argmax()), by.shape)
        moment = self.moments[at]
        return np.asarray(np.concatenate([self.before.ways[way, :moment], self.after[then, moment:]]))

    def _by_case(self, said: Codes) -> Floats:
        """ln P of answers and of each way before, way after and moment: (A, B, moments, M)."""
        place = np.arange(said.shape[1])
        early = np.cumsum(np.log(self.before.ways)[:, place, said], axis=2)[..., self.moments - 1]
        later = np.cumsum(np.log(self.after)[:, place, said][..., ::-1], axis=2)[..., ::-1][..., self.moments]
        by = early[:, None] + later[None] + np.log(self.before.usual)[:, None, None, None]
        return np.asarray(np.moveaxis(by, 3, 2) - np.log(len(self.after) * self.moments.size))


def _after(work: Work) -> list[Floats]:
    """What may come after: guesses, and mostly the most frequent class."""
    K = work.votes.n_classes
    first = int(np.argmax(work.view.prior))
    return [np.full((K, K), 1 / K), np.tile(work.view.prior, (K, 1)), always(K, first, 0.8)]


def _agreement(work: Work, rows: Ints) -> tuple[Ints, Floats, Floats]:
    """Those rows of which it is known how far they agree with others; how far; and what is usual on the same item."""
    if "classes" in work.has or work.near is None:
        rows = rows[work.shared[rows]]
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

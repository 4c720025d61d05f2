"""Annotators who give the same answers, of a kind that people seldom give exactly alike."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from scipy.stats import binom

from quorate.watch.detector import Detector, Finding
from quorate.watch.work import Need, Work


class SameAnswers(Detector):
    """Pairs whose answers are the same to the letter, the character or the pixel more often than is usual of pairs.

    Compared are pairs with `shared` items in common; the chance is binomial with the rate at which the upper quarter of
    people agree with anybody, and adjusted for the number of pairs (Bonferroni). Who copied from whom the answers do
    not say.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"exact"})

    use: Literal["same_answers"] = "same_answers"
    shared: int = Field(8, ge=3)
    most: int = Field(30, ge=2, le=200, description="Of an item, only so many answers are compared.")

    def look(self, work: Work) -> list[Finding]:
        met, alike = self._count(work)
        pairs = [pair for pair in met if met[pair] >= self.shared]
        if not pairs:
            return []
        n, hits = np.array([met[p] for p in pairs]), np.array([alike[p] for p in pairs])
        usual = _usual(met, alike, work.votes.n_workers)
        score = -binom.logsf(hits - 1, n, usual) / np.log(10)
        bar = self.bar + np.log10(max(1.0, 2 * len(pairs) / max(1, work.votes.n_workers)))
        return [
            Finding(
                "same_answers",
                f"On {n[p]} items that both judged they give exactly the same answer {hits[p]} times;"
                f" {usual * n[p]:.0f} would be much already.",
                float(score[p] - bar + self.bar),
                pairs[p],
                evidence={"shared": int(n[p]), "agreed": int(hits[p]), "usual": usual},
            )
            for p in np.flatnonzero(score >= bar).tolist()
        ]

    def _count(self, work: Work) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
        """By pair of annotators: items in common, and of them those with the same answer."""
        assert work.exact is not None
        said: dict[int, dict[int, int]] = defaultdict(dict)
        for item, worker, label in zip(
            work.votes.item.tolist(), work.votes.worker.tolist(), work.exact.tolist(), strict=True
        ):
            said[item][worker] = label
        met: dict[tuple[int, int], int] = defaultdict(int)
        alike: dict[tuple[int, int], int] = defaultdict(int)
        for answers in said.values():
            for (a, x), (b, y) in combinations(sorted(answers.items())[: self.most], 2):
                met[a, b] += 1
                alike[a, b] += x == y
        return met, alike


def _usual(met: dict[tuple[int, int], int], alike: dict[tuple[int, int], int], people: int) -> float:
    """How often the upper quarter of people agree to the letter with whomever they meet."""
    pairs = np.array(list(met))
    n, hits = (np.array([of[pair] for pair in met], float) for of in (met, alike))
    count, same = (np.bincount(pairs.ravel(), np.repeat(of, 2), people) for of in (n, hits))
    return float(np.clip(np.quantile(same[count > 0] / count[count > 0], 0.75), 0.05, 0.95))

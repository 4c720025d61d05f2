"""Wrong on purpose: below chance, or the classes systematically exchanged."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from quorate.watch.detector import Detector, Finding
from quorate.watch.hypotheses import coin, rates, score
from quorate.watch.work import Floats, Need, Work


class Adversarial(Detector):
    """A confusion matrix whose diagonal is (nearly) empty: any other class, or each class moved along by some steps.

    `right`: how often such a one may be right all the same.

    Somebody who has understood the question the other way round looks the same; ask before you judge.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"classes"})
    faith: ClassVar[bool] = True

    use: Literal["adversarial"] = "adversarial"
    right: tuple[float, ...] = Field(
        (0.02, 0.1), min_length=1, max_length=10, description="How often right all the same."
    )

    def look(self, work: Work) -> list[Finding]:
        K = work.votes.n_classes
        odds = score(work, self.ways(work))
        right = rates(work)
        return [
            Finding(
                "adversarial",
                f"{right[j]:.0%} of {work.answers[j]} answers are right by what others say; guessing: {1 / K:.0%}.",
                float(odds[j]),
                (j,),
                evidence={"answers": int(work.answers[j]), "right": float(right[j]), "chance": 1 / K},
            )
            for j in self.named(work, odds)
            if right[j] < 1 / K + 0.1 * (1 - 1 / K)
        ]

    def ways(self, work: Work) -> list[Floats]:
        """Ways of answering so."""
        K = work.votes.n_classes
        return [coin(K, right * 2 / K) for right in self.right] + [_moved(K, by) for by in range(1, min(K, 8))]


def _moved(K: int, by: int) -> Floats:
    return np.asarray(0.85 * np.roll(np.eye(K), by, axis=1) + 0.15 / K)

"""Answers that have nothing to do with the items."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from quorate.watch.detector import Detector, Finding
from quorate.watch.hypotheses import always, rates, score
from quorate.watch.work import Need, Work


class RandomAnswers(Detector):
    """The same chances of each class whatever the item: even ones, the crowd's, or with a lean to one class."""

    needs: ClassVar[frozenset[Need]] = frozenset({"classes"})
    faith: ClassVar[bool] = True

    use: Literal["random_answers"] = "random_answers"

    def look(self, work: Work) -> list[Finding]:
        K, right = work.votes.n_classes, rates(work)
        frequent = np.argsort(-work.view.prior)[:2]
        ways = [np.full((K, K), 1 / K), np.tile(work.view.prior, (K, 1)), *(always(K, int(k), 0.4) for k in frequent)]
        odds = score(work, ways)
        return [
            Finding(
                "random_answers",
                f"{right[j]:.0%} of {work.answers[j]} answers are right by what others say, as guessing would be.",
                float(odds[j]),
                (j,),
                evidence={"answers": int(work.answers[j]), "right": float(right[j]), "chance": 1 / K},
            )
            for j in self.named(work, odds)
        ]

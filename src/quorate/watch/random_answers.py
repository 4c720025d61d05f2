"""Answers that have nothing to do with the items."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from quorate.watch.detector import Detector, Finding
from quorate.watch.hypotheses import always, rates, said, score
from quorate.watch.work import Floats, Need, Work


class RandomAnswers(Detector):
    """The same chances of each class whatever the item: even ones, the crowd's, or with a lean to one class.

    Who is nearer to most people than to guessing is let be, however unlikely so little skill is here.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"classes"})
    faith: ClassVar[bool] = True

    use: Literal["random_answers"] = "random_answers"
    false_alarm: float = Field(0.005, gt=0, le=0.5)

    def look(self, work: Work) -> list[Finding]:
        K, right, ways = work.votes.n_classes, rates(work), self.ways(work)
        odds = score(work, ways)
        guessed = np.max([_right(work, way) for way in ways], axis=0)
        middle = float(np.median(right[work.answers > 0]))
        return [
            Finding(
                "random_answers",
                f"{right[j]:.0%} of {work.answers[j]} answers are right by what others say, as guessing would be.",
                float(odds[j]),
                (j,),
                evidence={"answers": int(work.answers[j]), "right": float(right[j]), "chance": 1 / K},
            )
            for j in self.named(work, odds)
            if right[j] < (guessed[j] + middle) / 2
        ]

    def ways(self, work: Work) -> list[Floats]:
        """Ways of answering so."""
        K = work.votes.n_classes
        frequent = np.argsort(-work.view.prior)[:2]
        return [np.full((K, K), 1 / K), np.tile(work.view.prior, (K, 1)), *(always(K, int(k), 0.4) for k in frequent)]


def _right(work: Work, way: Floats) -> Floats:
    """How often each annotator would be right by this way of answering, (J,)."""
    return work.mean(np.sum(work.view.without * said(work, way), axis=1))

"""Answers without classes that have nothing to do with the items: texts, spans, boxes, sets of classes."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from scipy.stats import t as student

from quorate.watch.detector import Detector, Finding
from quorate.watch.work import Need, Work


class Unrelated(Detector):
    """Is an answer more like the others' on the same item than like theirs on other items? By how much, on average?

    Somebody who looks at the items gains at least `least` of what is usual here; the chance that they show so little
    is Student's. Random answers gain nothing, the same answer to everything neither, contrary answers lose.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"likeness"})
    faith: ClassVar[bool] = True

    use: Literal["unrelated"] = "unrelated"
    least: float = Field(0.5, gt=0, lt=1)

    def look(self, work: Work) -> list[Finding]:
        assert work.near is not None
        assert work.chance is not None
        gain = work.near - work.chance
        known = np.isfinite(gain)
        who, gain = work.votes.worker[known], gain[known]
        J = work.votes.n_workers
        n = np.bincount(who, minlength=J)
        mean = np.bincount(who, gain, J) / np.maximum(n, 1)
        spread = np.sqrt(np.bincount(who, (gain - mean[who]) ** 2, J) / np.maximum(n - 1, 1))
        usual = float(np.median(mean[n >= 5])) if (n >= 5).any() else 0.0
        if usual < 0.05:  # here nobody's answers tell of the items
            return []
        error = np.maximum(spread, 0.05) / np.sqrt(np.maximum(n, 1))
        score = -student.logcdf((mean - self.least * usual) / error, np.maximum(n - 1, 1)) / np.log(10)
        return [
            Finding(
                "unrelated",
                f"{n[j]} answers are {max(mean[j], 0):.0%} more like the others' on the same item than on any other;"
                f" {usual:.0%} is usual.",
                float(score[j]),
                (j,),
                evidence={"answers": int(n[j]), "gain": float(mean[j]), "usual": usual},
            )
            for j in self.named(work, np.where(n >= self.fewest, score, 0.0))
        ]

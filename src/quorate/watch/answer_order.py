"""Answers that come in a pattern: one after the other, or the same few over and over."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from quorate.watch.detector import Detector, Finding
from quorate.watch.rhythm import explained, follows
from quorate.watch.work import Need, Work


class AnswerOrder(Detector):
    """Each answer is the next class, or the class before, or the one of some answers ago (up to `period`)."""

    needs: ClassVar[frozenset[Need]] = frozenset({"classes"})
    faith: ClassVar[bool] = True

    use: Literal["answer_order"] = "answer_order"
    period: int = Field(6, ge=2, le=50)

    def look(self, work: Work) -> list[Finding]:
        found = [self._of(work, int(j)) for j in np.flatnonzero(work.answers >= self.fewest)]
        return [one for one in found if one.score >= self.bar]

    def _of(self, work: Work, j: int) -> Finding:
        label, K = work.votes.label[work.of(j)], work.votes.n_classes
        rules = {"the class after the one before": _moved(label, K, 1)}
        if K > 2:
            rules["the class before the one before"] = _moved(label, K, -1)
        for lag in range(2, min(self.period, label.size // 4) + 1):
            rules[f"the answer of {lag} before"] = _again(label, lag)
        names = list(rules)
        score, best = follows(explained(work, j, work.view.skills[j]), list(rules.values()))
        hits = int(rules[names[best]].sum())
        return Finding(
            "answer_order",
            f"{hits} of {label.size} answers are {names[best]}, whatever the item.",
            score,
            (j,),
            evidence={"answers": int(label.size), "rule": names[best], "hits": hits, "last": _last(work, j)},
        )


def _moved(label: NDArray[np.int32], K: int, by: int) -> NDArray[np.bool_]:
    return np.concatenate([[False], label[1:] == (label[:-1] + by) % K])


def _again(label: NDArray[np.int32], lag: int) -> NDArray[np.bool_]:
    """The answer of so many before, where that is not just the one before again."""
    hit = np.zeros(label.size, bool)
    hit[lag:] = (label[lag:] == label[:-lag]) & (label[lag:] != label[lag - 1 : -1])
    return hit


def _last(work: Work, j: int) -> list[str]:
    return [str(work.votes.labels[code]) for code in work.votes.label[work.of(j)][-12:]]

"""One place among the answers is chosen more often than the items explain."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from quorate.watch.detector import Detector, Finding
from quorate.watch.hypotheses import always, score
from quorate.watch.work import Floats, Need, Work


class Position(Detector):
    """Looks at some items and answers the others with a favourite place; `shares` of favourites are bet on, and
    a place is told when its share exceeds what the items explain by `excess`.

    Answers are shown in the order of the schema, so a place is a class; what one class is mistaken for another because
    of a gap in skill raises that class for a few classes only, not for all.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"classes"})
    faith: ClassVar[bool] = True

    use: Literal["position"] = "position"
    false_alarm: float = Field(0.001, gt=0, le=0.5)
    shares: tuple[float, ...] = Field((0.35, 0.55, 0.75), min_length=1, max_length=10)

    excess: float = Field(0.1, ge=0, lt=1)

    def look(self, work: Work) -> list[Finding]:
        odds = score(work, self.ways(work))
        found = [self._told(work, j, float(odds[j])) for j in self.named(work, odds)]
        return [one for one in found if one.evidence["share"] - one.evidence["expected"] >= self.excess]

    def ways(self, work: Work) -> list[Floats]:
        """Ways of answering so."""
        K = work.votes.n_classes
        return [(1 - s) * work.view.crowd + s * always(K, label, 1.0) for label in range(K) for s in self.shares]

    def _told(self, work: Work, j: int, score: float) -> Finding:
        rows, K = work.of(j), work.votes.n_classes
        shares = np.bincount(work.votes.label[rows], minlength=K) / rows.size
        expected = work.view.without[rows].mean(axis=0) @ work.view.crowd
        place = int(np.argmax(shares - expected))
        return Finding(
            "position",
            f"Answer {place + 1} of {K} was chosen {shares[place]:.0%} of the time, against {expected[place]:.0%}"
            f" that these items explain.",
            score,
            (j,),
            evidence={
                "answers": int(rows.size),
                "place": place + 1,
                "label": str(work.votes.labels[place]),
                "share": float(shares[place]),
                "expected": float(expected[place]),
            },
        )

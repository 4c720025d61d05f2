"""The same answer to nearly everything."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from quorate.watch.detector import Detector, Finding
from quorate.watch.hypotheses import always, score
from quorate.watch.work import Codes, Floats, Need, Work


class Constant(Detector):
    """One class whatever the item, but for a few (`slips`) that are anything."""

    needs: ClassVar[frozenset[Need]] = frozenset({"classes"})
    faith: ClassVar[bool] = True

    use: Literal["constant"] = "constant"
    slips: tuple[float, ...] = Field((0.02, 0.15), min_length=1, max_length=10)

    def look(self, work: Work) -> list[Finding]:
        votes = work.votes
        odds = score(work, self.ways(work))
        return [self._told(work, j, float(odds[j]), votes.label[work.of(j)]) for j in self.named(work, odds)]

    def ways(self, work: Work) -> list[Floats]:
        """Ways of answering so."""
        K = work.votes.n_classes
        return [always(K, label, 1 - slip) for label in range(K) for slip in self.slips]

    def _told(self, work: Work, j: int, score: float, said: Codes) -> Finding:
        label, share = favourite(said, work.votes.n_classes)
        expected = float(np.mean(work.view.without[work.of(j), label]))
        name = str(work.votes.labels[label])
        return Finding(
            "constant",
            f"{share:.0%} of {said.size} answers are `{name}`; about {expected:.0%} of those items are.",
            score,
            (j,),
            evidence={"answers": int(said.size), "label": name, "share": share, "expected": expected},
        )


def favourite(said: Codes, K: int) -> tuple[int, float]:
    """The class said most, and its share."""
    counts = np.bincount(said, minlength=K)
    label = int(counts.argmax())
    return label, float(counts[label] / max(1, said.size))

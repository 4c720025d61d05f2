"""The same answer again and again in a row, whatever comes."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from quorate.watch.detector import Detector, Finding
from quorate.watch.rhythm import explained, follows
from quorate.watch.work import Need, Work


class StraightLining(Detector):
    """A share of the answers repeats the one before, beyond what the items (which may come in runs) explain."""

    needs: ClassVar[frozenset[Need]] = frozenset({"classes"})
    faith: ClassVar[bool] = True

    use: Literal["straight_lining"] = "straight_lining"

    def look(self, work: Work) -> list[Finding]:
        found = [self._of(work, int(j)) for j in np.flatnonzero(work.answers >= self.fewest)]
        return [one for one in found if one.score >= self.bar]

    def _of(self, work: Work, j: int) -> Finding:
        label = work.votes.label[work.of(j)]
        expected = explained(work, j, work.view.skills[j])[1:]
        same = label[1:] == label[:-1]
        score, _ = follows(expected, [same])
        edges = np.flatnonzero(np.concatenate([[True], ~same, [True]]))
        run = int(np.diff(edges).max())
        likely = work.view.without[work.of(j)] @ work.view.crowd
        repeats = float(np.sum(likely[1:] * likely[:-1]))
        return Finding(
            "straight_lining",
            f"{int(same.sum())} of {label.size - 1} answers repeat the last; the items explain about {repeats:.0f}."
            f" The longest run is {run}.",
            score,
            (j,),
            evidence={"answers": int(label.size), "repeats": int(same.sum()), "expected": repeats, "longest": run},
        )

"""Items on which the skilled differ: not badly judged, but badly asked."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from quorate.truth.ambiguity import ambiguity
from quorate.watch.detector import About, Detector, Finding
from quorate.watch.work import Need, Work


class HardItems(Detector):
    """Items whose disagreement the annotators' errors do not explain (`truth/ambiguity.py`), gathered by the two
    classes that divide them: the question for whoever writes the guideline.

    An item counts when it is `divided` with that probability; a pair of classes with at least `items` of them is told.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"classes"})
    about: ClassVar[About] = "item"

    use: Literal["hard_items"] = "hard_items"
    false_alarm: float = Field(0.01, gt=0, le=0.5)
    divided: float = Field(0.9, gt=0.5, lt=1)
    items: int = Field(3, ge=1)

    def look(self, work: Work) -> list[Finding]:
        found = ambiguity(work.votes, work.view.proba, work.view.skills)
        hard = np.flatnonzero(found.divided >= self.divided)
        pairs: dict[tuple[int, int], list[int]] = {}
        for i in hard.tolist():
            first, second = sorted(np.argsort(-found.soft[i])[:2].tolist())
            pairs.setdefault((first, second), []).append(i)
        told = []
        for (a, b), items in pairs.items():
            if len(items) < self.items:
                continue
            items.sort(key=lambda i: -found.divided[i])
            one, two = str(work.votes.labels[a]), str(work.votes.labels[b])
            message = f"People who are otherwise right split between `{one}` and `{two}` on {len(items)} items."
            score = float(-np.log10(np.clip(1 - found.divided[items], 1e-12, 1)).sum())
            soft = {
                str(work.votes.items[i]): {one: float(found.soft[i, a]), two: float(found.soft[i, b])}
                for i in items[:20]
            }
            told.append(
                Finding(
                    "hard_items", message, score, items=tuple(items), evidence={"classes": [one, two], "soft": soft}
                )
            )
        return told

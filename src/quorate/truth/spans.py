"""Spans in texts: presence and class as in `truth/marks.py`, both ends by a vote weighed by how exact each one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from quorate.truth.clusters import Codes, Places, span_overlap
from quorate.truth.marks import Floats, Made, MarkModel

EXACT, LOOSE = 4.0, 1.0
"""Pseudo-counts of ends placed right and wrong by somebody nobody knows."""


@dataclass(kw_only=True, eq=False, repr=False)
class Spans(MarkModel):
    """The default for spans: lists of `{start, end, label}`, `end` not included.

    `crossing`: whether two spans of the result may share a position. Otherwise as in `MarkModel`. Each end of each
    annotator's span is right with probability `exact_`, else evenly one of the other places somebody chose.
    """

    overlap = staticmethod(span_overlap)
    sides = 2
    match = 1.0

    crossing: bool = False

    @staticmethod
    def read(mark: Mapping[str, Any]) -> tuple[float, float]:
        return mark["start"], mark["end"]

    @staticmethod
    def written(place: Floats, label: str) -> dict[str, Any]:
        return {"start": int(place[0]), "end": int(place[1]), "label": label}

    def placed(self, made: Made, real: Floats, crowd: int) -> tuple[Places, Floats, Floats]:
        return vote_on_ends(made, real, crowd)

    def apart(self, kept: Codes, place: Places, chance: Floats) -> list[int]:
        if self.crossing:
            return super().apart(kept, place, chance)
        taken: list[int] = []
        for k in sorted(kept.tolist(), key=lambda k: (-chance[k], *place[k])):
            if all(place[k][1] <= place[other][0] or place[other][1] <= place[k][0] for other in taken):
                taken.append(k)
        return super().apart(np.array(taken, dtype=np.int64), place, chance)


def vote_on_ends(made: Made, real: Floats, crowd: int, rounds: int = 10) -> tuple[Places, Floats, Floats]:
    """Of the stretches that somebody marked, the likeliest of each cluster, its probability, and who is how exact."""
    count = len(made.owner)
    ways, way = np.unique(np.column_stack([made.cluster, made.place]), axis=0, return_inverse=True)
    way = way.ravel()
    home = ways[:, 0].astype(np.int64)
    sides = []  # for start and end: which of its cluster's values each mark and each way has
    for side in (1, 2):
        values, at = np.unique(ways[:, [0, side]], axis=0, return_inverse=True)
        sides.append((at.ravel(), np.bincount(values[:, 0].astype(np.int64), minlength=count)))
    marks = np.bincount(made.cluster, minlength=count)
    teaching = real * (marks > 1)  # who marked it alone is of their own opinion about its ends
    exact = np.full(crowd, EXACT / (EXACT + LOOSE))
    chance = np.zeros(len(ways))
    for _ in range(rounds):
        score = np.zeros(len(ways))
        for at, different in sides:
            others = np.maximum(different[made.cluster] - 1, 1)
            gain = np.log(exact[made.worker] * others / (1 - exact[made.worker]))
            score += np.bincount(at[way], gain, minlength=at.max(initial=0) + 1)[at]
        chance = _shares(score / np.sqrt(np.maximum(marks, 1))[home], home, count)
        right, tries = np.full(crowd, EXACT), np.full(crowd, EXACT + LOOSE)
        for at, _ in sides:
            agreed = np.bincount(at, chance, minlength=at.max(initial=0) + 1)[at[way]]
            right += np.bincount(made.worker, teaching[made.cluster] * agreed, minlength=crowd)
            tries += np.bincount(made.worker, teaching[made.cluster], minlength=crowd)
        exact = np.clip(right / tries, 0.05, 0.99)
    order = np.lexsort((-ways[:, 2], ways[:, 1], -chance, home))
    there, first = np.unique(home[order], return_index=True)
    place, sure = np.zeros((count, 2)), np.ones(count)
    place[there], sure[there] = ways[order[first], 1:], chance[order[first]]
    return place, sure, exact


def _shares(score: Floats, home: Codes, count: int) -> Floats:
    top = np.full(count, -np.inf)
    np.maximum.at(top, home, score)
    weight = np.exp(score - top[home])
    return np.asarray(weight / np.bincount(home, weight, minlength=count)[home])

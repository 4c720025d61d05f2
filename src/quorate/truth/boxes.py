"""Boxes in images: presence and class as in `truth/marks.py`, the sides by a mean weighed by how exact each one is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from quorate.truth.clusters import Places, box_overlap
from quorate.truth.marks import Floats, Made, MarkModel

SPREAD, KNOWN = 0.08, 5.0
"""How far off a side is, as a share of the box's size, for somebody nobody knows; and how many boxes that is worth."""
FREEDOM = 4.0


class Boxes(MarkModel):
    """The default for boxes: lists of `{x, y, width, height, label}` or `{x1, y1, x2, y2, label}`, in any unit.

    The result is written as the first. Each side of each annotator's box is off by a Student-t error whose scale is a
    share `exact_` of the box's width or height, so that one slip does not move the result (Lange et al., JASA 1989).
    """

    overlap = staticmethod(box_overlap)
    sides = 4
    match = 0.5

    @staticmethod
    def read(mark: Mapping[str, Any]) -> tuple[float, ...]:
        if "x1" in mark:
            return mark["x1"], mark["y1"], mark["x2"], mark["y2"]
        return mark["x"], mark["y"], mark["x"] + mark["width"], mark["y"] + mark["height"]

    @staticmethod
    def written(place: Floats, label: str) -> dict[str, Any]:
        left, top, right, bottom = place.tolist()
        sides = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        return {name: round(side, 6) for name, side in sides.items()} | {"label": label}

    def placed(self, made: Made, real: Floats, crowd: int) -> tuple[Places, Floats, Floats]:
        return mean_of_sides(made, real, crowd)


def mean_of_sides(made: Made, real: Floats, crowd: int, rounds: int = 10) -> tuple[Places, Floats, Floats]:
    """The robust weighted mean of each cluster's boxes, 1 for the probability of each place, each one's spread."""
    count = len(made.owner)
    spread = np.full(crowd, SPREAD)
    pull = np.ones(len(made.cluster))
    place = np.zeros((count, 4))
    for _ in range(rounds):
        weight = pull / spread[made.worker] ** 2
        total = np.maximum(np.bincount(made.cluster, weight, minlength=count), 1e-300)
        for side in range(4):
            place[:, side] = np.bincount(made.cluster, weight * made.place[:, side], minlength=count) / total
        middle = place[made.cluster]
        size = np.maximum(middle[:, 2:] - middle[:, :2], 1e-9)
        share = weight / total[made.cluster]
        # What is one's own in the mean does not count as agreement with it.
        error = (made.place - middle) / np.tile(size, 2) / np.maximum(1 - share, 0.3)[:, None]
        squared = (error**2).mean(axis=1)
        pull = (FREEDOM + 1) / (FREEDOM + squared / spread[made.worker] ** 2)
        several = real[made.cluster] * (share < 1 - 1e-9)
        seen = np.bincount(made.worker, several, minlength=crowd)
        off = np.bincount(made.worker, several * pull * squared, minlength=crowd)
        spread = np.sqrt((off + KNOWN * SPREAD**2) / (seen + KNOWN))
    return place, np.ones(count), spread

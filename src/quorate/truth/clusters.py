"""Which marks of different annotators are of the same thing: clusters with at most one mark of each annotator."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.float64]
Codes = NDArray[np.int64]
Overlap = Callable[[Places, Places], NDArray[np.float64]]


def span_overlap(a: Places, b: Places) -> NDArray[np.float64]:
    """Intersection over union of stretches (…, 2), each start and end."""
    shared = np.minimum(a[..., 1], b[..., 1]) - np.maximum(a[..., 0], b[..., 0])
    either = np.maximum(a[..., 1], b[..., 1]) - np.minimum(a[..., 0], b[..., 0])
    return np.asarray(np.maximum(shared, 0) / np.maximum(either, 1e-12))


def box_overlap(a: Places, b: Places) -> NDArray[np.float64]:
    """Intersection over union of boxes (…, 4), each left, top, right and bottom."""
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    shared = np.maximum(sides, 0).prod(-1)
    either = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - shared
    return np.asarray(shared / np.maximum(either, 1e-12))


def clusters(places: Places, seats: Sequence[int], labels: Sequence[int], overlap: Overlap, least: float) -> list[int]:
    """The cluster of each mark of one item, numbered from 0 in the order of the marks.

    `places` (n, 2 or 4), `seats` who made it, `labels` its class. The nearest two join first, those of one class
    before others, as long as they overlap by `least` and no seat would have two marks in a cluster (agglomerative,
    single linkage with cannot-links).
    """
    n = len(places)
    shared = overlap(places[:, None], places[None, :])
    one, other = np.nonzero(np.triu(shared >= least, 1))
    unlike = np.asarray(labels)[one] != np.asarray(labels)[other]
    order = np.lexsort((other, one, unlike, -shared[one, other]))
    members: dict[int, tuple[list[int], set[int]]] = {i: ([i], {seats[i]}) for i in range(n)}
    home = list(range(n))
    for i, j in zip(one[order].tolist(), other[order].tolist(), strict=True):
        a, b = home[i], home[j]
        if a == b or members[a][1] & members[b][1]:
            continue
        moved, taken = members.pop(b)
        for mark in moved:
            home[mark] = a
        members[a] = members[a][0] + moved, members[a][1] | taken
    numbers: dict[int, int] = {}
    return [numbers.setdefault(cluster, len(numbers)) for cluster in home]

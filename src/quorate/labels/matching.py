"""Which mark of one answer is which of another: the one-to-one matching of the greatest total overlap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Pair = tuple[int, int, float]


def matched(a: Sequence[Any], b: Sequence[Any], overlap: Callable[[Any, Any], float]) -> list[Pair]:
    """Pairs (place in `a`, place in `b`, their overlap); what overlaps nothing is in no pair.

    Marks that meet one another only are paired at once; the rest by the Hungarian method (Kuhn 1955).
    """
    pairs = [(i, j, shared) for i, x in enumerate(a) for j, y in enumerate(b) if (shared := overlap(x, y)) > 0]
    left, right = _counts(i for i, _, _ in pairs), _counts(j for _, j, _ in pairs)
    alone = [pair for pair in pairs if left[pair[0]] == right[pair[1]] == 1]
    if len(alone) == len(pairs):
        return pairs
    return sorted([*alone, *_assigned([pair for pair in pairs if left[pair[0]] > 1 or right[pair[1]] > 1])])


def _counts(places: Any) -> dict[int, int]:
    found: dict[int, int] = {}
    for place in places:
        found[place] = found.get(place, 0) + 1
    return found


def _assigned(pairs: Sequence[Pair]) -> list[Pair]:
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    rows, columns = (sorted({pair[side] for pair in pairs}) for side in (0, 1))
    row, column = ({place: n for n, place in enumerate(places)} for places in (rows, columns))
    gain = np.zeros((len(rows), len(columns)))
    for i, j, shared in pairs:
        gain[row[i], column[j]] = shared
    chosen = zip(*linear_sum_assignment(gain, maximize=True), strict=True)
    return [(rows[i], columns[j], float(gain[i, j])) for i, j in chosen if gain[i, j] > 0]

"""Then and now: cut a step's items in two by when they came, for the detectors of drift."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quorate.watch.work import Ints, Work


def arrival(work: Work) -> Ints:
    """The items that have answers, in the order of their first answer."""
    _, first = np.unique(work.votes.item, return_index=True)
    return np.asarray(work.votes.item[np.sort(first)], dtype=np.intp)


def now(work: Work, share: float) -> NDArray[np.bool_]:
    """Which items came last, up to this share of those with answers: (I,)."""
    came = arrival(work)
    late = np.zeros(work.votes.n_items, bool)
    late[came[came.size - int(came.size * share) :]] = True
    return late

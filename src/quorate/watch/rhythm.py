"""Do answers follow from earlier answers of the same annotator, and not from the items?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quorate.watch.work import Floats, Work

SHARES = (0.4, 0.7, 0.95)


def explained(work: Work, j: int, confusion: Floats) -> Floats:
    """P(the answer given) of each answer of an annotator if it depends on its item alone: (rows,).

    Nan where nobody else says anything of the item. The better, for all answers together, of their own confusions and
    of shares of their own that look at no item.
    """
    rows, K = work.of(j), work.votes.n_classes
    label = work.votes.label[rows]
    by_item = np.where(work.shared[rows], np.sum(work.view.without[rows] * confusion[:, label].T, axis=1), np.nan)
    counts = np.bincount(label, minlength=K) + 0.5
    anyhow = np.where(work.shared[rows], (counts / counts.sum())[label], np.nan)
    better = by_item if np.nansum(np.log(by_item)) >= np.nansum(np.log(anyhow)) else anyhow
    return np.asarray(np.maximum(better, 0.02))


def follows(expected: Floats, hits: Sequence[NDArray[np.bool_]]) -> tuple[float, int]:
    """Decimal log odds that answers follow one of some rules, and which rule follows best.

    `expected`: as `explained`. `hits`: for each rule, whether each answer is the one that the rule says. With a share
    of the answers by the rule and the rest by the item, the odds of an answer are share · hit / expected + 1 − share.
    """
    logs = np.array(
        [[np.nansum(np.log(share * hit / expected + 1 - share)) for share in SHARES] for hit in hits], dtype=np.float64
    )
    total = np.logaddexp.reduce(logs.ravel()) - np.log(logs.size)
    return float(total / np.log(10)), int(logs.max(axis=1).argmax())

"""How far each pair of annotators agrees: raw agreement, Cohen's kappa and Scott's pi on the items both judged."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from quorate.errors import NotFound
from quorate.truth.votes import Votes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Agreement of annotator `first[i]` with `second[i]` (codes, first < second) on `common[i]` pairs of votes.

    `cohen` and `scott` are nan where both always gave one and the same class.
    """

    first: Ints
    second: Ints
    common: Ints
    raw: Floats
    cohen: Floats
    scott: Floats

    def mean(self, coefficient: Literal["raw", "cohen", "scott"] = "cohen") -> float:
        """Mean over pairs, weighted by what they have in common (Cohen's: Light 1971, when all judged all)."""
        values = getattr(self, coefficient)
        known = np.isfinite(values)
        return float(np.average(values[known], weights=self.common[known])) if known.any() else float("nan")


def pairs(votes: Votes, *, min_common: int = 1) -> Pairs:
    """Every two annotators who judged at least `min_common` items both, in order of codes.

    Work and memory grow with the pairs of votes on an item, Σ m (m − 1) / 2, not with the pairs of annotators.
    """
    left, right = couples(votes)
    worker = np.asarray(votes.worker, dtype=np.int64)
    swap = worker[left] > worker[right]
    left, right = np.where(swap, right, left), np.where(swap, left, right)
    keep = worker[left] != worker[right]
    left, right = left[keep], right[keep]
    keys, pair, common = np.unique(
        worker[left] * votes.n_workers + worker[right], return_inverse=True, return_counts=True
    )
    label = np.asarray(votes.label)
    agreed = np.bincount(pair, label[left] == label[right], minlength=len(keys)) / common
    first, second = (_shares(pair, label[side], common, votes.n_classes) for side in (left, right))
    cohen = _beyond(agreed, _dot(first, second))
    middle = (first + second) / 2
    scott = _beyond(agreed, _dot(middle, middle))
    enough = common >= min_common
    who = keys[enough] // votes.n_workers, keys[enough] % votes.n_workers
    return Pairs(*who, common[enough], agreed[enough], cohen[enough], scott[enough])


def cohen(votes: Votes, first: Hashable, second: Hashable, *, power: float = 0.0) -> float:
    """Cohen's kappa of two annotators (names) on the items both judged; nan when it is not defined.

    `power` weighs a disagreement by the distance of the classes in the vocabulary: 0 all alike (1960), 1 linear,
    2 quadratic (1968).
    """
    table = confusion(votes, first, second)
    places = np.arange(len(table))
    cost = np.abs(places[:, None] - places[None, :]) ** power if power else 1.0 - np.eye(len(table))
    total = table.sum()
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / total if total else table
    below = float((cost * expected).sum())
    return float(1 - (cost * table).sum() / below) if below > 0 else float("nan")


def confusion(votes: Votes, first: Hashable, second: Hashable) -> Floats:
    """What the second said (columns) when the first said (rows), counted over the items both judged."""
    one, two = (_answers(votes, name) for name in (first, second))
    return np.asarray((one.T @ two).todense(), dtype=np.float64)


def _answers(votes: Votes, name: Hashable) -> sparse.csr_array:
    """Counts of one annotator's answers (items, classes)."""
    code = np.flatnonzero(np.asarray(votes.workers) == name)
    if not len(code):
        raise NotFound(f"No annotator is called {name!r}.", where="worker")
    own = np.asarray(votes.worker) == code[0]
    entries = (np.ones(int(own.sum())), (votes.item[own], votes.label[own]))
    return sparse.csr_array(entries, shape=(votes.n_items, votes.n_classes))


def couples(votes: Votes) -> tuple[Ints, Ints]:
    """The places of every two votes on the same item."""
    order = np.argsort(votes.item, kind="stable")
    size = np.bincount(votes.item, minlength=votes.n_items)
    end = np.repeat(np.cumsum(size), size)
    place = np.arange(len(order))
    later = end - place - 1  # how many votes of the item come after this one
    left = np.repeat(place, later)
    right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(later) - later, later)
    return order[left], order[right]


def _shares(pair: Ints, label: Ints, common: Ints, classes: int) -> sparse.csr_array:
    """How often each class was given, by pair (pairs, classes), rows summing to 1."""
    counts = sparse.csr_array((1 / common[pair], (pair, label)), shape=(len(common), classes))
    counts.sum_duplicates()
    return counts


def _dot(one: sparse.csr_array, two: sparse.csr_array) -> Floats:
    return np.asarray(one.multiply(two).sum(axis=1)).ravel()


def _beyond(observed: Floats, chance: Floats) -> Floats:
    room = 1 - chance
    known = room > 1e-12
    return np.divide(observed - chance, room, out=np.full_like(observed, np.nan), where=known)

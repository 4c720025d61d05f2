"""The engine under every model that looks at votes one by one: two sparse products and a softmax, block by block.

`VoteMatrix` is a sparse matrix A with a row an item and a column a (worker, label) pair; its entries are the votes'
weights. With a table T of what each (worker, label) says about each state, `A @ T` scores the states of all items
(E-step), and `A.T @ P` gives the expected counts of every worker (M-step). A state is a class, or a class and one of
its subtypes.

Items are cut in blocks whose size depends on the input alone, and blocks are summed in order, so that the answer is the
same for any number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy.sparse import csc_array, csr_array

from quorate.truth.votes import Votes

Floats = NDArray[np.floating[Any]]
T = TypeVar("T")

# Votes in a block: enough to hide the cost of a call, few enough for its posteriors to stay in the cache. A block
# also has several votes for each cell of the counts that it adds up.
BLOCK = 1 << 18
VOTES_PER_CELL = 32


@dataclass(frozen=True)
class Sweep:
    """One pass over the items. `proba`: (I, C). `counts`: (J, K, C), float64. `mass`: (C,), column sums of `proba`.

    `log_likelihood`: sum over items of the log of the normaliser.
    """

    proba: Floats
    counts: NDArray[np.float64]
    mass: NDArray[np.float64]
    log_likelihood: float


class VoteMatrix:
    """Votes as the sparse matrix A, shape (I, J·K), cut in blocks of items.

    `dtype`: float64, or float32 for speed (posteriors then differ by about 1e-6). `threads`: at most this many; the
    result does not depend on it.
    """

    def __init__(self, votes: Votes, dtype: DTypeLike = np.float64, threads: int | None = None) -> None:
        self.n_items, self.n_workers, self.n_classes = votes.n_items, votes.n_workers, votes.n_classes
        self.dtype = np.dtype(dtype)
        self.threads = threads or min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)
        matrix = _by_item(votes, self.dtype)
        self.votes_per_item = np.diff(matrix.indptr)
        self._fullest = float(row_sums(matrix).max(initial=0))
        size = max(BLOCK, VOTES_PER_CELL * self.n_workers * self.n_classes)
        self._blocks = list(_cut(matrix, max(1, round(len(votes) / size))))

    def scores(self, table: Floats) -> Floats:
        """Sum over each item's votes of its rows in `table` (J, K, C): (I, C)."""
        flat = self._flat(table)
        out = np.empty((self.n_items, flat.shape[1]), self.dtype)

        def score(block: tuple[slice, csr_array]) -> None:
            out[block[0]] = block[1] @ flat

        self._each(score)
        return out

    def counts(self, proba: Floats) -> NDArray[np.float64]:
        """Expected number of times that each worker gave each label in each state: (J, K, C) from `proba` (I, C)."""
        total = np.zeros((self.n_workers * self.n_classes, proba.shape[1]))
        for part in self._each(lambda block: block[1].T @ proba[block[0]].astype(self.dtype, copy=False)):
            total += part
        return np.reshape(total, (self.n_workers, self.n_classes, -1))

    def tally(self, weight: Floats | None = None) -> NDArray[np.float64]:
        """Votes that each item got for each class, worker j's counting `weight[j]` each: (I, K)."""
        out = np.empty((self.n_items, self.n_classes))

        def add(block: tuple[slice, csr_array]) -> None:
            rows, votes = block
            worker, label = np.divmod(votes.indices, self.n_classes)
            said = votes.data if weight is None else votes.data * weight[worker]
            out[rows] = csr_array((said, label, votes.indptr), shape=(votes.shape[0], self.n_classes)).toarray()

        self._each(add)
        return out

    def shares(self) -> NDArray[np.float64]:
        """Share of each item's votes that each class got: (I, K). No votes: all equal."""
        tally = self.tally()
        total = row_sums(tally)[:, None]
        tally[total[:, 0] == 0] = 1 / self.n_classes
        tally /= np.where(total == 0, 1, total)
        return tally

    def hits(self, proba: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How often each worker's votes are expected to be right under `proba` (I, K), and how many there are: (J,)."""

        def count(block: tuple[slice, csr_array]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
            rows, votes = block
            worker, label = np.divmod(votes.indices, self.n_classes)
            right = proba[rows][np.repeat(np.arange(votes.shape[0]), np.diff(votes.indptr)), label]
            right_votes, all_votes = (np.bincount(worker, v, self.n_workers) for v in (votes.data * right, votes.data))
            return right_votes.astype(np.float64), all_votes.astype(np.float64)

        hits, total = np.zeros(self.n_workers), np.zeros(self.n_workers)
        for part_hits, part_total in self._each(count):
            hits += part_hits
            total += part_total
        return hits, total

    def sweep(self, table: Floats, log_prior: Floats, clamp: Clamp | None = None, out: Floats | None = None) -> Sweep:
        """E-step and the counts of the M-step in one pass.

        `table`: (J, K, C) log-probability of label given state, by worker. `log_prior`: (C,), or (I, C).
        `clamp`: what is known of some items' states. `out`: an earlier `proba` to write over.
        """
        flat, prior = self._flat(table), np.asarray(log_prior, self.dtype)
        reach = self._fullest * float(np.abs(flat).max(initial=0)) + float(np.abs(prior).max(initial=0))
        bounded = reach < np.log(np.finfo(self.dtype).max) * 0.9
        proba = np.empty((self.n_items, flat.shape[1]), self.dtype) if out is None else out

        def step(block: tuple[slice, csr_array]) -> tuple[Floats, Floats, float]:
            rows, votes = block
            score = votes @ flat
            score += prior if prior.ndim == 1 else prior[rows]
            if clamp is not None:
                clamp.apply(score, rows)
            likelihood = softmax(score, proba[rows], bounded)
            return votes.T @ proba[rows], column_sums(proba[rows]), likelihood

        counts = np.zeros(flat.shape)
        mass, likelihood = np.zeros(flat.shape[1]), 0.0
        for part, part_mass, part_likelihood in self._each(step):
            counts += part
            mass += part_mass
            likelihood += part_likelihood
        return Sweep(proba, counts.reshape(self.n_workers, self.n_classes, -1), mass, likelihood)

    def _flat(self, table: Floats) -> Floats:
        return np.ascontiguousarray(table.reshape(self.n_workers * self.n_classes, -1), self.dtype)

    def _each(self, work: Callable[[tuple[slice, csr_array]], T]) -> Iterator[T]:
        """The results for all blocks, in order."""
        if self.threads == 1 or len(self._blocks) == 1:
            return iter([work(block) for block in self._blocks])
        with ThreadPoolExecutor(self.threads) as pool:
            return iter(list(pool.map(work, self._blocks)))


class Clamp:
    """Items whose class is known: their states of other classes get no probability.

    `gold`: (I,) class codes, −1 unknown. `state_class`: (C,) the class that each state belongs to.
    """

    def __init__(self, gold: NDArray[np.integer[Any]], state_class: NDArray[np.integer[Any]]) -> None:
        self.items = np.flatnonzero(gold >= 0)
        self.forbidden = gold[self.items, None] != state_class[None, :]

    @classmethod
    def to_classes(cls, gold: NDArray[np.integer[Any]], n_classes: int) -> Clamp | None:
        """For models whose states are the classes; None without gold."""
        return cls(gold, np.arange(n_classes)) if (gold >= 0).any() else None

    def apply(self, score: Floats, rows: slice = slice(None)) -> None:
        """Put −∞ in `score`, which holds the items of `rows`, at the states that are ruled out."""
        start, stop, _ = rows.indices(int(self.items[-1]) + 1 if rows.stop is None else rows.stop)
        first, last = np.searchsorted(self.items, (start, stop))
        known = self.items[first:last] - start
        score[known] = np.where(self.forbidden[first:last], -np.inf, score[known])


def softmax(score: Floats, out: Floats | None = None, bounded: bool = False) -> float:
    """Write the softmax of each row of `score` (n, C) to `out`, and return the sum of the log normalisers.

    `bounded`: all scores are small enough to be exponentiated as they are, which saves two passes of six. The maximum
    of narrow rows goes column by column: a reduction along a short axis costs four times as much.
    """
    out = score if out is None else out
    if bounded:
        np.exp(score, out=out)
        total = row_sums(out)
        out /= total[:, None]
        return float(np.log(total).sum(dtype=np.float64))
    narrow = score.shape[1] <= 32
    top = score[:, 0].copy() if narrow else score.max(axis=1)
    for column in range(1, score.shape[1] if narrow else 0):
        np.maximum(top, score[:, column], out=top)
    np.subtract(score, top[:, None], out=out)
    return float(top.sum(dtype=np.float64)) + softmax(out, bounded=True)


def row_sums(array: Floats | csr_array) -> Floats:
    """Sums over the last axis of a matrix, as a product: `sum` is slow along a short axis."""
    return array @ np.ones(array.shape[1], array.dtype)


def column_sums(array: Floats) -> NDArray[np.float64]:
    """Sums over the rows of a tall matrix, as a product for the same reason."""
    return (np.ones(array.shape[0], array.dtype) @ array).astype(np.float64)


def _by_item(votes: Votes, dtype: np.dtype[Any]) -> csr_array:
    """A in row order."""
    cells = votes.n_workers * votes.n_classes
    wide: type[np.signedinteger[Any]] = np.int64 if max(cells, len(votes)) > 2**31 - 1 else np.int32
    column = votes.worker * wide(votes.n_classes) + votes.label
    weight = np.ones(len(votes), dtype) if votes.weight is None else votes.weight.astype(dtype)
    if (votes.item[1:] >= votes.item[:-1]).all():
        indptr = np.searchsorted(votes.item, np.arange(votes.n_items + 1)).astype(wide)
    else:
        column, indptr = _sorted_by_item(votes, column)
        weight = weight if votes.weight is None else _sorted_by_item(votes, weight)[0]
    return csr_array((weight, column, indptr), shape=(votes.n_items, cells))


def _sorted_by_item(votes: Votes, values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """A vote's values in order of item, and where each item's begin: a counting sort, by turning a matrix round."""
    ends = np.arange(len(votes) + 1, dtype=np.int64 if len(votes) > 2**31 - 1 else np.int32)
    turned = csc_array((values, votes.item, ends), shape=(votes.n_items, len(votes))).tocsr()
    return turned.data, turned.indptr


def _cut(matrix: csr_array, blocks: int) -> Iterator[tuple[slice, csr_array]]:
    """Blocks of whole items with about equally many votes, as views."""
    goals = np.linspace(0, matrix.indptr[-1], blocks + 1)[1:-1]
    edges = np.unique(np.concatenate([[0], np.searchsorted(matrix.indptr, goals), [matrix.shape[0]]]))
    for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        first, last = matrix.indptr[start], matrix.indptr[stop]
        part = (matrix.data[first:last], matrix.indices[first:last], matrix.indptr[start : stop + 1] - first)
        yield slice(start, stop), csr_array(part, shape=(stop - start, matrix.shape[1]))

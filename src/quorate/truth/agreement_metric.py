"""Differences between labels for Krippendorff's alpha, summed within items and over all pairs.

Nominal, interval and ordinal differences are squared distances between points, so their sums follow from moments
and no pair is ever formed; ratio and free matrices form the pairs of distinct labels of each item.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from quorate.errors import InvalidInput
from quorate.truth.scale import numbers, ranks

Array = NDArray[np.float64]
Metric = Literal["nominal", "ordinal", "interval", "ratio"] | Array
Spread = Callable[[Array], tuple[Array, Array]]
"""From class totals (draws, classes): differences within rows (draws or 1, rows) and among all votes (draws,)."""


def spread(metric: Metric, labels: Any, counts: sparse.csr_array) -> Spread:
    """The sums of squared differences over ordered pairs of votes, for the rows of `counts` (rows, classes)."""
    if not isinstance(metric, str):
        return _matrix(np.asarray(metric, dtype=np.float64), counts)
    if metric == "nominal":
        return _nominal(counts)
    if metric == "interval":
        return _interval(numbers(labels), counts)
    if metric == "ordinal":
        return _ordinal(ranks(labels), counts)
    if metric == "ratio":
        return _matrix(_ratios(numbers(labels)), counts)
    raise InvalidInput(
        f"There is no metric called {metric!r}.",
        where="metric",
        mend="Use nominal, ordinal, interval, ratio or a matrix of squared differences.",
    )


def _nominal(counts: sparse.csr_array) -> Spread:
    size = _sums(counts)
    within = size**2 - _sums(counts.power(2))

    def measure(totals: Array) -> tuple[Array, Array]:
        return within[None], totals.sum(axis=1) ** 2 - (totals**2).sum(axis=1)

    return measure


def _interval(values: Array, counts: sparse.csr_array) -> Spread:
    centred = values - values.mean()  # moments lose digits far from zero
    within = _moments(_sums(counts), counts @ centred, counts @ centred**2)

    def measure(totals: Array) -> tuple[Array, Array]:
        return within[None], _moments(totals.sum(axis=1), totals @ centred, totals @ centred**2)

    return measure


def _ordinal(order: Array, counts: sparse.csr_array) -> Spread:
    """The ordinal difference is the distance between mid-ranks, which move with the totals."""
    size = _sums(counts)
    places = np.argsort(order, kind="stable")

    def measure(totals: Array) -> tuple[Array, Array]:
        sorted_totals = totals[:, places]
        middle = np.empty_like(totals)
        middle[:, places] = np.cumsum(sorted_totals, axis=1) - sorted_totals / 2
        middle -= totals.sum(axis=1, keepdims=True) / 2
        within = _moments(size, np.asarray(counts @ middle.T).T, np.asarray(counts @ (middle.T**2)).T)
        among = _moments(totals.sum(axis=1), (totals * middle).sum(axis=1), (totals * middle**2).sum(axis=1))
        return within, among

    return measure


def _matrix(squared: Array, counts: sparse.csr_array) -> Spread:
    classes = counts.shape[1]
    if squared.shape != (classes, classes):
        raise InvalidInput(
            f"The metric has shape {squared.shape}, the votes have {classes} classes.",
            where="metric",
            mend="Give one row and one column for each class of the vocabulary.",
        )
    width = np.diff(counts.indptr)
    row = np.repeat(np.arange(len(width)), width**2)
    place = np.arange(len(row)) - np.repeat(np.cumsum(width**2) - width**2, width**2)
    left, right = counts.indptr[row] + place // width[row], counts.indptr[row] + place % width[row]
    gaps = counts.data[left] * counts.data[right] * squared[counts.indices[left], counts.indices[right]]
    within: Array = np.bincount(row, gaps, minlength=len(width)).astype(np.float64)

    def measure(totals: Array) -> tuple[Array, Array]:
        return within[None], ((totals @ squared) * totals).sum(axis=1)

    return measure


def _ratios(values: Array) -> Array:
    total = values[:, None] + values[None, :]
    gap = values[:, None] - values[None, :]
    return np.divide(gap, total, out=np.zeros_like(gap), where=total != 0) ** 2


def _moments(size: Array, first: Array, second: Array) -> Array:
    return 2 * (size * second - first**2)


def _sums(counts: sparse.csr_array) -> Array:
    return np.asarray(counts.sum(axis=1)).ravel()

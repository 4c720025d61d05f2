"""Sets of labels: which of the labels that were chosen for an item are true, with one skill an annotator for all.

Each item has cells, one for every label that could be true of it: all classes of a closed vocabulary, or the labels
that somebody chose of an open one. An annotator picks a true label with probability `hit_` and a false one with
probability `slip_`, whatever the label; how often a label is true is learnt per label.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from quorate.errors import InvalidInput
from quorate.truth.distance import code_answers
from quorate.truth.parameters import Parameters
from quorate.truth.votes import Votes

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
_TINY = 1e-6


@dataclass(frozen=True)
class Cells:
    """Items × labels in question, and who picked them.

    `item`, `label` (cells,) codes, sorted by item and then label; `cell`, `worker` (picks,); `seats`, the votes on
    each item (items, workers), where an annotator who answered twice counts twice; `names`, the labels.
    """

    item: Codes
    label: Codes
    cell: Codes
    worker: Codes
    seats: sparse.csr_array
    names: NDArray[Any]

    @classmethod
    def of(cls, votes: Votes, closed: bool) -> Cells:
        """Split the votes' sets; with `closed`, every label that was ever chosen is in question for every item."""
        sets = [read_set(value) for value in votes.labels]
        names, flat = np.unique([name for own in sets for name in own], return_inverse=True)
        size = np.array([len(own) for own in sets], dtype=np.int64)
        start = np.cumsum(size) - size
        chosen = size[votes.label]
        row = np.repeat(np.arange(len(votes)), chosen)
        place = np.arange(len(row)) - np.repeat(np.cumsum(chosen) - chosen, chosen) + start[votes.label][row]
        key = votes.item[row].astype(np.int64) * max(len(names), 1) + flat[place]
        everything = np.arange(votes.n_items * len(names)) if closed else key
        cells = np.unique(everything)
        ones = np.ones(len(votes))
        seats = sparse.csr_array((ones, (votes.item, votes.worker)), shape=(votes.n_items, votes.n_workers))
        count = max(len(names), 1)
        return cls(
            cells // count, cells % count, np.searchsorted(cells, key), votes.worker[row].astype(np.int64), seats, names
        )

    def share(self) -> Floats:
        """The part of the item's votes that picked each cell."""
        voters = np.maximum(np.asarray(self.seats.sum(axis=1)).ravel(), 1)
        return np.asarray(np.bincount(self.cell, minlength=len(self.item)) / voters[self.item])


@dataclass(kw_only=True, eq=False, repr=False)
class MultiLabel(Parameters):
    """The default for sets of labels. Votes' labels are collections of strings, or JSON lists of them as text.

    `closed`: whether all labels are in question for all items; by default, when no more than `few` labels were seen.
    `threshold`: labels at least this probable are kept; by default the one at which the expected micro F1 is highest,
    or .5 where that is asked for. An open vocabulary's labels that nobody chose are allowed for (truncated likelihood).

    After `fit`: `labels_` (I,) tuples of labels in order; `cells_` says which (item, label) the probabilities
    `proba_` (cells,) are of; `hit_`, `slip_` (J,); `threshold_`; `n_iter_`, `converged_`; `items_`, `workers_`.
    """

    closed: bool | None = None
    few: int = 50
    threshold: float | None = None
    shrink: float = 20.0
    max_iter: int = 200
    tol: float = 1e-4

    labels_: NDArray[Any] = field(init=False)
    cells_: Cells = field(init=False)
    proba_: Floats = field(init=False)
    hit_: Floats = field(init=False)
    slip_: Floats = field(init=False)
    threshold_: float = field(init=False)
    n_iter_: int = field(init=False)
    converged_: bool = field(init=False)
    items_: NDArray[Any] = field(init=False)
    workers_: NDArray[Any] = field(init=False)

    def fit(self, votes: Votes, gold: Mapping[Any, Any] | None = None) -> Self:
        """Learn from votes; `gold` maps items to collections of labels, kept as they are."""
        self.items_, self.workers_ = votes.items, votes.workers
        given = {item: frozenset(read_set(value)) for item, value in code_answers(votes, gold).items()}
        seen = {name for value in votes.labels for name in read_set(value)}
        closed = self.closed if self.closed is not None else len(seen) <= self.few
        self.cells_ = Cells.of(votes, closed)
        known = _known(self.cells_, given)
        self._learn(self.cells_, known, closed)
        self.threshold_ = self.threshold if self.threshold is not None else best_threshold(self.proba_)
        self._keep(given)
        return self

    def fit_predict(self, votes: Votes, gold: Mapping[Any, Any] | None = None) -> NDArray[Any]:
        """Fit, and return `labels_` (items,)."""
        return self.fit(votes, gold).labels_

    def _learn(self, cells: Cells, known: Floats, closed: bool) -> None:
        given = np.isfinite(known)
        true = np.where(given, known, cells.share())
        unseen = (np.zeros(cells.seats.shape[0]),) * 2
        self.n_iter_, self.converged_ = 0, False
        for self.n_iter_ in range(1, self.max_iter + 1):  # noqa: B020
            self.hit_ = self._rate(cells, true, unseen[0])
            self.slip_ = self._rate(cells, 1 - true, unseen[1])
            before = true
            evidence, unseen = _evidence(cells, self.hit_, self.slip_, closed)
            chance = 1 / (1 + np.exp(-np.clip(evidence + _prior(cells, true), -500, 500)))
            true = np.where(given, known, chance)
            if np.abs(true - before).max(initial=0.0) < self.tol:
                self.converged_ = True
                break
        self.proba_ = true

    def _rate(self, cells: Cells, true: Floats, unseen: Floats) -> Floats:
        """How often each annotator picks a cell that is `true`, shrunk to the crowd's rate.

        `unseen` (items,) are the cells to expect in silence for each one that was picked by somebody.
        """
        chances = np.bincount(cells.item, true * (1 + unseen[cells.item]), minlength=cells.seats.shape[0])
        tries = cells.seats.T @ chances
        picks = np.bincount(cells.worker, true[cells.cell], minlength=len(tries))
        crowd = picks.sum() / max(tries.sum(), _TINY)
        rate = (picks + self.shrink * crowd) / (tries + self.shrink)
        return np.asarray(np.clip(rate, _TINY, 1 - _TINY))

    def _keep(self, given: Mapping[int, frozenset[str]]) -> None:
        cells = self.cells_
        kept = np.flatnonzero(self.proba_ >= self.threshold_)
        self.labels_ = np.empty(len(self.items_), dtype=object)
        ends = np.searchsorted(cells.item[kept], np.arange(len(self.items_) + 1))
        for item in range(len(self.items_)):
            own = cells.names[cells.label[kept[ends[item] : ends[item + 1]]]]
            self.labels_[item] = tuple(sorted(given[item])) if item in given else tuple(own.tolist())


def read_set(value: Any) -> list[str]:
    """A vote's distinct labels in order: of a JSON list as text, or of any collection of strings."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if not isinstance(value, Iterable) or isinstance(value, str):
        raise InvalidInput(
            "A vote is not a set of labels.", where="label", mend='Give lists, or text such as ["a", "b"].'
        )
    return sorted({str(name) for name in value})


def _known(cells: Cells, given: Mapping[int, frozenset[str]]) -> Floats:
    """1 and 0 for the cells of gold items, nan elsewhere."""
    known = np.full(len(cells.item), np.nan)
    for place in np.flatnonzero(np.isin(cells.item, list(given))):
        known[place] = cells.names[cells.label[place]] in given[int(cells.item[place])]
    return known


def _evidence(cells: Cells, hit: Floats, slip: Floats, closed: bool) -> tuple[Floats, tuple[Floats, Floats]]:
    """Log likelihood ratio of each cell, and the unseen cells to expect for each seen true and false one."""
    silent = [cells.seats @ np.log1p(-rate) for rate in (hit, slip)]
    gain = np.log(hit / slip) - np.log((1 - hit) / (1 - slip))
    ratio = np.bincount(cells.cell, gain[cells.worker], minlength=len(cells.item)).astype(np.float64)
    ratio += (silent[0] - silent[1])[cells.item]
    if closed:
        return ratio, (np.zeros_like(silent[0]), np.zeros_like(silent[0]))
    heard = [np.maximum(-np.expm1(quiet), _TINY) for quiet in silent]
    ratio -= np.log(heard[0] / heard[1])[cells.item]
    return ratio, (np.exp(silent[0]) / heard[0], np.exp(silent[1]) / heard[1])


def _prior(cells: Cells, true: Floats) -> Floats:
    """Log odds of each cell's label to be true, with five cells' worth of the mean of all labels."""
    overall = float(true.mean()) if len(true) else 0.5
    total = np.bincount(cells.label, true, minlength=len(cells.names))
    count = np.bincount(cells.label, minlength=len(cells.names))
    rate = np.clip((total + 5 * overall) / (count + 5), _TINY, 1 - _TINY)
    return np.asarray(np.log(rate / (1 - rate))[cells.label])


def best_threshold(proba: Floats) -> float:
    """The probability from which on keeping labels gives the highest expected micro F1."""
    ranked = np.sort(proba)[::-1]
    score = 2 * np.cumsum(ranked) / (np.arange(1, len(ranked) + 1) + ranked.sum())
    return float(ranked[int(np.argmax(score))]) if len(ranked) else 0.5

"""Marks on items, such as spans in a text and boxes in an image: which are real, of which class, and where they end.

Marks of different annotators that overlap are of one thing. Each thing is a small question of its own, "not there" or
one of the classes, that every annotator of the item has answered, silence meaning "not there"; confusion matrices with
that one class more hold an annotator's misses, false alarms and mix-ups of classes (independent Bayesian classifier
combination, Kim and Ghahramani 2012, fitted by `truth/online.py`). Where the mark ends is then weighed by how exact
each annotator is. The idea of separating presence from place is that of Branson, Van Horn and Perona, "Lean
Crowdsourcing" (CVPR 2017, section 4.3), for boxes, and of Simpson and Gurevych (EMNLP 2019) for spans.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from quorate.errors import InvalidInput
from quorate.truth import online, tables
from quorate.truth.clusters import Codes, Places, clusters
from quorate.truth.distance import code_answers
from quorate.truth.multilabel import best_threshold
from quorate.truth.parameters import Parameters
from quorate.truth.presence import Presence, by_class, fit_presence
from quorate.truth.votes import Votes

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Made:
    """All marks, one row each: the `vote` it is part of (−1 for gold), `item`, `worker`, `label`, `place`, `cluster`.

    `owner` (clusters,): the item of each cluster. Clusters of one item follow one another.
    """

    vote: Codes
    item: Codes
    worker: Codes
    label: Codes
    place: Places
    cluster: Codes
    owner: Codes


@dataclass(kw_only=True, eq=False, repr=False)
class MarkModel(Parameters):
    """What spans and boxes share. Votes' labels are lists of marks, or JSON of them as text.

    `least`: overlap from which two marks can be of one thing. `threshold`: things at least this probable are kept; by
    default the one at which the expected F1 over all marks is highest, or .5 where that is asked for. `classes`: in
    this order; those that occur when left out.

    After `fit`: `labels_` (I,) lists of marks, sorted; `proba_` (I,) lists of their probabilities, in step with them;
    `confidence_` (I,) the probability that the whole answer is right: every mark kept is real and every other is not,
    and nothing was missed by all; `skills_` (J, 2K+1, K+1), P(said | state) as in `Presence`; `exact_` (J,) how
    well an annotator places marks; `classes_`, `items_`, `workers_`, `threshold_`.
    """

    overlap: ClassVar[Any]
    sides: ClassVar[int]
    match: ClassVar[float]

    least: float = 0.3
    threshold: float | None = None
    sweeps: int = 100
    classes: Sequence[str] | None = None

    labels_: NDArray[Any] = field(init=False)
    proba_: NDArray[Any] = field(init=False)
    confidence_: Floats = field(init=False)
    skills_: NDArray[np.float64] = field(init=False)
    presence_: Presence = field(init=False)
    exact_: Floats = field(init=False)
    threshold_: float = field(init=False)
    classes_: NDArray[Any] = field(init=False)
    items_: NDArray[Any] = field(init=False)
    workers_: NDArray[Any] = field(init=False)

    @staticmethod
    @abstractmethod
    def read(mark: Mapping[str, Any]) -> Sequence[float]:
        """The numbers of a mark's place: starts first, ends last. Raises KeyError or TypeError where it has none."""

    @staticmethod
    @abstractmethod
    def written(place: Floats, label: str) -> dict[str, Any]:
        """The inverse of `read`."""

    @abstractmethod
    def placed(self, made: Made, real: Floats, crowd: int) -> tuple[Places, Floats, Floats]:
        """Where each cluster is (clusters, D), the probability of that place, and how exact each annotator is.

        `real` (clusters,): the probability that there is something. `crowd`: the number of annotators.
        """

    def fit(self, votes: Votes, gold: Mapping[Any, Any] | None = None) -> Self:
        """Learn from votes; `gold` maps items to lists of marks, kept as they are."""
        self.items_, self.workers_ = votes.items, votes.workers
        given = {item: read_marks(value) for item, value in code_answers(votes, gold).items()}
        made = self._made(votes, given)
        proba, tempered, unseen = self._believed(votes, made, given)
        real = 1 - proba[:, 0]
        best = tempered[:, 1:].argmax(1) if len(tempered) else np.zeros(0, np.int64)
        crowd = np.flatnonzero(made.vote >= 0)
        heard = replace(made, **{name: getattr(made, name)[crowd] for name in _ROWS})
        place, sure, self.exact_ = self.placed(heard, real, votes.n_workers)
        chance = tempered[np.arange(len(best)), best + 1] * sure
        self.threshold_ = best_threshold(chance) if self.threshold is None else self.threshold
        self._keep(votes, made.owner, place, best, chance, unseen, given)
        return self

    def fit_predict(self, votes: Votes, gold: Mapping[Any, Any] | None = None) -> NDArray[Any]:
        """Fit, and return `labels_` (items,)."""
        return self.fit(votes, gold).labels_

    def score(self, truth: Mapping[str, Any], leave_out: Collection[str] = ()) -> dict[str, float]:
        """Precision, recall and F1 over the marks of all items whose truth is known, less those to `leave_out`."""
        right = made = wanted = 0
        for item, found in zip(map(str, self.items_), self.labels_, strict=True):
            if item in truth and item not in leave_out:
                true = read_marks(truth[item])
                right, made, wanted = right + self.same(found, true), made + len(found), wanted + len(true)
        return {
            "precision": right / max(made, 1),
            "recall": right / max(wanted, 1),
            "f1": 2 * right / max(made + wanted, 1),
        }

    @classmethod
    def same(cls, found: list[Any], true: list[Any]) -> int:
        """How many marks of one answer are in the other, paired one to one within classes."""
        from scipy.optimize import linear_sum_assignment

        if not found or not true:
            return 0
        a, b = (np.array([_numbers(cls.read, mark) for mark in marks]) for marks in (found, true))
        alike = [[str(x.get("label", "")) == str(y.get("label", "")) for y in true] for x in found]
        shared = cls.overlap(a[:, None], b[None, :]) * np.array(alike)
        near = shared >= cls.match - 1e-9
        return int(near[linear_sum_assignment(near + shared / 10, maximize=True)].sum())

    def _made(self, votes: Votes, given: Mapping[int, list[Any]]) -> Made:
        written = [read_marks(value) for value in votes.labels]
        said = [(row, written[code]) for row, code in enumerate(votes.label.tolist())]
        names = {str(mark.get("label", "")) for _, marks in said for mark in marks}
        names |= {str(mark.get("label", "")) for marks in given.values() for mark in marks}
        self.classes_ = np.array(self.classes or sorted(names) or [""], dtype=object)
        codes = {name: code for code, name in enumerate(self.classes_)}
        items, workers = votes.item.tolist(), votes.worker.tolist()
        rows = [(items[row], workers[row], row, mark) for row, marks in said for mark in marks]
        rows += [(item, -1, -1, mark) for item, marks in given.items() for mark in marks]
        # Sorted by what they are, so that the order of the votes means nothing.
        full = sorted(
            (item, *_numbers(self.read, mark), codes[str(mark.get("label", ""))], worker, row)
            for item, worker, row, mark in rows
        )
        if not full:
            none = np.zeros(0, np.int64)
            return Made(none, none, none, none, np.zeros((0, self.sides)), none, none)
        table = np.array(full, dtype=np.float64)
        item, label, worker, vote = (table[:, k].astype(np.int64) for k in (0, -3, -2, -1))
        place = table[:, 1:-3]
        cluster, owner = self._clustered(item, vote, label, place)
        return Made(vote, item, worker, label, place, cluster, owner)

    def _clustered(self, item: Codes, vote: Codes, label: Codes, place: Places) -> tuple[Codes, Codes]:
        starts = np.flatnonzero(np.diff(item, prepend=-1))
        ids: list[int] = []
        owner: list[int] = []
        overlap = type(self).overlap
        for start, end in zip(starts, [*starts[1:], len(item)], strict=True):
            own = clusters(place[start:end], vote[start:end].tolist(), label[start:end].tolist(), overlap, self.least)
            ids += [len(owner) + cluster for cluster in own]
            owner += [int(item[start])] * (max(own) + 1)
        return np.array(ids, np.int64), np.array(owner, np.int64)

    def _believed(self, votes: Votes, made: Made, given: Mapping[int, list[Any]]) -> tuple[Floats, Floats, Floats]:
        """Probabilities of each cluster (clusters, K+1), the same believably, and P(nothing was missed) per item."""
        size = len(self.classes_) + 1
        cluster, row = _questions(votes, made.owner)
        said = np.zeros(len(cluster), dtype=np.int64)
        heard = made.vote >= 0
        key = cluster * max(len(votes), 1) + row
        said[np.searchsorted(key, made.cluster[heard] * len(votes) + made.vote[heard])] = made.label[heard] + 1
        worker = votes.worker[row].astype(np.int64)
        known = _known(made, given, size)
        found = fit_presence(cluster, worker, said, known, votes.n_workers, self.sweeps)
        self.presence_, self.skills_ = found, found.skills
        votes_each = np.bincount(cluster, minlength=len(known))
        tempered = _tempered(by_class(found.proba), votes_each, by_class(found.frequency))
        tempered = np.where(np.isfinite(known), known, tempered)
        return by_class(found.proba), tempered, self._unseen(votes, found)

    def _unseen(self, votes: Votes, found: Presence) -> Floats:
        """P(nothing real was missed by all) per item: things come as a Poisson process, and each is seen by chance."""
        number = np.maximum(np.bincount(votes.item, minlength=votes.n_items), 1)
        asked = len(np.unique(votes.item))
        missed = np.zeros(votes.n_items)
        for state in range(1, len(found.frequency)):
            miss = np.log(self.skills_[:, state, 0])[votes.worker]
            silent = np.exp(np.bincount(votes.item, miss, minlength=votes.n_items) / np.sqrt(number))
            missed += silent * found.proba[:, state].sum() / asked
        return np.asarray(np.exp(-missed))

    def _keep(
        self,
        votes: Votes,
        owner: Codes,
        place: Places,
        label: Codes,
        chance: Floats,
        unseen: Floats,
        given: Mapping[int, list[Any]],
    ) -> None:
        kept = chance >= self.threshold_
        ends = np.searchsorted(owner, np.arange(votes.n_items + 1))
        self.labels_, self.proba_ = np.empty(votes.n_items, dtype=object), np.empty(votes.n_items, dtype=object)
        self.confidence_ = np.zeros(votes.n_items)
        for item in range(votes.n_items):
            own = np.arange(ends[item], ends[item + 1])
            taken = self.apart(own[kept[own]], place, chance)
            right = np.where(np.isin(own, taken), chance[own], 1 - chance[own])
            self.confidence_[item] = float(right.prod() * unseen[item])
            self.labels_[item] = [self.written(place[k], str(self.classes_[label[k]])) for k in taken]
            self.proba_[item] = [float(chance[k]) for k in taken]
        for item, marks in given.items():
            self.labels_[item], self.proba_[item], self.confidence_[item] = marks, [1.0] * len(marks), 1.0

    def apart(self, kept: Codes, place: Places, chance: Floats) -> list[int]:
        """The clusters of one item that stay, in the order of their places."""
        return sorted(kept.tolist(), key=lambda k: tuple(place[k]))


_ROWS = ("vote", "item", "worker", "label", "place", "cluster")


def read_votes(path: str | Path) -> Votes:
    """Votes of a table whose labels are lists of marks; one with no mark is `[]`. Times are not looked at."""
    columns = tables.read_table(path, ["item", "worker", "label"])
    return Votes.from_arrays(columns["item"], columns["worker"], columns["label"], where=str(path))


def read_marks(value: Any) -> list[dict[str, Any]]:
    """A vote's marks: of a JSON list as text, or of any sequence of mappings."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if not isinstance(value, list | tuple) or not all(isinstance(mark, Mapping) for mark in value):
        raise InvalidInput(
            "A vote is not a list of marks.", where="label", mend='Give such as [{"start": 0, "end": 4}].'
        )
    return [dict(mark) for mark in value]


def _numbers(read: Any, mark: Mapping[str, Any]) -> tuple[float, ...]:
    try:
        return tuple(float(number) for number in read(mark))
    except (KeyError, TypeError, ValueError):
        raise InvalidInput(
            f"A mark says no place: {dict(mark)}.", where="label", mend="Give start and end, or x, y, width, height."
        ) from None


def _questions(votes: Votes, owner: Codes) -> tuple[Codes, Codes]:
    """Every cluster with every vote on its item, sorted."""
    order = np.argsort(votes.item, kind="stable")
    size = np.bincount(votes.item, minlength=votes.n_items)
    start = np.cumsum(size) - size
    each = size[owner]
    cluster = np.repeat(np.arange(len(owner)), each)
    within = np.arange(len(cluster)) - np.repeat(np.cumsum(each) - each, each)
    return cluster, order[start[owner][cluster] + within].astype(np.int64)


def _known(made: Made, given: Mapping[int, list[Any]], size: int) -> Floats:
    """One row a cluster: what gold says of it, nan where it says nothing."""
    known = np.full((len(made.owner), size), np.nan)
    told = np.isin(made.owner, list(given))
    known[told] = np.eye(size)[0]
    gold = made.vote < 0
    known[made.cluster[gold]] = np.eye(size)[made.label[gold] + 1]
    return known


def _tempered(proba: Floats, votes: Codes, mean: Floats) -> Floats:
    """`online.temper` over rows."""
    each = np.array([online.worth(n) for n in range(int(votes.max(initial=0)) + 1)])[votes]
    logs = np.log(np.maximum(proba, 1e-300)) * each[:, None]
    raw = np.exp(logs - logs.max(1, keepdims=True, initial=-np.inf))
    raw /= raw.sum(1, keepdims=True)
    left = (online.DOUBT / (1 + votes))[:, None]
    return np.asarray((1 - left) * raw + left * mean)

"""Belief that moves with every vote: Dirichlet skills, posteriors in microseconds, a refit that agrees with them.

Model: independent Bayesian classifier combination (Kim and Ghahramani, AISTATS 2012). An annotator's skill is a
confusion matrix under a Dirichlet prior, kept as pseudo-counts `rows[true][said]`; the classes' frequencies are a
Dirichlet too. One vote moves a posterior by the expected log of one confusion column. Plain Python, because a task
has few votes and numpy costs more than the sums do.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from math import exp, log

import numpy as np
from numpy.typing import NDArray

Rows = Sequence[Sequence[float]]
Matrix = NDArray[np.float64]
Codes = NDArray[np.integer]

DOUBT = 0.06
"""Share of the prior mixed into a posterior without votes; n votes leave 1 / (1 + n) of it. Nobody is ever quite sure,
but many who agree come close."""

TOGETHER = 0.44
"""n votes of a task count as n to this power independent ones, because annotators err on the same items. Set so that
what accepted labels promise comes true on half of thirteen public sets to within .03 (`docs/truth-table.md`)."""

POOL = 5.0
"""Pseudo-votes that spread an annotator's overall accuracy over all classes: what they are on one says something of
the others, and few votes cannot bend one row alone."""


def prior_rows(classes: int, diagonal: float | None = None, off: float = 1.0) -> tuple[tuple[float, ...], ...]:
    """Pseudo-counts of an annotator nobody has met, K × K: 2K right answers and one of each wrong one."""
    right = 2.0 * classes if diagonal is None else diagonal
    return tuple(tuple(right if k == said else off for said in range(classes)) for k in range(classes))


_A, _B = 1 / 24, 1 / 48


def _expected(count: float) -> float:
    # exp(digamma(count)), to 0.2 % from 1 upwards: the geometric mean that variational Bayes asks for.
    return count - 0.5 + (_A + _B / count) / count


def column(rows: Rows, said: int, sums: Sequence[float] | None = None) -> list[float]:
    """E[log p(said | true)] for each true class: how one vote moves the log posterior. Shape (K,).

    `sums` (K,) of the rows, where they are known already.
    """
    sums = [sum(row) for row in rows] if sums is None else sums
    accuracy = sum([row[k] for k, row in enumerate(rows)]) / sum(sums)
    wrong = POOL * (1 - accuracy) / max(len(rows) - 1, 1)
    counts = [row[said] + wrong for row in rows]
    counts[said] += POOL * accuracy - wrong
    totals = [total + POOL for total in sums]
    # `_expected` written out: forty calls of it would cost more than all else
    return [
        log((c - 0.5 + (_A + _B / c) / c) / (t - 0.5 + (_A + _B / t) / t)) for c, t in zip(counts, totals, strict=True)
    ]


def log_frequencies(counts: Sequence[float]) -> list[float]:
    """E[log frequency] of each class under Dirichlet counts, up to a constant. Shape (K,)."""
    return [log(_expected(max(count, 1.0))) for count in counts]


def softmax(scores: Sequence[float]) -> list[float]:
    """Probabilities proportional to exp(scores)."""
    top = max(scores)
    weights = [exp(score - top) for score in scores]
    total = sum(weights)
    return [weight / total for weight in weights]


def doubt(votes: int) -> float:
    """The share of the prior that this many votes leave in a posterior."""
    return DOUBT / (1 + votes)


def worth(votes: int) -> float:
    """What each of so many votes of a task counts for, beside one alone."""
    return float(max(votes, 1) ** (TOGETHER - 1))


def temper(scores: Sequence[float], votes: int, mean: Sequence[float]) -> list[float]:
    """Believable probabilities from log scores: votes count as fewer independent ones, then a little shrinkage."""
    each = worth(votes)
    raw = softmax([score * each for score in scores])
    left = doubt(votes)
    return [(1 - left) * p + left * m for p, m in zip(raw, mean, strict=True)]


def normalised(counts: Sequence[float]) -> list[float]:
    """The counts as shares of one."""
    total = sum(counts)
    return [count / total for count in counts]


@dataclass
class Belief:
    """Skills and class frequencies of one question, moved by every vote and set right by `refit`.

    `update` costs microseconds and touches only the voter's own rows; `refit` runs the batch model over all votes
    seen, after which `posterior` of a task's votes is what the batch model says of it.
    """

    classes: int
    counts: list[float] = field(init=False)
    skills: dict[Hashable, list[list[float]]] = field(default_factory=dict, init=False)
    votes: dict[Hashable, list[tuple[Hashable, int]]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._unknown = prior_rows(self.classes)
        self._no_sums = [sum(row) for row in self._unknown]
        self._expect([1.0] * self.classes)

    def _expect(self, counts: list[float]) -> None:
        self.counts = counts
        self._before, self._mean = log_frequencies(counts), normalised(counts)
        self._running: dict[Hashable, list[float]] = {}
        self._sums = {worker: [sum(row) for row in rows] for worker, rows in self.skills.items()}

    def scores(self, votes: Iterable[tuple[Hashable, int]]) -> list[float]:
        """Log posterior of a task from its (annotator, label) pairs, not normalised. Shape (K,)."""
        total = self._before
        for worker, said in votes:
            rows, sums = self.skills.get(worker, self._unknown), self._sums.get(worker, self._no_sums)
            total = [score + move for score, move in zip(total, column(rows, said, sums), strict=True)]
        return total

    def posterior(self, votes: Sequence[tuple[Hashable, int]], calibrated: bool = True) -> list[float]:
        """Probability of each class given a task's (annotator, label) pairs. Shape (K,)."""
        scores = self.scores(votes)
        return temper(scores, len(votes), self._mean) if calibrated else softmax(scores)

    def update(self, item: Hashable, worker: Hashable, said: int) -> list[float]:
        """Take one vote in: the item's calibrated posterior with it, after which the voter's skill has moved too.

        The item's earlier votes count with the skills their annotators had when they gave them, until a refit.
        """
        votes = self.votes.setdefault(item, [])
        rows = self.skills.get(worker)
        if rows is None:
            rows = self.skills[worker] = [list(row) for row in self._unknown]
            self._sums[worker] = self._no_sums.copy()
        before, sums = self._running.get(item) or self.scores(votes), self._sums[worker]
        scores = self._running[item] = [a + b for a, b in zip(before, column(rows, said, sums), strict=True)]
        votes.append((worker, said))
        if len(votes) > 1:
            for k, p in enumerate(softmax(scores)):
                rows[k][said] += p
                sums[k] += p
        return temper(scores, len(votes), self._mean)

    def refit(self, sweeps: int = 50, tolerance: float = 1e-3) -> None:
        """Re-estimate all skills and class frequencies from all votes seen."""
        items = {item: code for code, item in enumerate(self.votes)}
        workers = {worker: code for code, worker in enumerate(self.skills)}
        triples = [(items[i], workers[w], said) for i, votes in self.votes.items() for w, said in votes]
        item, worker, label = np.array(triples, dtype=np.int64).reshape(-1, 3).T
        found = fit(item, worker, label, np.array([self._unknown] * len(workers)), sweeps=sweeps, tolerance=tolerance)
        self.skills = {name: found.rows[code].tolist() for name, code in workers.items()}
        self._expect(found.counts.tolist())


def columns(rows: Matrix) -> Matrix:
    """`column` of many annotators and every answer at once: (W, true, said) from pseudo-counts of that shape."""
    K = rows.shape[1]
    sums = rows.sum(2)
    accuracy = np.trace(rows, axis1=1, axis2=2) / sums.sum(1)
    pooled = np.repeat((1 - accuracy) / max(K - 1, 1), K * K).reshape(-1, K, K)
    pooled[:, range(K), range(K)] = accuracy[:, None]
    return np.log(_np_expected(rows + POOL * pooled)) - np.log(_np_expected(sums + POOL))[:, :, None]


@dataclass(frozen=True)
class Fit:
    """What the batch model found: `rows` (W × K × K) pseudo-counts, `counts` (K,), `proba` (I × K)."""

    rows: Matrix
    counts: Matrix
    proba: Matrix


def _np_expected(counts: Matrix) -> Matrix:
    return counts - 0.5 + 1 / (24 * counts) + 1 / (48 * counts * counts)


def fit(
    item: Codes,
    worker: Codes,
    label: Codes,
    priors: Matrix,
    *,
    items: int | None = None,
    known: Matrix | None = None,
    sweeps: int = 50,
    tolerance: float = 1e-3,
) -> Fit:
    """Variational Bayes over all votes, with the same arithmetic as the online posterior.

    `item`, `worker`, `label` are int codes, one entry a vote; `priors` (W × K × K) the annotators' pseudo-counts;
    `known` (I × K) has a row of probabilities for items whose answer is known and NaN elsewhere. The only vote for an
    item that is not known teaches nothing of its author, who is always of their own opinion. The classes' frequencies
    are the mean of the items' vote shares: fed back from the posteriors, they run away with a class that is frequent
    when items have few votes.
    """
    W, K, _ = priors.shape
    size = items if items is not None else int(item.max(initial=-1)) + 1
    proba, fixed = _shares(item, label, size, K, known)
    settled = proba[fixed]
    counts = 1.0 + proba.sum(0)
    cell = worker.astype(np.int64) * K + label
    told = shared(item, fixed)
    teaching = item[told], cell[told]
    rows = priors
    for _ in range(sweeps):
        rows = taught(priors, *teaching, proba)
        table = columns(rows).transpose(1, 0, 2).reshape(K, W * K)
        evidence = [np.bincount(item, weights=table[k][cell], minlength=size) for k in range(K)]
        scores: Matrix = np.stack(evidence, axis=1, dtype=np.float64)
        fresh = _np_softmax(scores + np.log(_np_expected(counts)))
        fresh[fixed] = settled
        moved = float(np.abs(fresh - proba).max(initial=0.0))
        proba = fresh
        if moved < tolerance:
            break
    return Fit(rows=rows, counts=counts, proba=proba)


def taught(priors: Matrix, item: Codes, cell: Codes, proba: Matrix) -> Matrix:
    """The annotators' pseudo-counts (W × K × K) with these votes, each counted by what is believed of its item.

    `cell`: the annotator's code times K, plus that of the label.
    """
    W, K, _ = priors.shape
    said = np.stack([np.bincount(cell, weights=proba[item, k], minlength=W * K) for k in range(K)])
    return priors + said.reshape(K, W, K).transpose(1, 0, 2)


def fixed_items(known: Matrix | None, items: int) -> NDArray[np.bool_]:
    """Which items have a row in `known`, (I,)."""
    return np.zeros(items, dtype=bool) if known is None else ~np.isnan(known[:, 0])


def shared(item: Codes, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which votes are for items that have others, too, or that are `known` (I,). Shape of `item`."""
    told: NDArray[np.bool_] = ((np.bincount(item, minlength=len(known)) > 1) | known)[item]
    return told


def _shares(
    item: Codes, label: Codes, size: int, classes: int, known: Matrix | None
) -> tuple[Matrix, NDArray[np.bool_]]:
    """Each item's shares of the votes, or what is known of it; and which are known."""
    shares = np.bincount(item * classes + label, minlength=size * classes).reshape(size, classes).astype(np.float64)
    fixed = fixed_items(known, size)
    if known is not None:
        shares[fixed] = known[fixed]
    return shares / np.maximum(shares.sum(1, keepdims=True), 1e-300), fixed


def _np_softmax(scores: Matrix) -> Matrix:
    weights: Matrix = np.exp(scores - scores.max(1, keepdims=True))
    weights /= weights.sum(1, keepdims=True)
    return weights

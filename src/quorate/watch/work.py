"""What detectors look at: a step's recent answers as arrays, and what everybody else makes of each answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quorate.truth.copies import CopyGroup, copy_weights, find_copies
from quorate.truth.ibcc import IBCC
from quorate.truth.online import shared
from quorate.truth.votes import Votes

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Codes = NDArray[np.integer[Any]]
Flags = NDArray[np.bool_]
_STEPS = 15  # in which the crowd's errors are learnt
Need = Literal["classes", "time", "seconds", "length", "texts", "bodies", "clauses", "likeness", "exact"]


@dataclass(frozen=True, eq=False)
class Work:
    """Answers to one question, oldest first: n votes of J annotators on I items with K classes.

    `votes`: classes in the order in which they are shown; `votes.time`, if any, is when each was handed in (s). `gold`:
    known class of each item, −1 for none, (I,). `seconds`: spent on each answer, nan where unknown, (n,). `length`:
    words of each item, (I,). `texts`: what was written with each answer, (n,). `bodies`: what each item says, (I,).
    `clauses`: class → the clause of the guideline that speaks of it. `classes`: False where answers have no classes
    and a label only says which answers are the same. `near`, `chance`: how much like others' answers to the same item
    each is, and like theirs to other items, (n,), nan where nobody else has answered. `exact`: which
    answers are the same to the letter, where there are no classes of which that says little, (n,).
    """

    votes: Votes
    gold: Ints | None = None
    seconds: Floats | None = None
    length: Floats | None = None
    texts: Sequence[str] | None = None
    bodies: Sequence[str] | None = None
    clauses: Mapping[int, str] = field(default_factory=dict)
    classes: bool = True
    near: Floats | None = None
    chance: Floats | None = None
    exact: Codes | None = None

    @cached_property
    def has(self) -> frozenset[Need]:
        """What there is to look at."""
        there: dict[Need, bool] = {
            "classes": self.classes and self.votes.n_classes > 1,
            "time": self.votes.time is not None,
            "seconds": self.seconds is not None,
            "length": self.length is not None,
            "texts": self.texts is not None,
            "bodies": self.bodies is not None,
            "clauses": bool(self.clauses) and self.classes,
            "likeness": self.near is not None and self.chance is not None,
            "exact": self.exact is not None,
        }
        return frozenset(need for need, yes in there.items() if yes)

    @cached_property
    def answers(self) -> Ints:
        """How many answers each annotator gave, (J,)."""
        return np.bincount(self.votes.worker, minlength=self.votes.n_workers)

    @cached_property
    def shared(self) -> Flags:
        """Which answers are to items that somebody else answered, too, or that are known, (n,).

        The others tell nothing: items may come sorted by class, and who says so again and again is right.
        """
        known = np.zeros(self.votes.n_items, bool) if self.gold is None else self.gold >= 0
        return shared(self.votes.item, known)

    @cached_property
    def telling(self) -> Floats:
        """How many answers of each annotator tell something: are `shared`, (J,)."""
        return np.asarray(np.bincount(self.votes.worker, self.shared, self.votes.n_workers))

    def mean(self, values: Floats) -> Floats:
        """The mean of these (n,) over each annotator's answers that tell something, (J,)."""
        total = np.bincount(self.votes.worker, values * self.shared, self.votes.n_workers)
        return np.asarray(total / np.maximum(self.telling, 1))

    def of(self, worker: int) -> Ints:
        """The rows of an annotator, oldest first."""
        return self._rows[self._ends[worker] : self._ends[worker + 1]]

    @cached_property
    def _rows(self) -> Ints:
        return np.argsort(self.votes.worker, kind="stable")

    @cached_property
    def _ends(self) -> Ints:
        return np.concatenate([[0], np.cumsum(self.answers)])

    def newest(self, most: int) -> Work:
        """The same with at most so many answers of each annotator, the newest: what is long past says little of now."""
        place = np.empty(len(self.votes), np.intp)
        for j in range(self.votes.n_workers):
            rows = self.of(j)
            place[rows] = rows.size - np.arange(rows.size)
        kept = np.flatnonzero(place <= most)
        if kept.size == len(self.votes):
            return self
        seconds = None if self.seconds is None else self.seconds[kept]
        texts = None if self.texts is None else [self.texts[row] for row in kept.tolist()]
        near, chance = (None if one is None else one[kept] for one in (self.near, self.chance))
        exact = None if self.exact is None else self.exact[kept]
        votes = self.votes.take(kept)
        return replace(self, votes=votes, seconds=seconds, texts=texts, near=near, chance=chance, exact=exact)

    @cached_property
    def view(self) -> View:
        """What is believed of the items, and of each without the annotator whose answer is looked at."""
        return View.of(self)

    @cached_property
    def skilled(self) -> list[tuple[float, Floats]]:
        """How people who try answer here: how usual each way is, and the way, (K, K)."""
        from quorate.watch.hypotheses import skilled  # which looks at work; several detectors compare with it

        return skilled(self)


@dataclass(frozen=True, eq=False)
class View:
    """Beliefs: `proba` (I, K) with everybody; `without` (n, K) of each vote's item without its annotator.

    `skills`: (J, K, K), P(label l | class k). `crowd`: (K, K), the same for everybody together, which rests on as good
    as so many answers, `counts`, (K, K). `prior`: (K,).
    `right`: (n,) the probability, for all the others know, that the vote is right. `expected`: (n,) the same for a
    typical annotator on that item. `copies`: groups who share a source, counted once in all of this.
    """

    proba: Floats
    without: Floats
    skills: Floats
    crowd: Floats
    counts: Floats
    prior: Floats
    right: Floats
    expected: Floats
    copies: tuple[CopyGroup, ...]

    @classmethod
    def of(cls, work: Work) -> View:
        """Fit the votes (Kim and Ghahramani's IBCC), find copies, fit again with each source counted once."""
        votes, gold = work.votes, None if work.gold is None else work.gold.astype(np.int32)
        model = IBCC(threads=1).fit(votes, gold)
        copies = find_copies(votes, model.proba_) if votes.n_workers > 2 else []
        weight = copy_weights(votes, copies)
        if copies:
            model = IBCC(threads=1).fit(_weighted(votes, weight), gold)
        skills, prior = np.asarray(model.skills_), np.asarray(model.prior_)
        said = weight[:, None] * np.log(np.maximum(skills[votes.worker, :, votes.label], 1e-6))
        score = np.log(np.maximum(prior, 1e-9)) + others(votes, said, copies)
        without = shares(known_as(None if work.gold is None else work.gold[votes.item], score))
        counts = crowd_counts(votes, without, copies)
        crowd = counts / counts.sum(axis=1, keepdims=True)
        right = without[np.arange(len(votes)), votes.label]
        expected = np.asarray(np.sum(without * (without @ crowd), axis=1))
        return cls(model.proba_, without, skills, crowd, counts, prior, right, expected, tuple(copies))


def _weighted(votes: Votes, weight: Floats) -> Votes:
    return Votes(votes.item, votes.worker, votes.label, votes.items, votes.workers, votes.labels, weight, votes.time)


def others(votes: Votes, said: Floats, copies: Sequence[CopyGroup]) -> Floats:
    """What the votes of all other sources say of each vote's item, (n, C): sums of what each vote says, (n, C)."""
    source: Codes = np.arange(votes.n_workers)
    for group in copies:
        source[list(group.codes)] = group.codes[0]
    _, own = np.unique(votes.item * np.int64(votes.n_workers) + source[votes.worker], return_inverse=True)
    return np.asarray(sums(votes.item, said, votes.n_items)[votes.item] - sums(own, said, int(own.max()) + 1)[own])


def known_as(gold: Ints | None, score: Floats) -> Floats:
    """ln of beliefs, (N, …, K), by what is known, (N,), −1 for nothing: of no other class than that."""
    if gold is None:
        return score
    wrong = (gold[:, None] >= 0) & (gold[:, None] != np.arange(score.shape[-1]))
    return np.asarray(np.where(wrong.reshape(len(score), *[1] * (score.ndim - 2), -1), -np.inf, score))


def shares(score: Floats) -> Floats:
    """The same numbers as shares of one for each row, (N, …)."""
    axes = tuple(range(1, score.ndim))
    likely = np.exp(score - score.max(axis=axes, keepdims=True))
    return np.asarray(likely / likely.sum(axis=axes, keepdims=True))


def crowd_counts(votes: Votes, without: Floats, copies: Sequence[CopyGroup]) -> Floats:
    """How often the middle half of the annotators said what of each class, (K, K): bad ones do not colour it.

    By maximum likelihood with the truths averaged over (Dawid and Skene, Appl. Stat. 28, 1979), and as if one error
    more each way had been seen among as many answers as that takes: of few errors it is not known where they lie.
    """
    K = votes.n_classes
    right = np.bincount(votes.worker, without[np.arange(len(votes)), votes.label], votes.n_workers)
    share = right / np.maximum(np.bincount(votes.worker, minlength=votes.n_workers), 1)
    copied = np.isin(votes.worker, [code for group in copies for code in group.codes])
    of_vote = share[votes.worker]
    low, high = np.quantile(of_vote, [0.25, 0.9])
    rows = (of_vote >= low) & (of_vote <= high) & ~copied
    belief, label, off = without[rows], votes.label[rows], 1 - np.eye(K)
    truth = belief  # to begin with, without the answer itself
    for _ in range(_STEPS):
        counts = sums(label, truth, K).T
        wrong = (float(np.sum(counts * off)) + 1) / (float(counts.sum()) + 5)
        counts = counts + off + np.eye(K) * (K - 1) * (1 - wrong) / wrong
        truth = belief * (counts / counts.sum(axis=1, keepdims=True)).T[label]
        truth /= np.maximum(truth.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray(counts)


def sums(index: Codes, rows: Floats, size: int) -> Floats:
    return np.stack([np.bincount(index, column, size) for column in rows.T], axis=1)

"""Which of two: scores of things from comparisons, by Bradley–Terry and with annotators who may be careless.

An item is a pair, named "a|b" or a tuple (a, b); a vote's label is the name of the better one, or `equal`, which
counts as half a win each.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from quorate.errors import InvalidInput
from quorate.truth.bradley_terry import fit_scores, information
from quorate.truth.distance import code_answers
from quorate.truth.parameters import Parameters
from quorate.truth.votes import Votes

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Comparisons:
    """One row a vote: thing `left` against `right` (codes in `things`), `won` 1, 0 or .5, by `worker`, with `weight`.

    `pair` (items, 2) codes of the things of each item.
    """

    left: Codes
    right: Codes
    won: Floats
    worker: Codes
    weight: Floats
    pair: Codes
    things: NDArray[Any]
    n_workers: int

    @classmethod
    def of(cls, votes: Votes, separator: str = "|", equal: Any = "equal") -> Comparisons:
        """Read the pairs; `InvalidInput` for an item that is no pair and a label that is neither of it nor `equal`."""
        names = [_split(item, separator) for item in votes.items]
        things, codes = np.unique([name for pair in names for name in pair], return_inverse=True)
        pair = codes.reshape(-1, 2).astype(np.int64)
        labels = np.array([str(label) for label in votes.labels])
        place = np.minimum(np.searchsorted(things, labels), len(things) - 1)
        code = np.where(things[place] == labels, place, -1)
        code[labels == str(equal)] = -2
        left, right = pair[votes.item].T
        chosen = code[votes.label]
        strange = (chosen != left) & (chosen != right) & (chosen != -2)
        if strange.any():
            row = int(np.argmax(strange))
            raise InvalidInput(
                f"The label {labels[votes.label[row]]!r} is neither thing of {votes.items[votes.item[row]]!r}.",
                where=f"vote {row + 1}",
                mend=f"Use the name of one of the two, or {equal!r}.",
            )
        won = np.where(chosen == -2, 0.5, (chosen == left) * 1.0)
        weight = votes.weight if votes.weight is not None else np.ones(len(votes))
        return cls(left, right, won, votes.worker.astype(np.int64), weight, pair, things, votes.n_workers)


class PairwiseModel(Parameters):
    """A ranking of things from votes on pairs.

    After `fit`: `things_` names and `scores_` (things,), on the scale of log odds and centred on 0, `scores_sd_`
    (things,); `proba_` (I,) the probability that an item's first thing is the better one; `labels_` (I,) its name or
    that of the other; `items_`, `workers_`, `n_iter_`, `converged_`.
    """

    separator: str
    equal: str
    spread: float
    things_: NDArray[Any]
    scores_: Floats
    scores_sd_: Floats
    proba_: Floats
    labels_: NDArray[Any]
    items_: NDArray[Any]
    workers_: NDArray[Any]
    n_iter_: int
    converged_: bool

    @abstractmethod
    def _fit(self, data: Comparisons) -> tuple[Floats, Floats]:
        """Set what is learnt of annotators; return scores and the weight that each vote had in them."""

    def fit(self, votes: Votes, gold: Mapping[Any, Any] | None = None) -> Self:
        """Learn from votes; `gold` maps items to the better thing and overrides `labels_` and `proba_` of those."""
        data = Comparisons.of(votes, self.separator, self.equal)
        scores, weight = self._fit(data)
        self.items_, self.workers_, self.things_ = votes.items, votes.workers, data.things
        self.scores_ = scores - scores.mean()
        self.scores_sd_ = _doubt(data, weight, scores, self.spread)
        self.proba_ = expit(scores[data.pair[:, 0]] - scores[data.pair[:, 1]])
        for item, better in code_answers(votes, gold).items():
            self.proba_[item] = data.things[data.pair[item, 0]] == str(better)
        self.labels_ = data.things[np.where(self.proba_ >= 0.5, data.pair[:, 0], data.pair[:, 1])]
        return self

    def fit_predict(self, votes: Votes, gold: Mapping[Any, Any] | None = None) -> NDArray[Any]:
        """Fit, and return `labels_` (items,)."""
        return self.fit(votes, gold).labels_

    def vote_proba(self, votes: Votes) -> Floats:
        """The probability of each vote of a comparison (votes,), of a tie the mean of both; things must be known."""
        data = Comparisons.of(votes, self.separator, self.equal)
        place = np.searchsorted(self.things_, data.things)
        scores = self.scores_[np.minimum(place, len(self.things_) - 1)]
        chance = expit(scores[data.left] - scores[data.right])
        chance = self._said(chance, votes)
        return np.asarray(data.won * chance + (1 - data.won) * (1 - chance))

    def _said(self, chance: Floats, votes: Votes) -> Floats:
        """The probability that an annotator says first, given that a careful one would with `chance`."""
        return chance


@dataclass(kw_only=True, eq=False, repr=False)
class BradleyTerry(PairwiseModel):
    """All annotators alike: P(a over b) = σ(s_a − s_b), scores normal with standard deviation `spread`."""

    spread: float = 2.0
    separator: str = "|"
    equal: str = "equal"

    def _fit(self, data: Comparisons) -> tuple[Floats, Floats]:
        self.n_iter_, self.converged_ = 1, True
        return _scores(data, data.weight, data.won, np.zeros(len(data.things)), self.spread), data.weight


@dataclass(kw_only=True, eq=False, repr=False)
class Pairwise(PairwiseModel):
    """The default for pairs: Bradley–Terry in which an annotator takes care with probability `care_` (J,), or guesses.

    P(w says a over b) = c_w σ(s_a − s_b) + (1 − c_w) g_w, where g_w is how often w says first when guessing: `first_`
    (J,). Both have Beta priors around the crowd's, worth `shrink` votes. EM: who was careful, then who is, then
    scores. A form of Crowd-BT (Chen et al., WSDM 2013, eq. 5), whose annotators flip rather than guess.
    """

    spread: float = 2.0
    shrink: float = 10.0
    separator: str = "|"
    equal: str = "equal"
    max_iter: int = 100
    tol: float = 1e-3

    care_: Floats = field(init=False)
    first_: Floats = field(init=False)

    def _fit(self, data: Comparisons) -> tuple[Floats, Floats]:
        scores = _scores(data, data.weight, data.won, np.zeros(len(data.things)), self.spread)
        self.care_, self.first_ = np.full(data.n_workers, 0.8), np.full(data.n_workers, 0.5)
        careful = np.full(len(data.won), 0.8)
        self.converged_ = False
        for self.n_iter_ in range(1, self.max_iter + 1):  # noqa: B020
            careful = self._careful(data, scores)
            self.care_ = self._rate(data, careful, data.weight)
            self.first_ = self._rate(data, data.won, data.weight * (1 - careful))
            before = scores
            scores = _scores(data, data.weight * careful, data.won, scores, self.spread)
            if np.abs(scores - before).max(initial=0.0) < self.tol:
                self.converged_ = True
                break
        return scores, data.weight * careful

    def _careful(self, data: Comparisons, scores: Floats) -> Floats:
        """The probability that each vote was given with care; a tie is half of each side."""
        chance = expit(scores[data.left] - scores[data.right])
        care, first = self.care_[data.worker], self.first_[data.worker]
        for_first = care * chance / (care * chance + (1 - care) * first)
        for_other = care * (1 - chance) / (care * (1 - chance) + (1 - care) * (1 - first))
        return np.asarray(data.won * for_first + (1 - data.won) * for_other)

    def _rate(self, data: Comparisons, values: Floats, weight: Floats) -> Floats:
        """Weighted mean of a quantity for each annotator, with `shrink` votes' worth of the crowd's mean."""
        count = np.bincount(data.worker, weight, minlength=data.n_workers)
        total = np.bincount(data.worker, weight * values, minlength=data.n_workers)
        crowd = total.sum() / max(float(count.sum()), 1e-9)
        return np.asarray(np.clip((total + self.shrink * crowd) / (count + self.shrink), 1e-4, 1 - 1e-4))

    def _said(self, chance: Floats, votes: Votes) -> Floats:
        place = {name: code for code, name in enumerate(self.workers_)}
        code = np.array([place.get(name, -1) for name in votes.workers])[votes.worker]
        care = np.append(self.care_, self.care_.mean())[code]
        return np.asarray(care * chance + (1 - care) * np.append(self.first_, 0.5)[code])


def _scores(data: Comparisons, weight: Floats, won: Floats, start: Floats, spread: float) -> Floats:
    """Bradley–Terry on votes summed by ordered pair."""
    key = data.left * len(data.things) + data.right
    pairs, place = np.unique(key, return_inverse=True)
    wins, losses = (np.bincount(place, weight * part).astype(np.float64) for part in (won, 1 - won))
    return fit_scores(pairs // len(data.things), pairs % len(data.things), wins, losses, start, spread=spread)


def _doubt(data: Comparisons, weight: Floats, scores: Floats, spread: float) -> Floats:
    """Standard deviations of scores from the inverse information; beyond 3,000 things, of each given all others."""
    matrix = information(data.left, data.right, weight, scores, spread)
    if len(scores) > 3000:
        return np.asarray(matrix.diagonal() ** -0.5)
    return np.asarray(np.sqrt(np.diag(np.linalg.inv(matrix.toarray()))))


def _split(item: Any, separator: str) -> tuple[str, str]:
    parts = str(item).split(separator) if isinstance(item, str) else [str(part) for part in np.atleast_1d(item)]
    if len(parts) != 2:
        raise InvalidInput(
            f"The item {item!r} is not a pair.", where="item", mend=f"Name pairs as a{separator}b, or give tuples."
        )
    return parts[0], parts[1]

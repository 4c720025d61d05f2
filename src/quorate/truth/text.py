"""Free text and transcripts: the answer nearest to all, or one composed of all, weighted by reliability."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from quorate.truth.copies import CopyGroup, find_echoes, source_weights
from quorate.truth.distance import Floats, Nearest, code_answers, reliability, vote_weights
from quorate.truth.parameters import Parameters
from quorate.truth.rover import rover
from quorate.truth.votes import Votes

_MARKS = re.compile(r"[^\w\s']")


def words(text: str) -> tuple[str, ...]:
    """A text as words in small letters, without marks other than the apostrophe."""
    return tuple(_MARKS.sub(" ", str(text).casefold().replace("\u2019", "'")).split())


def word_distance(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Words to insert, delete or replace, as a share of the longer text; 0 to 1."""
    return float(Levenshtein.normalized_distance(one, other))


@dataclass(kw_only=True, eq=False, repr=False)
class Text(Parameters):
    """The default for texts. Annotators are weighted by how far they usually are from what the crowd says.

    With `compose` (the default) each word is voted on (`rover`) from the answer nearest to all: fewest wrong words,
    in small letters and without marks, but maybe nobody's sentence. Without it the label is one of the answers,
    as typed: for translations or descriptions that people will read. `shrink` as in `Nearest`. `copies`: whether
    annotators who give the very same text far more often than others do (`copies.find_echoes`) count once, as what
    somebody says twice about an item does.

    After `fit`: `labels_` (I,) texts, None without votes; `confidence_` (I,) the mean share of weight behind each word
    (composed), or 1 − the mean distance to the votes; `error_`, `weights_` (J,) as in `Nearest`; `copies_`.
    """

    compose: bool = True
    shrink: float = 3.0
    copies: bool = True

    labels_: NDArray[Any] = field(init=False)
    confidence_: Floats = field(init=False)
    error_: Floats = field(init=False)
    weights_: Floats = field(init=False)
    copies_: list[CopyGroup] = field(init=False)
    items_: NDArray[Any] = field(init=False)
    workers_: NDArray[Any] = field(init=False)

    def fit(self, votes: Votes, gold: Mapping[Any, str] | None = None) -> Self:
        """Learn from votes; `gold` maps items to texts, kept as they are."""
        split = np.empty(votes.n_classes, dtype=object)
        split[:] = [words(text) for text in votes.labels]
        spoken = _with_labels(votes, split)
        self.copies_ = find_echoes(_merged(votes, split)) if self.copies else []
        spoken = replace(spoken, weight=source_weights(votes, self.copies_))
        given = code_answers(votes, gold)
        known = {votes.items[item]: words(text) for item, text in given.items()}
        near = Nearest(word_distance, shrink=self.shrink).fit(spoken, known)
        self.items_, self.workers_ = votes.items, votes.workers
        self.error_, self.weights_ = near.error_, near.weights_
        if self.compose:
            self._compose(spoken, near, known)
        else:
            self.confidence_ = 1 - near.spread_
            self.labels_ = _as_typed(votes, split, near)
        for item, text in given.items():
            self.labels_[item] = text
        return self

    def fit_predict(self, votes: Votes, gold: Mapping[Any, str] | None = None) -> NDArray[Any]:
        """Fit, and return `labels_` (items,)."""
        return self.fit(votes, gold).labels_

    def _compose(self, votes: Votes, near: Nearest, known: Mapping[Any, tuple[str, ...]]) -> None:
        """Compose with equal weights, measure annotators by the result, and compose anew with theirs."""
        order = np.argsort(votes.item, kind="stable")
        size = np.bincount(votes.item, minlength=votes.n_items)
        rows = np.split(order, np.cumsum(size)[:-1])
        backbone = near.labels_
        own = vote_weights(votes, np.ones(votes.n_workers))
        for weigh in (False, True):
            weight = own * self.weights_[votes.worker] if weigh else own
            answers = votes.labels[votes.label]
            made = [
                rover(answers[row], weight[row], backbone[item]) if len(row) else (None, [])
                for item, row in enumerate(rows)
            ]
            truth = [known.get(name, said) for name, (said, _) in zip(votes.items, made, strict=True)]
            pairs = zip(answers, votes.item, strict=True)
            error = np.array([word_distance(answer, truth[item] or ()) for answer, item in pairs])
            self.error_, self.weights_ = reliability(votes, error, self.shrink)
        self.labels_ = np.array([None if said is None else " ".join(said) for said, _ in made], dtype=object)
        self.confidence_ = np.array([float(np.mean(share)) if share else np.nan for _, share in made])


def _merged(votes: Votes, split: NDArray[Any]) -> Votes:
    """The votes with one code for all texts of the same words."""
    names, code = np.unique([" ".join(words) for words in split], return_inverse=True)
    return replace(votes, label=code.astype(np.int32)[votes.label], labels=names)


def _with_labels(votes: Votes, labels: NDArray[Any]) -> Votes:
    """The votes with other values behind the same codes."""
    return replace(votes, labels=labels)


def _as_typed(votes: Votes, split: NDArray[Any], near: Nearest) -> NDArray[Any]:
    """The text as its most reliable annotator typed it, for the words that were chosen."""
    labels = np.full(votes.n_items, None, dtype=object)
    for row in np.argsort(near.weights_[votes.worker], kind="stable"):
        item = votes.item[row]
        if split[votes.label[row]] == near.labels_[item]:
            labels[item] = votes.labels[votes.label[row]]
    return labels

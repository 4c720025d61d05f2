"""Answers of any kind as the arrays that detectors look at.

A class of a list is itself. A number is the part of the range in which it lies, cut so that each holds as many answers:
what detectors know of classes then holds of numbers. Of any other answer it is known how far it is from another, hence
how much like the others' on the same item it is, and how much like theirs on other items, by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quorate.labels.question import Question
from quorate.truth.votes import Votes
from quorate.watch.work import Codes, Floats, Work

CLASSED = frozenset({"categorical", "ordinal"})
PARTS = 5
"""So many parts a range is cut into; fewer where there are fewer numbers, which then stand for themselves."""
DRAWS, COMPARED = 6, 12
"""So many answers to other items, and at most so many to the same, an answer is compared with."""


def cut(values: Floats, parts: int = PARTS) -> tuple[NDArray[np.int32], list[str]]:
    """Numbers as parts of their range, (n,), and the parts' names."""
    there = np.unique(values)
    if there.size <= parts + 2:
        return np.searchsorted(there, values).astype(np.int32), [f"{one:g}" for one in there]
    edges = np.unique(np.quantile(values, np.arange(1, parts) / parts))
    ends = [there[0], *edges, there[-1]]
    names = [f"{low:g} to {high:g}" for low, high in pairwise(ends)]
    return np.searchsorted(edges, values, side="left").astype(np.int32), names


def same(keys: Sequence[Hashable]) -> tuple[NDArray[np.int32], list[Hashable]]:
    """Which answers are the same: a code for each, (n,), and what it stands for."""
    codes: dict[Hashable, int] = {}
    return np.array([codes.setdefault(key, len(codes)) for key in keys], np.int32), list(codes)


def alike(
    values: Sequence[Any], item: Codes, worker: Codes, distance: Callable[[Any, Any], float]
) -> tuple[Floats, Floats]:
    """How much like others' on the same item each answer is, and like theirs on other items: (n,) each, 0 to 1.

    nan where nobody else has answered the item.
    """
    rng = np.random.default_rng(len(values))
    rows_of: dict[int, list[int]] = {}
    for row, one in enumerate(item.tolist()):
        rows_of.setdefault(one, []).append(row)
    near, chance = np.full(len(values), np.nan), np.full(len(values), np.nan)
    for row in range(len(values)):
        others = [r for r in rows_of[int(item[row])] if worker[r] != worker[row]][:COMPARED]
        drawn = [r for r in rng.integers(0, len(values), DRAWS).tolist() if item[r] != item[row]]
        if others and drawn:
            near[row] = 1 - np.mean([distance(values[row], values[r]) for r in others])
            chance[row] = 1 - np.mean([distance(values[row], values[r]) for r in drawn])
    return near, chance


def encoded(question: Question, values: Sequence[Any], votes: Votes) -> Work:
    """Answers in their normal form as work; `votes` says whose they are and when they were given."""
    if question.aggregate in CLASSED:
        place = {id: code for code, id in enumerate(question.ids)}
        return Work(_said(votes, [place[value] for value in values], question.ids))
    exact, keys = same([question.key(value) for value in values])
    if question.aggregate == "numeric":
        codes, names = cut(np.array(values, float))
        return Work(_said(votes, codes, names), exact=exact)
    near, chance = alike(values, votes.item, votes.worker, question.distance)
    return Work(_said(votes, exact, keys), classes=False, near=near, chance=chance, exact=exact)


def _said(votes: Votes, codes: Sequence[int] | Codes, labels: Sequence[Any]) -> Votes:
    names = np.empty(len(labels), object)
    names[:] = list(labels)
    return replace(votes, label=np.asarray(codes, np.int32), labels=names)

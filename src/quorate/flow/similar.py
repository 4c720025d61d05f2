"""Which earlier items are most like this one? By the words that they share, the rarer the weightier, and attributes.

Cosine of TF-IDF vectors: Salton and Buckley, Information Processing & Management 24 (1988), with logarithmic term
weights. The frequencies are those of the items that are compared, so nothing has to be kept up to date.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WORD = re.compile(r"\w{2,}")
LONGEST = 20_000
"""Characters of an item that are looked at."""
OF_ATTRIBUTES = 0.1
"""What equal attributes weigh beside the words."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like another item is: `score` from 0 to 1, with the words and attributes that both have."""

    index: int
    score: float
    words: tuple[str, ...]
    attributes: tuple[str, ...]


def similar(
    body: Any,
    attributes: Mapping[str, Any],
    others: Sequence[tuple[Any, Mapping[str, Any]]],
    *,
    limit: int = 5,
    least: float = 0.05,
) -> list[Likeness]:
    """The items among `others` (body, attributes) that are most like this one, most like first."""
    counted = [Counter(_words(other)) for other, _ in others]
    mine = Counter(_words(body))
    seen = Counter(word for words in (*counted, mine) for word in words)
    rare = {word: math.log(1 + (len(others) + 1) / number) for word, number in seen.items()}
    wanted = _vector(mine, rare)
    found = []
    for index, (words, (_, theirs)) in enumerate(zip(counted, others, strict=True)):
        vector = _vector(words, rare)
        shared = {word: wanted[word] * vector[word] for word in wanted.keys() & vector.keys()}
        same = tuple(sorted(name for name, value in attributes.items() if name in theirs and theirs[name] == value))
        share = len(same) / len(attributes) if attributes else 0.0
        score = (1 - OF_ATTRIBUTES) * sum(shared.values()) + OF_ATTRIBUTES * share
        if score >= least:
            telling = sorted(shared, key=lambda word, shared=shared: (-shared[word], word))[:8]  # type: ignore[misc]
            found.append(Likeness(index, min(score, 1.0), tuple(telling), same))
    return sorted(found, key=lambda one: (-one.score, one.index))[:limit]


def _vector(words: Counter[str], rare: Mapping[str, float]) -> dict[str, float]:
    weights = {word: (1 + math.log(number)) * rare[word] for word, number in words.items()}
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {word: weight / length for word, weight in weights.items()}


def _words(body: Any) -> Iterable[str]:
    return WORD.findall(" ".join(_texts(body))[:LONGEST].casefold())


def _texts(body: Any) -> Iterable[str]:
    if isinstance(body, str):
        yield body
    elif isinstance(body, Mapping):
        for value in body.values():
            yield from _texts(value)
    elif isinstance(body, list):
        for value in body:
            yield from _texts(value)

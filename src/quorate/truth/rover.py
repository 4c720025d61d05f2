"""ROVER: one transcript composed of many, word by word.

After Fiscus, "A post-processing system to yield reduced word error rates: Recognizer Output Voting Error Reduction"
(ASRU 1997). All answers are aligned to one of them, the backbone, and each of its words and each gap between them is
voted on; what comes out is the backbone of the next round, until it stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz.distance import Levenshtein

Words = tuple[str, ...]


def rover(
    answers: Iterable[Words], weights: Iterable[float], backbone: Words, *, rounds: int = 3
) -> tuple[Words, list[float]]:
    """The composed words, and for each the share of weight that voted for it at its place.

    A tie goes to the backbone, so a single answer comes back as it is. An empty answer votes for leaving words out.
    """
    said, weights = list(answers), [float(weight) for weight in weights]
    total = sum(weights) or 1.0
    words, shares = backbone, [1.0] * len(backbone)
    for _ in range(rounds):
        before = words
        words, shares = _vote(_tally(said, weights, words), words, total)
        if words == before:
            break
    return words, shares


def _tally(answers: list[Words], weights: list[float], backbone: Words) -> list[dict[Words, float]]:
    """Votes for each place: even places are the gaps before, between and after words, odd places the words."""
    places: list[dict[Words, float]] = [defaultdict(float) for _ in range(2 * len(backbone) + 1)]
    for answer, weight in zip(answers, weights, strict=True):
        said: list[Words] = [()]
        for word in backbone:
            said += [(word,), ()]
        _align(said, answer, backbone)
        for place, words in enumerate(said):
            places[place][words] += weight
    return places


def _align(said: list[Words], answer: Words, backbone: Words) -> None:
    """Write into `said` where an answer departs from the backbone (in place)."""
    for edit in Levenshtein.editops(backbone, answer):
        if edit.tag == "insert":
            said[2 * edit.src_pos] = (*said[2 * edit.src_pos], answer[edit.dest_pos])
        else:
            said[2 * edit.src_pos + 1] = (answer[edit.dest_pos],) if edit.tag == "replace" else ()


def _vote(places: list[dict[Words, float]], backbone: Words, total: float) -> tuple[Words, list[float]]:
    words: list[str] = []
    shares: list[float] = []
    for place, votes in enumerate(places):
        default: Words = (backbone[place // 2],) if place % 2 else ()
        best = max(votes, key=lambda said: (votes[said], said == default, said))
        words.extend(best)
        shares.extend([votes[best] / total] * len(best))
    return tuple(words), shares

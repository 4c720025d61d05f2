"""Where a mark is, from several annotators' marks of one thing, and how well each of them places."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Any, ClassVar, Protocol

from quorate.flow.classes import EXPERT_WEIGHT
from quorate.flow.evidence import Role
from quorate.labels.marks import Mark, Marks
from quorate.truth.boxes import FREEDOM, KNOWN, SPREAD
from quorate.truth.boxes import Boxes as BoxModel
from quorate.truth.clusters import box_overlap, span_overlap
from quorate.truth.marks import MarkModel
from quorate.truth.online import softmax
from quorate.truth.spans import EXACT, LOOSE
from quorate.truth.spans import Spans as SpanModel


class Placing(Protocol):
    """How the marks of one thing become one place, and how well an annotator places: the last row of a skill."""

    overlap: Any
    model: type[MarkModel]

    def unknown(self, role: Role) -> tuple[float, ...]: ...

    def place(self, question: Marks, marks: Sequence[Mark], skills: Sequence[tuple[float, ...]]) -> tuple[Mark, float]:
        """The likeliest place, and the probability that it is right."""

    def row(self, exact: float, marks: float, role: Role) -> tuple[float, ...]:
        """The row of an annotator whom the batch model gives this `exact_`, after so many marks."""

    def learn(self, row: tuple[float, ...], mark: Mark, truth: Mark, sure: float) -> tuple[float, ...]: ...


class Ends:
    """Spans: each end by a vote, weighed by how often an annotator's ends are right; the row is [right, wrong]."""

    overlap = staticmethod(span_overlap)
    model: type[MarkModel] = SpanModel

    def unknown(self, role: Role) -> tuple[float, ...]:
        return (EXPERT_WEIGHT, 1.0) if role is Role.EXPERT else (EXACT, LOOSE)

    def place(self, question: Marks, marks: Sequence[Mark], skills: Sequence[tuple[float, ...]]) -> tuple[Mark, float]:
        ways = {(mark["start"], mark["end"]): mark for mark in marks}
        scores = []
        for way in ways.values():
            score = 0.0
            for end in ("start", "end"):
                others = max(len({mark[end] for mark in marks}) - 1, 1)
                score += sum(
                    log(right * others / wrong)
                    for mark, (right, wrong) in zip(marks, skills, strict=True)
                    if mark[end] == way[end]
                )
            scores.append(score * len(marks) ** -0.5)
        chances = softmax(scores)
        winner = max(range(len(chances)), key=chances.__getitem__)
        best = list(ways.values())[winner]
        near = [p for way, p in zip(ways.values(), chances, strict=True) if question.iou(way, best) >= question.match]
        return best, sum(near)

    def row(self, exact: float, marks: float, role: Role) -> tuple[float, ...]:
        right, wrong = self.unknown(role)
        return (right + 2 * marks * exact, wrong + 2 * marks * (1 - exact))

    def learn(self, row: tuple[float, ...], mark: Mark, truth: Mark, sure: float) -> tuple[float, ...]:
        right = sum(mark[end] == truth[end] for end in ("start", "end"))
        return (row[0] + right * sure, row[1] + (2 - right) * sure)


class Sides:
    """Boxes: a mean weighed by how far an annotator's sides are off; the row is [sum of squares, boxes]."""

    overlap = staticmethod(box_overlap)
    model: type[MarkModel] = BoxModel
    SIDES: ClassVar = (("x", "width"), ("y", "height"))

    def unknown(self, role: Role) -> tuple[float, ...]:
        return (KNOWN * SPREAD**2 / (4 if role is Role.EXPERT else 1), KNOWN)

    def place(self, question: Marks, marks: Sequence[Mark], skills: Sequence[tuple[float, ...]]) -> tuple[Mark, float]:
        spread = [squares / count for squares, count in skills]
        weights = [1 / one for one in spread]
        for _ in range(5):
            mean = _mean(marks, weights)
            off = [_off(mark, mean) for mark in marks]
            weights = [(FREEDOM + 1) / (FREEDOM + o / s) / s for o, s in zip(off, spread, strict=True)]
        return _mean(marks, weights), 1.0

    def row(self, exact: float, marks: float, role: Role) -> tuple[float, ...]:
        squares, count = self.unknown(role)
        return (squares + marks * exact**2, count + marks)

    def learn(self, row: tuple[float, ...], mark: Mark, truth: Mark, sure: float) -> tuple[float, ...]:
        return (row[0] + sure * _off(mark, truth), row[1] + sure)


def _mean(marks: Sequence[Mark], weights: Sequence[float]) -> Mark:
    total = sum(weights)
    mean: Mark = {}
    for start, size in Sides.SIDES:
        low = sum(w * mark[start] for w, mark in zip(weights, marks, strict=True)) / total
        high = sum(w * (mark[start] + mark[size]) for w, mark in zip(weights, marks, strict=True)) / total
        low = round(low, 6)
        mean |= {start: low, size: round(high - low, 6)}
    return {name: mean[name] for name in ("x", "y", "width", "height")}


def _off(mark: Mark, truth: Mark) -> float:
    """The mean squared distance of the sides, as shares of the box's width and height."""
    total = 0.0
    for start, size in Sides.SIDES:
        length = max(truth[size], 1e-9)
        low, high = mark[start] - truth[start], mark[start] + mark[size] - truth[start] - truth[size]
        total += (low**2 + high**2) / length**2
    return total / 4

"""What will it cost to be how right? A crowd is simulated, and the policy decides its answers as it would decide real
ones; so the curve has in it what the policy does about skill, doubt and experts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from quorate.flow.policy import Policy
from quorate.flow.recorded import Recorded
from quorate.flow.replay import Score
from quorate.truth.votes import Votes

SIMULATED = 140
"""Items: few, so that a slider can follow; each point tells its interval."""
ANNOTATORS = 12
MOST_CLASSES = 8
"""More are simulated as so many: mistakes that spread over more classes change little."""
CONFIDENCES = (0.6, 0.8, 0.86, 0.93, 0.97)


@dataclass(frozen=True, slots=True)
class Assumed:
    """What is assumed: `accuracy` is the mean share of right answers, which differs between annotators by `spread`
    (a standard deviation). `price` and `expert_price` are of one answer."""

    classes: int
    accuracy: float
    items: int
    price: float
    expert_price: float
    spread: float = 0.08
    expert_accuracy: float = 0.97
    most: int = 7


@dataclass(frozen=True, slots=True)
class Point:
    """What comes of accepting at this `confidence`: judgements an item, share sent to experts, accuracy, whole cost."""

    confidence: float
    judgements: float
    escalated: float
    accuracy: float
    low: float
    high: float
    cost: float


def estimate(assumed: Assumed, *, seed: int = 0) -> list[Point]:
    """A point for each of several confidences at which the crowd may decide; the same seed gives the same curve."""
    known = replace(assumed, classes=min(assumed.classes, MOST_CLASSES), items=0, price=0, expert_price=0)
    scores = _scores(known, seed)
    return [_point(assumed, confidence, score) for confidence, score in zip(CONFIDENCES, scores, strict=True)]


@lru_cache(maxsize=256)
def _scores(assumed: Assumed, seed: int) -> tuple[Score, ...]:
    """What depends on no price: kept, so that moving a price or the number of items costs nothing."""
    recorded = simulated(assumed, seed)
    policy = Policy.parse({"judgements": {"min": 1, "max": assumed.most}})
    return tuple(
        recorded.replay(policy.accepting(confidence), seed=seed, expert_accuracy=assumed.expert_accuracy)
        for confidence in CONFIDENCES
    )


def enough(points: list[Point], target: float) -> Point | None:
    """The cheapest point that reaches the target."""
    return min((point for point in points if point.accuracy >= target), key=lambda p: p.cost, default=None)


def _point(assumed: Assumed, confidence: float, score: Score) -> Point:
    judgements, escalated = score.votes_used / SIMULATED, score.escalated / SIMULATED
    each = judgements * assumed.price + escalated * assumed.expert_price
    error = 1.96 * float(np.sqrt(max(score.accuracy * (1 - score.accuracy), 1 / SIMULATED) / SIMULATED))
    low, high = max(score.accuracy - error, 0.0), min(score.accuracy + error, 1.0)
    return Point(confidence, judgements, escalated, score.accuracy, low, high, round(each * assumed.items, 2))


def simulated(assumed: Assumed, seed: int) -> Recorded:
    """Votes of annotators who differ in skill, each wrong one evenly among the other classes; `most` on each item."""
    random = np.random.default_rng(seed)
    size, most = assumed.classes, min(assumed.most, ANNOTATORS)
    floor = 1 / size
    skill = np.clip(random.normal(assumed.accuracy, assumed.spread, ANNOTATORS), floor, 0.995)
    truth = random.integers(size, size=SIMULATED)
    worker = np.argsort(random.random((SIMULATED, ANNOTATORS)), axis=1)[:, :most].ravel()
    item = np.repeat(np.arange(SIMULATED), most)
    wrong = (truth[item] + random.integers(1, size, size=len(item))) % size
    label = np.where(random.random(len(item)) < skill[worker], truth[item], wrong)
    votes = Votes.from_arrays(_names(item, "i"), _names(worker, "w"), _names(label, "c"))
    codes = {str(name): code for code, name in enumerate(votes.labels)}
    known = {str(name): f"c{truth[int(str(name)[1:])]:03}" for name in votes.items}
    return Recorded(votes, np.array([codes.get(known[str(name)], -2) for name in votes.items]))


def _names(codes: Any, letter: str) -> list[str]:
    return [f"{letter}{code:03}" for code in codes]

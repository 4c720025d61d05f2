"""Does it matter who gets which task? Simulated crowds, ranked by `flow/route.py` against random assignment.

    python bench/routing.py [--items 400] [--people 40] [--seeds 3] [--target 0.9] [--json]

Annotators come one after the other, the busy ones more often, and each takes one task: any open one (`random`), the
first of the queue (`queue`), or the best of a window of 32 (`ranked`; `explored` gives every tenth to measuring them).
All are believed, learnt of and stopped by the same arithmetic, from what they answered alone. Told per order, and as a
ratio to `random` of the same crowds: judgements and money until the target accuracy, and until all is done; the final
accuracy; how long a task is open, in judgements of the crowd; and the Gini of earnings (0: all earn the same).
"""

from __future__ import annotations

import argparse
import json
import statistics
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from quorate.flow.route import Candidate, ranked, tells, worth
from quorate.truth.online import column, prior_rows, temper

ORDERS = ("random", "queue", "ranked", "explored")
WINDOW, LEAST, MOST, SURE, EXPLORE = 32, 2, 9, 0.93, 0.1
FREQUENCIES = np.array([0.45, 0.3, 0.2, 0.05])
PRICES = (0.04, 0.12)
NOW, HORIZON = datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=1)


def person(random: np.random.Generator) -> np.ndarray:
    """A confusion matrix: right with .6 to .97, and half of the people confuse one pair of classes."""
    classes = len(FREQUENCIES)
    right = random.uniform(0.6, 0.97)
    matrix = np.full((classes, classes), (1 - right) / (classes - 1))
    np.fill_diagonal(matrix, right)
    if random.random() < 0.5:
        pair = random.choice(classes, 2, replace=False)
        matrix[np.ix_(pair, pair)] = matrix[np.ix_(pair, pair)].mean(axis=1, keepdims=True)
    return matrix


@dataclass
class Crowd:
    """Items with their truth and price, people with their confusion and how often they come: one seed, all orders."""

    truth: np.ndarray
    prices: np.ndarray
    people: list[np.ndarray]
    comes: np.ndarray

    @classmethod
    def drawn(cls, items: int, people: int, seed: int) -> Crowd:
        random = np.random.default_rng(seed)
        comes = random.lognormal(0, 1, people)
        return cls(
            random.choice(len(FREQUENCIES), items, p=FREQUENCIES),
            random.choice(PRICES, items),
            [person(random) for _ in range(people)],
            comes / comes.sum(),
        )


class Run:
    """One order over one crowd."""

    def __init__(self, crowd: Crowd, order: str, seed: int) -> None:
        self.crowd, self.order, self.random = crowd, order, np.random.default_rng([seed, 1])
        items, people, classes = len(crowd.truth), len(crowd.people), len(FREQUENCIES)
        self.mean = [1 / classes] * classes
        self.scores = np.zeros((items, classes))
        self.believed = np.full((items, classes), 1 / classes)
        self.votes: list[dict[int, int]] = [{} for _ in range(items)]
        self.rows = [[list(row) for row in prior_rows(classes)] for _ in range(people)]
        self.queue = list(range(items))
        self.begun: dict[int, int] = {}
        self.open_for: list[int] = []
        self.earned = np.zeros(people)
        self.count = 0

    def pick(self, who: int) -> int | None:
        free = [item for item in self.queue if who not in self.votes[item]]
        if not free:
            return None
        if self.order == "random":
            return int(self.random.choice(free))
        return free[0] if self.order == "queue" else self.best(who, free[:WINDOW])

    def best(self, who: int, window: list[int]) -> int:
        worths = [float(1 / self.crowd.prices[item]) for item in window]
        candidates = [
            Candidate(UUID(int=item), place, self.believed[item], value)
            for place, (item, value) in enumerate(zip(window, worths, strict=True))
        ]
        rows = self.rows[who]
        explore = self.order == "explored" and self.random.random() < EXPLORE
        scores = tells(candidates, rows) if explore else worth(candidates, rows, price=0, now=NOW, horizon=HORIZON)
        return window[ranked(candidates, scores)[0].place]

    def answer(self, who: int, item: int) -> None:
        self.count += 1
        self.begun.setdefault(item, self.count)
        said = int(self.random.choice(len(FREQUENCIES), p=self.crowd.people[who][self.crowd.truth[item]]))
        votes = self.votes[item]
        votes[who] = said
        self.earned[who] += self.crowd.prices[item]
        self.scores[item] += column(self.rows[who], said)
        self.believed[item] = temper(self.scores[item].tolist(), len(votes), self.mean)
        if len(votes) >= LEAST and (self.believed[item].max() >= SURE or len(votes) >= MOST):
            self.close(item)

    def close(self, item: int) -> None:
        self.queue.remove(item)
        self.open_for.append(self.count - self.begun[item])
        decided = int(self.believed[item].argmax())
        for who, said in self.votes[item].items():
            self.rows[who][decided][said] += 1.0

    def run(self, target: float) -> dict[str, float | None]:
        reached: tuple[int, float] | None = None
        idle = 0
        while self.queue and idle < 100 * len(self.earned):
            who = int(self.random.choice(len(self.earned), p=self.crowd.comes))
            item = self.pick(who)
            idle = idle + 1 if item is None else 0
            if item is not None:
                self.answer(who, item)
                if reached is None and self.count % 10 == 0 and self.accuracy() >= target:
                    reached = self.count, float(self.earned.sum())
        return {
            "judgements_to_target": reached[0] if reached else None,
            "cost_to_target": reached[1] if reached else None,
            "judgements": self.count,
            "cost": float(self.earned.sum()),
            "accuracy": self.accuracy(),
            "open_for": statistics.fmean(self.open_for),
            "gini": gini(self.earned),
        }

    def accuracy(self) -> float:
        return float((self.believed.argmax(axis=1) == self.crowd.truth).mean())


def gini(amounts: np.ndarray) -> float:
    """Gini 1912: 0 when all have the same, towards 1 when one has all."""
    ordered = np.sort(amounts)
    places = np.arange(1, len(ordered) + 1)
    return float(2 * (places * ordered).sum() / (len(ordered) * ordered.sum()) - (len(ordered) + 1) / len(ordered))


def mean(rows: list[dict[str, float | None]]) -> dict[str, float | None]:
    """The mean of each figure; None where a crowd never got there."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return {
        name: None if None in values else statistics.fmean(value for value in values if value is not None)
        for name, values in columns.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=400)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--target", type=float, default=0.9)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    crowds = [Crowd.drawn(options.items, options.people, seed) for seed in range(options.seeds)]
    found: dict[str, Any] = {
        order: mean([Run(crowd, order, seed).run(options.target) for seed, crowd in enumerate(crowds)])
        for order in ORDERS
    }
    plain = found["random"]
    for order in ORDERS:
        pairs = {name: (value, plain[name]) for name, value in found[order].items()}
        found[order]["to_random"] = {name: round(a / b, 3) for name, (a, b) in pairs.items() if a and b}
    if options.json:
        print(json.dumps(found))
        return
    for order in ORDERS:
        print(order, found[order])


if __name__ == "__main__":
    main()

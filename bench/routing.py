"""Does it matter who gets which task? Simulated crowds, routed by `flow/route.py` against random assignment.

    python bench/routing.py [--crowds specialists …] [--orders random …] [--items 600] [--people 30] [--seeds 5]
                            [--target 0.9] [--json]

Three crowds: *specialists*, who tell one of three pairs of look-alikes apart and guess at the others; *mixed*, right
with .5 to .97, half of whom confuse one pair; *alike*, all the same: nothing to gain. And *priced*: the mixed ones,
where an answer about half of the items costs three times as much. People come one after the other, the busy ones more
often, and each is given one task of the queue as it is live: a first place of every task, then a second, and a task
that is not decided by then wants one more at the end. They get any (`random`), the next (`queue`), the best of a window
of 12 by their edge over the others (`skill`; `explore` gives every tenth to measuring them, and with `shared` no one
has more than a twentieth of the answers), or, for comparison, the one on which an answer adds most information whoever
else there is (`gain`); `cost` is `skill` with what an answer costs in it. All are believed, learnt of and stopped by
the same arithmetic, from what they answered alone.

Told per order, and as ratios to `random` of the same crowds: judgements and money until the target accuracy and until
all is done; the final accuracy; how long a task is open, in judgements of the crowd; the Gini of earnings (0: all the
same).
"""

from __future__ import annotations

import argparse
import json
import statistics
from bisect import bisect
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from quorate.flow.route import Candidate, edge, ranked, room, score, standing, tells, typical
from quorate.truth.online import column, prior_rows, temper
from quorate.truth.value import confusion, information_gain

ORDERS = ("random", "queue", "gain", "skill", "explore", "shared", "cost")
CROWDS = ("specialists", "mixed", "alike", "priced")
DEAR = 3
CLASSES, WINDOW, LEAST, MOST, SURE, EXPLORE, REFIT = 6, 12, 2, 9, 0.9, 0.1, 50
SHARE, FREE = 0.05, 20
NOW, HORIZON = datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=1)
Place = tuple[int, int]


def person(crowd: str, random: np.random.Generator) -> np.ndarray:
    """A confusion matrix."""
    if crowd == "specialists":
        known = random.integers(CLASSES // 2)
        matrix = np.full((CLASSES, CLASSES), 0.05 / (CLASSES - 2))
        for pair in range(CLASSES // 2):
            both, right = [2 * pair, 2 * pair + 1], 0.9 if pair == known else 0.57
            matrix[np.ix_(both, both)] = [[right, 0.95 - right], [0.95 - right, right]]
        return matrix
    right = 0.8 if crowd == "alike" else random.uniform(0.5, 0.97)
    matrix = np.full((CLASSES, CLASSES), (1 - right) / (CLASSES - 1))
    np.fill_diagonal(matrix, right)
    if crowd in {"mixed", "priced"} and random.random() < 0.5:
        both = random.choice(CLASSES, 2, replace=False)
        matrix[np.ix_(both, both)] = matrix[np.ix_(both, both)].mean(axis=1, keepdims=True)
    return matrix


@dataclass
class Crowd:
    """Items with their truth and what an answer about each costs, people with their confusion and how often they come:
    one seed, all orders."""

    truth: np.ndarray
    prices: np.ndarray
    people: list[np.ndarray]
    comes: np.ndarray

    @classmethod
    def drawn(cls, kind: str, items: int, people: int, seed: int) -> Crowd:
        random = np.random.default_rng(seed)
        comes = random.lognormal(0, 0.7, people)
        prices = np.where(np.arange(items) % 2, DEAR, 1) if kind == "priced" else np.ones(items, dtype=int)
        truth = random.integers(0, CLASSES, items)
        return cls(truth, prices, [person(kind, random) for _ in range(people)], comes / comes.sum())


@dataclass
class Queue:
    """Places in order, each with its task; as `store/openings.py` keeps them."""

    places: list[Place]
    next: int = 0

    @classmethod
    def of(cls, items: int) -> Queue:
        return cls(list(enumerate(list(range(items)) * LEAST)), items * LEAST)

    def after(self, cursor: int, done: dict[int, int], most: int) -> list[Place]:
        """Up to so many places from there on, of tasks that are not among those done, each task once."""
        found: dict[int, Place] = {}
        for place in self.places[bisect(self.places, (cursor, 10**9)) :]:
            if place[1] not in done:
                found.setdefault(place[1], place)
                if len(found) == most:
                    break
        return list(found.values())

    def again(self, item: int) -> None:
        self.places.append((self.next, item))
        self.next += 1


@dataclass
class Run:
    """One order over one crowd."""

    crowd: Crowd
    order: str
    seed: int
    count: int = 0
    begun: dict[int, int] = field(default_factory=dict)
    open_for: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        items, people = len(self.crowd.truth), len(self.crowd.people)
        self.random = np.random.default_rng([self.seed, 1])
        self.mean = [1 / CLASSES] * CLASSES
        self.scores = np.zeros((items, CLASSES))
        self.believed = np.full((items, CLASSES), 1 / CLASSES)
        self.said: list[dict[int, int]] = [{} for _ in range(people)]
        self.heard = [0] * items
        self.rows = [[list(row) for row in prior_rows(CLASSES)] for _ in range(people)]
        self.others = typical(self.rows)
        self.queue = Queue.of(items)
        self.cursors = [-1] * people
        self.earned = np.zeros(people)

    def pick(self, who: int) -> Place | None:
        if self.order == "shared" and not room(len(self.said[who]), self.count, SHARE, FREE):
            return None
        if self.order == "random":
            free = self.queue.after(-1, self.said[who], 10**9)
            return free[self.random.integers(len(free))] if free else None
        window = self.queue.after(self.cursors[who], self.said[who], WINDOW)
        if not window and self.cursors[who] >= 0:
            self.cursors[who] = -1
            window = self.queue.after(-1, self.said[who], WINDOW)
        if not window:
            return None
        self.cursors[who] = window[0][0]
        return window[0] if self.order == "queue" else self.best(who, window)

    def best(self, who: int, window: list[Place]) -> Place:
        if self.order == "gain":
            worths = information_gain([self.believed[item] for _, item in window], confusion(self.rows[who]))
            return window[int(np.argmax(worths))]
        tasks = [
            Candidate(
                place,
                standing(self.believed[item].tolist()) if self.heard[item] else None,
                cost=float(self.crowd.prices[item]) if self.order == "cost" else 1.0,
            )
            for place, (_, item) in enumerate(window)
        ]
        own = edge(self.rows[who], self.others)
        explore = self.order == "explore" and self.random.random() < EXPLORE
        scores = [tells(one, own) if explore else score(one, own, now=NOW, horizon=HORIZON) for one in tasks]
        return window[ranked(tasks, scores)[0].place]

    def answer(self, who: int, place: Place) -> None:
        item = place[1]
        self.queue.places.remove(place)
        self.count += 1
        self.earned[who] += self.crowd.prices[item]
        self.begun.setdefault(item, self.count)
        said = int(self.random.choice(CLASSES, p=self.crowd.people[who][self.crowd.truth[item]]))
        self.said[who][item] = said
        self.heard[item] += 1
        self.scores[item] += column(self.rows[who], said)
        self.believed[item] = temper(self.scores[item].tolist(), self.heard[item], self.mean)
        for row, chance in zip(self.rows[who], self.believed[item].tolist(), strict=True):
            row[said] += chance
        if self.count % REFIT == 0:
            self.others = typical(self.rows)
        self.follow(item)

    def follow(self, item: int) -> None:
        if self.heard[item] < LEAST:
            return
        if self.believed[item].max() >= SURE or self.heard[item] >= MOST:
            self.queue.places = [place for place in self.queue.places if place[1] != item]
            self.open_for.append(self.count - self.begun[item])
        elif all(other != item for _, other in self.queue.places):
            self.queue.again(item)

    def run(self, target: float) -> dict[str, float | None]:
        reached: int | None = None
        money: float | None = None
        idle, people = 0, len(self.crowd.people)
        while self.queue.places and idle < 100 * people:
            who = int(self.random.choice(people, p=self.crowd.comes))
            place = self.pick(who)
            idle = idle + 1 if place is None else 0
            if place is not None:
                self.answer(who, place)
                if reached is None and self.count % 10 == 0 and self.accuracy() >= target:
                    reached, money = self.count, float(self.earned.sum())
        return {
            "judgements_to_target": reached,
            "cost_to_target": money,
            "cost": float(self.earned.sum()),
            "judgements": self.count,
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


def mean(rows: list[dict[str, float | None]]) -> dict[str, Any]:
    """The mean of each figure, of those crowds that got there; and how many did."""
    told: dict[str, Any] = {}
    for name in rows[0]:
        values = [value for row in rows if (value := row[name]) is not None]
        told[name] = round(statistics.fmean(values), 3) if values else None
    return told | {"reached": sum(row["judgements_to_target"] is not None for row in rows)}


def compared(kind: str, options: argparse.Namespace) -> dict[str, Any]:
    """Each order over the same crowds; ratios are of each crowd to itself under `random`."""
    crowds = [Crowd.drawn(kind, options.items, options.people, seed) for seed in range(options.seeds)]
    runs = {
        order: [Run(crowd, order, seed).run(options.target) for seed, crowd in enumerate(crowds)]
        for order in options.orders
        if kind == "priced" or order != "cost"
    }
    found = {order: mean(rows) for order, rows in runs.items()}
    for order, rows in runs.items():
        found[order]["to_random"] = {
            name: round(statistics.fmean(ratios), 3)
            for name in rows[0]
            if (ratios := [a[name] / b[name] for a, b in zip(rows, runs["random"], strict=True) if a[name] and b[name]])
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crowds", nargs="+", choices=CROWDS, default=CROWDS)
    parser.add_argument("--orders", nargs="+", choices=ORDERS, default=ORDERS, help="`random` must be among them.")
    parser.add_argument("--items", type=int, default=600)
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--target", type=float, default=0.9)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = {kind: compared(kind, options) for kind in options.crowds}
    if options.json:
        print(json.dumps(found))
        return
    for kind, orders in found.items():
        for order, figures in orders.items():
            print(f"{kind:>12} {order:>8} {figures}")


if __name__ == "__main__":
    main()

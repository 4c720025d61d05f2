"""In what order annotators come by in a replay, and what each is given.

`in_order` offers recorded votes one by one, so that the policy can only stop. `choosing` lets annotators arrive and
picks the task for each: where this annotator's answer is expected to tell most, not at all if that is little.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque

import numpy as np
from numpy.typing import NDArray

from quorate.flow.decide import AskMore
from quorate.flow.replay import Replay
from quorate.truth.value import confusion, information_gain

CROWD = 25.0
"""Answers' worth of the crowd's mean rows by which a skill is held back when annotators are compared: whoever seems
best of many is on average less good than they seem."""

REMEMBERED = 400
DECLINED = 0.5
"""An arrival whose best gain is below this quantile of the last `REMEMBERED` is sent away: others will tell more."""


def in_order(replay: Replay, order: NDArray[np.int64]) -> None:
    """Offer the votes in this order, and those passed over again while that buys any."""
    votes = replay.votes
    item, worker, label = votes.item.tolist(), votes.worker.tolist(), votes.label.tolist()
    waiting = order.tolist()
    while waiting:
        left = [vote for vote in waiting if not replay.offer(item[vote], worker[vote], label[vote])]
        replay.refit()
        if len(left) == len(waiting):
            break
        waiting = left


def choosing(replay: Replay, seed: int) -> None:
    """Annotators arrive in proportion to the answers they have left; each gets the task that gains most, or none."""
    random = np.random.default_rng(seed)
    board = _Board(replay)
    recent = _Recent()
    idle = 0
    while idle < 3 * REMEMBERED and not replay.spent:
        vote = board.pick(random)
        if vote is None:
            break
        chosen, gain = board.most_telling(int(replay.votes.worker[vote]))
        declined = chosen < 0 or recent.lower(gain)
        recent.add(gain)
        idle = idle + 1 if declined else 0
        if not declined:
            board.buy(chosen)


class _Recent:
    """The best gains of the last arrivals, in order of time and of size."""

    def __init__(self) -> None:
        self.gains: deque[float] = deque()
        self.sorted: list[float] = []

    def lower(self, gain: float) -> bool:
        """Whether this is below the quantile that is sent away; nobody is before fifty have come."""
        return len(self.sorted) >= 50 and gain < self.sorted[int(DECLINED * len(self.sorted))]

    def add(self, gain: float) -> None:
        self.gains.append(gain)
        insort(self.sorted, gain)
        if len(self.gains) > REMEMBERED:
            del self.sorted[bisect_left(self.sorted, self.gains.popleft())]


class _Board:
    """What is left to ask, and what is believed of every task."""

    def __init__(self, replay: Replay) -> None:
        votes = replay.votes
        self.replay = replay
        self.left = np.ones(len(votes), dtype=bool)
        self.by_worker = np.split(
            np.argsort(votes.worker, kind="stable"),
            np.cumsum(np.bincount(votes.worker, minlength=votes.n_workers))[:-1],
        )
        self.proba = np.empty((votes.n_items, len(replay.ids)))
        self.open = np.ones(votes.n_items, dtype=bool)
        self.seen = -1
        self.queue: list[int] = []
        self.refresh()

    def refresh(self) -> None:
        rows = np.sum([skill.rows for skill in self.replay.skills], axis=0)
        self.crowd = CROWD * confusion(rows)
        for item in range(len(self.open)):
            self._settle(item)
        self.seen = self.replay.epoch

    def _settle(self, item: int) -> None:
        decision, posterior = self.replay.settle(item)
        self.proba[item] = list(posterior.probabilities.values())
        self.open[item] = isinstance(decision, AskMore)

    def pick(self, random: np.random.Generator) -> int | None:
        """A vote not yet bought on a task that is open, at random; None when there is none."""
        while True:
            while self.queue:
                vote = self.queue.pop()
                if self.left[vote] and self.open[self.replay.votes.item[vote]]:
                    return vote
            useful = np.flatnonzero(self.left & self.open[self.replay.votes.item])
            if not len(useful):
                return None
            self.queue = random.permutation(useful)[: max(len(useful) // 4, 1)].tolist()

    def most_telling(self, worker: int) -> tuple[int, float]:
        """The annotator's vote with the largest expected gain, and that gain; −1 when nothing is open to them."""
        votes = self.by_worker[worker]
        items = self.replay.votes.item[votes]
        usable = self.left[votes] & self.open[items]
        votes, items = votes[usable], items[usable]
        if not len(votes):
            return -1, 0.0
        skill = confusion(self.crowd + self.replay.skills[worker].rows)
        gains = information_gain(self.proba[items], skill)
        top = int(gains.argmax())
        return int(votes[top]), float(gains[top])

    def buy(self, vote: int) -> None:
        votes = self.replay.votes
        item = int(votes.item[vote])
        self.left[vote] = False
        self.replay.offer(item, int(votes.worker[vote]), int(votes.label[vote]))
        if self.replay.epoch != self.seen:
            self.refresh()
        else:
            self._settle(item)

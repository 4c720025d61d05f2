"""In what order annotators come by in a replay, and what each is given.

`in_order` offers recorded votes one by one, so that the policy can only stop. `choosing` lets annotators arrive and
picks the task for each: where this annotator's answer is expected to tell most, not at all if that is little. That
wants to be known of them first, so a few items are asked in full before the others are begun.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from quorate.flow.decide import AskMore
from quorate.flow.replay import Replay
from quorate.truth import online
from quorate.truth.value import confusion, information_gain

IN_FULL, FEWEST = 0.03, 5
"""The share of the items that are asked in full at first, and their number at least: only where several answer the same
is it seen who is good, and who gets the first word on all others should be."""

CROWD = 10.0
"""Answers' worth of the crowd's mean rows by which a skill is held back when annotators are compared: whoever seems
best of many is on average less good than they seem."""

REMEMBERED = 400
DECLINED = 0.7
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
    board = _Board(replay, random)
    while not replay.spent and (vote := board.pick(random)) is not None:
        board.buy(vote)
    board.begin_all()
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
    """What is left to ask, what is believed of every task, and what of every annotator by the word of others.

    `proba` (I, K): of each task, not tempered, by the skills of the last refit; tempered, the gains of tasks with many
    votes would seem too large. `heard` (W, said, true): answers to tasks that others answered, too, counted by what
    the others make of these; somebody alone with a task is always of their own opinion.
    """

    def __init__(self, replay: Replay, random: np.random.Generator) -> None:
        votes = replay.votes
        self.replay = replay
        self.left = np.ones(len(votes), dtype=bool)
        self.by_worker = np.split(
            np.argsort(votes.worker, kind="stable"),
            np.cumsum(np.bincount(votes.worker, minlength=votes.n_workers))[:-1],
        )
        self.open = np.ones(votes.n_items, dtype=bool)
        self.begun = np.zeros(votes.n_items, dtype=bool)
        self.begun[random.permutation(votes.n_items)[: max(FEWEST, int(IN_FULL * votes.n_items))]] = True
        self.queue: list[int] = []
        self.refresh()

    def begin_all(self) -> None:
        """From now on every task may be asked."""
        self.begun[:] = True
        self.replay.refit()
        self.refresh()

    def refresh(self) -> None:
        """All anew, by the skills that are believed now."""
        replay, size = self.replay, len(self.replay.ids)
        item, worker, label = np.array(replay.bought, dtype=np.int64).reshape(-1, 3).T
        self.columns = online.columns(np.array([skill.rows for skill in replay.skills]))
        said = self.columns[worker, :, label]
        self.scores = np.tile(online.log_frequencies(replay.prior.rows[0]), (len(self.open), 1))
        np.add.at(self.scores, item, said)
        self.proba = softmax(self.scores, axis=1)
        shared = online.shared(item, np.zeros(len(self.open), dtype=bool))
        self.heard = np.zeros((len(replay.skills), size, size))
        np.add.at(self.heard, (worker[shared], label[shared]), softmax(self.scores[item] - said, axis=1)[shared])
        self.crowd = CROWD * confusion(online.prior_rows(size) + self.heard.sum(axis=0).T)
        for number in range(len(self.open)):
            self._settle(number)
        self.seen = replay.epoch

    def _settle(self, item: int) -> None:
        self.open[item] = isinstance(self.replay.settle(item)[0], AskMore)

    def pick(self, random: np.random.Generator) -> int | None:
        """A vote not yet bought on a task that is begun and open, at random; None when there is none."""
        while True:
            while self.queue:
                vote = self.queue.pop()
                if self.left[vote] and self.open[self.replay.votes.item[vote]]:
                    return vote
            useful = np.flatnonzero(self.left & (self.open & self.begun)[self.replay.votes.item])
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
        gains = information_gain(self.proba[items], confusion(self.crowd + self.heard[worker].T))
        top = int(gains.argmax())
        return int(votes[top]), float(gains[top])

    def buy(self, vote: int) -> None:
        """Ask for this answer and believe it."""
        votes = self.replay.votes
        item, worker, label = int(votes.item[vote]), int(votes.worker[vote]), int(votes.label[vote])
        self.left[vote] = False
        if self.replay.tasks[item].bought:
            self.heard[worker, label] += self.proba[item]
        self.replay.offer(item, worker, label)
        if self.replay.epoch != self.seen:
            self.refresh()
        else:
            self.scores[item] += self.columns[worker, :, label]
            self.proba[item] = softmax(self.scores[item])
            self._settle(item)

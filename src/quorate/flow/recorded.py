"""Recorded votes with their truth, and what a policy makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isnan
from pathlib import Path
from time import perf_counter
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from quorate.errors import InvalidInput
from quorate.flow.arrivals import choosing, in_order
from quorate.flow.policy import Policy
from quorate.flow.replay import UNHEARD_OF, UNKNOWN, Replay, Score
from quorate.truth import tables
from quorate.truth.consensus import Consensus
from quorate.truth.votes import Votes

Order = Literal["random", "time", "choose"]


@dataclass(frozen=True, eq=False)
class Recorded:
    """Votes, and per item a class code of what is true (`UNKNOWN`, `UNHEARD_OF` as in `Replay`)."""

    votes: Votes
    truth: NDArray[np.int64]

    @classmethod
    def read(cls, votes: str | Path, truth: str | Path) -> Self:
        """From two tables. Repeats of (item, worker, label) count once. Raises `InvalidInput` if no item has truth."""
        found = Votes.read(votes).without_duplicates()
        codes = truth_codes(found, tables.read_labels(truth))
        if (codes == UNKNOWN).all():
            raise InvalidInput(
                "No item of the votes is in the truth.", where=str(truth), mend="The items must be written alike."
            )
        return cls(found, codes)

    def replay(self, policy: Policy, order: Order = "random", seed: int = 0, **limits: Any) -> Score:
        """The outcome of `run`."""
        return self.run(policy, order, seed, **limits).score()

    def run(
        self,
        policy: Policy,
        order: Order = "random",
        seed: int = 0,
        *,
        expert_accuracy: float | None = None,
        budget: float | None = None,
    ) -> Replay:
        """Feed the votes to the policy: in random order, as they came, or choosing who is asked what.

        With `budget`, a share of the recorded votes, it ends when so many are bought. When choosing, a task hears two
        annotators at least before it is decided: whoever is chosen is the one whose skill was estimated highest, and so
        on average too high for one word to be believed.
        """
        choose = order == "choose"
        run = Replay(
            self.votes,
            self.truth,
            policy.hearing(2) if choose else policy,
            seed=seed,
            expert_accuracy=expert_accuracy,
            most=None if budget is None else int(budget * len(self.votes)),
        )
        if choose:
            choosing(run, seed)
        else:
            in_order(run, self._ordered(order, seed))
        return run

    def _ordered(self, order: Order, seed: int) -> NDArray[np.int64]:
        if order == "random":
            return np.random.default_rng(seed).permutation(len(self.votes))
        if self.votes.time is None:
            return np.arange(len(self.votes))
        return np.argsort(self.votes.time, kind="stable")

    def majority(self) -> float:
        """Expected accuracy of the majority of all votes, ties broken at random; over items with votes and truth."""
        counts = np.zeros((self.votes.n_items, self.votes.n_classes))
        np.add.at(counts, (self.votes.item, self.votes.label), 1)
        leading = counts == counts.max(axis=1, keepdims=True)
        share = leading / leading.sum(axis=1, keepdims=True)
        scored = (counts.sum(axis=1) > 0) & (self.truth != UNKNOWN)
        heard = self.truth[scored]
        right = np.where(heard >= 0, share[scored][np.arange(len(heard)), np.maximum(heard, 0)], 0.0)
        return float(right.mean())

    def consensus(self, bought: Sequence[tuple[int, int, int]] | None = None) -> float:
        """Accuracy of `Consensus` on all votes, or on these (item, worker, label), over the same items."""
        votes = self.votes
        if bought is not None:
            item, worker, label = np.array(bought, dtype=np.int32).reshape(-1, 3).T
            votes = Votes(item, worker, label, votes.items, votes.workers, votes.labels)
        codes = Consensus().fit(votes).codes_
        scored = (np.bincount(self.votes.item, minlength=len(codes)) > 0) & (self.truth != UNKNOWN)
        return float((codes == self.truth)[scored].mean())


def timed(recorded: Recorded, policy: Policy, **how: Any) -> dict[str, Any]:
    """A replay's score as a mapping, with its seconds; what cannot be said is None."""
    start = perf_counter()
    score = asdict(recorded.replay(policy, **how))
    score["seconds"] = perf_counter() - start
    return {name: None if isnan(value) else value for name, value in score.items()}


def truth_codes(votes: Votes, known: dict[str, str]) -> NDArray[np.int64]:
    """A class code per item from a mapping of item to label, both as text. Shape (I,)."""
    codes = {str(label): code for code, label in enumerate(votes.labels)}
    labels = [known.get(str(item)) for item in votes.items]
    return np.array([UNKNOWN if label is None else codes.get(label, UNHEARD_OF) for label in labels])

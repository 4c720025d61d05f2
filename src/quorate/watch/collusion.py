"""Annotators who make the same mistakes more often than chance."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from quorate.truth.copies import CopyPair, find_copies
from quorate.watch.detector import Detector, Finding
from quorate.watch.work import Need, Work


class Collusion(Detector):
    """Pairs with `shared` items in common that agree on wrong answers more than independent people would.

    The test is that of `truth/copies.py`. Both of a pair are named: who copied from whom the answers do not say.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"classes"})

    use: Literal["collusion"] = "collusion"
    false_alarm: float = Field(0.004, gt=0, le=0.5)
    shared: int = Field(5, ge=3)

    def look(self, work: Work) -> list[Finding]:
        chance = min(0.5, self.false_alarm * work.votes.n_workers / 2)  # that anybody is named; a pair names two
        groups = find_copies(work.votes, work.view.proba, false_alarm=chance, min_shared=self.shared)
        code = {name: j for j, name in enumerate(work.votes.workers.tolist())}
        return [self._told(pair, code) for group in groups for pair in group.pairs]

    def _told(self, pair: CopyPair, code: dict[object, int]) -> Finding:
        score = -float(np.log10(max(pair.p_value, 1e-300)))
        return Finding(
            "collusion",
            f"On {pair.shared} items that both judged they agree {pair.agreed} times, and make the same mistake about"
            f" {pair.same_errors:.1f} times; {pair.expected:.1f} would be chance.",
            score,
            (code[pair.workers[0]], code[pair.workers[1]]),
            evidence={
                "shared": pair.shared,
                "agreed": pair.agreed,
                "same_errors": pair.same_errors,
                "expected": pair.expected,
                "copied": pair.rate,
            },
        )

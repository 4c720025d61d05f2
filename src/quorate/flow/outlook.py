"""What will it take to finish, and how far will the money go? From what a decided task has cost, pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

ENOUGH = 10
"""From so many decided tasks on their cost tells of the others; before, the fewest judgements at today's price do."""
FARTHEST = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Work:
    """How many tasks of a step are in which state, what was paid for those that are decided (`settled`) and for those
    that are open (`begun`), and what an hour of the last day cost."""

    open: int
    contested: int
    decided: int
    settled: Decimal
    begun: Decimal
    hourly: float

    @property
    def undecided(self) -> int:
        """What is still to be done."""
        return self.open + self.contested


@dataclass(frozen=True, slots=True)
class Prices:
    """What a judgement and an adjudication of a step bring now, and how many judgements a task gets at the least."""

    judgement: Decimal
    adjudication: Decimal
    fewest: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What finishing a step takes (`needed`), when its money ends (None: it lasts, or nobody can say), and how many
    tasks are then not decided."""

    needed: Decimal
    ends: datetime | None
    undone: int


def needed(work: Work, prices: Prices) -> Decimal:
    """What the tasks of a step are still expected to cost.

    A contested one an adjudication. An open one what a decided task has cost, its share of experts and audits
    included, less what was paid for it already; but one more judgement at least.
    """
    each = work.settled / work.decided if work.decided >= ENOUGH else prices.judgement * prices.fewest
    still = max(each * work.open - work.begun, prices.judgement * work.open)
    return (still + prices.adjudication * work.contested).quantize(Decimal("0.01"))


def outlook(work: Work, prices: Prices, left: Decimal | None, now: datetime) -> Outlook:
    """How far it goes; `left` (None: no limit) is what may still be spent."""
    wanted = needed(work, prices)
    if left is None or wanted <= left:
        return Outlook(wanted, None, 0)
    undone = min(work.undecided, math.ceil((wanted - left) * work.undecided / wanted))
    after = timedelta(hours=float(left) / work.hourly) if work.hourly > 0 else FARTHEST
    return Outlook(wanted, now + after if after < FARTHEST else None, undone)

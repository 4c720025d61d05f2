"""What will it take to finish, and how far will the money go? From what a decided task has cost, pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

ENOUGH = 10
"""From so many decided tasks on their cost tells of the others; before, the fewest judgements at today's price do."""
FARTHEST = timedelta(days=3650)
NOTHING = Decimal(0)
Key = TypeVar("Key")


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


@dataclass(frozen=True, slots=True)
class Ahead:
    """A step's work with its prices, and what is left of its own budget (None: it has none)."""

    work: Work
    prices: Prices
    left: Decimal | None = None


def outlooks(steps: Mapping[Key, Ahead], left: Decimal | None, now: datetime) -> dict[Key, Outlook]:
    """How far the money goes for each step; `left` (None: no limit) is what may still be spent on all together.

    What is too little for all is shared out by what each needs, as nobody can say who comes first.
    """
    wanted = {key: needed(step.work, step.prices) for key, step in steps.items()}
    asked = {key: wanted[key] if step.left is None else min(wanted[key], step.left) for key, step in steps.items()}
    whole, pace = sum(asked.values(), NOTHING), sum(step.work.hourly for step in steps.values())
    short = left is not None and left < whole
    found = {}
    for key, step in steps.items():
        got = asked[key] * left / whole if short and left is not None else asked[key]
        own = _hours(step.left, step.work.hourly) if step.left is not None and step.left < wanted[key] else FARTHEST
        ends = min(own, _hours(left, pace)) if short and left is not None else own
        found[key] = _outlook(step.work, wanted[key], got, now + ends if ends < FARTHEST else None)
    return found


def _hours(left: Decimal, hourly: float) -> timedelta:
    return min(timedelta(hours=float(left) / hourly), FARTHEST) if hourly > 0 else FARTHEST


def _outlook(work: Work, wanted: Decimal, got: Decimal, ends: datetime | None) -> Outlook:
    if got >= wanted:
        return Outlook(wanted, None, 0)
    return Outlook(wanted, ends, min(work.undecided, math.ceil((wanted - got) * work.undecided / wanted)))

"""How far will the money go? From what a decided task has cost and how fast money goes, pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

ENOUGH = 10
"""From so many decided tasks on their cost tells of the others; before, the fewest judgements at today's price do."""
FARTHEST = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What finishing a step takes (`needed`), when its money ends (None: it lasts, or nobody can say), and how many
    tasks are then not decided."""

    needed: Decimal
    ends: datetime | None
    undone: int


def outlook(
    undecided: int, decided: int, spent: Decimal, least: Decimal, left: Decimal | None, hourly: float, now: datetime
) -> Outlook:
    """`spent` on `decided` tasks of a step; a task costs `least` at least; `left` (None: no limit), going `hourly`."""
    each = spent / decided if decided >= ENOUGH else least
    needed = (each * undecided).quantize(Decimal("0.01"))
    if left is None or needed <= left or not each:
        return Outlook(needed, None, 0)
    undone = min(undecided, math.ceil((needed - left) / each))
    after = timedelta(hours=float(left) / hourly) if hourly > 0 else FARTHEST
    return Outlook(needed, now + after if after < FARTHEST else None, undone)

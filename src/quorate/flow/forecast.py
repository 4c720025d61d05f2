"""When will it be done? From how many labels came in each stretch of the recent past, quiet stretches included."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(days=7)
STRETCHES = 14
FARTHEST = timedelta(days=3650)
NORMAL_95 = 1.96


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the last task will be decided, with the ends of a 95 % interval (None: not within ten years).

    `pace` in labels an hour, with the ends `slow` and `fast` of its interval, since the moment `begun`.
    """

    pace: float
    slow: float
    fast: float
    begun: datetime
    done: datetime | None
    earliest: datetime | None
    latest: datetime | None


def forecast(times: Sequence[datetime], left: int, now: datetime) -> Forecast | None:
    """From the times of the newest labels and the number still wanted; None when too few came to say.

    The time since the first of them, a week at most, is cut into equal stretches, whose spread gives the pace its
    standard error: labels come in bursts, which a Poisson error would not see.
    """
    recent = [time for time in times if now - time <= WINDOW]
    if len(recent) < 5:
        return None
    begun = min(recent) if len(recent) == len(times) else now - WINDOW
    span = max((now - begun).total_seconds(), 1.0)
    counts = [0] * STRETCHES
    for time in recent:
        counts[min(int((time - begun).total_seconds() / span * STRETCHES), STRETCHES - 1)] += 1
    mean = len(recent) / STRETCHES
    variance = sum((count - mean) ** 2 for count in counts) / (STRETCHES - 1)
    error = NORMAL_95 * math.sqrt(max(variance, mean) / STRETCHES)
    hour = STRETCHES / (span / 3600)
    slow, usual, fast = ((mean + way * error) * hour for way in (-1, 0, 1))
    return Forecast(usual, slow, fast, begun, *(_after(now, left, pace) for pace in (usual, fast, slow)))


def _after(now: datetime, left: int, pace: float) -> datetime | None:
    if left == 0:
        return now
    if pace <= 0 or left / pace * 3600 > FARTHEST.total_seconds():
        return None
    return now + timedelta(hours=left / pace)

"""When will it be done? From how many labels came in each stretch of the recent past, quiet stretches included."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scipy.special import gammaincinv

WINDOW = timedelta(days=7)
STRETCHES = 14
FARTHEST = timedelta(days=3650)
NORMAL_95 = 1.96
FEWEST = 5
"""From so many labels on their spread is seen; fewer tell a pace only where there was time for more."""
SETTLING, LONGEST = 0.1, timedelta(days=2)
"""So much of the time until the due date a step may take to begin, and at most so long, before its silence tells."""


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


def settled(since: datetime, due: datetime, now: datetime) -> bool:
    """Whether a step that has been open `since` has had the time to begin: from then on few labels tell a pace."""
    return now - since >= min((due - since) * SETTLING, LONGEST)


def forecast(times: Sequence[datetime], left: int, now: datetime, *, since: datetime | None = None) -> Forecast | None:
    """From the times of the newest labels and the number still wanted; None when too few came to say.

    Fewer than five say something of a step that has been open `since` long enough (`settled`): that it goes on as it
    did, which of none at all is never.

    The time since the first of them, a week at most, is cut into equal stretches, whose spread gives the pace its
    standard error: labels come in bursts, which a Poisson error would not see.
    """
    recent = [time for time in times if now - time <= WINDOW]
    if len(recent) < FEWEST:
        return None if since is None else _few(len(recent), left, max(since, now - WINDOW), now)
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
    return _going_on(begun, now, left, usual, slow, fast)


def _few(labels: int, left: int, since: datetime, now: datetime) -> Forecast:
    """With the exact interval of a Poisson count: of none in so long, up to 3.7 might have been expected."""
    hours = max((now - since).total_seconds(), 1.0) / 3600
    low, high = gammaincinv(labels, 0.025) if labels else 0.0, gammaincinv(labels + 1, 0.975)
    return _going_on(since, now, left, labels / hours, float(low) / hours, float(high) / hours)


def _going_on(begun: datetime, now: datetime, left: int, usual: float, slow: float, fast: float) -> Forecast:
    return Forecast(usual, slow, fast, begun, *(_after(now, left, pace) for pace in (usual, fast, slow)))


def _after(now: datetime, left: int, pace: float) -> datetime | None:
    if left == 0:
        return now
    if pace <= 0 or left / pace * 3600 > FARTHEST.total_seconds():
        return None
    return now + timedelta(hours=left / pace)

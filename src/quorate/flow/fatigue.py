"""Is somebody tired? From their own answers in a stretch of work, compared with their own before. Pure.

A stretch goes on until there is a pause, whatever they answer and judge meanwhile. What is noticed: that it has lasted
long; that the newest answers took clearly longer than those before (Welch's z of log seconds, and a ratio that
matters); that known items are answered clearly worse than before. Nobody is compared with anybody else, and nothing
follows but a proposal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log, sqrt
from statistics import NormalDist, fmean, stdev
from typing import Literal

from quorate.flow.exam import at_least
from quorate.flow.policy import Rest

PAUSE = timedelta(minutes=12)
"""So long without an answer, and without being at one, ends a stretch."""
LONGEST = timedelta(minutes=30)
"""An answer that is said to have taken longer was left lying."""
RECENT, BEFORE = 20, 30
"""How many of the newest answers are compared, with at least how many before."""
KNOWN, KNOWN_BEFORE = 6, 8
"""The same of answers to known items."""
PACE_SURE, ACCURACY_SURE = 0.999, 0.99
"""How sure one must be before anything is said. It is looked at often, so chance has many tries."""

Why = Literal["long", "pace", "accuracy"]


@dataclass(frozen=True, slots=True)
class Done:
    """An answer: when it was given, how long it took, and whether it was right where that is known."""

    at: datetime
    seconds: float | None = None
    right: bool | None = None


@dataclass(frozen=True, slots=True)
class Fatigue:
    """What was noticed, with its numbers: minutes of work, or what it was `before` and is `now`."""

    why: Why
    before: float
    now: float


def stretch(done: Sequence[Done], now: datetime) -> Sequence[Done]:
    """The newest answers, oldest first, since there was a pause; none when there is one now."""
    begin, later = len(done), now
    while begin and later - done[begin - 1].at <= PAUSE:
        begin -= 1
        later = done[begin].at - min(timedelta(seconds=done[begin].seconds or 0), LONGEST)
    return done[begin:]


def fatigue(done: Sequence[Done], rest: Rest, now: datetime, *, work: Sequence[Done] | None = None) -> Fatigue | None:
    """Whether a break should be proposed to somebody who has done this, oldest first; None when not.

    `work` is all that they have done of late, in other projects and as an expert, too: `done` when it is left out.
    """
    whole = stretch(done if work is None else work, now)
    if not whole:
        return None
    minutes = (now - whole[0].at) / timedelta(minutes=1)
    if rest.minutes is not None and minutes >= rest.minutes:
        return Fatigue("long", rest.minutes, round(minutes, 1))
    current = [one for one in done if one.at >= whole[0].at]
    recent = current[-RECENT:]
    return _slower(done, recent, rest.slower) or _worse(done, current, rest.worse)


def _slower(done: Sequence[Done], recent: Sequence[Done], ratio: float | None) -> Fatigue | None:
    new = [log(one.seconds) for one in recent if one.seconds]
    old = [log(one.seconds) for one in done[: len(done) - len(recent)] if one.seconds]
    if ratio is None or len(new) < RECENT or len(old) < BEFORE:
        return None
    before, after = fmean(old), fmean(new)
    error = sqrt(stdev(old) ** 2 / len(old) + stdev(new) ** 2 / len(new))
    if after - before < log(ratio) or after - before < NormalDist().inv_cdf(PACE_SURE) * error:
        return None
    return Fatigue("pace", round(exp(before), 2), round(exp(after), 2))


def _worse(done: Sequence[Done], current: Sequence[Done], drop: float | None) -> Fatigue | None:
    known = [one.right for one in done if one.right is not None]
    new = [one.right for one in current if one.right is not None][-KNOWN:]
    old = known[: len(known) - len(new)]
    if drop is None or len(new) < KNOWN or len(old) < KNOWN_BEFORE:
        return None
    before = (1 + sum(old)) / (2 + len(old))
    bar = before - drop
    if bar <= 0 or 1 - at_least(bar, sum(new), len(new) - sum(new)) < ACCURACY_SURE:
        return None
    return Fatigue("accuracy", round(before, 3), round(sum(new) / len(new), 3))

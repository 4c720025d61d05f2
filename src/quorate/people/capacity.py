"""How much people can do together, each in their own hours, and when so much of it is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from quorate.people.hours import DAY, FAR, Hours

NOTHING = timedelta(0)


def offered(people: Sequence[Hours], since: datetime, until: datetime) -> timedelta:
    """The time that they work between two moments, added up."""
    return sum((hours.within(since, until) for hours in people), NOTHING)


def at_work(people: Sequence[Hours], at: datetime) -> int:
    """How many work at a moment."""
    return sum(hours.working(at) for hours in people)


def finished(work: timedelta, people: Sequence[Hours], now: datetime) -> datetime | None:
    """When so much of one person's work is done by all of them at once. None: not within 90 days."""
    left, day = work, now
    if left <= NOTHING:
        return now
    while day < now + FAR:
        together = offered(people, day, day + DAY)
        if together >= left:
            return _within(left, people, day)
        left, day = left - together, day + DAY
    return None


def _within(left: timedelta, people: Sequence[Hours], day: datetime) -> datetime:
    """When it is done, on a day on which it is."""
    changes: list[tuple[datetime, int]] = []
    for hours in people:
        for begin, end in hours.spans(day, day + DAY):
            changes += [(begin, 1), (end, -1)]
    working, since = 0, day
    for at, change in sorted(changes):
        done = (at - since) * working
        if working and done >= left:
            return since + left / working
        left, since, working = left - done, at, working + change
    return since

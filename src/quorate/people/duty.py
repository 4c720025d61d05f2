"""Whose case is it: experts by their hours, so that it is done in time, by turns, and never their own work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from quorate.people.hours import Hours

PATIENCE = timedelta(minutes=15)
"""So much of their working time everybody has at least, beyond what the work takes."""
Lapse = Literal["left", "skipped", "unfit", "late", "away"]
"""Why a turn is over: they judge here no more, passed on the case, must not be given the item (any more), have not come
in time, or do not work till then."""


@dataclass(frozen=True)
class Expert:
    """An expert with what is on their desk, and how often of late they judged whose work and which class."""

    account: UUID
    hours: Hours
    desk: timedelta = timedelta(0)
    annotators: Mapping[UUID, int] = field(default_factory=dict)
    classes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Matter:
    """A case to be given: who answered its task, the class it is about, how long it takes, when it is due, and which
    experts are not for its item: language, domain, access or a conflict of interest is against it."""

    authors: frozenset[UUID]
    label: str
    takes: timedelta
    due: datetime
    unfit: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: done at `done`, which is `late` when nobody can by the date; `backup` steps in at `ends`."""

    expert: UUID
    backup: UUID | None
    done: datetime
    ends: datetime
    late: bool


def on_duty(experts: Sequence[Expert], at: datetime) -> list[UUID]:
    """Who works at this moment."""
    return [expert.account for expert in experts if expert.hours.working(at)]


def turn(
    matter: Matter, experts: Sequence[Expert], now: datetime, *, passed: frozenset[UUID] = frozenset()
) -> Turn | None:
    """Who is to judge, and who if they do not; None when nobody may or works within 90 days.

    Whoever is in time comes before whoever is late; of those in time, who least judged these annotators and this class,
    then who has least on the desk; of the late, who is done first. `passed` were asked and did not come.
    """
    able = sorted(_able(matter, experts, now, passed), key=lambda pair: _order(matter, *pair))
    if not able:
        return None
    expert, done = able[0]
    backup = able[1][0].account if len(able) > 1 else None
    return Turn(expert.account, backup, done, _ends(matter, expert, done), done > matter.due)


def _ends(matter: Matter, expert: Expert, done: datetime) -> datetime:
    """When a turn ends that nothing came of: half of their working time before the date is then left for another."""
    spare = expert.hours.within(done, matter.due) if done < matter.due else timedelta(0)
    return expert.hours.finish(done, max(spare / 2, PATIENCE)) or done + PATIENCE


def lapsed(
    matter: Matter, account: UUID, ends: datetime, experts: Mapping[UUID, Expert], now: datetime
) -> Lapse | None:
    """Why the turn of this account is over, which `ends` at a moment; None: it is not."""
    if account not in experts:
        return "left"
    if account in matter.authors:
        return "skipped"
    if account in matter.unfit:
        return "unfit"
    if now >= ends:
        return "late"
    return None if experts[account].hours.within(now, ends) else "away"


def _able(
    matter: Matter, experts: Sequence[Expert], now: datetime, passed: frozenset[UUID]
) -> list[tuple[Expert, datetime]]:
    free = [expert for expert in experts if expert.account not in matter.authors | matter.unfit | passed]
    done = [(expert, expert.hours.finish(now, expert.desk + matter.takes)) for expert in free]
    return [(expert, at) for expert, at in done if at is not None]


def _order(matter: Matter, expert: Expert, done: datetime) -> tuple[bool, float, timedelta, datetime, str]:
    late = done > matter.due
    again = max((expert.annotators.get(author, 0) for author in matter.authors), default=0)
    again += expert.classes.get(matter.label, 0)
    return late, (done.timestamp() if late else again), expert.desk, done, str(expert.account)

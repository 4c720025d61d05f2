"""Tell when each step will be done, how long cases wait, how that stands to the due date, and what is done about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.assign_cases import experts_of
from quorate.actions.rules import Rules, Step, rules_of
from quorate.flow.forecast import FARTHEST, FEWEST, WINDOW, Forecast, forecast, settled
from quorate.flow.lag import NEVER
from quorate.people.capacity import at_work, finished, offered
from quorate.people.hours import ALWAYS, Hours
from quorate.store import lag
from quorate.store.database import Database, Driver
from quorate.store.projects import Project

Told = dict[str, Any]
HOUR = timedelta(hours=1)
JUDGED = 5
"""Fewer judged cases tell no pace."""


def tell_forecast(db: Database, project: Project, now: datetime | None = None) -> Told:
    """The whole: `due`, `done` with its interval, `late_hours`, the experts' `queue`, the `steps`, what is `taken`."""
    now = now or clock.now()
    rules = rules_of(db, project.id)
    with db.work() as connection:
        told = look_ahead(connection, rules, now)
        taken = lag.in_force(connection, project.id, [one.name for one in rules.policy.lag])
    says = {one.name: one.say for one in rules.policy.lag}
    measures = [
        {"measure": row["rule"], "step": row["subject"], "do": row["does"], "since": row["since"],
         "say": says[row["rule"]], "facts": row["facts"]}
        for row in taken
    ]  # fmt: skip
    return {**told, "taken": measures}


def look_ahead(connection: Driver, rules: Rules, now: datetime) -> Told:
    """The forecast of every step, of the project as a whole, and of the experts' queue."""
    since = now - WINDOW
    flow = lag.flow(connection, rules.project.id, since, now)
    crowd = [Hours.read(row["hours"]) if row["hours"] else ALWAYS for row in flow["crowd"]]
    hours, _ = experts_of(connection, rules.project.id)
    coming = {id: _coming(flow, id) for id in rules.steps}
    patience = timedelta(hours=rules.policy.experts.due_hours / 2)
    queue = _queue(flow, list(hours.values()), sum(coming.values()), patience, now)
    steps: list[Told] = []
    for id, step in rules.steps.items():
        wanted = _left(flow["states"].get(id, {}))
        silent = _silent_since(connection, rules, flow, step, wanted, now)
        found = forecast(flow["labels"].get(id, []), wanted, now, since=silent)
        one = _step(flow, id, wanted, found, crowd, queue, coming[id], now)
        steps.append({"step": step.name, **one, **_late(rules, one["done"], one["known"], one["left"], now)})
    left = [one for one in steps if one["left"] or one["cases"]]
    known = all(one["known"] for one in left)
    ends = {name: _latest([one[name] for one in left], now) if known else None for name in ("done", "low", "high")}
    late = [one["late_hours"] for one in left if one.get("late_hours") is not None]
    ends_known = [one["done"] for one in left if one["known"]]
    pace = sum(one["pace"] or 0 for one in steps)
    return {
        "due": rules.due, "known": known, **ends, "pace": pace, "late_hours": max(late, default=None),
        "not_before": _latest(ends_known, now) if left else None,
        "queue": queue, "steps": steps,
    }  # fmt: skip


def _left(states: dict[str, int]) -> int:
    """The labels that the crowd has still to give: of tasks that wait for a condition, as many as are usually asked."""
    asked = states.get("open", 0) + states.get("contested", 0) + states.get("decided", 0)
    share = asked / (asked + states.get("retired", 0)) if asked else 1.0
    return states.get("open", 0) + round(states.get("waiting", 0) * share)


def _silent_since(
    connection: Driver, rules: Rules, flow: Told, step: Step, left: int, now: datetime
) -> datetime | None:
    """Since when a step with too few labels to see a pace has been open, if it is due and had the time to begin."""
    if rules.due is None or not left or len(flow["labels"].get(step.id, ())) >= FEWEST:
        return None
    since = lag.open_since(connection, rules.project.id, step.id, follows=step.when is not None)
    return since if since is not None and settled(since, rules.due, now) else None


def _coming(flow: Told, id: UUID) -> float:
    """The cases that what is left of a step will bring, at the rate of the last week."""
    labels, cases = len(flow["labels"].get(id, ())), flow["cases"].get(id)
    escalated = cases["escalated"] if cases else 0
    left = _left(flow["states"].get(id, {}))
    return left * escalated / (labels + escalated) if escalated else 0.0


def _queue(flow: Told, experts: Sequence[Hours], coming: float, patience: timedelta, now: datetime) -> Told:
    """The cases that wait, how they come and go, how long a new one will wait, and when all will be judged.

    Where too few were judged to see a pace, they tell as much as many once cases have waited with `patience`.
    """
    cases, judged = flow["cases"].values(), flow["judged"]
    waiting, opened = (sum(row[name] for row in cases) for name in ("waiting", "opened"))
    firsts = [row["first"] for row in cases if row["first"]] + ([judged["first"]] if judged["first"] else [])
    begun = max(min(firsts, default=now), now - WINDOW)
    span = max((now - begun) / HOUR, 1 / 60)
    served, worked = judged["judged"], offered(experts, begun, now)
    known = served >= JUDGED or (waiting > 0 and now - begun >= patience and worked > timedelta(0))
    each = (worked / served if served else FARTHEST) if known else None
    clear, all_judged = (_clear(each, number, experts, now) for number in (waiting, waiting + coming))
    wait = None if each is None else NEVER if clear is None else (clear - now) / HOUR
    return {
        "cases": waiting, "overdue": sum(row["overdue"] for row in cases), "experts": len(experts),
        "experts_on_duty": at_work(experts, now), "arriving": opened / span if opened else 0.0,
        "judged": served / span if served else 0.0, "wait_hours": wait, "clear": all_judged,
    }  # fmt: skip


def _clear(each: timedelta | None, cases: float, experts: Sequence[Hours], now: datetime) -> datetime | None:
    return None if each is None else finished(each * cases, experts, now)


def _step(
    flow: Told, id: UUID, left: int, found: Forecast | None, crowd: Sequence[Hours], queue: Told, coming: float,
    now: datetime,
) -> Told:  # fmt: skip
    cases = flow["cases"].get(id, {"waiting": 0, "overdue": 0})
    ends = (now, now, now) if left == 0 else _ends(found, left, crowd, now)
    if (cases["waiting"] or coming >= 0.5) and queue["wait_hours"] is not None:  # else the experts' pace is not known
        ends = (_later(ends[0], queue["clear"]), ends[1], _later(ends[2], queue["clear"]))
    known = left == 0 or found is not None
    return {
        "known": known, "left": left, "pace": found and found.pace, "done": ends[0] if known else None,
        "low": ends[1] if known else None, "high": ends[2] if known else None, "cases": cases["waiting"],
        "overdue": cases["overdue"], "people": len(crowd), "on_duty": at_work(crowd, now),
    }  # fmt: skip


def _ends(
    found: Forecast | None, left: int, crowd: Sequence[Hours], now: datetime
) -> tuple[datetime | None, datetime | None, datetime | None]:
    """When the crowd is done: at its pace while it is at work, in the hours that it has said."""
    if found is None:
        return None, None, None
    if all(hours is ALWAYS for hours in crowd):
        return found.done, found.earliest, found.latest
    together = offered(crowd, found.begun, now) / max(now - found.begun, timedelta(minutes=1))

    def at(pace: float) -> datetime | None:
        hours = left / pace * together if pace > 0 else float("inf")
        return finished(timedelta(hours=hours), crowd, now) if hours < FARTHEST / HOUR else None

    return at(found.pace), at(found.fast), at(found.slow)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else max(one, other)


def _latest(ends: list[datetime | None], now: datetime) -> datetime | None:
    """The last of them; None: one is not in sight."""
    return None if None in ends else max([now, *(end for end in ends if end is not None)])


def _late(rules: Rules, done: datetime | None, known: bool, left: int, now: datetime) -> Told:
    if rules.due is None:
        return {}
    hours = (rules.due - now) / HOUR
    late: float | None = -hours if hours < 0 else None  # at least
    if known:
        late = NEVER if done is None else (done - rules.due) / HOUR
    return {"due_hours": hours, "late_hours": late, "needed": left / hours if hours > 0 else NEVER}

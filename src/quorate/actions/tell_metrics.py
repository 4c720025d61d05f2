"""Tell the metrics of a project over time, from the roll-ups. Reads only."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.naming import naming
from quorate.errors import InvalidInput, NotFound
from quorate.store import measures, projects
from quorate.store.database import Database
from quorate.store.projects import Project
from quorate.watch.facts import GRAINS, NOBODY, begin
from quorate.watch.metrics import METRICS, UNTOLD, By, Every, Metric, of_measure, passed

Told = dict[str, Any]
LOOK_BACK = {"minute": timedelta(hours=1), "hour": timedelta(days=2), "day": timedelta(days=31)}
"""From when metrics are told, unless one says."""


def tell_metrics(
    db: Database,
    project: Project,
    names: Sequence[str] = (),
    *,
    by: Sequence[By] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    every: Every = "hour",
    after: str | None = None,
    limit: int = 500,
    people: bool = False,
) -> Told:
    """A page of points in the order of time: metric, at, step, class, person, value, and n behind it.

    Where none is asked for by name, `untold` are those that mean nothing `by` that, and why. `after` is the `next` of
    the page before; `people`: by name, not under pseudonyms. Raises `NotFound` for a metric that there is not,
    `InvalidInput` where it cannot be told `by` that.
    """
    now = clock.now()
    wanted = [_metric(name, by) for name in names] or [m for m in METRICS.values() if set(by) <= set(m.by)]
    end = _utc(until) or now
    first = begin(_utc(since) or end - LOOK_BACK[every], every)
    with db.work() as connection:
        rows = measures.page(
            connection, project.id, {metric.measure for metric in wanted}, grain=every, by=by, first=first, end=end,
            after=_opened(after, by), limit=limit,
        )  # fmt: skip
    named = _Named(db, project, rows, people=people)
    chosen = [metric.name for metric in wanted]
    points = [
        {"metric": metric.name, "at": row["at"], **named.keys(row, by), "value": value, "n": row["n"]}
        for row in rows
        for metric in of_measure(row["measure"], chosen)
        if (value := _value(metric, row, passed(row["at"], every, now))) is not None
    ]
    full = len(rows) == limit
    untold = {} if names else {name: UNTOLD.get(name, "") for name in METRICS if name not in chosen}
    following = _closed(rows[-1], by) if full else None
    return {"every": every, "from": first, "to": end, "points": points, "next": following, "untold": untold}


def _utc(at: datetime | None) -> datetime | None:
    """A time without a zone is in UTC."""
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def _metric(name: str, by: Sequence[str]) -> Metric:
    if name not in METRICS:
        raise NotFound(
            "There is no metric `{name}`.", where="name", mend="There are: {known}.", name=name, known=list(METRICS)
        )
    metric = METRICS[name]
    if missing := set(by) - set(metric.by):
        raise InvalidInput(
            "`{name}` is not known by {missing}.",
            where="by",
            mend="It is by: {known}.",
            name=name,
            missing=sorted(missing),
            known=metric.by,
        )
    return metric


def _value(metric: Metric, row: Told, seconds: float) -> float | None:
    return metric.value(row["n"], row["total"], row["most"], seconds)


class _Named:
    """Steps by their names, people as the reader may know them."""

    def __init__(self, db: Database, project: Project, rows: Sequence[Told], *, people: bool) -> None:
        with db.read() as connection:
            self.steps = {row.id: row.name for row in projects.steps(connection, project.id)}
        accounts = {row["account"] for row in rows if row["account"] not in {None, NOBODY}}
        self.people = naming(db, project.workspace_id, names=people)(accounts)

    def keys(self, row: Told, by: Sequence[str]) -> Told:
        told: Told = {
            "step": self.steps.get(row["step"]) or (row["step"] and str(row["step"])),
            "class": row["label"] or None,
            "person": self.people.get(row["account"]),
        }
        return {one: told[one] for one in by}


def _closed(row: Told, by: Sequence[str]) -> str:
    keys = {"step": "step", "class": "label", "person": "account"}
    key = [row["at"].isoformat(), row["measure"], *(str(row[keys[one]]) for one in keys if one in by)]
    return urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _opened(after: str | None, by: Sequence[str]) -> list[Any] | None:
    if after is None:
        return None
    try:
        at, measure, *rest = json.loads(urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        given = dict(zip([one for one in ("step", "class", "person") if one in by], rest, strict=True))
        parts = [value if one == "class" else UUID(value) for one, value in given.items()]
        return [datetime.fromisoformat(at), str(measure), *parts]
    except (ValueError, TypeError, AttributeError) as error:
        mend = "Give the `next` of the page before, and the same `by`."
        raise InvalidInput("This is not the end of a page.", where="after", mend=mend) from error


def tell_window(
    db: Database,
    project: UUID,
    names: Sequence[str],
    *,
    by: Sequence[str] = (),
    over: timedelta,
    now: datetime,
) -> dict[tuple[Any, ...], dict[str, tuple[float, int]]]:
    """(step, class, account), None where not `by` it → metric → its value over the last stretch, and n behind it.

    By the minute for up to a day, else by the hour.
    """
    grain = "minute" if over <= timedelta(days=1) else "hour"
    first = begin(now - over, grain)
    asked = {METRICS[name].measure for name in names}
    with db.work() as connection:
        rows = measures.window(connection, project, asked, grain=grain, by=by, first=first, end=now)
    found: dict[tuple[Any, ...], dict[str, tuple[float, int]]] = {}
    for row in rows:
        for metric in of_measure(row["measure"], names):
            value = _value(metric, row, (now - first).total_seconds())
            if value is not None:
                found.setdefault((row["step"], row["label"], row["account"]), {})[metric.name] = (value, row["n"])
    return found


assert set(LOOK_BACK) < set(GRAINS)

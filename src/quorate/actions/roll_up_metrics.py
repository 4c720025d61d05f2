"""Add what the ledger tells since the last time to the sums by minute, hour, day and ever; forget old minutes.

Only what is sealed is rolled up: no event can appear before the mark any more, however late its transaction was. The
mark moves in the transaction that adds, and whoever rolls up holds it, so each event is added once whatever happens. A
fact goes to the minute in which it was said, so what is told late is added where it belongs.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.rules import rules_of
from quorate.settings import settings
from quorate.store import measures
from quorate.store.database import Database, Driver
from quorate.watch.facts import FACTS, Fact, Reading, begin, tally

BATCH = 2000
SECONDS = 20.0
GRACE = timedelta(seconds=30)
"""So long after its end a minute's queue is sampled: who closed a case in it has committed by then."""
TOGETHER = timedelta(hours=2)
FURTHEST = timedelta(days=1)
"""Queues are not sampled for longer ago, after a long sleep."""


def roll_up_metrics(db: Database, *, batch: int = BATCH) -> int:
    """Roll up what is sealed, a batch a transaction, for at most twenty seconds; how many facts there were."""
    until, facts = time.monotonic() + SECONDS, 0
    while time.monotonic() < until:
        with db.work() as connection:
            found, more = _batch(db, connection, batch)
        facts += found
        if not more:
            break
    while sample_queues(db) and time.monotonic() < until:
        pass
    return facts


def _batch(db: Database, connection: Driver, limit: int) -> tuple[int, bool]:
    found = measures.mark(connection)
    upto = measures.sealed(connection)
    if found is None or found[0] >= upto:
        return 0, False
    rows, seq = measures.told(connection, FACTS.keys(), found[0], upto, limit)
    now, readings = clock.now(), _Readings(db)
    by_project: dict[UUID, list[Fact]] = {}
    for verb, told in rows.items():
        for row in told:
            facts = by_project.setdefault(row["project"], [])
            facts.extend(FACTS[verb](row, readings.of(row["project"], row["step"])))
    sums = [
        {
            "project_id": project, "grain": grain, "measure": measure, "at": at, "step_id": step, "label": label,
            "account_id": account, "n": int(n), "total": total, "most": most,
        }
        for project, facts in by_project.items()
        for (grain, measure, at, step, label, account), (n, total, most) in tally(facts, kept(now)).items()
    ]  # fmt: skip
    measures.add(connection, sums, seq)
    return sum(map(len, by_project.values())), seq < upto


class _Readings:
    """How the answers of each step are read, under the schemas in force."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[UUID, dict[UUID, Reading]] = {}

    def of(self, project: UUID, step: UUID) -> Reading:
        if project not in self._known:
            steps = rules_of(self._db, project).steps.values()
            self._known[project] = {one.id: _reading(one) for one in steps}
        return self._known[project].get(step, Reading())


def _reading(step: Any) -> Reading:
    question = step.question
    listed = question.ids if question.aggregate in {"categorical", "ordinal"} else ()
    return Reading(step.heard, question.same, frozenset(map(str, listed)))


def kept(now: datetime) -> dict[str, datetime]:
    """How far back minutes and hours are kept."""
    return {
        "minute": begin(now - timedelta(days=settings().metrics_minutes_days), "day"),
        "hour": begin(now - timedelta(days=settings().metrics_hours_days), "day"),
    }


def sample_queues(db: Database, now: datetime | None = None) -> bool:
    """Sample the experts' queues of the minutes that ended since the last time, the crowd's and the quotas as they are.

    Whether there are more to sample. What waited for annotators in minutes that were slept through is not known.
    """
    last = begin((now or clock.now()) - GRACE, "minute") - timedelta(minutes=1)
    with db.work() as connection:
        working, covering = measures.at_work(connection), measures.covering(connection)
    classes = {str(step.id): step.question.ids for one in working for step in rules_of(db, one).steps.values()}
    quotas = [row for project in covering for row in _quotas(db, project)]
    with db.work() as connection:
        found = measures.mark(connection)
        if found is None:
            return False
        minute = timedelta(minutes=1)
        first = max(found[1] + minute, last - FURTHEST) if found[1] else last
        if first > last:
            return False
        some = min(last, first + TOGETHER)
        measures.sample_queues(connection, first, some, classes)
        if some == last:
            measures.sample_wanted(connection, last, classes)
            measures.sample_coverage(connection, last, quotas)
        return some < last


def _quotas(db: Database, project: UUID) -> list[dict[str, Any]]:
    return [
        {"project": project, "label": f"{one.quota.of}={kind}", "wanted": wanted, "decided": one.decided.get(kind, 0)}
        for one in rules_of(db, project).covered
        for kind, wanted in one.quota.wanted.items()
    ]


def prune_metrics(db: Database) -> int:
    """Forget minutes and hours that are older than the settings keep; how many rows."""
    with db.work() as connection:
        if measures.mark(connection) is None:  # nothing is added meanwhile to what goes
            return 0
        return sum(measures.prune(connection, grain, before) for grain, before in kept(clock.now()).items())

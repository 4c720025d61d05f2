"""Budgets of a project and of its steps: what is spent, promised and left of them, and what waits for money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from quorate.flow.outlook import Work

DAY = timedelta(days=1)
_STANDING = """
WITH of_project AS (
    SELECT p.budget, p.pool + coalesce(sum(s.granted - s.committed - s.spent), 0) AS remains
    FROM projects p LEFT JOIN seats s ON s.project_id = p.id WHERE p.id = %(project)s GROUP BY p.id
)
SELECT t.id, t.name, t.budget,
       EXISTS (SELECT FROM tasks k WHERE k.project_id = %(project)s AND k.step_id = t.id
                                     AND k.state IN ('waiting', 'open')) AS unfinished,
       t.thrift, t.raised, t.raised_at, o.budget AS project_budget,
       coalesce(sum(u.committed), 0) AS committed, coalesce(sum(u.spent), 0) AS spent,
       CASE WHEN t.budget IS NOT NULL THEN t.pool + coalesce(sum(u.granted - u.committed - u.spent), 0) END AS own_left,
       CASE WHEN o.budget IS NOT NULL THEN o.remains END AS project_left
FROM steps t CROSS JOIN of_project o LEFT JOIN purses u ON u.step_id = t.id
WHERE t.project_id = %(project)s AND t.retired_at IS NULL
GROUP BY t.id, o.budget, o.remains ORDER BY t.position
"""
_LIMITED = """
SELECT p.id FROM projects p
WHERE p.budget IS NOT NULL
   OR EXISTS (SELECT FROM steps s WHERE s.project_id = p.id AND (s.budget IS NOT NULL OR s.thrift IS NOT NULL))
ORDER BY p.id
"""
_RAISING = """
SELECT DISTINCT s.project_id FROM steps s
JOIN LATERAL (SELECT body FROM specs WHERE project_id = s.project_id AND kind = 'policy' AND body IS NOT NULL
              ORDER BY version DESC LIMIT 1) AS policy ON true
WHERE s.retired_at IS NULL AND (s.raised > 0 OR jsonb_array_length(policy.body #> '{pay,raises}') > 0)
"""
_QUEUES = """
SELECT s.id,
       (SELECT count(*) FROM openings o JOIN tasks t ON t.id = o.task_id
        WHERE o.project_id = s.project_id AND t.step_id = s.id) AS waiting,
       (SELECT min(i.created_at) FROM tasks t JOIN items i ON i.id = t.item_id
        WHERE t.project_id = s.project_id AND t.step_id = s.id AND t.state = 'open') AS oldest,
       (SELECT max(at) FROM measures m WHERE m.project_id = s.project_id AND m.grain = 'minute'
        AND m.measure = 'answers' AND m.at > %(since)s AND m.step_id = s.id) AS answered,
       (SELECT coalesce(avg((t.state = 'decided')::int), 0)::float8 FROM tasks t
        WHERE t.project_id = s.project_id AND t.step_id = s.id AND t.state NOT IN ('waiting', 'retired')) AS decided
FROM steps s WHERE s.project_id = %(project)s AND s.retired_at IS NULL
"""
_WORK = """
WITH paid AS (
    SELECT t.step_id, sum(n.cost) FILTER (WHERE t.state = 'decided' AND t.gold IS NULL) AS settled,
           sum(n.cost) FILTER (WHERE t.state = 'open') AS begun
    FROM annotations n JOIN tasks t ON t.id = n.task_id
    WHERE n.project_id = %(project)s AND n.cost > 0 GROUP BY 1
)
SELECT s.id, count(t.id) FILTER (WHERE t.state = 'open'), count(t.id) FILTER (WHERE t.state = 'contested'),
       count(t.id) FILTER (WHERE t.state = 'decided' AND t.gold IS NULL),
       (SELECT coalesce(sum(settled), 0) FROM paid WHERE step_id = s.id),
       (SELECT coalesce(sum(begun), 0) FROM paid WHERE step_id = s.id),
       (SELECT coalesce(sum(m.total), 0) / 24 FROM measures m
        WHERE m.project_id = s.project_id AND m.grain = 'hour' AND m.measure = 'cost' AND m.at > %(since)s
          AND m.step_id = s.id) AS hourly
FROM steps s LEFT JOIN tasks t ON t.project_id = s.project_id AND t.step_id = s.id
WHERE s.project_id = %(project)s GROUP BY s.id
"""
_CLOSE = "DELETE FROM openings o USING tasks t WHERE t.id = o.task_id AND t.step_id = %s AND o.project_id = %s"
_UNPAID = """
SELECT FROM steps s WHERE s.project_id = %s AND s.thrift = 'stopped' AND s.retired_at IS NULL
  AND EXISTS (SELECT FROM tasks t WHERE t.project_id = s.project_id AND t.state = 'open' AND t.step_id = s.id)
LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a step stands to its own budget and to the project's. `own_left` and `project_left` are None without one."""

    id: UUID
    name: str
    budget: Decimal | None
    thrift: str | None
    raised: Decimal
    raised_at: datetime | None
    project_budget: Decimal | None
    committed: Decimal
    spent: Decimal
    own_left: Decimal | None
    project_left: Decimal | None
    unfinished: bool

    @property
    def left(self) -> Decimal | None:
        """What may still be promised for it; None without any limit."""
        return min((one for one in (self.own_left, self.project_left) if one is not None), default=None)

    @property
    def used(self) -> Decimal:
        """The share that is spent or promised of the budget that is nearer to its end."""
        pairs = ((self.budget, self.own_left), (self.project_budget, self.project_left))
        return max((1 - left / of if of else Decimal(1) for of, left in pairs if of is not None and left is not None),
                   default=Decimal(0))  # fmt: skip


def standing(connection: Connection[Any], project: UUID) -> list[Standing]:
    """How each step that is asked stands, in order."""
    return connection.cursor(row_factory=class_row(Standing)).execute(_STANDING, {"project": project}).fetchall()


def limited(connection: Connection[Any]) -> list[UUID]:
    """The projects of every workspace that have a budget to keep."""
    return [row[0] for row in connection.execute(_LIMITED).fetchall()]


@dataclass(frozen=True, slots=True)
class Queue:
    """A step's queue: judgements that wait, and the `facts` that a raise may speak of."""

    waiting: int
    facts: Mapping[str, float]


def queues(connection: Connection[Any], project: UUID, now: datetime) -> dict[UUID, Queue]:
    """The queue of each step. Of `idle` no more is known than that it is more than a day."""
    rows = connection.execute(_QUEUES, {"project": project, "since": now - DAY}).fetchall()
    found = {}
    for step, waiting, oldest, answered, decided in rows:
        age, idle = (0.0 if at is None else max((now - at).total_seconds() / 3600, 0.0) for at in (oldest, answered))
        facts = {"waiting": waiting, "age": age, "idle": 24.0 if answered is None else idle, "decided": decided}
        found[step] = Queue(waiting, facts)
    return found


def work(connection: Connection[Any], project: UUID, now: datetime) -> dict[UUID, Work]:
    """How the work on each step stands."""
    rows = connection.execute(_WORK, {"project": project, "since": now - DAY}).fetchall()
    return {row[0]: Work(*row[1:]) for row in rows}


def raising(connection: Connection[Any]) -> list[UUID]:
    """The projects of every workspace in which a price is raised or may be."""
    return [row[0] for row in connection.execute(_RAISING).fetchall()]


def unpaid(connection: Connection[Any], project: UUID) -> bool:
    """Whether tasks wait for money."""
    return connection.execute(_UNPAID, (project,)).fetchone() is not None


def close(connection: Connection[Any], project: UUID, step: UUID) -> None:
    """Want no further judgement of a step."""
    connection.execute(_CLOSE, (step, project))


def change(connection: Connection[Any], project: UUID, step: UUID, **values: Any) -> None:
    """Set `thrift`, or `raised` with `raised_at`, of a step; every process reads the rules again."""
    connection.execute(_SET[tuple(sorted(values))], {"step": step, **values})
    connection.execute("UPDATE projects SET epoch = epoch + 1 WHERE id = %s", (project,))


_SET: Mapping[tuple[str, ...], str] = {
    ("thrift",): "UPDATE steps SET thrift = %(thrift)s WHERE id = %(step)s",
    ("raised", "raised_at"): "UPDATE steps SET raised = %(raised)s, raised_at = %(raised_at)s WHERE id = %(step)s",
}

"""How the work flows, by step and through the experts; and the steps whose tasks come first, or wait for less."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row
from sqlalchemy import Connection as Core
from sqlalchemy import select

from quorate.store import tables as t
from quorate.store.openings import AHEAD, FRESH

Rows = list[dict[str, Any]]
SAMPLE = 20_000
_STATES = "SELECT step_id, state, count(*) AS tasks FROM tasks WHERE project_id = %(p)s GROUP BY 1, 2"
_LABELS = """
SELECT t.step_id, d.created_at AS at
FROM (SELECT task_id, created_at FROM decisions
      WHERE project_id = %(p)s AND supersedes IS NULL AND kind <> 'gold' ORDER BY id DESC LIMIT %(sample)s) d
JOIN tasks t ON t.id = d.task_id WHERE d.created_at > %(since)s
"""
_CASES = """
SELECT t.step_id, count(*) FILTER (WHERE c.closed_at IS NULL) AS waiting,
       count(*) FILTER (WHERE c.closed_at IS NULL AND c.due_at < %(now)s) AS overdue,
       count(*) FILTER (WHERE greatest(c.opened_at, c.not_before) > %(since)s) AS opened,
       count(*) FILTER (WHERE c.opened_at > %(since)s AND c.kind IN ('undecided', 'risky')) AS escalated,
       min(greatest(c.opened_at, c.not_before)) AS first
FROM cases c JOIN tasks t ON t.id = c.task_id
WHERE c.project_id = %(p)s AND (c.closed_at IS NULL OR c.opened_at > %(since)s OR c.not_before > %(since)s)
  AND (c.not_before IS NULL OR c.not_before <= %(now)s)
GROUP BY 1
"""
_JUDGED = """
SELECT count(*) AS judged, min(created_at) AS first FROM adjudications
WHERE project_id = %(p)s AND created_at > %(since)s
"""
_CROWD = """
SELECT s.account_id AS account, a.kind, h.body AS hours
FROM seats s JOIN accounts a ON a.id = s.account_id AND a.disabled_at IS NULL
LEFT JOIN hours h ON h.account_id = s.account_id
JOIN LATERAL (SELECT created_at FROM annotations n
              WHERE n.account_id = s.account_id AND n.project_id = s.project_id AND n.role <> 'expert'
              ORDER BY n.created_at DESC LIMIT 1) last ON last.created_at > %(since)s
WHERE s.project_id = %(p)s AND s.barred IS NULL
"""
_OPEN_SINCE = """
SELECT greatest(i.created_at, (SELECT max(d.created_at) FROM tasks o JOIN decisions d ON d.task_id = o.id
                               WHERE o.item_id = i.id AND (o.id = oldest.id OR %(follows)s)))
FROM (SELECT id, item_id FROM tasks WHERE project_id = %(p)s AND state = 'open' AND step_id = %(step)s
      ORDER BY id LIMIT 1) AS oldest JOIN items i ON i.id = oldest.item_id
"""
_RAISE = f"""
WITH later AS (
    SELECT o.position, o.task_id FROM openings o JOIN tasks t ON t.id = o.task_id AND t.step_id = %(step)s
    WHERE o.project_id = %(p)s AND o.band = {FRESH} ORDER BY o.position LIMIT %(limit)s FOR UPDATE OF o SKIP LOCKED
), taken AS (
    DELETE FROM openings o USING later
    WHERE o.project_id = %(p)s AND o.band = {FRESH} AND o.position = later.position
    RETURNING o.position, o.task_id
)
INSERT INTO openings (project_id, band, task_id, fresh_at)
SELECT %(p)s, {AHEAD}, task_id, position FROM taken ORDER BY position
"""
_LOWER = f"""
WITH taken AS (
    DELETE FROM openings o USING tasks t
    WHERE o.project_id = %(p)s AND o.band = {AHEAD} AND o.fresh_at IS NOT NULL
      AND t.id = o.task_id AND t.step_id = %(step)s
    RETURNING o.fresh_at, o.task_id
), head AS (
    UPDATE projects SET head_{FRESH} = least(head_{FRESH}, (SELECT min(fresh_at) FROM taken)) WHERE id = %(p)s
)
INSERT INTO openings (project_id, band, position, task_id) SELECT %(p)s, {FRESH}, fresh_at, task_id FROM taken
"""


def flow(connection: Connection[Any], project: UUID, since: datetime, now: datetime) -> dict[str, Any]:
    """Tasks by step and state; `labels` (step, at), `cases` by step, what was `judged`, the `crowd` that answered."""
    cursor = connection.cursor(row_factory=dict_row)
    values = {"p": project, "since": since, "now": now, "sample": SAMPLE}
    states: dict[UUID, dict[str, int]] = {}
    for row in cursor.execute(_STATES, values):
        states.setdefault(row["step_id"], {})[row["state"]] = row["tasks"]
    labels: dict[UUID, list[datetime]] = {}
    for row in cursor.execute(_LABELS, values):
        labels.setdefault(row["step_id"], []).append(row["at"])
    return {
        "states": states,
        "labels": labels,
        "cases": {row["step_id"]: row for row in cursor.execute(_CASES, values)},
        "judged": cursor.execute(_JUDGED, values).fetchone(),
        "crowd": cursor.execute(_CROWD, values).fetchall(),
    }


def open_since(connection: Connection[Any], project: UUID, step: UUID, *, follows: bool) -> datetime | None:
    """Since when the oldest open task of a step has been wanted; None: none is open.

    From its item's import on, or from the decision that opened it: its own, or where the step `follows` another theirs.
    """
    row = connection.execute(_OPEN_SINCE, {"p": project, "step": step, "follows": follows}).fetchone()
    return row[0] if row else None


def raise_step(connection: Connection[Any], project: UUID, step: UUID, limit: int) -> int:
    """Put what is wanted of a step before what is fresh of others, up to `limit` places at a time; how many."""
    return connection.execute(_RAISE, {"p": project, "step": step, "limit": limit}).rowcount


def lower_step(connection: Connection[Any], project: UUID, step: UUID) -> int:
    """Put what was put first of a step back where it had been; how many."""
    return connection.execute(_LOWER, {"p": project, "step": step}).rowcount


def new_epoch(connection: Connection[Any], project: UUID) -> None:
    """Have every process read the rules again."""
    connection.execute("UPDATE projects SET epoch = epoch + 1 WHERE id = %s", (project,))


def opened(connection: Core, project: UUID) -> list[tuple[str, str]]:
    """The measures by which steps are open to more people now: (measure, step)."""
    alerts = t.alerts
    rows = connection.execute(
        select(alerts.c.rule, alerts.c.subject).where(
            alerts.c.project_id == project, alerts.c.does == "open", alerts.c.state == "firing"
        )
    )
    return [(row[0], row[1]) for row in rows]


def in_force(connection: Connection[Any], project: UUID, measures: Sequence[str]) -> Rows:
    """What is being done about lateness: rule, subject (the step), does, since, facts."""
    sql = """
        SELECT rule, subject, does, since, facts FROM alerts
        WHERE project_id = %s AND does IS NOT NULL AND state = 'firing' AND rule = ANY(%s) ORDER BY since, rule, subject
    """
    return connection.cursor(row_factory=dict_row).execute(sql, (project, list(measures))).fetchall()

"""Lessons made for one person, and the items that they may be made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store import fitness
from quorate.store.fitness import READABLE
from quorate.store.statement import dumps

_ADD = """
INSERT INTO lessons (id, project_id, account_id, step_id, finding_id, author_id, labels, body, created_at)
VALUES (%(id)s, %(project_id)s, %(account_id)s, %(step_id)s, %(finding_id)s, %(author_id)s, %(labels)s,
        %(body)s::jsonb, %(created_at)s)
"""
_OF = """
SELECT l.id, p.name AS project, s.name AS step, l.account_id, l.labels, l.body->'title' AS title, l.created_at,
       l.done_at
FROM lessons l JOIN projects p ON p.id = l.project_id JOIN steps s ON s.id = l.step_id
WHERE l.project_id = ANY(%s) AND l.account_id = %s ORDER BY l.done_at IS NOT NULL, l.created_at DESC LIMIT 50
"""
_SETTLED = f"""
SELECT i.body, i.media, d.value, d.schema_id, j.rationale AS why, j.clauses
FROM adjudications j JOIN tasks t ON t.id = j.task_id JOIN decisions d ON d.id = t.decision_id AND d.kind = 'expert'
JOIN items i ON i.id = t.item_id
WHERE j.project_id = %(project)s AND t.step_id = %(step)s AND t.state = 'decided' AND t.gold IS NULL
  AND i.body IS NOT NULL AND {READABLE}
ORDER BY j.created_at DESC LIMIT %(most)s
"""


def add(connection: Connection[Any], row: Mapping[str, Any]) -> None:
    """Give somebody a lesson."""
    connection.execute(_ADD, {**row, "body": dumps(row["body"])})


def get(connection: Connection[Any], id: UUID, project: UUID, account: UUID) -> dict[str, Any] | None:
    """A lesson of this person in this project."""
    sql = "SELECT id, step_id, body, done_at FROM lessons WHERE id = %s AND project_id = %s AND account_id = %s"
    return connection.cursor(row_factory=dict_row).execute(sql, (id, project, account)).fetchone()


def of_account(connection: Connection[Any], projects: Sequence[UUID], account: UUID) -> list[dict[str, Any]]:
    """Somebody's lessons, those still to do first."""
    return connection.cursor(row_factory=dict_row).execute(_OF, (list(projects), account)).fetchall()


def since(connection: Connection[Any], step: UUID, account: UUID, labels: Sequence[str], then: datetime) -> bool:
    """Whether they have such a lesson to do, or got one since then."""
    row = connection.execute(
        "SELECT EXISTS (SELECT FROM lessons WHERE step_id = %s AND account_id = %s AND labels = %s"
        " AND (done_at IS NULL OR created_at > %s))",
        (step, account, list(labels), then),
    ).fetchone()
    return bool(row and row[0])


def finish(connection: Connection[Any], id: UUID, now: datetime) -> bool:
    """Done; False when it was already."""
    sql = "UPDATE lessons SET done_at = %s WHERE id = %s AND done_at IS NULL"
    return connection.execute(sql, (now, id)).rowcount == 1


def settled(
    connection: Connection[Any], project: UUID, step: UUID, account: UUID, most: int = 200
) -> list[dict[str, Any]]:
    """The newest tasks that experts have settled and this account may read, each with body, media, value, schema_id,
    why and clauses."""
    cleared = fitness.clearance(connection, project, account)
    values = {"project": project, "step": step, "most": most}
    values["cleared"] = None if cleared is None else dumps(cleared)
    return connection.cursor(row_factory=dict_row).execute(_SETTLED, values).fetchall()


def withdraw(connection: Connection[Any], finding: UUID) -> None:
    """Take back a lesson that a finding brought and that nobody has finished."""
    connection.execute("DELETE FROM lessons WHERE finding_id = %s AND done_at IS NULL", (finding,))

"""Who is at work now, and what they have done of late; who was told to rest."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

_AT_WORK = """
SELECT DISTINCT n.account_id FROM annotations n JOIN accounts a ON a.id = n.account_id AND a.kind = 'person'
WHERE n.project_id = %(project)s AND n.created_at > %(since)s
  AND NOT EXISTS (SELECT FROM notices o WHERE o.account_id = n.account_id
                    AND o.kind = 'rest' AND o.created_at > %(told)s)
"""
_WORK = """
SELECT created_at, seconds FROM annotations
WHERE account_id = %(account)s AND created_at > %(since)s ORDER BY created_at
"""
_DONE = """
SELECT n.created_at, n.seconds, n.value, n.schema_id, t.step_id, CASE WHEN a.gold THEN t.gold END AS gold
FROM annotations n JOIN tasks t ON t.id = n.task_id JOIN assignments a ON a.id = n.assignment_id
WHERE n.account_id = %(account)s AND n.project_id = %(project)s AND n.role = 'crowd' AND n.supersedes IS NULL
ORDER BY n.created_at DESC LIMIT %(most)s
"""


def at_work(connection: Connection[Any], project: UUID, since: datetime, told: datetime) -> list[UUID]:
    """The people who have answered or judged in a project since then, but for those who were told to rest since `told`,
    wherever that was."""
    values = {"project": project, "since": since, "told": told}
    return [row[0] for row in connection.execute(_AT_WORK, values)]


def work(connection: Connection[Any], account: UUID, since: datetime) -> list[tuple[datetime, float | None]]:
    """When they answered and judged since then, in any project, and how many seconds each took; oldest first."""
    return connection.execute(_WORK, {"account": account, "since": since}).fetchall()


def done(connection: Connection[Any], project: UUID, account: UUID, most: int) -> list[dict[str, Any]]:
    """Their newest answers, oldest first: created_at, seconds, value, schema_id, step_id, gold where it is known."""
    values = {"project": project, "account": account, "most": most}
    return connection.cursor(row_factory=dict_row).execute(_DONE, values).fetchall()[::-1]

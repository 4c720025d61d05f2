"""Where a project stands, as numbers of this moment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

_MONEY = """
SELECT p.currency, p.budget, coalesce(sum(s.committed), 0) AS committed, coalesce(sum(s.spent), 0) AS spent
FROM projects p LEFT JOIN seats s ON s.project_id = p.id WHERE p.id = %s GROUP BY p.id
"""
_WORK = """
SELECT (SELECT count(*) FROM openings WHERE project_id = %(p)s) AS wanted,
       (SELECT count(*) FROM assignments WHERE project_id = %(p)s AND state = 'open') AS held,
       (SELECT count(DISTINCT account_id) FROM annotations WHERE project_id = %(p)s) AS annotators,
       (SELECT count(DISTINCT account_id) FROM annotations
        WHERE project_id = %(p)s AND created_at > now() - interval '15 minutes') AS active
"""
_QUEUES = """
SELECT CASE WHEN blind THEN 'audit' ELSE kind END AS kind,  -- experts see this, too: what is blind is all one
       count(*) AS cases, extract(epoch FROM now() - min(greatest(opened_at, not_before)))::float AS oldest_seconds
FROM cases WHERE project_id = %s AND closed_at IS NULL AND (not_before IS NULL OR not_before <= now())
GROUP BY 1 ORDER BY 1
"""
_STATES = "SELECT state, count(*) AS tasks FROM tasks WHERE project_id = %s GROUP BY state"
_SAID = """
SELECT count(*) FILTER (WHERE role <> 'expert') AS judgements, count(*) FILTER (WHERE role = 'expert') AS adjudicated
FROM annotations WHERE project_id = %s
"""
_REFITS = """
SELECT count(*) AS refits FROM procrastinate_jobs
WHERE task_name = 'refit_skills' AND status IN ('todo', 'doing')
  AND args ->> 'step' IN (SELECT id::text FROM steps WHERE project_id = %s)
"""
_FINDINGS = "SELECT kind, count(*) AS findings FROM findings WHERE project_id = %s GROUP BY kind ORDER BY 2 DESC"


def of_project(connection: Connection[Any], project: UUID) -> dict[str, Any]:
    """States, money, work at hand, refits that are wanted or running, experts' queues, findings."""
    cursor = connection.cursor(row_factory=dict_row)
    refits = cursor.execute(_REFITS, (project,)).fetchone() or {}  # first: what they changed is then in the rest
    said = cursor.execute(_SAID, (project,)).fetchone() or {}
    return {
        "states": {row["state"]: row["tasks"] for row in cursor.execute(_STATES, (project,))},
        **said,
        **refits,
        "money": cursor.execute(_MONEY, (project,)).fetchone(),
        "work": cursor.execute(_WORK, {"p": project}).fetchone(),
        "queues": cursor.execute(_QUEUES, (project,)).fetchall(),
        "findings": cursor.execute(_FINDINGS, (project,)).fetchall(),
    }

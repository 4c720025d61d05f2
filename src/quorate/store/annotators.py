"""Annotators as those who manage a project look at them. Of each, the newest answers stand for all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

RECENT = 300
_EVERYONE = f"""
WITH who AS (
    SELECT account_id FROM seats WHERE project_id = %(p)s
    UNION SELECT account_id FROM members
    WHERE project_id = %(p)s AND role IN ('annotator', 'expert', 'machine')
)
SELECT a.id, a.name, a.kind, coalesce(s.spent, 0) AS cost, coalesce(s.answered, 0) AS answers, s.barred, s.barred_why,
       coalesce(s.discounted, false) AS discounted, recent.seconds, recent.agreeing, recent.compared, recent.last,
       ARRAY(SELECT role FROM members m WHERE m.project_id = %(p)s AND m.account_id = a.id ORDER BY role) AS roles,
       (SELECT count(*) FROM findings f WHERE f.project_id = %(p)s AND f.account_id = a.id) AS findings
FROM who JOIN accounts a ON a.id = who.account_id
LEFT JOIN seats s ON s.project_id = %(p)s AND s.account_id = a.id
LEFT JOIN LATERAL (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n.seconds) AS seconds, max(n.created_at) AS last,
           count(*) FILTER (WHERE d.kind <> 'gold') AS compared,
           count(*) FILTER (WHERE d.kind <> 'gold' AND d.value = n.value) AS agreeing
    FROM (SELECT task_id, seconds, value, created_at FROM annotations
          WHERE account_id = a.id AND project_id = %(p)s ORDER BY created_at DESC LIMIT {RECENT}) n
    JOIN tasks t ON t.id = n.task_id LEFT JOIN decisions d ON d.id = t.decision_id
) recent ON true
WHERE %(one)s::uuid IS NULL OR a.id = %(one)s
ORDER BY s.answered DESC NULLS LAST, a.id
"""
_HISTORY = """
SELECT date_trunc('day', n.created_at, 'UTC') AS at, count(*) AS answers,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY n.seconds) AS seconds,
       count(*) FILTER (WHERE t.gold IS NOT NULL) AS known,
       count(*) FILTER (WHERE t.gold IS NOT NULL AND n.value = t.gold) AS right,
       count(*) FILTER (WHERE d.kind <> 'gold') AS compared,
       count(*) FILTER (WHERE d.kind <> 'gold' AND d.value = n.value) AS agreeing
FROM annotations n JOIN tasks t ON t.id = n.task_id LEFT JOIN decisions d ON d.id = t.decision_id
WHERE n.account_id = %(one)s AND n.project_id = %(p)s AND n.created_at > now() - interval '90 days'
GROUP BY 1 ORDER BY 1
"""
_FINDINGS = """
SELECT f.kind, f.message, f.created_at AS at, i.key AS item
FROM findings f LEFT JOIN tasks t ON t.id = f.task_id LEFT JOIN items i ON i.id = t.item_id
WHERE f.project_id = %(p)s AND f.account_id = %(one)s ORDER BY f.created_at DESC LIMIT 50
"""


def everyone(connection: Connection[Any], project: UUID, one: UUID | None = None) -> list[dict[str, Any]]:
    """Everyone who works or may work in a project, most answers first; or one of them."""
    cursor = connection.cursor(row_factory=dict_row)
    return cursor.execute(_EVERYONE, {"p": project, "one": one}).fetchall()


def history(connection: Connection[Any], project: UUID, account: UUID) -> list[dict[str, Any]]:
    """The last ninety days of an annotator, by day."""
    return connection.cursor(row_factory=dict_row).execute(_HISTORY, {"p": project, "one": account}).fetchall()


def findings(connection: Connection[Any], project: UUID, account: UUID) -> list[dict[str, Any]]:
    """The newest fifty things that were noticed about an annotator's work."""
    return connection.cursor(row_factory=dict_row).execute(_FINDINGS, {"p": project, "one": account}).fetchall()


def accounts(connection: Connection[Any], project: UUID) -> list[UUID]:
    """The accounts of everyone who works or may work in a project."""
    rows = connection.execute(
        "SELECT account_id FROM seats WHERE project_id = %(p)s UNION SELECT account_id FROM members"
        " WHERE project_id = %(p)s AND role IN ('annotator', 'expert', 'machine')",
        {"p": project},
    )
    return [row[0] for row in rows]

"""Annotators who are proposed for promotion, and what people decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store.statement import dumps

_KNOWN = """
SELECT n.account_id, t.step_id, n.value, n.schema_id, t.gold
FROM annotations n
JOIN assignments a ON a.id = n.assignment_id AND a.gold
JOIN tasks t ON t.id = n.task_id AND t.gold IS NOT NULL
WHERE n.project_id = %(project)s AND n.account_id = ANY(%(accounts)s)
  AND NOT EXISTS (SELECT FROM annotations l WHERE l.task_id = n.task_id AND l.supersedes = n.id)
"""
_CANDIDATES = """
SELECT m.account_id FROM members m JOIN accounts c ON c.id = m.account_id
JOIN seats s ON s.project_id = m.project_id AND s.account_id = m.account_id
WHERE m.project_id = %(project)s AND m.role = 'annotator' AND c.kind = 'person' AND c.disabled_at IS NULL
  AND s.barred IS NULL AND NOT s.discounted AND s.answered >= %(least)s
  AND NOT EXISTS (SELECT FROM members e WHERE e.project_id = m.project_id AND e.account_id = m.account_id
                  AND e.role = 'expert')
  AND NOT EXISTS (SELECT FROM leads l WHERE l.project_id = m.project_id AND l.account_id = m.account_id
                  AND (l.state = 'open' OR l.state = 'declined' AND l.decided_at > %(declined)s))
"""
_ADD = """
INSERT INTO leads (id, project_id, account_id, role, evidence, state, created_at)
VALUES (%(id)s, %(project_id)s, %(account_id)s, %(role)s, %(evidence)s::jsonb, 'open', %(created_at)s)
ON CONFLICT DO NOTHING
"""
_OF = """
SELECT id, account_id, role, evidence, state, reason, author_id, created_at, decided_at FROM leads
WHERE project_id = %s ORDER BY (state = 'open') DESC, created_at DESC, id LIMIT 200
"""
_DECIDE = """
UPDATE leads SET state = %(state)s, reason = %(reason)s, author_id = %(author)s, decided_at = %(now)s
WHERE id = %(id)s AND project_id = %(project)s AND state = 'open' RETURNING account_id, role
"""
_GRANT = """
INSERT INTO members (project_id, account_id, role, created_at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


def candidates(connection: Connection[Any], project: UUID, least: int, declined: datetime) -> list[UUID]:
    """Annotators with so many answers who are no experts, not barred, and neither proposed nor declined since then."""
    rows = connection.execute(_CANDIDATES, {"project": project, "least": least, "declined": declined})
    return [row[0] for row in rows]


def known(connection: Connection[Any], project: UUID, accounts: list[UUID]) -> list[dict[str, Any]]:
    """Their answers to known items: account_id, step_id, value, schema_id, gold."""
    cursor = connection.cursor(row_factory=dict_row)
    return cursor.execute(_KNOWN, {"project": project, "accounts": accounts}).fetchall()


def add(connection: Connection[Any], row: Mapping[str, Any]) -> bool:
    """Propose somebody; False when they are proposed already."""
    return connection.execute(_ADD, {**row, "evidence": dumps(row["evidence"])}).rowcount == 1


def of_project(connection: Connection[Any], project: UUID) -> list[dict[str, Any]]:
    """The proposals of a project, open ones first, then the newest."""
    return connection.cursor(row_factory=dict_row).execute(_OF, (project,)).fetchall()


def decide(
    connection: Connection[Any], project: UUID, id: UUID, state: str, reason: str, author: UUID | None, now: datetime
) -> tuple[UUID, str] | None:
    """Close an open proposal; (account, role), or None when there is no such open one."""
    values = {"id": id, "project": project, "state": state, "reason": reason, "author": author, "now": now}
    row = connection.execute(_DECIDE, values).fetchone()
    return (row[0], row[1]) if row else None


def grant(connection: Connection[Any], project: UUID, account: UUID, role: str, now: datetime) -> None:
    """Give the role."""
    connection.execute(_GRANT, (project, account, role, now))

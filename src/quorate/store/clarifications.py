"""What stewards are asked to say more clearly, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store.fitness import READABLE
from quorate.store.statement import dumps

_ADD = """
INSERT INTO clarifications
    (id, project_id, step_id, finding_id, account_id, labels, question, tasks, state, created_at)
VALUES (%(id)s, %(project_id)s, %(step_id)s, %(finding_id)s, %(account_id)s, %(labels)s, %(question)s, %(tasks)s,
        'open', %(created_at)s)
"""
_PAGE = f"""
SELECT c.id, s.name AS step, c.labels, c.question, c.state, c.account_id, c.author_id, c.answer, c.clause,
       c.created_at AS at, c.closed_at, g.name AS guideline, g.version,
       (SELECT coalesce(
            jsonb_agg(jsonb_build_object('item', i.key, 'body', i.body, 'soft', a.soft) ORDER BY o.at), '[]')
        FROM unnest(c.tasks) WITH ORDINALITY AS o (id, at) JOIN tasks t ON t.id = o.id JOIN items i ON i.id = t.item_id
             AND {READABLE}
        LEFT JOIN ambiguities a ON a.task_id = t.id WHERE o.at <= 5) AS examples,
       cardinality(c.tasks) AS tasks
FROM clarifications c JOIN steps s ON s.id = c.step_id LEFT JOIN specs g ON g.id = c.guideline_id
WHERE c.project_id = %(project)s AND (%(state)s::text IS NULL OR c.state = %(state)s)
ORDER BY c.state = 'open' DESC, c.created_at DESC, c.id LIMIT %(limit)s
"""
_CLOSE = """
UPDATE clarifications SET state = %(state)s, author_id = %(author)s, answer = %(answer)s, clause = %(clause)s,
       guideline_id = %(guideline)s, closed_at = %(now)s
WHERE id = %(id)s AND project_id = %(project)s AND state = 'open'
"""


def add(connection: Connection[Any], row: Mapping[str, Any]) -> None:
    """Ask."""
    connection.execute(_ADD, row)


def get(connection: Connection[Any], id: UUID, project: UUID) -> dict[str, Any] | None:
    """One request of this project."""
    sql = "SELECT * FROM clarifications WHERE id = %s AND project_id = %s"
    return connection.cursor(row_factory=dict_row).execute(sql, (id, project)).fetchone()


def page(
    connection: Connection[Any], project: UUID, state: str | None, limit: int, cleared: list[str] | None
) -> list[dict[str, Any]]:
    """Requests with up to five of the items that somebody so `cleared` may read, open ones first, then the newest."""
    values = {"project": project, "state": state, "limit": limit}
    values["cleared"] = None if cleared is None else dumps(cleared)
    return connection.cursor(row_factory=dict_row).execute(_PAGE, values).fetchall()


def since(connection: Connection[Any], step: UUID, labels: Sequence[str], then: datetime) -> bool:
    """Whether the same is open, or was asked since then."""
    row = connection.execute(
        "SELECT EXISTS (SELECT FROM clarifications WHERE step_id = %s AND labels = %s"
        " AND (state = 'open' OR created_at > %s))",
        (step, list(labels), then),
    ).fetchone()
    return bool(row and row[0])


def close(
    connection: Connection[Any], id: UUID, project: UUID, state: str, now: datetime, *, author: UUID | None,
    answer: str | None, clause: str | None = None, guideline: UUID | None = None,
) -> bool:  # fmt: skip
    """Answer or decline; False when there is no such open one."""
    values = {
        "id": id, "project": project, "state": state, "now": now, "author": author, "answer": answer, "clause": clause,
        "guideline": guideline,
    }  # fmt: skip
    return connection.execute(_CLOSE, values).rowcount == 1


def withdraw(connection: Connection[Any], finding: UUID, now: datetime, answer: str) -> list[UUID]:
    """Decline what was asked because of a finding and is open; which."""
    rows = connection.execute(
        "UPDATE clarifications SET state = 'declined', answer = %s, closed_at = %s WHERE finding_id = %s"
        " AND state = 'open' RETURNING id",
        (answer, now, finding),
    )
    return [row[0] for row in rows]

"""Disputes: what annotators say against what was held against their answers, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store.statement import dumps

WITHDRAWN = "EXISTS (SELECT FROM events e WHERE e.object_id = d.id AND e.verb = 'dispute.withdrawn')"

_TOLD = f"""
SELECT d.id, d.annotation_id AS annotation, d.reason, d.against, d.created_at AS opened_at, d.project_id,
       n.value, n.schema_id, t.id AS task_id, t.step_id, t.state AS task_state, t.gold, i.key, i.body,
       c.id AS case_id, c.closed_at, c.held, {WITHDRAWN} AS withdrawn,
       f.value AS decided, f.schema_id AS decided_schema, j.rationale, j.clauses, j.created_at AS judged_at
FROM disputes d
JOIN annotations n ON n.id = d.annotation_id
JOIN tasks t ON t.id = n.task_id
JOIN items i ON i.id = t.item_id
JOIN cases c ON c.id = d.case_id
LEFT JOIN decisions f ON f.id = t.decision_id
LEFT JOIN LATERAL (
    SELECT * FROM adjudications a WHERE a.task_id = t.id AND a.created_at > d.created_at
      AND EXISTS (SELECT FROM adjudications own WHERE own.case_id = d.case_id)
    ORDER BY a.created_at DESC LIMIT 1
) j ON true
WHERE d.account_id = %(account)s
"""


def lock(connection: Connection[Any], account: UUID) -> None:
    """Let one dispute of this annotator be opened or withdrawn at a time, until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('dispute ' || %s::text, 0))", (account,))


def project_of(connection: Connection[Any], annotation: UUID, account: UUID) -> UUID | None:
    """The project of this annotator's answer."""
    row = connection.execute(
        "SELECT project_id FROM annotations WHERE id = %s AND account_id = %s", (annotation, account)
    ).fetchone()
    return row[0] if row else None


def of_account(
    connection: Connection[Any], account: UUID, projects: list[UUID], *, before: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """An annotator's disputes, newest first, with what came of each."""
    sql = _TOLD + (
        " AND d.project_id = ANY(%(projects)s) AND (%(before)s::uuid IS NULL OR d.id < %(before)s)"
        " ORDER BY d.id DESC LIMIT %(limit)s"
    )
    values = {"account": account, "projects": projects, "before": before, "limit": limit}
    return connection.cursor(row_factory=dict_row).execute(sql, values).fetchall()


def get(connection: Connection[Any], id: UUID, account: UUID) -> dict[str, Any] | None:
    """One dispute of this annotator."""
    sql = _TOLD + " AND d.id = %(id)s"
    return connection.cursor(row_factory=dict_row).execute(sql, {"id": id, "account": account}).fetchone()


def against(connection: Connection[Any], account: UUID, annotations: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """Annotation → its dispute, for those that have one."""
    sql = _TOLD + " AND d.annotation_id = ANY(%(annotations)s)"
    rows = connection.cursor(row_factory=dict_row).execute(sql, {"account": account, "annotations": annotations})
    return {row["annotation"]: row for row in rows.fetchall()}


def opened_since(connection: Connection[Any], project: UUID, account: UUID, since: datetime) -> int:
    """How many disputes this annotator has opened in this project since then."""
    row = connection.execute(
        "SELECT count(*) FROM disputes WHERE account_id = %s AND project_id = %s AND created_at > %s",
        (account, project, since),
    ).fetchone()
    return int(row[0]) if row else 0


def open_case(connection: Connection[Any], task: UUID) -> UUID | None:
    """The dispute case of this task that is still open: a second annotator's word joins it."""
    row = connection.execute(
        "SELECT id FROM cases WHERE task_id = %s AND kind = 'dispute' AND closed_at IS NULL FOR UPDATE", (task,)
    ).fetchone()
    return row[0] if row else None


def of_case(connection: Connection[Any], case: UUID) -> list[dict[str, Any]]:
    """What annotators say in this case, oldest first, but for what they took back."""
    rows = connection.cursor(row_factory=dict_row).execute(
        "SELECT d.id, d.account_id, d.annotation_id, d.reason, d.against, d.created_at, n.value, n.schema_id"
        " FROM disputes d JOIN annotations n ON n.id = d.annotation_id"
        f" WHERE d.case_id = %s AND NOT {WITHDRAWN} ORDER BY d.id",
        (case,),
    )
    return rows.fetchall()


def set_known(connection: Connection[Any], task: UUID, value: Any, *, asked: bool) -> None:
    """Give a task another known answer; without `asked` it measures nobody any more."""
    connection.execute(
        "UPDATE tasks SET gold = %s::jsonb, gold_order = CASE WHEN %s THEN gold_order END WHERE id = %s",
        (dumps(value), asked, task),
    )

"""Findings: what validators and detectors noticed, with the evidence."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

INSERT = """
INSERT INTO findings (id, project_id, task_id, account_id, annotation_id, kind, message, evidence, action, created_at)
VALUES (%(id)s, %(project_id)s, %(task_id)s, %(account_id)s, %(annotation_id)s, %(kind)s, %(message)s, %(json)s,
        %(action)s, %(created_at)s)
"""


def insert(connection: Connection[Any], row: dict[str, Any]) -> None:
    """Append a finding; `row` has every column."""
    connection.execute(INSERT, {**row, "json": Jsonb(row["evidence"])}, prepare=True)


def of_task(connection: Connection[Any], task: UUID) -> list[dict[str, Any]]:
    """The findings about a task, in order."""
    return (
        connection.cursor(row_factory=dict_row)
        .execute("SELECT * FROM findings WHERE task_id = %s ORDER BY created_at, id", (task,))
        .fetchall()
    )

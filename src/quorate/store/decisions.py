"""Decisions: appended, never changed; the task points to the one in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

COLUMNS = (
    "id",
    "project_id",
    "task_id",
    "value",
    "confidence",
    "probabilities",
    "kind",
    "method",
    "rule",
    "reason",
    "judgements",
    "cost",
    "evidence",
    "policy_id",
    "schema_id",
    "guideline_id",
    "supersedes",
    "created_at",
)
_JSON = ("value", "probabilities", "evidence")

DECIDE = f"""
WITH said AS (
    INSERT INTO decisions ({", ".join(COLUMNS)}) VALUES ({", ".join(f"%({name})s" for name in COLUMNS)})
), closed AS (
    DELETE FROM openings WHERE task_id = %(task_id)s
)
UPDATE tasks SET state = 'decided', decision_id = %(id)s WHERE id = %(task_id)s
"""


def insert(connection: Connection[Any], row: dict[str, Any]) -> None:
    """Append a decision (`row` has every column), put it in force, and close the task's openings."""
    connection.execute(DECIDE, {**row, **{name: Jsonb(row[name]) for name in _JSON}}, prepare=True)


def get(connection: Connection[Any], id: UUID) -> dict[str, Any]:
    """A decision as a row."""
    row = connection.cursor(row_factory=dict_row).execute("SELECT * FROM decisions WHERE id = %s", (id,)).fetchone()
    assert row is not None
    return row


def set_state(connection: Connection[Any], task: UUID, state: str) -> None:
    """Put the task in this state and leave its decision as it is."""
    connection.execute("UPDATE tasks SET state = %s WHERE id = %s", (state, task), prepare=True)


def of_item(connection: Connection[Any], item: UUID) -> dict[UUID, dict[str, Any]]:
    """step id → the decision in force, for the item's tasks that have one."""
    rows = connection.cursor(row_factory=dict_row).execute(
        "SELECT t.step_id, d.value, d.confidence FROM tasks t JOIN decisions d ON d.id = t.decision_id"
        " WHERE t.item_id = %s AND t.state = 'decided'",
        (item,),
    )
    return {row["step_id"]: row for row in rows}


def siblings(connection: Connection[Any], item: UUID, steps: Sequence[UUID]) -> list[dict[str, Any]]:
    """The item's tasks of these steps, locked: id, step_id, state, decision_id."""
    return (
        connection.cursor(row_factory=dict_row)
        .execute(
            "SELECT id, step_id, state, decision_id FROM tasks"
            " WHERE item_id = %s AND step_id = ANY(%s) ORDER BY id FOR UPDATE",
            (item, list(steps)),
        )
        .fetchall()
    )


def before(connection: Connection[Any], task: UUID, at: datetime) -> list[dict[str, Any]]:
    """A task's decisions up to a moment, oldest first."""
    return (
        connection.cursor(row_factory=dict_row)
        .execute("SELECT * FROM decisions WHERE task_id = %s AND created_at <= %s ORDER BY created_at, id", (task, at))
        .fetchall()
    )

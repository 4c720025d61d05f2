"""Decisions and the states of tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store import tables as t
from quorate.store.statement import Statement


def insert(connection: Connection[Any], row: Mapping[str, Any]) -> None:
    """Append a decision (`row` has every column), put it in force, and close the task's openings."""
    statement = Statement()
    statement.append(t.decisions, [row])
    statement.part("shut", "DELETE FROM openings WHERE task_id = %(task)s", {"task": row["task_id"]})
    statement.part(
        "settled",
        "UPDATE tasks SET state = 'decided', decision_id = %(decision)s, version = version + 1 WHERE id = %(task)s",
        {"decision": row["id"]},
    )
    statement.run(connection)


def set_state(connection: Connection[Any], task: UUID, state: str) -> None:
    """Put the task in this state and leave its decision as it is."""
    connection.execute("UPDATE tasks SET state = %s, version = version + 1 WHERE id = %s", (state, task))


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
    rows = connection.cursor(row_factory=dict_row).execute(
        "SELECT id, step_id, state, decision_id FROM tasks"
        " WHERE item_id = %s AND step_id = ANY(%s) ORDER BY id FOR UPDATE",
        (item, list(steps)),
    )
    return rows.fetchall()

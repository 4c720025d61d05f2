"""Decisions and the states of tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store import tables as t
from quorate.store.statement import Statement


def insert(connection: Connection[Any], *rows: Mapping[str, Any]) -> None:
    """Append decisions (each row has every column), put them in force, and close their tasks' openings."""
    settled = {"tasks": [row["task_id"] for row in rows], "decisions": [row["id"] for row in rows]}
    statement = Statement()
    statement.append(t.decisions, rows)
    statement.part("shut", "DELETE FROM openings WHERE task_id = ANY(%(tasks)s)", settled)
    statement.part(
        "settled",
        "UPDATE tasks t SET state = 'decided', decision_id = d.decision, version = version + 1"
        " FROM unnest(%(tasks)s::uuid[], %(decisions)s::uuid[]) AS d (task, decision) WHERE t.id = d.task",
        settled,
    )
    statement.run(connection)


def set_states(connection: Connection[Any], states: Mapping[UUID, str]) -> None:
    """Put each task in its state and leave its decision as it is."""
    connection.execute(
        "UPDATE tasks t SET state = wanted.state, version = version + 1"
        " FROM unnest(%s::uuid[], %s::text[]) AS wanted (task, state) WHERE t.id = wanted.task",
        (list(states), list(states.values())),
    )


def of_items(connection: Connection[Any], items: Sequence[UUID]) -> dict[UUID, dict[UUID, dict[str, Any]]]:
    """item → step id → the decision in force, for the items' tasks that have one."""
    rows = connection.cursor(row_factory=dict_row).execute(
        "SELECT t.item_id, t.step_id, d.value, d.confidence FROM tasks t JOIN decisions d ON d.id = t.decision_id"
        " WHERE t.item_id = ANY(%s) AND t.state = 'decided'",
        (list(items),),
    )
    found: dict[UUID, dict[UUID, dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["item_id"], {})[row["step_id"]] = row
    return found


def of_steps(connection: Connection[Any], items: Sequence[UUID], steps: Sequence[UUID]) -> list[dict[str, Any]]:
    """The items' tasks of these steps, locked: id, item_id, step_id, state, decision_id."""
    rows = connection.cursor(row_factory=dict_row).execute(
        "SELECT id, item_id, step_id, state, decision_id FROM tasks"
        " WHERE item_id = ANY(%s) AND step_id = ANY(%s) ORDER BY id FOR UPDATE",
        (list(items), list(steps)),
    )
    return rows.fetchall()

"""What was practised in trainings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg import Connection

from quorate.store.statement import dumps

_ADD = """
INSERT INTO practices (id, project_id, account_id, spec_id, training, lesson, place, value, is_right, created_at)
VALUES (%(id)s, %(project_id)s, %(account_id)s, %(spec_id)s, %(training)s, %(lesson)s, %(place)s, %(value)s::jsonb,
        %(is_right)s, %(created_at)s)
"""


def add(connection: Connection[Any], row: Mapping[str, Any]) -> None:
    """Keep that a lesson was read or a practice answered."""
    connection.execute(_ADD, {**row, "value": None if row["value"] is None else dumps(row["value"])})


def done(connection: Connection[Any], project: UUID, account: UUID) -> dict[str, set[tuple[str, int]]]:
    """By training, what this account has read (-1) or answered right: (lesson, place)."""
    found: dict[str, set[tuple[str, int]]] = {}
    rows = connection.execute(
        "SELECT DISTINCT training, lesson, place FROM practices WHERE account_id = %s AND project_id = %s AND is_right",
        (account, project),
    )
    for training, lesson, place in rows:
        found.setdefault(training, set()).add((lesson, place))
    return found

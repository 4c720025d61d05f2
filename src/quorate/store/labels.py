"""Labels in force, in the order in which they were decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

_IN_FORCE = """
SELECT d.id AS decision, i.key AS item, s.name AS step, d.value, d.confidence, d.probabilities, d.kind, d.judgements,
       d.created_at AS decided_at
FROM decisions d
JOIN tasks t ON t.decision_id = d.id
JOIN items i ON i.id = t.item_id
JOIN steps s ON s.id = t.step_id
WHERE d.project_id = %(project)s AND d.id > %(since)s AND t.state = 'decided'
ORDER BY d.id LIMIT %(limit)s
"""


def in_force(connection: Connection[Any], project: UUID, *, since: UUID | None, limit: int) -> dict[str, Any]:
    """One page; ids are UUIDv7, so their order is that of time."""
    parameters = {"project": project, "since": since or UUID(int=0), "limit": limit}
    rows = connection.cursor(row_factory=dict_row).execute(_IN_FORCE, parameters).fetchall()
    return {"labels": rows, "next": rows[-1]["decision"] if rows else since}

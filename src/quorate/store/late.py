"""A lease that ran out and is answered all the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

_TAKE = """
WITH late AS MATERIALIZED (
    SELECT id, task_id, gold FROM assignments WHERE id = %(id)s AND state = 'expired' FOR UPDATE
), place AS (
    DELETE FROM openings WHERE (project_id, band, position) = (
        SELECT project_id, band, position FROM openings WHERE task_id = (SELECT task_id FROM late WHERE NOT gold)
        ORDER BY band, position LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING position
)
UPDATE assignments a SET state = 'open', expires_at = %(expires)s
FROM late WHERE a.id = late.id AND (late.gold OR EXISTS (SELECT FROM place))
RETURNING a.id
"""

_OVER = "SELECT state = 'expired' FROM assignments WHERE id = %s"


def take(connection: Connection[Any], assignment: UUID, expires: datetime) -> bool:
    """Open an expired lease again, in a place of its task that is still free; False when there is none.

    A task whose answer is known has no places and is always free.
    """
    return connection.execute(_TAKE, {"id": assignment, "expires": expires}).fetchone() is not None


def over(connection: Connection[Any], assignment: UUID) -> bool:
    """Whether it still is one that ran out: the same answer, sent twice, may have been here before."""
    row = connection.execute(_OVER, [assignment]).fetchone()
    return row is not None and row[0]

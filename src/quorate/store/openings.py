"""The queue of judgements that are wanted and that nobody holds. `leases.claim` takes from it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import Connection

AHEAD, FRESH = 0, 1
"""The two bands: tasks that are already begun, or urgent, come before fresh ones."""


def open(connection: Connection[Any], project: UUID, task: UUID, places: int, band: int = AHEAD) -> None:
    """Want `places` more judgements of this task."""
    connection.execute(
        "INSERT INTO openings (project_id, band, task_id)"
        " SELECT %(project)s, %(band)s, %(task)s FROM generate_series(1, %(places)s)",
        {"project": project, "task": task, "places": places, "band": band},
        prepare=True,
    )


def close(connection: Connection[Any], task: UUID, keep: int = 0) -> None:
    """Want no further judgement of this task, or only `keep` of those that are open."""
    connection.execute(
        "DELETE FROM openings WHERE (project_id, band, position) IN ("
        " SELECT project_id, band, position FROM openings WHERE task_id = %(task)s"
        " ORDER BY band, position OFFSET %(keep)s)",
        {"task": task, "keep": keep},
        prepare=True,
    )


def take(connection: Connection[Any], task: UUID) -> bool:
    """Take one opening of this task, for somebody whose lease had ended; False when there is none."""
    row = connection.execute(
        "DELETE FROM openings WHERE (project_id, band, position) = ("
        " SELECT project_id, band, position FROM openings WHERE task_id = %(task)s"
        " ORDER BY band, position LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING true",
        {"task": task},
    ).fetchone()
    return row is not None

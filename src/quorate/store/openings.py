"""The queue of judgements that are wanted and that nobody holds. `leases.claim` takes from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from quorate.store.statement import Statement

AHEAD, FRESH = 0, 1
"""The two bands. What was given back comes first. A judgement more of a task that is begun queues at the end, behind
the fresh ones: what is learnt of the annotators meanwhile often decides the task without it."""

_OPEN = """
    INSERT INTO openings (project_id, band, task_id)
    SELECT %(project)s, {band}, %(task)s FROM generate_series(1, %(places)s){gate}
"""
_CLOSE = """
    DELETE FROM openings WHERE (project_id, band, position) IN (
        SELECT project_id, band, position FROM openings WHERE task_id = %(task)s
        ORDER BY band, position OFFSET %(keep)s){gate}
"""


def add_change(statement: Statement, *, project: UUID, places: int, keep: int, gate: str) -> None:
    """Add to a gated change of `%(task)s`: want `places` more judgements, or no more than `keep` of those wanted."""
    if places > 0:
        values = {"places": places, "project": project}
        statement.part("opened", _OPEN.format(band=FRESH, gate=f", {gate}"), values)
    elif keep >= 0:
        statement.part("shut", _CLOSE.format(gate=f" AND EXISTS (SELECT FROM {gate})"), {"keep": keep})


def open(connection: Connection[Any], project: UUID, tasks: Sequence[UUID], places: int, band: int = FRESH) -> None:
    """Want `places` more judgements of each task, the first of every one before the second of any.

    Nothing is asked about a step that has stopped for want of money.
    """
    connection.execute(
        "INSERT INTO openings (project_id, band, task_id) SELECT %s, %s, task"
        " FROM generate_series(1, %s) AS round, unnest(%s::uuid[]) WITH ORDINALITY AS tasks (task, place)"
        " WHERE (SELECT s.thrift FROM tasks t JOIN steps s ON s.id = t.step_id WHERE t.id = task)"
        " IS DISTINCT FROM 'stopped' ORDER BY round, place",
        (project, band, places, list(tasks)),
    )


def close(connection: Connection[Any], tasks: Sequence[UUID]) -> None:
    """Want no further judgement of these tasks."""
    connection.execute("DELETE FROM openings WHERE task_id = ANY(%s)", (list(tasks),))

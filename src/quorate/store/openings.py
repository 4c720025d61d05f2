"""The queue of judgements that are wanted and that nobody holds. `leases.claim` takes from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from quorate.store.resize import WANTED, limiting
from quorate.store.statement import Statement
from quorate.store.tables import NO_CASE

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


_OPEN_ALL = f"""
INSERT INTO openings (project_id, band, task_id)
SELECT %(project)s, {FRESH}, task FROM (
    SELECT begun.task, place, fewest, most,
           (SELECT count(*) FROM annotations n
            WHERE n.task_id = begun.task AND n.role <> 'expert'
              AND NOT EXISTS (SELECT FROM annotations l WHERE l.task_id = n.task_id AND l.supersedes = n.id)
              AND NOT EXISTS (SELECT FROM seats z
                              WHERE z.project_id = n.project_id AND z.account_id = n.account_id AND z.discounted)
           ) AS judgements,
           (SELECT count(*) FROM assignments a
            WHERE a.task_id = begun.task AND a.state = 'open' AND NOT a.gold AND a.case_id = '{NO_CASE}') AS leases
    FROM unnest(%(tasks)s::uuid[]) WITH ORDINALITY AS begun (task, place)
    JOIN tasks t ON t.id = begun.task JOIN steps s ON s.id = t.step_id AND s.thrift IS DISTINCT FROM 'stopped'
    JOIN unnest(%(steps)s::uuid[], %(fewest)s::int[], %(most)s::int[]) AS l (step_id, fewest, most)
        ON l.step_id = t.step_id
) AS counted, generate_series(1, {WANTED}) AS round
ORDER BY round, place
"""


def open(
    connection: Connection[Any], project: UUID, tasks: Sequence[UUID], limits: Mapping[UUID, tuple[int, int]]
) -> None:
    """Want as many judgements of each task as it still may have: what was answered or is held from before counts.

    The first of every task comes before the second of any. By step, `limits` has the fewest and most judgements;
    nothing is asked about a step that has stopped for want of money.
    """
    connection.execute(_OPEN_ALL, {"project": project, "tasks": list(tasks), **limiting(limits)})


def close(connection: Connection[Any], tasks: Sequence[UUID]) -> None:
    """Want no further judgement of these tasks."""
    connection.execute("DELETE FROM openings WHERE task_id = ANY(%s)", (list(tasks),))

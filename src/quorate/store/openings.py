"""The queue of judgements that are wanted and that nobody holds. `claims.claim` takes from it.

What is taken leaves dead entries at the head until the database is vacuumed. So each project keeps a mark (`head_0`,
`head_1`) before which nothing stands any more, and no claim walks what lies before it. A position must be drawn by a
transaction that has written or locked a row already (see `horizon.py`); what is put back where it was takes the mark
back with it.
"""

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


_NEWEST = "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('openings', 'position')::regclass), 0)"
_FIRST = """
    SELECT position FROM openings o
    WHERE o.project_id = p.id AND o.band = {band} AND o.position >= p.head_{band} ORDER BY o.position LIMIT 1"""
_HEAD = f"greatest(p.head_{{band}}, least(({_FIRST}), %(newest)s + 1))"
_HEADS = tuple(_HEAD.format(band=band) for band in (AHEAD, FRESH))
_BEHIND = f"""
SELECT p.id FROM projects p WHERE {_HEADS[0]} - p.head_0 >= %(least)s OR {_HEADS[1]} - p.head_1 >= %(least)s
FOR NO KEY UPDATE SKIP LOCKED
"""
_ADVANCE = f"UPDATE projects p SET head_0 = {_HEADS[0]}, head_1 = {_HEADS[1]} WHERE p.id = ANY(%(behind)s)"


def newest(connection: Connection[Any]) -> int:
    """The last position that was drawn, whether or not its opening can be seen yet."""
    row = connection.execute(_NEWEST).fetchone()
    assert row is not None
    return int(row[0])


def advance(connection: Connection[Any], newest: int, least: int) -> int:
    """Move the marks of all projects on to the first opening there is, where that is `least` positions or more.

    Every opening up to `newest` must be there for all to see. Gives how many projects were behind.
    """
    values = {"newest": newest, "least": least}
    behind = [id for (id,) in connection.execute(_BEHIND, values)]
    # looked at once more, now that nobody can put anything back before we are done
    connection.execute(_ADVANCE, {**values, "behind": behind})
    return len(behind)

"""How many openings each open task should have, and making it so for a whole project at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg import Connection

WANTED = "greatest(0, least(greatest(fewest, judgements + 1), most) - judgements - leases)"
"""`flow/decide.places` in SQL: up to `fewest` at once, then one at a time, never past `most`."""

COUNTED = """
said AS (
    SELECT n.task_id, count(*) AS judgements FROM annotations n
    WHERE n.project_id = %(project)s AND n.role <> 'expert'
      AND NOT EXISTS (SELECT FROM annotations l WHERE l.task_id = n.task_id AND l.supersedes = n.id)
      AND NOT EXISTS (
          SELECT FROM seats z WHERE z.project_id = n.project_id AND z.account_id = n.account_id AND z.discounted)
      AND NOT EXISTS (SELECT FROM set_aside x WHERE x.annotation_id = n.id)
    GROUP BY 1
), held AS (
    SELECT task_id, count(*) AS leases FROM assignments
    WHERE project_id = %(project)s AND state = 'open' AND NOT gold
      AND case_id = '00000000-0000-0000-0000-000000000000'
    GROUP BY 1
), waiting AS (
    SELECT task_id, count(*) AS openings FROM openings WHERE project_id = %(project)s GROUP BY 1
), limits AS (
    SELECT * FROM unnest(%(steps)s::uuid[], %(fewest)s::int[], %(most)s::int[]) AS l (step_id, fewest, most)
)
"""
"""Per step the judgements wanted, and per task of a project: judgements that count, leases, openings."""

_RESIZE = f"""
WITH {COUNTED}, counted AS (
    SELECT t.id, t.version, coalesce(judgements, 0) AS judgements, coalesce(leases, 0) AS leases,
           coalesce(openings, 0) AS there, fewest, most
    FROM tasks t JOIN limits ON limits.step_id = t.step_id
    LEFT JOIN said ON said.task_id = t.id LEFT JOIN held ON held.task_id = t.id
    LEFT JOIN waiting ON waiting.task_id = t.id
    WHERE t.project_id = %(project)s AND t.state = 'open' AND t.gold IS NULL
), wanted AS (
    SELECT *, {WANTED} AS wanted FROM counted
), moved AS (
    UPDATE tasks t SET version = t.version + 1 FROM wanted w
    WHERE t.id = w.id AND t.version = w.version AND w.wanted <> w.there
    RETURNING t.id, w.wanted, w.there
), opened AS (
    INSERT INTO openings (project_id, band, task_id)
    SELECT %(project)s, 1, id FROM moved, generate_series(1, wanted - there) AS round ORDER BY round, id
), shut AS (
    DELETE FROM openings o USING (
        SELECT q.band, q.position, moved.wanted,
               row_number() OVER (PARTITION BY q.task_id ORDER BY q.band, q.position) AS place
        FROM openings q JOIN moved ON moved.id = q.task_id AND moved.wanted < moved.there
        WHERE q.project_id = %(project)s
    ) AS surplus
    WHERE o.project_id = %(project)s AND o.band = surplus.band AND o.position = surplus.position
      AND surplus.place > surplus.wanted
)
SELECT count(*) FROM moved
"""
ATTEMPTS = 20


def limiting(limits: Mapping[UUID, tuple[int, int]]) -> dict[str, Any]:
    """The parameters of `limits`."""
    steps, wanted = list(limits), limits.values()
    return {"steps": steps, "fewest": [least for least, _ in wanted], "most": [most for _, most in wanted]}


def openings(connection: Connection[Any], project: UUID, limits: Mapping[UUID, tuple[int, int]]) -> int:
    """Give every open task the openings that it should have; by step, `limits` has the fewest and most judgements.

    A task that somebody answers meanwhile is counted again: its version has changed. Whoever is answering under the
    former policy finds the version changed, and reads again. Gives how many tasks had other openings.
    """
    values = {"project": project, **limiting(limits)}
    total = 0
    for _ in range(ATTEMPTS):
        row = connection.execute(_RESIZE, values).fetchone()
        if row is None or not row[0]:
            break
        total += row[0]
    return total

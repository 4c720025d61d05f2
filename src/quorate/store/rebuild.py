"""Current state as it follows from what was said, from the ledger and from the leases; and where it is otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from quorate.store.resize import COUNTED, WANTED

_TASKS = f"""
WITH changes AS (
    SELECT e.seq, d.task_id, 'decided' AS state, d.id AS decision
    FROM events e JOIN decisions d ON d.id = e.object_id
    WHERE e.project_id = %(project)s AND e.verb = 'task.decided'
    UNION ALL
    SELECT e.seq, (e.detail ->> 'task')::uuid, 'contested', NULL
    FROM events e
    WHERE e.project_id = %(project)s AND e.verb = 'case.opened'
      AND e.detail ->> 'kind' IN ('undecided', 'risky', 'second_opinion')
    UNION ALL
    SELECT e.seq, e.object_id,
           CASE e.verb WHEN 'task.reopened' THEN 'open' WHEN 'task.restored' THEN 'decided'
                       ELSE substr(e.verb, 6) END, NULL
    FROM events e
    WHERE e.project_id = %(project)s
      AND e.verb IN ('task.open', 'task.waiting', 'task.retired', 'task.reopened', 'task.restored')
), told AS (
    SELECT task_id, (array_agg(state ORDER BY seq DESC))[1] AS state,
           (array_agg(decision ORDER BY seq DESC) FILTER (WHERE decision IS NOT NULL))[1] AS decision
    FROM changes GROUP BY 1
), {COUNTED}, derived AS (
    SELECT t.id, t.gold, coalesce(told.state, CASE WHEN t.step_id = ANY(%(conditional)s) THEN 'waiting' ELSE 'open' END)
               AS state,
           told.decision, coalesce(said.judgements, 0) AS judgements, coalesce(held.leases, 0) AS leases
    FROM tasks t
    LEFT JOIN told ON told.task_id = t.id LEFT JOIN said ON said.task_id = t.id LEFT JOIN held ON held.task_id = t.id
    WHERE t.project_id = %(project)s
), wanted AS (
    SELECT *, CASE WHEN state = 'open' AND gold IS NULL THEN {WANTED} ELSE 0 END AS openings
    FROM derived
)
SELECT t.id AS id, 'task' AS noun,
       jsonb_build_object('state', t.state, 'decision', t.decision_id, 'openings', coalesce(o.openings, 0)) AS there,
       jsonb_build_object('state', w.state, 'decision', w.decision, 'openings', w.openings) AS derived
FROM tasks t JOIN wanted w ON w.id = t.id LEFT JOIN waiting o ON o.task_id = t.id
"""
_SEATS = """
SELECT s.account_id AS id, 'seat' AS noun,
       jsonb_build_object('spent', s.spent, 'committed', s.committed) AS there,
       jsonb_build_object(
           'spent', (SELECT coalesce(sum(n.cost), 0) FROM annotations n
                     WHERE n.project_id = s.project_id AND n.account_id = s.account_id),
           'committed', (SELECT coalesce(sum(a.price), 0) FROM assignments a
                         WHERE a.project_id = s.project_id AND a.account_id = s.account_id AND a.state = 'open')
       ) AS derived
FROM seats s WHERE s.project_id = %(project)s
"""
_POOL = """
SELECT p.id, 'project' AS noun, jsonb_build_object('pool', p.pool) AS there,
       jsonb_build_object('pool', p.budget - (SELECT coalesce(sum(granted), 0) FROM seats WHERE project_id = p.id))
           AS derived
FROM projects p WHERE p.id = %(project)s AND p.budget IS NOT NULL
"""
_DIFFERENT = "SELECT * FROM ({rows}) AS rows WHERE there <> derived ORDER BY id"


@dataclass(frozen=True, slots=True)
class Difference:
    """A task, a seat or a project that is not what follows: `there` is what it is, `derived` what it should be."""

    id: UUID
    noun: str
    there: dict[str, Any]
    derived: dict[str, Any]


def differences(
    connection: Connection[Any], project: UUID, *, conditional: list[UUID], least: int, most: int
) -> list[Difference]:
    """Every row of a project's current state that does not follow, in a consistent view.

    `conditional` are the steps that wait for others; `least` and `most` the judgements that the policy wants.
    """
    values = {"project": project, "conditional": conditional, "min": least, "max": most}
    cursor = connection.cursor(row_factory=class_row(Difference))
    found: list[Difference] = []
    for rows in (_TASKS, _SEATS, _POOL):
        found += cursor.execute(_DIFFERENT.format(rows=rows), values).fetchall()
    return found

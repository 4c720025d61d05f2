"""Current state as it follows from what was said, from the ledger and from the leases; and where it is otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from quorate.store.resize import COUNTED, WANTED, limiting
from quorate.store.statement import dumps

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
      AND e.verb IN ('task.open', 'task.waiting', 'task.contested', 'task.retired', 'task.reopened', 'task.restored')
), told AS (
    SELECT task_id, (array_agg(state ORDER BY seq DESC))[1] AS state,
           (array_agg(decision ORDER BY seq DESC) FILTER (WHERE decision IS NOT NULL))[1] AS decision
    FROM changes GROUP BY 1
), {COUNTED}, derived AS (
    SELECT t.id, t.gold, coalesce(fewest, 0) AS fewest, coalesce(most, 0) AS most,
           coalesce(told.state, CASE WHEN t.step_id = ANY(%(conditional)s) THEN 'waiting' ELSE 'open' END)
               AS state,
           told.decision, coalesce(said.judgements, 0) AS judgements, coalesce(held.leases, 0) AS leases
    FROM tasks t
    LEFT JOIN limits ON limits.step_id = t.step_id
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
       jsonb_build_object('spent', s.spent, 'committed', s.committed, 'answered', s.answered,
                          'answered_in', s.answered_in, 'given_in', s.given_in) AS there,
       jsonb_build_object(
           'spent', (SELECT coalesce(sum(n.cost), 0) FROM annotations n
                     WHERE n.project_id = s.project_id AND n.account_id = s.account_id)
                  + (SELECT coalesce(sum(CASE m.kind WHEN 'bonus' THEN m.amount WHEN 'reversed' THEN -m.amount END), 0)
                     FROM transfers m WHERE m.project_id = s.project_id AND m.account_id = s.account_id),
           'committed', (SELECT coalesce(sum(a.price), 0) FROM assignments a
                         WHERE a.project_id = s.project_id AND a.account_id = s.account_id AND a.state = 'open'),
           'answered', (SELECT count(*) FROM assignments a
                        WHERE a.project_id = s.project_id AND a.account_id = s.account_id AND a.state = 'submitted'),
           'answered_in', counted.answered_in, 'given_in', counted.given_in) AS derived
FROM seats s CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_object_agg(stratum, answered) FILTER (WHERE answered > 0), '{}') AS answered_in,
           s.given_in || coalesce(jsonb_object_agg(stratum, given) FILTER (
               WHERE given > coalesce((s.given_in ->> stratum)::int, 0)), '{}') AS given_in
    FROM (SELECT stratum, count(DISTINCT a.id) FILTER (WHERE a.state = 'submitted') AS answered,
                 count(DISTINCT a.id) FILTER (WHERE a.state <> 'released') AS given
          FROM assignments a CROSS JOIN LATERAL unnest(a.strata) AS stratum
          WHERE a.project_id = s.project_id AND a.account_id = s.account_id AND stratum IS NOT NULL
          GROUP BY stratum) AS each
) AS counted
WHERE s.project_id = %(project)s
"""
_PURSES = """
WITH derived AS (
    SELECT account_id, step_id, sum(committed) AS committed, sum(spent) AS spent FROM (
        SELECT n.account_id, t.step_id, 0 AS committed, n.cost AS spent
        FROM annotations n JOIN tasks t ON t.id = n.task_id WHERE n.project_id = %(project)s AND n.cost > 0
        UNION ALL
        SELECT a.account_id, t.step_id, a.price, 0 FROM assignments a JOIN tasks t ON t.id = a.task_id
        WHERE a.project_id = %(project)s AND a.state = 'open' AND a.price > 0
        UNION ALL
        SELECT m.account_id, t.step_id, 0, CASE
            WHEN m.kind = 'bonus' THEN m.amount
            WHEN one.place > 1 THEN -n.cost  -- what is more than the answers had earned is of the first one's step
            ELSE (SELECT sum(x.cost) FROM annotations x WHERE x.id = ANY(m.annotations)) - n.cost - m.amount END
        FROM transfers m CROSS JOIN LATERAL unnest(m.annotations) WITH ORDINALITY AS one (id, place)
        JOIN annotations n ON n.id = one.id JOIN tasks t ON t.id = n.task_id
        WHERE m.project_id = %(project)s AND (m.kind = 'reversed' OR m.kind = 'bonus' AND one.place = 1)
        UNION ALL
        SELECT m.account_id, t.step_id, 0, -m.amount  -- taken back, in the name of no answer
        FROM transfers m JOIN transfers b ON b.id = m.undoes AND b.kind = 'bonus'
        JOIN annotations n ON n.id = b.annotations[1] JOIN tasks t ON t.id = n.task_id
        WHERE m.project_id = %(project)s
    ) AS said GROUP BY 1, 2
)
SELECT coalesce(p.account_id, d.account_id) AS id, 'purse' AS noun,
       jsonb_build_object('step', coalesce(p.step_id, d.step_id), 'committed', coalesce(p.committed, 0),
                          'spent', coalesce(p.spent, 0)) AS there,
       jsonb_build_object('step', coalesce(p.step_id, d.step_id), 'committed', coalesce(d.committed, 0),
                          'spent', coalesce(d.spent, 0)) AS derived
FROM (SELECT p.* FROM purses p JOIN steps s ON s.id = p.step_id AND s.project_id = %(project)s) AS p
FULL JOIN derived d ON d.account_id = p.account_id AND d.step_id = p.step_id
"""
_STEPS = """
SELECT s.id, 'step' AS noun, jsonb_build_object('pool', s.pool) AS there,
       jsonb_build_object('pool', greatest(0, s.budget - (
           SELECT coalesce(sum(granted), 0) FROM purses WHERE step_id = s.id))) AS derived
FROM steps s WHERE s.project_id = %(project)s AND s.budget IS NOT NULL
"""
_POOL = """
SELECT p.id, 'project' AS noun, jsonb_build_object('pool', p.pool) AS there,
       jsonb_build_object('pool', greatest(0, p.budget - (
           SELECT coalesce(sum(granted), 0) FROM seats WHERE project_id = p.id))) AS derived
FROM projects p WHERE p.id = %(project)s AND p.budget IS NOT NULL
"""
_SKILLS = """
SELECT coalesce(k.account_id, s.account_id) AS id, 'skill' AS noun,
       jsonb_build_object('step', coalesce(k.step_id, s.step_id), 'known', k.account_id IS NOT NULL) AS there,
       jsonb_build_object('step', coalesce(k.step_id, s.step_id), 'known', s.account_id IS NOT NULL) AS derived
FROM (SELECT k.* FROM skills k JOIN steps st ON st.id = k.step_id WHERE st.project_id = %(project)s) k
FULL JOIN (
    SELECT DISTINCT t.step_id, n.account_id FROM annotations n JOIN tasks t ON t.id = n.task_id
    JOIN steps st ON st.id = t.step_id AND st.retired_at IS NULL
    WHERE n.project_id = %(project)s
) s ON s.step_id = k.step_id AND s.account_id = k.account_id
WHERE k.account_id IS NULL OR s.account_id IS NOT NULL
"""
_DIFFERENT = "SELECT * FROM ({rows}) AS rows WHERE there <> derived ORDER BY id"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not what follows: `there` is what it is, `derived` what it should be.

    `id` is that of a task, of a step or project, or of the account whose seat, purse or skill it is.
    """

    id: UUID
    noun: str
    there: dict[str, Any]
    derived: dict[str, Any]


def differences(
    connection: Connection[Any], project: UUID, *, conditional: list[UUID], limits: Mapping[UUID, tuple[int, int]]
) -> list[Difference]:
    """Every row of a project's current state that does not follow, in a consistent view.

    `conditional` are the steps that wait for others; `limits` the fewest and most judgements that a step wants.
    """
    values = {"project": project, "conditional": conditional, **limiting(limits)}
    cursor = connection.cursor(row_factory=class_row(Difference))
    found: list[Difference] = []
    for rows in (_TASKS, _SEATS, _PURSES, _STEPS, _POOL, _SKILLS):
        found += cursor.execute(_DIFFERENT.format(rows=rows), values).fetchall()
    return found


PATIENCE_MS = 400
_LOCK = """
LOCK TABLE projects, seats, steps, purses, tasks, openings, assignments, annotations, transfers
IN SHARE ROW EXCLUSIVE MODE
"""
_MEND_TASKS = """
WITH wrong AS (
    SELECT id, there, derived FROM jsonb_to_recordset(%(rows)s) AS r (id uuid, there jsonb, derived jsonb)
), mended AS (
    UPDATE tasks t SET state = w.derived ->> 'state', decision_id = (w.derived ->> 'decision')::uuid,
                       version = version + 1
    FROM wrong w WHERE t.id = w.id
), opened AS (
    INSERT INTO openings (project_id, band, task_id)
    SELECT %(project)s, 1, id
    FROM wrong, generate_series(1, (derived ->> 'openings')::int - (there ->> 'openings')::int) AS round
    ORDER BY round, id
)
DELETE FROM openings o USING (
    SELECT q.band, q.position, (w.derived ->> 'openings')::int AS wanted,
           row_number() OVER (PARTITION BY q.task_id ORDER BY q.band, q.position) AS place
    FROM openings q JOIN wrong w ON w.id = q.task_id WHERE q.project_id = %(project)s
) AS surplus
WHERE o.project_id = %(project)s AND o.band = surplus.band AND o.position = surplus.position
  AND surplus.place > surplus.wanted
"""
_MEND_SEATS = """
UPDATE seats s SET spent = (r.derived ->> 'spent')::numeric, committed = (r.derived ->> 'committed')::numeric,
    answered = (r.derived ->> 'answered')::int, answered_in = r.derived -> 'answered_in',
    given_in = r.derived -> 'given_in',
    granted = CASE WHEN granted IS NOT NULL THEN greatest(
        granted, (r.derived ->> 'spent')::numeric + (r.derived ->> 'committed')::numeric) END
FROM jsonb_to_recordset(%(rows)s) AS r (id uuid, derived jsonb)
WHERE s.project_id = %(project)s AND s.account_id = r.id
"""
_MEND_PURSES = """
INSERT INTO purses AS p (account_id, step_id, granted, committed, spent)
SELECT r.id, s.id, CASE WHEN s.budget IS NOT NULL THEN (r.derived ->> 'committed')::numeric
                                                     + (r.derived ->> 'spent')::numeric END,
       (r.derived ->> 'committed')::numeric, (r.derived ->> 'spent')::numeric
FROM jsonb_to_recordset(%(rows)s) AS r (id uuid, derived jsonb) JOIN steps s ON s.id = (r.derived ->> 'step')::uuid
ON CONFLICT (account_id, step_id) DO UPDATE
    SET granted = CASE WHEN p.granted IS NOT NULL THEN greatest(p.granted, excluded.granted) END,
        committed = excluded.committed, spent = excluded.spent
"""
_MEND_STEPS = """
UPDATE steps s SET pool = (r.derived ->> 'pool')::numeric
FROM jsonb_to_recordset(%(rows)s) AS r (id uuid, derived jsonb) WHERE s.id = r.id
"""
_MEND_POOL = """
UPDATE projects p SET pool = (r.derived ->> 'pool')::numeric
FROM jsonb_to_recordset(%(rows)s) AS r (id uuid, derived jsonb) WHERE p.id = r.id
"""
MENDS = {"task": _MEND_TASKS, "seat": _MEND_SEATS, "purse": _MEND_PURSES, "step": _MEND_STEPS, "project": _MEND_POOL}


def lock(connection: Connection[Any]) -> None:
    """Let nobody write the work's state until the transaction ends; reading goes on.

    Who locks whole tables and who works on rows may wait for each other. Giving up before the database looks for
    such circles (after a second) means that it is never somebody at work who is sent away. Raises what the driver does.
    """
    connection.execute(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
    connection.execute(_LOCK)
    connection.execute("SET LOCAL lock_timeout = 0")


def mend(connection: Connection[Any], project: UUID, found: Sequence[Difference]) -> None:
    """Make tasks, seats, purses and the pools what they should be, in a transaction that holds `lock`."""
    for noun, sql in MENDS.items():
        rows = [{"id": one.id, "there": one.there, "derived": one.derived} for one in found if one.noun == noun]
        if rows:
            connection.execute(sql, {"project": project, "rows": dumps(rows)})

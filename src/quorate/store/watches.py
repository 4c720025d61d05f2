"""What detectors look at, and how far they have looked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store.statement import dumps

_DUE = """
SELECT s.id, s.project_id, sum(k.answers)::int AS answers
FROM steps s JOIN skills k ON k.step_id = s.id JOIN accounts a ON a.id = k.account_id AND a.kind <> 'machine'
LEFT JOIN watches w ON w.step_id = s.id
LEFT JOIN watched d ON d.step_id = k.step_id AND d.account_id = k.account_id
WHERE s.retired_at IS NULL
  AND coalesce(%(now)s >= w.looked_at + make_interval(secs => %(rest)s * w.took), true) GROUP BY s.id, w.answers
HAVING sum(k.answers) - coalesce(w.answers, 0) >= greatest(%(least)s, %(growth)s * coalesce(w.answers, 0))
    OR max(k.answers - coalesce(d.answers, 0)) >= %(least)s
"""
_MARK = """
INSERT INTO watches (step_id, answers, looked_at) VALUES (%(step)s, %(answers)s, %(now)s)
ON CONFLICT (step_id) DO UPDATE SET answers = excluded.answers, looked_at = excluded.looked_at
WHERE watches.answers < excluded.answers RETURNING step_id
"""
_MARK_EACH = """
INSERT INTO watched AS d (step_id, account_id, answers) SELECT step_id, account_id, answers FROM skills
WHERE step_id = %(step)s
ON CONFLICT (step_id, account_id) DO UPDATE SET answers = excluded.answers WHERE d.answers <> excluded.answers
"""
_FLAGGED = """
SELECT s.id, s.project_id, coalesce(w.followed_at, w.looked_at, p.created_at)
FROM steps s JOIN projects p ON p.id = s.project_id LEFT JOIN watches w ON w.step_id = s.id
WHERE s.retired_at IS NULL AND EXISTS (
    SELECT FROM findings f WHERE f.project_id = s.project_id AND f.annotation_id IS NOT NULL
      AND f.created_at > coalesce(w.followed_at, w.looked_at, p.created_at) - %(again)s)
"""
_FOLLOWED = """
INSERT INTO watches (step_id, answers, looked_at, followed_at) VALUES (%(step)s, 0, %(now)s, %(now)s)
ON CONFLICT (step_id) DO UPDATE SET followed_at = excluded.followed_at
"""
_RECENT = """
SELECT DISTINCT ON (n.task_id, n.account_id) n.id, n.task_id, n.account_id, n.value, n.schema_id, n.seconds, n.comment,
       n.created_at, n.gold, n.item_id
FROM skills k CROSS JOIN LATERAL (
    SELECT a.*, t.gold, t.item_id FROM annotations a JOIN tasks t ON t.id = a.task_id AND t.step_id = k.step_id
    WHERE a.account_id = k.account_id AND a.project_id = t.project_id AND a.role = 'crowd'
    ORDER BY a.created_at DESC LIMIT %(most)s) n
WHERE k.step_id = %(step)s ORDER BY n.task_id, n.account_id, n.created_at DESC
"""
_NOTED = """
SELECT kind, account_id, evidence, created_at FROM findings
WHERE project_id = %(project)s AND annotation_id IS NULL AND evidence->>'step' = %(step)s AND created_at > %(since)s
"""
_HEARD = """
WITH told AS (
    SELECT id, account_id, created_at FROM findings
    WHERE project_id = %(project)s AND annotation_id IS NULL AND evidence->>'step' = %(step)s),
heard AS (
    SELECT f.account_id, r.created_at AS at FROM told f JOIN replies r ON r.finding_id = f.id AND r.kind <> 'answered'
    UNION ALL SELECT account_id, created_at FROM told WHERE created_at <= %(since)s
    UNION ALL SELECT account_id, done_at FROM lessons WHERE step_id = %(step)s::uuid AND done_at IS NOT NULL
    UNION ALL SELECT object_id, at FROM events
    WHERE object_id IN (SELECT account_id FROM told) AND project_id = %(project)s
      AND verb IN ('annotator.resumed', 'annotator.retrained'))
SELECT account_id, max(at) FROM heard GROUP BY 1
"""


def due(
    connection: Connection[Any], now: datetime, *, least: int, growth: float, rest: float
) -> list[dict[str, Any]]:  # fmt: skip
    """Steps with so many answers since the last look, and so many more in proportion or of one annotator: id,
    project_id, answers. None within `rest` times as long as the last look took."""
    values = {"now": now, "least": least, "growth": growth, "rest": rest}
    return connection.cursor(row_factory=dict_row).execute(_DUE, values).fetchall()


def mark(connection: Connection[Any], step: UUID, answers: int, now: datetime) -> bool:
    """Look now; False when another has looked at as much. Whoever looks is alone until the transaction ends."""
    values = {"step": step, "answers": answers, "now": now}
    if connection.execute(_MARK, values).fetchone() is None:
        return False
    connection.execute(_MARK_EACH, values)
    return True


def took(connection: Connection[Any], step: UUID, seconds: float) -> None:
    """How long the look took."""
    connection.execute("UPDATE watches SET took = %s WHERE step_id = %s", (seconds, step))


def flagged(connection: Connection[Any], again: timedelta) -> list[tuple[UUID, UUID, datetime]]:
    """Steps in whose project validators have flagged something since that was followed last, or `again` before."""
    return connection.execute(_FLAGGED, {"again": again}).fetchall()


def followed(connection: Connection[Any], step: UUID, now: datetime) -> None:
    """What was flagged up to now is followed."""
    connection.execute(_FOLLOWED, {"step": step, "now": now})


def recent(connection: Connection[Any], step: UUID, most: int) -> list[dict[str, Any]]:
    """The newest answers of each annotator to a step; of a revised answer the last."""
    return connection.cursor(row_factory=dict_row).execute(_RECENT, {"step": step, "most": most}).fetchall()


def bodies(connection: Connection[Any], items: list[UUID]) -> dict[UUID, tuple[Any, bool]]:
    """What items say, by id, and whether it is for all to read; nothing of those that were erased."""
    sql = """SELECT id, body, NOT coalesce(attributes ? 'access', false) FROM items
             WHERE id = ANY(%s) AND body IS NOT NULL"""
    return {id: (body, free) for id, body, free in connection.execute(sql, (items,))}


def noted(connection: Connection[Any], project: UUID, step: UUID, since: datetime) -> list[dict[str, Any]]:
    """What the watch noted of a step since then: kind, account_id, evidence, created_at."""
    values = {"project": project, "step": str(step), "since": since}
    return connection.cursor(row_factory=dict_row).execute(_NOTED, values).fetchall()


def heard(connection: Connection[Any], project: UUID, step: UUID, since: datetime) -> dict[UUID | None, datetime]:
    """When last somebody's findings in a step were judged, or they went on, or took the lesson; None: of the step.

    What was noted no later than `since` has been heard, too.
    """
    values = {"project": project, "step": str(step), "since": since}
    return dict(connection.execute(_HEARD, values).fetchall())


_DIAGNOSED = """
INSERT INTO diagnoses (step_id, account_id, project_id, answers, reason, body, made_at)
SELECT %(step)s, r.account_id, %(project)s, r.answers, r.reason, r.body, %(now)s
FROM jsonb_to_recordset(%(rows)s) AS r (account_id uuid, answers int, reason text, body jsonb)
ON CONFLICT (step_id, account_id) DO UPDATE
    SET answers = excluded.answers, reason = excluded.reason, body = excluded.body, made_at = excluded.made_at
"""
_DIAGNOSES = """
SELECT p.name AS project, s.name AS step, d.account_id, d.answers, d.reason, d.body, d.made_at
FROM diagnoses d JOIN projects p ON p.id = d.project_id JOIN steps s ON s.id = d.step_id AND s.retired_at IS NULL
WHERE d.project_id = ANY(%s) AND (%s::uuid IS NULL OR d.account_id = %s) ORDER BY s.position, d.account_id
"""
_DIVIDED = """
WITH gone AS (DELETE FROM ambiguities WHERE task_id = ANY(%(looked)s) AND NOT task_id = ANY(%(kept)s))
INSERT INTO ambiguities (task_id, divided, soft, made_at)
SELECT r.task_id, r.divided, r.soft, %(now)s
FROM jsonb_to_recordset(%(rows)s) AS r (task_id uuid, divided float, soft jsonb)
ON CONFLICT (task_id) DO UPDATE SET divided = excluded.divided, soft = excluded.soft, made_at = excluded.made_at
"""


def diagnosed(
    connection: Connection[Any], project: UUID, step: UUID, rows: list[dict[str, Any]], now: datetime
) -> None:
    """Keep what is believed of why people's answers to a step are wrong."""
    values = {"project": project, "step": step, "rows": dumps(rows), "now": now}
    connection.execute(_DIAGNOSED, values)


def diagnoses(
    connection: Connection[Any], projects: Sequence[UUID], account: UUID | None = None
) -> list[dict[str, Any]]:
    """The diagnoses of everyone in these projects, or of one, by step."""
    cursor = connection.cursor(row_factory=dict_row)
    return cursor.execute(_DIAGNOSES, (list(projects), account, account)).fetchall()


def divided(connection: Connection[Any], looked: list[UUID], rows: list[dict[str, Any]], now: datetime) -> None:
    """Of the tasks looked at, keep those on which the skilled differ."""
    kept = [row["task_id"] for row in rows]
    connection.execute(_DIVIDED, {"looked": looked, "kept": kept, "rows": dumps(rows), "now": now})

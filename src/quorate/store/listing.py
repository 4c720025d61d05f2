"""Who may see what of an item."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from quorate.store.fitness import READABLE
from quorate.store.statement import dumps

BLIND = """EXISTS (
    SELECT FROM assignments a JOIN cases c ON c.id = a.case_id
    WHERE a.task_id = t.id AND a.account_id = %(account)s AND a.state = 'open' AND c.blind)"""
"""Whether the reader is just judging the task `t` blind."""


def judged_blind(connection: Connection[Any], project: UUID, key: str, account: UUID) -> bool:
    """Whether this account holds a case of the item, or of its twin, that it is to judge blind."""
    row = connection.execute(
        f"SELECT FROM items i JOIN tasks t ON t.item_id IN (i.id, i.twin_of)"
        f" WHERE i.project_id = %(project)s AND i.key = %(key)s AND {BLIND}",
        {"project": project, "key": key, "account": account},
    )
    return row.fetchone() is not None


TOLD = """a.state = 'submitted' AND a.case_id = '00000000-0000-0000-0000-000000000000' AND (
    (%(gold)s::boolean AND a.gold AND t.gold IS NOT NULL AND EXISTS (
        SELECT FROM annotations n
        WHERE n.assignment_id = a.id AND n.task_id = t.id AND n.created_at <= %(until)s::timestamptz))
    OR (%(adjudicated)s::boolean AND t.state = 'decided' AND EXISTS (
        SELECT FROM adjudications j WHERE j.task_id = t.id AND j.created_at <= %(until)s::timestamptz)))"""
"""Whether feedback shows the answered task `t` by now, so that one may see again what one was right or wrong about."""

_TAUGHT = """
SELECT m ->> 'url' AS url, coalesce(m ->> 'type', '') AS type
FROM (SELECT body FROM specs WHERE project_id = %(project)s AND kind = 'training' UNION ALL
      SELECT body FROM lessons WHERE project_id = %(project)s AND account_id = %(account)s) AS taught
CROSS JOIN LATERAL (
    SELECT jsonb_path_query(body, '$.lessons[*].media[*]') UNION ALL
    SELECT jsonb_path_query(body, '$.lessons[*].practice[*].media[*]')) AS shown (m)
WHERE m ->> 'url' = %(taught)s
LIMIT 1
"""
"""What a training shows is for all of the project, what a lesson shows for whom it was made."""
_MEDIUM = f"""
SELECT m->>'url', coalesce(m->>'type', '') FROM items i CROSS JOIN jsonb_array_elements(i.media) AS m
WHERE i.project_id = %(project)s AND i.media @> jsonb_build_array(%(medium)s::jsonb) AND m @> %(medium)s::jsonb
  AND ((%(reads)s AND {READABLE}) OR EXISTS (
    SELECT FROM tasks t JOIN assignments a ON a.task_id = t.id
    WHERE t.item_id = i.id AND a.account_id = %(account)s AND (a.state = 'open' OR {TOLD})) OR EXISTS (
    SELECT FROM tasks t JOIN questions q ON q.task_id = t.id
    WHERE t.item_id = i.id AND q.account_id = %(account)s) OR EXISTS ({_TAUGHT}))
LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose answers feedback tells of, which of them, and since when; whether they may read items besides (`reads`)."""

    account: UUID
    gold: bool
    adjudicated: bool
    until: datetime
    reads: bool = False


def medium(
    connection: Connection[Any], project: UUID, known: dict[str, str], viewer: Viewer, cleared: list[str] | None
) -> tuple[str, str] | None:
    """URL and type of a medium of this project, known by its `sha256` or its `url`: of an item that the viewer may
    read, holds a task of, was asked in an exam, or had answered and feedback tells of. Lessons are for all."""
    values: dict[str, Any] = {"project": project, "medium": dumps(known), **asdict(viewer)}
    values["cleared"] = None if cleared is None else dumps(cleared)
    values["taught"] = known.get("url") or f"media:{known.get('sha256')}"
    row = connection.execute(_MEDIUM, values).fetchone() or connection.execute(_TAUGHT, values).fetchone()
    return (row[0], row[1]) if row else None

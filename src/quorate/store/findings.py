"""Findings, with what was said to them; the newest word of who judges them is how they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

_TOLD = """
SELECT f.id, f.project_id, f.account_id, f.annotation_id, f.kind, f.message, f.evidence, f.action,
       f.created_at AS at, i.key AS item, p.name AS project, said.replies,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', c.kind, 'detail', c.detail, 'at', c.created_at,
                                                     'undone', u.created_at) ORDER BY c.id), '[]')
        FROM consequences c LEFT JOIN consequences u ON u.undoes = c.id
        WHERE c.finding_id = f.id AND c.undoes IS NULL) AS consequences,
       (SELECT jsonb_build_object('id', l.id, 'labels', l.labels, 'title', l.body->'title', 'done_at', l.done_at)
        FROM lessons l WHERE l.finding_id = f.id AND l.account_id = f.account_id LIMIT 1) AS lesson,
       (SELECT array_agg(o.key ORDER BY e.place)
        FROM jsonb_array_elements_text(f.evidence->'tasks') WITH ORDINALITY AS e (task, place)
        JOIN tasks a ON a.id = e.task::uuid JOIN items o ON o.id = a.item_id) AS items,
       coalesce(said.verdict, CASE WHEN said.replies IS NULL THEN 'open' ELSE 'answered' END) AS state
FROM findings f
JOIN projects p ON p.id = f.project_id
LEFT JOIN tasks t ON t.id = f.task_id LEFT JOIN items i ON i.id = t.item_id
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('kind', r.kind, 'text', r.text, 'at', r.created_at) ORDER BY r.id) AS replies,
           (array_agg(r.kind ORDER BY r.id DESC) FILTER (WHERE r.kind <> 'answered'))[1] AS verdict
    FROM replies r WHERE r.finding_id = f.id
) said ON true
"""
_FOLLOWED = "EXISTS (SELECT FROM consequences c WHERE c.finding_id = f.id)"
_PAGE = f"""
SELECT * FROM ({_TOLD} WHERE (%(projects)s::uuid[] IS NULL OR f.project_id = ANY(%(projects)s))
    AND (%(account)s::uuid IS NULL OR f.account_id = %(account)s)
    AND (%(of)s::text IS NULL OR (%(of)s = 'work') = (f.annotation_id IS NULL OR {_FOLLOWED}))
    AND (%(kind)s::text IS NULL OR f.kind = %(kind)s) AND (%(before)s::uuid IS NULL OR f.id < %(before)s)) AS told
WHERE %(state)s::text IS NULL OR state = %(state)s OR %(state)s = 'unjudged' AND state IN ('open', 'answered')
ORDER BY id DESC LIMIT %(limit)s
"""
_ONE = f"{_TOLD} WHERE f.id = %s"
_REPLY = """
INSERT INTO replies (id, project_id, finding_id, account_id, kind, text, created_at)
VALUES (%(id)s, %(project_id)s, %(finding_id)s, %(account_id)s, %(kind)s, %(text)s, %(created_at)s)
"""
_FLAGGED = """
SELECT f.id, f.account_id, f.annotation_id, f.kind, f.message FROM findings f JOIN tasks t ON t.id = f.task_id
WHERE f.project_id = %(project)s AND f.created_at > %(then)s AND f.kind = ANY(%(kinds)s) AND t.step_id = %(step)s
  AND f.annotation_id IS NOT NULL AND f.account_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM consequences c WHERE c.finding_id = f.id)
  AND NOT EXISTS (SELECT FROM replies r WHERE r.finding_id = f.id AND r.kind = 'dismissed')
ORDER BY f.id
"""


def flagged(
    connection: Connection[Any], step: UUID, project: UUID, kinds: Sequence[str], then: datetime
) -> list[dict[str, Any]]:
    """What validators of these kinds flagged since then, of which nothing has followed and that nobody dismissed."""
    if not kinds:
        return []
    values = {"step": step, "project": project, "kinds": list(kinds), "then": then}
    return connection.cursor(row_factory=dict_row).execute(_FLAGGED, values).fetchall()


def page(
    connection: Connection[Any],
    projects: Sequence[UUID] | None,
    *,
    limit: int,
    account: UUID | None = None,
    of: str | None = None,
    kind: str | None = None,
    state: str | None = None,
    before: UUID | None = None,
) -> list[dict[str, Any]]:
    """The newest findings of these projects (None: of any), of those older than `before`.

    `of`: "work", what the watch found of more than an answer and what something followed from; "answers", the rest.
    `state`: "unjudged" is open or answered. `replies` is None where there are none.
    """
    values = {
        "projects": projects and list(projects), "account": account, "of": of, "kind": kind, "state": state,
        "before": before, "limit": limit,
    }  # fmt: skip
    return connection.cursor(row_factory=dict_row).execute(_PAGE, values).fetchall()


def get(connection: Connection[Any], id: UUID) -> dict[str, Any] | None:
    """One finding."""
    return connection.cursor(row_factory=dict_row).execute(_ONE, (id,)).fetchone()


def reply(connection: Connection[Any], row: Mapping[str, Any]) -> None:
    """Keep what was said to a finding."""
    connection.execute(_REPLY, row)

"""Pages of items and labels, by cursor."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

_ITEMS = """
SELECT i.key, i.body, i.media, i.attributes, i.created_at,
       (SELECT jsonb_object_agg(s.name, jsonb_build_object(
            'state', t.state, 'value', d.value, 'confidence', d.confidence, 'kind', d.kind))
        FROM tasks t JOIN steps s ON s.id = t.step_id LEFT JOIN decisions d ON d.id = t.decision_id
        WHERE t.item_id = i.id AND s.retired_at IS NULL) AS steps
FROM items i
WHERE i.project_id = %(project)s AND i.key > %(after)s
  AND (%(state)s::text IS NULL OR EXISTS (SELECT FROM tasks t WHERE t.item_id = i.id AND t.state = %(state)s))
ORDER BY i.key LIMIT %(limit)s
"""


def items(
    connection: Connection[Any], project: UUID, *, state: str | None, after: str | None, limit: int
) -> dict[str, Any]:
    """One page of items with their tasks, and the cursor of the next page (None at the end)."""
    parameters = {"project": project, "state": state, "after": after or "", "limit": limit + 1}
    rows = connection.cursor(row_factory=dict_row).execute(_ITEMS, parameters).fetchall()
    more = len(rows) > limit
    return {"items": rows[:limit], "next": rows[limit - 1]["key"] if more else None}


_MEDIUM = """
SELECT m->>'type' FROM items i CROSS JOIN jsonb_array_elements(i.media) AS m
WHERE i.project_id = %(project)s AND i.media @> %(probe)s::jsonb AND m->>'url' = %(url)s
  AND (%(account)s::uuid IS NULL OR EXISTS (
    SELECT FROM tasks t JOIN assignments a ON a.task_id = t.id
    WHERE t.item_id = i.id AND a.account_id = %(account)s AND a.state = 'open'))
LIMIT 1
"""


def medium_type(connection: Connection[Any], project: UUID, digest: str, account: UUID | None) -> str | None:
    """The type of a copied medium of this project; with an account, only if they hold a task that shows it."""
    url = f"media:{digest}"
    row = connection.execute(
        _MEDIUM, {"project": project, "probe": f'[{{"url": "{url}"}}]', "url": url, "account": account}
    ).fetchone()
    return row[0] if row else None

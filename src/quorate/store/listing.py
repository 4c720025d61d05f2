"""Pages of items and labels, by cursor."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

BLIND = """EXISTS (
    SELECT FROM assignments a JOIN cases c ON c.id = a.case_id
    WHERE a.task_id = t.id AND a.account_id = %(account)s AND a.state = 'open' AND c.blind)"""
"""Whether the reader is just judging the task `t` blind."""

_ITEMS = f"""
SELECT i.key, i.body, i.media, i.attributes, i.created_at,
       (SELECT jsonb_object_agg(s.name, jsonb_build_object(
            'state', t.state, 'value', d.value, 'confidence', d.confidence, 'kind', d.kind))
        FROM tasks t JOIN steps s ON s.id = t.step_id LEFT JOIN decisions d ON d.id = t.decision_id AND NOT {BLIND}
        WHERE t.item_id = i.id AND s.retired_at IS NULL) AS steps
FROM items i
WHERE i.project_id = %(project)s AND i.key > %(after)s
  AND (%(state)s::text IS NULL OR EXISTS (SELECT FROM tasks t WHERE t.item_id = i.id AND t.state = %(state)s))
ORDER BY i.key LIMIT %(limit)s
"""


def items(
    connection: Connection[Any], project: UUID, *, reader: UUID, state: str | None, after: str | None, limit: int
) -> dict[str, Any]:
    """One page of items with their tasks, and the cursor of the next page (None at the end).

    A label is left out for the `reader` who is just judging its task blind.
    """
    parameters = {"project": project, "account": reader, "state": state, "after": after or "", "limit": limit + 1}
    rows = connection.cursor(row_factory=dict_row).execute(_ITEMS, parameters).fetchall()
    more = len(rows) > limit
    return {"items": rows[:limit], "next": rows[limit - 1]["key"] if more else None}


def judged_blind(connection: Connection[Any], project: UUID, key: str, account: UUID) -> bool:
    """Whether this account holds a case of the item that it is to judge blind."""
    row = connection.execute(
        f"SELECT FROM tasks t JOIN items i ON i.id = t.item_id"
        f" WHERE i.project_id = %(project)s AND i.key = %(key)s AND {BLIND}",
        {"project": project, "key": key, "account": account},
    )
    return row.fetchone() is not None


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

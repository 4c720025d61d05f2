"""Who may see what of an item."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import Connection

BLIND = """EXISTS (
    SELECT FROM assignments a JOIN cases c ON c.id = a.case_id
    WHERE a.task_id = t.id AND a.account_id = %(account)s AND a.state = 'open' AND c.blind)"""
"""Whether the reader is just judging the task `t` blind."""


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

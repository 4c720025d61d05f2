"""Channels by name. Their addresses are secrets: what lists them must not tell them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

Rows = list[dict[str, Any]]

_PUT = """
INSERT INTO channels (id, workspace_id, project_id, name, kind, url, secret, author_id, created_at)
VALUES (%(id)s, %(workspace_id)s, %(project_id)s, %(name)s, %(kind)s, %(url)s, %(secret)s, %(author_id)s,
        %(created_at)s)
ON CONFLICT (workspace_id, project_id, name) DO UPDATE SET
    kind = excluded.kind, url = excluded.url, secret = excluded.secret, author_id = excluded.author_id,
    created_at = excluded.created_at
RETURNING id
"""
_OF = """
SELECT DISTINCT ON (name) * FROM channels
WHERE workspace_id = %(workspace)s AND (project_id = %(project)s OR project_id IS NULL)
ORDER BY name, project_id NULLS LAST
"""
_REMOVE = """
DELETE FROM channels WHERE workspace_id = %s AND project_id IS NOT DISTINCT FROM %s AND name = %s RETURNING id
"""


def put(connection: Connection[Any], row: Mapping[str, Any]) -> UUID:
    """Write a channel; one of the same name in the same place becomes it, and keeps its id."""
    found = connection.execute(_PUT, row).fetchone()
    assert found is not None
    return UUID(str(found[0]))


def of_project(connection: Connection[Any], workspace: UUID, project: UUID | None) -> Rows:
    """The channels that a project can name: its own, then the workspace's. Without a project, the workspace's."""
    values = {"workspace": workspace, "project": project}
    return connection.cursor(row_factory=dict_row).execute(_OF, values).fetchall()


def remove(connection: Connection[Any], workspace: UUID, project: UUID | None, name: str) -> UUID | None:
    """Forget a channel; its id, or None when there is none."""
    row = connection.execute(_REMOVE, (workspace, project, name)).fetchone()
    return row[0] if row else None


def get(connection: Connection[Any], id: UUID) -> dict[str, Any] | None:
    """A channel with its address."""
    return connection.cursor(row_factory=dict_row).execute("SELECT * FROM channels WHERE id = %s", (id,)).fetchone()


def hold(connection: Connection[Any], id: UUID) -> None:
    """Keep a channel as it is until the transaction ends."""
    connection.execute("SELECT FROM channels WHERE id = %s FOR UPDATE", (id,))

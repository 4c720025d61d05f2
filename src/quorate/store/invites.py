"""Invites by link: each gives so many people a role in a project, until it ends. Only the hash of a link is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

_ADD = """
INSERT INTO invites (id, project_id, author_id, role, hash, uses, expires_at, created_at)
VALUES (%(id)s, %(project_id)s, %(author_id)s, %(role)s, %(hash)s, %(uses)s, %(expires_at)s, %(created_at)s)
"""
_LIST = """
SELECT id, role, uses, used, author_id, expires_at, revoked_at, created_at FROM invites
WHERE project_id = %s ORDER BY created_at DESC, id DESC LIMIT 500
"""
_OPEN = """
SELECT v.id, v.project_id, v.role, v.expires_at, p.name AS project, p.workspace_id, w.name AS workspace,
       (SELECT s.body ->> 'objective' FROM specs s WHERE s.project_id = p.id AND s.kind = 'project'
        ORDER BY s.version DESC LIMIT 1) AS objective
FROM invites v JOIN projects p ON p.id = v.project_id JOIN workspaces w ON w.id = p.workspace_id
WHERE v.hash = %(hash)s AND v.revoked_at IS NULL AND v.used < v.uses AND v.expires_at > %(now)s
"""
_TAKE = """
UPDATE invites SET used = used + 1 WHERE id = %s AND used < uses AND revoked_at IS NULL RETURNING id
"""
_REVOKE = """
UPDATE invites SET revoked_at = coalesce(revoked_at, %(now)s)
WHERE id = %(id)s AND project_id = %(project)s RETURNING id
"""


def add(connection: Connection[Any], row: Mapping[str, Any]) -> None:
    """Append an invite (its hash)."""
    connection.execute(_ADD, row)


def of_project(connection: Connection[Any], project: UUID) -> list[dict[str, Any]]:
    """The newest invites of a project."""
    return connection.cursor(row_factory=dict_row).execute(_LIST, (project,)).fetchall()


def find(connection: Connection[Any], hash: bytes, now: datetime) -> dict[str, Any] | None:
    """An invite that may be accepted now, with its project and workspace."""
    return connection.cursor(row_factory=dict_row).execute(_OPEN, {"hash": hash, "now": now}).fetchone()


def take(connection: Connection[Any], id: UUID) -> bool:
    """Count one acceptance; False when there is none left."""
    return connection.execute(_TAKE, (id,)).fetchone() is not None


def revoke(connection: Connection[Any], project: UUID, id: UUID, now: datetime) -> bool:
    """End an invite; False when the project has none with this id."""
    return connection.execute(_REVOKE, {"project": project, "id": id, "now": now}).fetchone() is not None

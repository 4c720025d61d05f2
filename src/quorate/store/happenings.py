"""What has happened lately, as verbs of the ledger by project: enough to say that something changed, never what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import Connection


def newest(connection: Connection[Any]) -> int:
    """The number of the newest event."""
    row = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
    return int(row[0]) if row else 0


def since(connection: Connection[Any], seq: int, limit: int) -> list[tuple[int, UUID, str]]:
    """Events of projects after this one, oldest first: number, project, verb."""
    return connection.execute(
        "SELECT seq, project_id, verb FROM events WHERE seq > %s AND project_id IS NOT NULL ORDER BY seq LIMIT %s",
        (seq, limit),
    ).fetchall()

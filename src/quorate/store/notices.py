"""What annotators are told by those who manage a project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

_ADD = """
INSERT INTO notices (id, project_id, account_id, author_id, kind, text, facts, created_at)
VALUES (%(id)s, %(project_id)s, %(account_id)s, %(author_id)s, %(kind)s, %(text)s, %(facts)s, %(created_at)s)
"""
_OPEN = """
SELECT n.id, p.name AS project, n.kind, n.text, n.facts, n.created_at
FROM notices n JOIN projects p ON p.id = n.project_id
WHERE n.account_id = %s AND n.acknowledged_at IS NULL ORDER BY n.created_at, n.id LIMIT 100
"""
_ACKNOWLEDGE = """
UPDATE notices SET acknowledged_at = coalesce(acknowledged_at, %(now)s) WHERE id = %(id)s AND account_id = %(account)s
RETURNING project_id, kind
"""
_OF = """
SELECT id, kind, text, facts, author_id, created_at, acknowledged_at FROM notices
WHERE project_id = %s AND account_id = %s ORDER BY created_at DESC, id DESC LIMIT 100
"""


def add(connection: Connection[Any], row: Mapping[str, Any]) -> None:
    """Tell an annotator something. `facts` are what the text says, where it is the program's own."""
    facts = row.get("facts")
    connection.execute(_ADD, {**row, "facts": None if facts is None else Jsonb(facts)})


def unread(connection: Connection[Any], account: UUID) -> Sequence[dict[str, Any]]:
    """What an annotator was told and has not acknowledged, oldest first: id, project, kind, text, facts, created_at."""
    return connection.cursor(row_factory=dict_row).execute(_OPEN, (account,)).fetchall()


def acknowledge(connection: Connection[Any], id: UUID, account: UUID, now: datetime) -> tuple[UUID, str] | None:
    """(project, kind) of a notice to this annotator, acknowledged now; None when there is none."""
    row = connection.execute(_ACKNOWLEDGE, {"id": id, "account": account, "now": now}).fetchone()
    return (row[0], row[1]) if row else None


def of_annotator(connection: Connection[Any], project: UUID, account: UUID) -> Sequence[dict[str, Any]]:
    """The newest hundred things that an annotator was told in a project."""
    return connection.cursor(row_factory=dict_row).execute(_OF, (project, account)).fetchall()

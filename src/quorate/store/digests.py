"""Weekly digests: who is to get one, what they say, and how their readers want them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store.statement import dumps

_DUE = """
SELECT DISTINCT n.project_id, n.account_id, c.digest, p.name AS project, p.workspace_id
FROM annotations n JOIN accounts c ON c.id = n.account_id JOIN projects p ON p.id = n.project_id
WHERE n.created_at >= %(since)s AND n.created_at < %(until)s AND c.kind = 'person' AND c.digest <> 'off'
  AND c.disabled_at IS NULL
  AND NOT EXISTS (SELECT FROM digests d WHERE d.account_id = n.account_id AND d.project_id = n.project_id
                  AND d.since = %(since)s)
ORDER BY 1, 2
"""
_ADD = """
INSERT INTO digests (id, project_id, account_id, since, body, created_at)
VALUES (%(id)s, %(project_id)s, %(account_id)s, %(since)s, %(body)s::jsonb, %(created_at)s)
ON CONFLICT (account_id, project_id, since) DO NOTHING
"""
_MINE = """
SELECT p.name AS project, d.since, d.body, d.created_at FROM digests d JOIN projects p ON p.id = d.project_id
WHERE d.account_id = %s AND d.project_id = ANY(%s) AND d.body <> 'null'::jsonb
ORDER BY d.since DESC, p.name LIMIT 20
"""


def due(connection: Connection[Any], since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Who answered in this time, wants digests, and has none of it yet: project_id, account_id, digest, project."""
    values = {"since": since, "until": until}
    return connection.cursor(row_factory=dict_row).execute(_DUE, values).fetchall()


def add(connection: Connection[Any], row: Mapping[str, Any]) -> bool:
    """Keep a digest (null: there was nothing to tell); False when it is there."""
    return connection.execute(_ADD, {**row, "body": dumps(row["body"])}).rowcount == 1


def of_account(connection: Connection[Any], account: UUID, projects: Sequence[UUID]) -> list[dict[str, Any]]:
    """The newest twenty of an account, newest first."""
    cursor = connection.cursor(row_factory=dict_row)
    return cursor.execute(_MINE, (account, list(projects))).fetchall()


def choice(connection: Connection[Any], account: UUID) -> str:
    """How somebody wants their digests: show, notice or off."""
    row = connection.execute("SELECT digest FROM accounts WHERE id = %s", (account,)).fetchone()
    return str(row[0]) if row else "show"


def choose(connection: Connection[Any], account: UUID, how: str) -> None:
    """Want them so."""
    connection.execute("UPDATE accounts SET digest = %s WHERE id = %s", (how, account))

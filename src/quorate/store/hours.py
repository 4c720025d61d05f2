"""When people work, as they said it. Theirs to change; who says nothing counts as always there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

_PUT = """
INSERT INTO hours (account_id, body, updated_at) VALUES (%(account)s, %(body)s, %(now)s)
ON CONFLICT (account_id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at
"""


def get(connection: Connection[Any], account: UUID) -> dict[str, Any] | None:
    """What somebody said; None: nothing."""
    row = connection.execute("SELECT body FROM hours WHERE account_id = %s", (account,)).fetchone()
    return row[0] if row else None


def put(connection: Connection[Any], account: UUID, body: dict[str, Any], now: datetime) -> None:
    """Write it."""
    connection.execute(_PUT, {"account": account, "body": Jsonb(body), "now": now})


def remove(connection: Connection[Any], account: UUID) -> bool:
    """Forget it; False when there was nothing."""
    return connection.execute("DELETE FROM hours WHERE account_id = %s", (account,)).rowcount == 1

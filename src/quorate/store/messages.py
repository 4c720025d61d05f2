"""Messages that wait to be sent. Whoever sends some holds them for a while; who is killed then lets go of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store.statement import dumps

Rows = list[dict[str, Any]]
SENDING = 0x5142
_ADD = """
INSERT INTO messages (id, project_id, channel_id, alert_id, state, body, not_before, created_at)
SELECT id, project_id, channel_id, alert_id, 'waiting', body, CASE WHEN quiet THEN not_before ELSE least(not_before, (
           SELECT min(w.not_before) FROM messages w
           WHERE w.state = 'waiting' AND w.sending IS NULL AND w.not_before > r.created_at
             AND w.channel_id = r.channel_id AND w.project_id = r.project_id)) END, created_at
FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, project_id uuid, channel_id uuid, alert_id uuid, body jsonb,
                                        not_before timestamptz, created_at timestamptz, quiet boolean)
"""
_DUE = """
SELECT channel_id, project_id, sending FROM messages
WHERE state = 'waiting' AND not_before <= %(now)s AND pg_try_advisory_xact_lock(%(key)s, hashtext(channel_id::text))
ORDER BY not_before LIMIT 1
"""
_TAKE = """
UPDATE messages SET sending = %(sending)s, attempts = attempts + 1, not_before = %(until)s
WHERE state = 'waiting' AND channel_id = %(channel)s AND project_id = %(project)s
  AND sending IS NOT DISTINCT FROM %(before)s AND not_before <= %(now)s
RETURNING id, body, attempts, created_at
"""
_END = """
UPDATE messages SET state = %(state)s, error = %(error)s, sent_at = %(sent_at)s, not_before = %(not_before)s
WHERE sending = %(sending)s AND state = 'waiting'
"""
_RECENT = """
SELECT m.id, c.name AS channel, m.state, m.attempts, m.error, m.not_before, m.sent_at, m.created_at,
       m.body ->> 'rule' AS rule, m.body ->> 'subject' AS subject, m.body ->> 'state' AS alert
FROM messages m LEFT JOIN channels c ON c.id = m.channel_id
WHERE m.project_id = %s ORDER BY m.created_at DESC, m.id DESC LIMIT %s
"""
_TOLD = """
SELECT DISTINCT ON (channel_id) channel_id, body FROM messages
WHERE alert_id = %s AND project_id = %s AND body ->> 'state' = 'firing' AND created_at >= %s
ORDER BY channel_id, created_at DESC
"""
_PRUNE = """
DELETE FROM messages m WHERE state <> 'waiting' AND created_at < %s
  AND NOT EXISTS (SELECT FROM alerts a WHERE a.id = m.alert_id AND a.state = 'firing' AND m.created_at >= a.fired_at)
"""


def add(connection: Connection[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Have messages sent when they are due: what is not `quiet`, with what is told before it on its channel."""
    if rows:
        connection.execute(_ADD, (dumps(rows),))


def take(connection: Connection[Any], now: datetime, until: datetime, sending: UUID) -> dict[str, Any] | None:
    """What is due next: all of it for one channel from one project, held until a moment; None: nothing is.

    `sending`, `channel`, `project`, `rows`. What is sent again goes together under the id that it had.
    """
    cursor = connection.cursor(row_factory=dict_row)
    due = cursor.execute(_DUE, {"now": now, "key": SENDING}).fetchone()
    if due is None:
        return None
    held = {"channel": due["channel_id"], "project": due["project_id"], "sending": due["sending"] or sending}
    rows = cursor.execute(_TAKE, {**held, "before": due["sending"], "until": until, "now": now}).fetchall()
    if not rows:  # another one was faster
        return None
    return {**held, "rows": sorted(rows, key=lambda row: (row["created_at"], row["id"]))}


def end(
    connection: Connection[Any], sending: UUID, state: str, now: datetime, *, error: str | None = None,
    again: datetime | None = None,
) -> None:  # fmt: skip
    """Say what came of it: sent, dropped, failed; or still waiting, until it is tried again."""
    values = {"sending": sending, "state": state, "error": error, "sent_at": now if state == "sent" else None}
    connection.execute(_END, {**values, "not_before": again or now})


def recent(connection: Connection[Any], project: UUID, limit: int = 50) -> Rows:
    """The newest messages and what came of them."""
    return connection.cursor(row_factory=dict_row).execute(_RECENT, (project, limit)).fetchall()


def told(connection: Connection[Any], project: UUID, alert: UUID, since: datetime) -> list[tuple[UUID, dict[str, Any]]]:
    """Which channels were told since a moment that an alert fires, and what."""
    return connection.execute(_TOLD, (alert, project, since)).fetchall()


def prune(connection: Connection[Any], before: datetime) -> int:
    """Forget what was sent, or given up, before a moment, but that an alert fires until it has recovered."""
    return connection.execute(_PRUNE, (before,)).rowcount

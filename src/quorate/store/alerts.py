"""Alerts as they stand, and how they came there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store.statement import dumps

Rows = list[dict[str, Any]]
WATCHING = 0x5141
"""The first half of the key of the watchers' advisory lock; the second is of the project."""

_PROJECTS = """
SELECT DISTINCT project_id FROM specs WHERE kind = 'policy' AND ({said})
UNION SELECT project_id FROM alerts WHERE state IN ('pending', 'firing') AND (does IS NOT NULL) = %s
"""
_LOCK = "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))"
_OF = "SELECT * FROM alerts WHERE project_id = %s AND (does IS NOT NULL) = %s ORDER BY rule, subject"
_PUT = """
INSERT INTO alerts (id, project_id, rule, subject, state, severity, does, facts, fault, since, fired_at, looked_at)
SELECT id, project_id, rule, subject, state, severity, does, facts, fault, since, fired_at, looked_at
FROM jsonb_populate_recordset(NULL::alerts, %s::jsonb)
ON CONFLICT (project_id, rule, subject) DO UPDATE SET
    state = excluded.state, severity = excluded.severity, does = excluded.does, facts = excluded.facts,
    fault = excluded.fault, since = excluded.since, fired_at = excluded.fired_at,
    looked_at = excluded.looked_at
"""
_HISTORY = """
SELECT e.seq, e.at, e.verb, e.detail FROM alerts a JOIN events e ON e.object_id = a.id
WHERE a.project_id = %(project)s AND e.verb LIKE 'alert.%%' AND e.seq < %(before)s ORDER BY e.seq DESC LIMIT %(limit)s
"""
_FIRING = """
SELECT rule, subject, severity, since FROM alerts WHERE project_id = %s AND state = 'firing' AND does IS NULL
ORDER BY since
"""


def projects(connection: Connection[Any], *, measures: bool = False) -> list[UUID]:
    """The projects that have, or had, something to watch: metrics, or with `measures` how late the work is."""
    sql = _PROJECTS.format(said="body ? 'lag'" if measures else "body ? 'alerts' OR body -> 'pay' ? 'hourly'")
    return [row[0] for row in connection.execute(sql, (measures,))]


def lock(connection: Connection[Any], project: UUID) -> bool:
    """Be the only one to watch a project until the transaction ends; False: another one is."""
    row = connection.execute(_LOCK, (WATCHING, str(project))).fetchone()
    return bool(row and row[0])


def of_project(connection: Connection[Any], project: UUID, *, measures: bool = False) -> Rows:
    """Every alert that there was, by rule and subject; with `measures` those that something is done about instead."""
    return connection.cursor(row_factory=dict_row).execute(_OF, (project, measures)).fetchall()


def put(connection: Connection[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write how alerts stand."""
    if rows:
        connection.execute(_PUT, (dumps(rows),))


def history(connection: Connection[Any], project: UUID, before: int | None, limit: int) -> Rows:
    """What the ledger says of them, newest first: seq, at, verb, detail."""
    values = {"project": project, "before": before or 2**62, "limit": limit}
    return connection.cursor(row_factory=dict_row).execute(_HISTORY, values).fetchall()


def firing(connection: Connection[Any], project: UUID) -> Rows:
    """Those that fire, oldest first: rule, subject, severity, since."""
    return connection.cursor(row_factory=dict_row).execute(_FIRING, (project,)).fetchall()

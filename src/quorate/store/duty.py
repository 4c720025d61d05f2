"""Whose case it is: the experts of a project, their hours and desks, the cases that wait, and turns as they pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store import judges
from quorate.store.statement import dumps
from quorate.store.tables import NO_CASE

Rows = list[dict[str, Any]]
ASSIGNING = 0x5143
"""The first half of the key of the advisory lock of those who assign; the second is of the project."""
REMEMBERED = 2000
"""So many of the newest adjudications count for whose turn it is."""

_LOCK = "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))"
_PROJECTS = "SELECT DISTINCT project_id FROM cases WHERE closed_at IS NULL AND NOT held"
_PEOPLE = """
SELECT m.account_id AS account, a.name, array_agg(m.role ORDER BY m.role) AS roles, h.body AS hours, s.barred
FROM members m JOIN accounts a ON a.id = m.account_id AND a.disabled_at IS NULL AND a.kind = 'person'
LEFT JOIN hours h ON h.account_id = m.account_id
LEFT JOIN seats s ON s.project_id = m.project_id AND s.account_id = m.account_id
WHERE m.project_id = %(project)s AND m.role = ANY(%(roles)s)
GROUP BY m.account_id, a.name, h.body, s.barred ORDER BY m.account_id
"""
_DESKS = """
SELECT assigned_to AS account, count(*) AS cases,
       count(*) FILTER (WHERE project_id = %(project)s) AS here,
       count(*) FILTER (WHERE project_id = %(project)s AND due_at < %(now)s) AS overdue
FROM cases WHERE closed_at IS NULL AND assigned_to = ANY(%(accounts)s) GROUP BY 1
"""
_SEEN = """
SELECT account_id FROM adjudications WHERE project_id = %(project)s AND created_at > %(since)s
UNION
SELECT account_id FROM assignments
WHERE account_id = ANY(%(accounts)s) AND state = 'open' AND project_id = %(project)s AND case_id <> %(none)s
  AND claimed_at > %(since)s
"""
_PACE = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS seconds, count(*) AS judged
FROM (SELECT n.seconds FROM adjudications j JOIN annotations n ON n.id = j.annotation_id
      WHERE j.project_id = %s AND n.seconds IS NOT NULL ORDER BY j.created_at DESC LIMIT 200) AS recent
"""


def _about(task: str) -> str:
    """Whose work a case is about, and which class: the label in force, else what most said."""
    return f"""
        SELECT ARRAY(SELECT DISTINCT n.account_id FROM annotations n WHERE n.task_id = {task} AND n.role <> 'expert')
                   AS authors,
               coalesce((SELECT d.value #>> '{{}}' FROM tasks t JOIN decisions d ON d.id = t.decision_id
                         WHERE t.id = {task} AND jsonb_typeof(d.value) IN ('string', 'number')),
                        (SELECT mode() WITHIN GROUP (ORDER BY n.value #>> '{{}}') FROM annotations n
                         WHERE n.task_id = {task} AND jsonb_typeof(n.value) IN ('string', 'number')), '') AS label
    """


_JUDGED = f"""
SELECT recent.expert, about.authors, about.label
FROM (SELECT * FROM (SELECT account_id AS expert, task_id FROM adjudications
                     WHERE project_id = %(project)s AND created_at > %(since)s
                     ORDER BY created_at DESC LIMIT {REMEMBERED}) AS judged
      UNION ALL
      SELECT assigned_to, task_id FROM cases
      WHERE closed_at IS NULL AND assigned_to = ANY(%(accounts)s) AND project_id = %(project)s) AS recent,
LATERAL ({_about("recent.task_id")}) AS about
"""
_CASE = f"""
SELECT c.id, c.task_id, c.kind, c.assigned_to, c.turn_ends_at, c.passed, about.authors, about.label,
       coalesce(c.due_at, greatest(c.opened_at, c.not_before)) AS due,
       ARRAY(SELECT a.account_id FROM assignments a WHERE {judges.TOUCHED}) AS touched,
       {judges.UNFIT} AS unfit
FROM cases c, LATERAL ({_about("c.task_id")}) AS about
WHERE c.project_id = %(project)s AND c.closed_at IS NULL AND NOT c.held AND c.meant_for IS NULL
"""
_WAITING = f"""
{_CASE}
  AND c.assigned_to IS NULL AND (c.not_before IS NULL OR c.not_before <= %(now)s)
  AND (c.turn_ends_at IS NULL OR c.turn_ends_at <= %(now)s)
ORDER BY c.due_at, c.priority DESC, c.id LIMIT %(limit)s FOR UPDATE OF c SKIP LOCKED
"""
_DOUBTFUL = f"""
{_CASE}
  AND c.assigned_to IS NOT NULL AND (
    c.assigned_to <> ALL(%(accounts)s)
    OR c.turn_ends_at <= (SELECT there.back FROM unnest(%(accounts)s, %(backs)s::timestamptz[]) AS there (account, back)
                          WHERE there.account = c.assigned_to)
    OR EXISTS (SELECT FROM assignments a WHERE a.case_id = c.id AND a.account_id = c.assigned_to
               AND a.state = 'skipped')
    OR c.assigned_to = ANY({judges.UNFIT}))
ORDER BY c.due_at, c.id LIMIT %(limit)s FOR UPDATE OF c SKIP LOCKED
"""
_ASSIGNED = f"{_CASE} AND c.assigned_to IS NOT NULL ORDER BY c.due_at, c.id LIMIT %(limit)s FOR UPDATE OF c SKIP LOCKED"
_GIVE = """
UPDATE cases c SET assigned_to = r.assigned_to, backup = r.backup, turn_ends_at = r.turn_ends_at, passed = r.passed
FROM jsonb_populate_recordset(NULL::cases, %s::jsonb) AS r WHERE c.id = r.id
"""


def projects(connection: Connection[Any]) -> list[UUID]:
    """The projects in which cases wait."""
    return [row[0] for row in connection.execute(_PROJECTS)]


def lock(connection: Connection[Any], project: UUID) -> bool:
    """Be the only one to assign cases of a project until the transaction ends; False: another one does."""
    row = connection.execute(_LOCK, (ASSIGNING, str(project))).fetchone()
    return bool(row and row[0])


def people(connection: Connection[Any], project: UUID, roles: Sequence[str]) -> Rows:
    """Who has one of these roles: account, name, roles, hours (None where they have said none), barred."""
    values = {"project": project, "roles": list(roles)}
    return connection.cursor(row_factory=dict_row).execute(_PEOPLE, values).fetchall()


def desks(connection: Connection[Any], project: UUID, accounts: Sequence[UUID], now: datetime) -> dict[UUID, Any]:
    """Of each who has any, the open cases that are theirs: in every project, `here`, and of those the `overdue`."""
    values = {"project": project, "accounts": list(accounts), "now": now}
    rows = connection.cursor(row_factory=dict_row).execute(_DESKS, values)
    return {row["account"]: row for row in rows}


def seen(connection: Connection[Any], project: UUID, accounts: Sequence[UUID], since: datetime) -> set[UUID]:
    """Which of these have judged a case since a moment, or hold one that they took since."""
    values = {"project": project, "accounts": list(accounts), "since": since, "none": NO_CASE}
    return {row[0] for row in connection.execute(_SEEN, values)} & set(accounts)


def seconds_a_case(connection: Connection[Any], project: UUID, fewest: int) -> float | None:
    """How long a case takes an expert, of the newest ones; None while there are fewer."""
    row = connection.execute(_PACE, (project,)).fetchone()
    return float(row[0]) if row and row[1] >= fewest else None


def judged(connection: Connection[Any], project: UUID, accounts: Sequence[UUID], since: datetime) -> Rows:
    """What experts judged since a moment, and what is theirs to judge: expert, authors, label."""
    values = {"project": project, "accounts": list(accounts), "since": since}
    return connection.cursor(row_factory=dict_row).execute(_JUDGED, values).fetchall()


def waiting(connection: Connection[Any], project: UUID, now: datetime, limit: int) -> Rows:
    """The cases that are nobody's turn, first due first, locked."""
    values = {"project": project, "now": now, "limit": limit}
    return connection.cursor(row_factory=dict_row).execute(_WAITING, values).fetchall()


def doubtful(connection: Connection[Any], project: UUID, back: Mapping[UUID, datetime], limit: int) -> Rows:
    """The cases whose turn may be over, locked: of who is not in `back`, passed, or is at work again after it ends."""
    values = {"project": project, "accounts": list(back), "backs": list(back.values()), "limit": limit}
    return connection.cursor(row_factory=dict_row).execute(_DOUBTFUL, values).fetchall()


def assigned(connection: Connection[Any], project: UUID, limit: int) -> Rows:
    """The cases that are somebody's turn and that nobody holds, locked."""
    values = {"project": project, "limit": limit}
    return connection.cursor(row_factory=dict_row).execute(_ASSIGNED, values).fetchall()


def give(connection: Connection[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write whose turn it is: id, assigned_to, backup, turn_ends_at, passed."""
    if rows:
        connection.execute(_GIVE, (dumps(rows),))

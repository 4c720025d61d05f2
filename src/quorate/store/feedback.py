"""What is known of an annotator's answers: those compared with a known answer, those that an expert looked at since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

_MINE = """
SELECT n.id AS annotation, n.task_id, n.value, n.comment, n.schema_id, n.created_at AS answered_at,
       t.step_id, t.state AS task_state, i.key, i.body, i.media, i.attributes, {told}
FROM {source}
JOIN items i ON i.id = t.item_id
{known}
WHERE n.account_id = %(account)s AND n.project_id = %(project)s AND n.role <> 'expert'
  AND (%(annotation)s::uuid IS NULL OR n.id = %(annotation)s)
  AND NOT EXISTS (SELECT FROM annotations l WHERE l.task_id = n.task_id AND l.supersedes = n.id)
  AND {which}
  AND {at} >= %(since)s AND {at} <= %(until)s
  AND (%(after)s::timestamptz IS NULL OR ({at}, n.id) > (%(after)s, %(after_id)s))
  AND (%(before)s::timestamptz IS NULL OR ({at}, n.id) < (%(before)s, %(before_id)s))
ORDER BY {at} {order}, n.id {order} LIMIT %(limit)s
"""
_GOLD = {
    "told": "'gold' AS known_by, n.created_at AS at, t.gold AS expected, NULL::uuid AS expected_schema,"
    " d.rule AS why, NULL::text[] AS clauses, g.version AS guideline_version, d.kind AS decided_by",
    "source": "annotations n JOIN assignments a ON a.id = n.assignment_id AND a.gold"
    " JOIN tasks t ON t.id = n.task_id AND t.gold IS NOT NULL",
    "known": "LEFT JOIN decisions d ON d.id = t.decision_id LEFT JOIN specs g ON g.id = d.guideline_id",
    "which": "NOT EXISTS (SELECT FROM adjudications j JOIN cases c ON c.id = j.case_id AND c.kind <> 'repeat'"
    " WHERE j.task_id = n.task_id AND j.created_at > n.created_at)",
    "at": "n.created_at",
}
_EXPERT = {
    "told": "'expert' AS known_by, j.created_at AS at, d.value AS expected, d.schema_id AS expected_schema,"
    " j.rationale AS why, j.clauses, g.version AS guideline_version, d.kind AS decided_by",
    "source": "adjudications j JOIN cases c ON c.id = j.case_id AND c.kind <> 'repeat'"
    " JOIN annotations n ON n.task_id = j.task_id AND n.created_at < j.created_at"
    " JOIN tasks t ON t.id = n.task_id AND t.state = 'decided'",
    "known": "JOIN decisions d ON d.id = t.decision_id LEFT JOIN specs g ON g.id = d.guideline_id",
    "which": "j.project_id = %(project)s AND NOT EXISTS ("
    "SELECT FROM adjudications l JOIN cases lc ON lc.id = l.case_id AND lc.kind <> 'repeat'"
    " WHERE l.task_id = j.task_id AND (l.created_at, l.id) > (j.created_at, j.id))",
    "at": "j.created_at",
}


@dataclass(frozen=True, slots=True)
class Window:
    """Which feedback is wanted: from `since` to `until`, beyond a place `after` or `before` it, at most `limit`."""

    since: datetime
    until: datetime
    limit: int
    after: tuple[datetime, UUID] | None = None
    before: tuple[datetime, UUID] | None = None
    annotation: UUID | None = None


def of_account(
    connection: Connection[Any], project: UUID, account: UUID, window: Window, *, gold: bool, adjudicated: bool
) -> list[dict[str, Any]]:
    """Rows, newest first; with `after`, the oldest beyond it, oldest first."""
    values = {
        "project": project,
        "account": account,
        "annotation": window.annotation,
        "since": window.since,
        "until": window.until,
        "limit": window.limit,
        "after": window.after and window.after[0],
        "after_id": window.after and window.after[1],
        "before": window.before and window.before[0],
        "before_id": window.before and window.before[1],
    }
    order = "ASC" if window.after else "DESC"
    sources = ([_GOLD] if gold else []) + ([_EXPERT] if adjudicated else [])
    cursor = connection.cursor(row_factory=dict_row)
    rows: list[dict[str, Any]] = []
    for source in sources:
        rows += cursor.execute(_MINE.format(order=order, **source), values).fetchall()
    rows.sort(key=lambda row: (row["at"], row["annotation"]), reverse=not window.after)
    return rows[: window.limit]


GOLD_ANSWERS = """
SELECT t.step_id, n.value, n.schema_id, t.gold, n.created_at
FROM tasks t
JOIN assignments a ON a.task_id = t.id AND a.account_id = %(account)s AND a.gold AND a.state = 'submitted'
JOIN annotations n ON n.assignment_id = a.id
WHERE t.project_id = %(project)s AND t.gold_order IS NOT NULL AND n.created_at <= %(until)s
  AND NOT EXISTS (SELECT FROM annotations l WHERE l.task_id = n.task_id AND l.supersedes = n.id)
"""


def gold_answers(
    connection: Connection[Any], project: UUID, account: UUID, until: datetime
) -> Sequence[dict[str, Any]]:
    """Every answer of this annotator to a task whose answer is known."""
    values = {"project": project, "account": account, "until": until}
    return connection.cursor(row_factory=dict_row).execute(GOLD_ANSWERS, values).fetchall()

"""The numbers on a project's first page, and the series behind its plots. Each is bounded, or read from an index.

Where a whole project is too much to read for a page, the newest `SAMPLE` labels stand for it, and the answer says so.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store import judges

SAMPLE = 20_000
FEW = 2_000
"""Of labels that are lists so many are read: each of their answers must be compared mark by mark."""
_STATES = "SELECT state, count(*) AS tasks FROM tasks WHERE project_id = %(p)s GROUP BY state"
_MONEY = """
SELECT p.currency, p.budget, coalesce(sum(s.committed), 0) AS committed, coalesce(sum(s.spent), 0) AS spent,
       (SELECT count(*) FROM openings o WHERE o.project_id = p.id) AS wanted
FROM projects p LEFT JOIN seats s ON s.project_id = p.id WHERE p.id = %(p)s GROUP BY p.id
"""
_NEWEST = """
SELECT d.created_at, d.confidence, d.kind, d.supersedes IS NULL AS first, t.decision_id = d.id AS stands
FROM (SELECT * FROM decisions WHERE project_id = %(p)s ORDER BY id DESC LIMIT %(sample)s) d
JOIN tasks t ON t.id = d.task_id WHERE d.kind <> 'gold'
"""
_KINDS = """
SELECT d.kind, count(*) AS labels FROM decisions d JOIN tasks t ON t.id = d.task_id AND t.decision_id = d.id
WHERE d.project_id = %(p)s AND d.kind <> 'crowd' AND t.state NOT IN ('waiting', 'retired') GROUP BY 1
"""
_AUDITS = """
SELECT DISTINCT ON (a.decision_id) d.kind, a.probability, NOT a.agrees AS wrong, t.decision_id = d.id AS stands
FROM audits a JOIN decisions d ON d.id = a.decision_id JOIN tasks t ON t.id = a.task_id
WHERE a.project_id = %(p)s ORDER BY a.decision_id, a.created_at
"""
_RATE = "SELECT min((body->'audit'->>'rate')::float) AS rate FROM specs WHERE project_id = %(p)s AND kind = 'policy'"
_CASES = f"""
SELECT kind, count(*) AS cases, min(opened_at) AS oldest, count(*) FILTER (WHERE due_at < %(now)s) AS overdue,
       count(*) FILTER (WHERE {judges.STRANDED}) AS stranded
FROM cases c WHERE project_id = %(p)s AND closed_at IS NULL AND coalesce(not_before, now()) <= now()
GROUP BY kind ORDER BY kind
"""
_FINDINGS = """
SELECT kind, count(*) AS findings FROM findings f WHERE project_id = %(p)s AND created_at > %(recent)s
  AND NOT EXISTS (SELECT FROM replies r WHERE r.finding_id = f.id AND r.kind <> 'answered')
GROUP BY kind ORDER BY 2 DESC
"""
_UNJUDGED = """
SELECT kind, count(*) AS findings FROM (
    SELECT id, kind FROM findings WHERE project_id = %(p)s AND annotation_id IS NULL
    UNION SELECT f.id, f.kind FROM consequences c JOIN findings f ON f.id = c.finding_id WHERE c.project_id = %(p)s) f
WHERE NOT EXISTS (SELECT FROM replies r WHERE r.finding_id = f.id AND r.kind <> 'answered')
GROUP BY kind ORDER BY 2 DESC
"""
_UNCLEAR = "SELECT count(*) AS open FROM clarifications WHERE project_id = %(p)s AND state = 'open'"
_ASKED = """
SELECT s.name, count(*) AS open FROM steps s JOIN tasks t ON t.step_id = s.id AND t.state = 'open'
WHERE s.project_id = %(p)s AND t.project_id = %(p)s AND s.retired_at IS NULL GROUP BY s.id ORDER BY s.position
"""
_LAST = """
SELECT max(n.at) AS at FROM seats s, LATERAL (
    SELECT created_at AS at FROM annotations
    WHERE account_id = s.account_id AND project_id = s.project_id ORDER BY created_at DESC LIMIT 1) n
WHERE s.project_id = %(p)s
"""


def numbers(connection: Connection[Any], project: UUID, *, now: datetime, recent: datetime) -> dict[str, Any]:
    """States, money, the newest labels, labels by kind, audits, cases, findings since `recent` that nobody has judged,
    those of whole work or with consequences whenever they were made, work, last answer, what stewards are asked."""
    cursor = connection.cursor(row_factory=dict_row)
    values = {"p": project, "now": now, "recent": recent, "sample": SAMPLE}

    def rows(sql: str) -> list[dict[str, Any]]:
        return cursor.execute(sql, values).fetchall()

    return {
        "states": {row["state"]: row["tasks"] for row in rows(_STATES)},
        "money": rows(_MONEY)[0],
        "newest": rows(_NEWEST),
        "kinds": rows(_KINDS),
        "audits": rows(_AUDITS),
        "rate": rows(_RATE)[0]["rate"],
        "cases": rows(_CASES),
        "findings": rows(_FINDINGS),
        "unjudged": rows(_UNJUDGED),
        "unclear": rows(_UNCLEAR)[0]["open"],
        "asked": rows(_ASKED),
        "last": rows(_LAST)[0]["at"],
    }


_PROGRESS = """
SELECT date_trunc(%(by)s, created_at, 'UTC') AS at, count(*) AS labels
FROM decisions WHERE project_id = %(p)s AND supersedes IS NULL GROUP BY 1 ORDER BY 1
"""
_JUDGEMENTS = """
SELECT judgements, count(*) AS items, avg(cost)::float AS cost, avg(confidence) AS confidence
FROM (SELECT * FROM decisions WHERE project_id = %(p)s ORDER BY id DESC LIMIT %(sample)s) d
JOIN tasks t ON t.id = d.task_id AND t.decision_id = d.id WHERE d.kind <> 'gold' GROUP BY 1 ORDER BY 1
"""
_AUDITED = """
SELECT judgements, count(*) FILTER (WHERE agrees) AS right, count(*) AS audits
FROM (SELECT DISTINCT ON (a.decision_id) d.judgements, a.agrees
      FROM audits a JOIN decisions d ON d.id = a.decision_id
      WHERE a.project_id = %(p)s ORDER BY a.decision_id, a.created_at) AS first GROUP BY 1
"""
_GOLD = """
SELECT date_trunc(%(by)s, n.created_at, 'UTC') AS at, count(*) FILTER (WHERE n.value = t.gold) AS right,
       count(*) AS answers
FROM tasks t JOIN annotations n ON n.task_id = t.id
WHERE t.project_id = %(p)s AND t.gold_order IS NOT NULL GROUP BY 1 ORDER BY 1
"""
_PAIRS = """
SELECT s.name AS step, d.value AS truth, n.value AS said, count(*) AS answers
FROM (SELECT * FROM decisions WHERE project_id = %(p)s ORDER BY id DESC LIMIT %(sample)s) d
JOIN tasks t ON t.id = d.task_id AND t.decision_id = d.id
JOIN steps s ON s.id = t.step_id AND s.retired_at IS NULL
JOIN annotations n ON n.task_id = t.id AND n.role <> 'expert'
WHERE jsonb_typeof(d.value) IN ('string', 'number') AND jsonb_typeof(n.value) IN ('string', 'number')
GROUP BY 1, 2, 3 ORDER BY 1, 4 DESC LIMIT 2500
"""
_LISTS = """
SELECT s.name AS step, d.value AS truth, d.schema_id AS truth_schema, n.value AS said, n.schema_id AS said_schema
FROM (SELECT * FROM decisions WHERE project_id = %(p)s ORDER BY id DESC LIMIT %(few)s) d
JOIN tasks t ON t.id = d.task_id AND t.decision_id = d.id
JOIN steps s ON s.id = t.step_id AND s.retired_at IS NULL
JOIN annotations n ON n.task_id = t.id AND n.role <> 'expert'
WHERE jsonb_typeof(d.value) = 'array' AND jsonb_typeof(n.value) = 'array'
"""
_AGES = """
SELECT kind, count(*) AS cases,
       width_bucket(extract(epoch FROM %(now)s - opened_at)::float8, ARRAY[0, 3600, 14400, 86400, 259200]::float8[])
       AS band
FROM cases WHERE project_id = %(p)s AND closed_at IS NULL AND coalesce(not_before, now()) <= now()
GROUP BY 1, 3 ORDER BY 1, 3
"""
_EXPERTS = """
SELECT c.kind, count(*) AS decisions, coalesce(sum(n.seconds), 0) AS seconds, sum(n.cost)::float AS cost
FROM adjudications j JOIN cases c ON c.id = j.case_id JOIN annotations n ON n.id = j.annotation_id
WHERE j.project_id = %(p)s GROUP BY 1 ORDER BY 3 DESC
"""
SERIES = {
    "progress": _PROGRESS,
    "judgements": _JUDGEMENTS,
    "cost": _JUDGEMENTS,
    "gold_accuracy": _GOLD,
    "agreement": _PAIRS,
    "confusion": _PAIRS,
    "queue_age": _AGES,
    "expert_time": _EXPERTS,
}


def series(connection: Connection[Any], project: UUID, of: str, by: str, now: datetime) -> list[dict[str, Any]]:
    """The rows of one series, `by` hour or day."""
    values = {"p": project, "by": by, "now": now, "sample": SAMPLE}
    return connection.cursor(row_factory=dict_row).execute(SERIES[of], values).fetchall()


def audited(connection: Connection[Any], project: UUID) -> dict[int, dict[str, int]]:
    """By how many judgements a label rested on when it was audited: `right` and `audits`."""
    rows = connection.cursor(row_factory=dict_row).execute(_AUDITED, {"p": project})
    return {row.pop("judgements"): row for row in rows}


def lists(connection: Connection[Any], project: UUID) -> list[dict[str, Any]]:
    """Of the newest labels that are lists: step, `truth`, and what one annotator `said`."""
    return connection.cursor(row_factory=dict_row).execute(_LISTS, {"p": project, "few": FEW}).fetchall()

"""Measures rolled up: what the ledger tells since the last roll-up, the sums, and how far they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store.statement import dumps

Rows = list[dict[str, Any]]

_BEGIN = "INSERT INTO rollups (name) VALUES ('events') ON CONFLICT DO NOTHING"
_MARK = "SELECT seq, sampled_at FROM rollups WHERE name = 'events' FOR UPDATE SKIP LOCKED"
_MOVE = "UPDATE rollups SET seq = %s WHERE name = 'events'"
_SAMPLED = "UPDATE rollups SET sampled_at = %s WHERE name = 'events'"
_SEALED = "SELECT last_seq FROM blocks ORDER BY number DESC LIMIT 1"
_EVENTS = """
SELECT seq, verb, object_id, project_id, detail ->> 'kind' AS kind FROM events
WHERE seq > %(after)s AND seq <= %(upto)s AND verb = ANY(%(verbs)s) AND project_id IS NOT NULL
ORDER BY seq LIMIT %(limit)s
"""

_ANSWERED = """
SELECT n.id, n.project_id AS project, n.created_at AS at, t.step_id AS step, n.account_id AS account, n.role, n.value,
       n.schema_id AS schema, n.seconds, a.claimed_at AS leased, n.cost, n.supersedes, t.gold
FROM annotations n JOIN tasks t ON t.id = n.task_id LEFT JOIN assignments a ON a.id = n.assignment_id
WHERE n.id = ANY(%(ids)s)
"""
ESCALATIONS = "('undecided', 'risky')"
_DECIDED = f"""
SELECT d.id, d.project_id AS project, d.created_at AS at, t.step_id AS step, d.kind, d.value, d.schema_id AS schema,
       d.confidence, d.judgements, d.cost, i.created_at AS imported, b.value AS before, b.schema_id AS before_schema,
       NOT EXISTS (SELECT FROM decisions o WHERE o.task_id = d.task_id AND o.id < d.id AND o.kind <> 'gold') AS first,
       EXISTS (SELECT FROM cases c WHERE c.task_id = d.task_id AND c.kind IN {ESCALATIONS}
               AND c.opened_at < d.created_at) AS escalated,
       coalesce((SELECT jsonb_agg(jsonb_build_object('account', n.account_id, 'value', n.value, 'schema', n.schema_id,
                                                     'cost', n.cost) ORDER BY n.id)
        FROM annotations n
        WHERE n.task_id = d.task_id AND n.role <> 'expert' AND n.created_at <= d.created_at
          AND NOT EXISTS (SELECT FROM annotations r WHERE r.task_id = n.task_id AND r.supersedes = n.id
                          AND r.created_at <= d.created_at)), '[]'::jsonb) AS answers
FROM decisions d JOIN tasks t ON t.id = d.task_id JOIN items i ON i.id = t.item_id
LEFT JOIN decisions b ON b.id = d.supersedes
WHERE d.id = ANY(%(ids)s)
"""
_OPENED = f"""
SELECT c.id, c.project_id AS project, c.opened_at AS at, t.step_id AS step,
       c.kind IN {ESCALATIONS}
       AND NOT EXISTS (SELECT FROM cases o WHERE o.task_id = c.task_id AND o.id < c.id AND o.kind IN {ESCALATIONS})
       AND NOT EXISTS (SELECT FROM decisions d WHERE d.task_id = c.task_id AND d.created_at <= c.opened_at
                       AND d.kind <> 'gold') AS first
FROM cases c JOIN tasks t ON t.id = c.task_id WHERE c.id = ANY(%(ids)s)
"""
_ADJUDICATED = """
SELECT a.id, a.project_id AS project, a.created_at AS at, t.step_id AS step, a.account_id AS account,
       greatest(c.opened_at, c.not_before) AS opened
FROM adjudications a JOIN tasks t ON t.id = a.task_id JOIN cases c ON c.id = a.case_id WHERE a.id = ANY(%(ids)s)
"""
_AUDITED = """
SELECT a.id, a.project_id AS project, a.created_at AS at, t.step_id AS step, a.agrees, d.value, d.schema_id AS schema
FROM audits a JOIN tasks t ON t.id = a.task_id JOIN decisions d ON d.id = a.decision_id WHERE a.id = ANY(%(ids)s)
"""
TOLD: Mapping[str, str] = {
    "annotation.submitted": _ANSWERED,
    "task.decided": _DECIDED,
    "case.opened": _OPENED,
    "task.adjudicated": _ADJUDICATED,
    "decision.audited": _AUDITED,
}

_ADD = """
INSERT INTO measures (project_id, grain, measure, at, step_id, label, account_id, n, total, most)
SELECT * FROM jsonb_to_recordset(%s::jsonb) AS r (
    project_id uuid, grain text, measure text, at timestamptz, step_id uuid, label text, account_id uuid,
    n bigint, total float8, most float8)
ORDER BY 1, 2, 3, 4, 5, 6, 7
ON CONFLICT (project_id, grain, measure, at, step_id, label, account_id) DO UPDATE SET
    n = measures.n + excluded.n, total = measures.total + excluded.total, most = greatest(measures.most, excluded.most)
"""
_STANDS_AT = "coalesce(%(classes)s::jsonb -> t.step_id::text ->> t.likely::int, '') AS label"
_SAMPLE = f"""
INSERT INTO measures AS m (project_id, grain, measure, at, step_id, label, account_id, n, total, most)
SELECT project_id, grain, 'queue', date_trunc(grain, minute, 'UTC'), step_id, label, account_id,
       count(*), sum(age), max(age)
FROM (
    SELECT c.project_id, t.step_id, s.minute, {_STANDS_AT}, coalesce(c.assigned_to, %(nobody)s) AS account_id,
           extract(epoch FROM s.minute + interval '1 minute' - greatest(c.opened_at, c.not_before))::float8 AS age
    FROM generate_series(%(first)s::timestamptz, %(last)s::timestamptz, interval '1 minute') AS s (minute)
    JOIN cases c ON greatest(c.opened_at, c.not_before) < s.minute + interval '1 minute'
                AND coalesce(c.closed_at, 'infinity') >= s.minute + interval '1 minute'
    JOIN tasks t ON t.id = c.task_id
) AS waiting CROSS JOIN (VALUES ('minute'), ('hour'), ('day')) AS grains (grain)
GROUP BY 1, 2, 3, 4, 5, 6, 7
ON CONFLICT (project_id, grain, measure, at, step_id, label, account_id) DO UPDATE SET
    n = m.n + excluded.n, total = m.total + excluded.total, most = greatest(m.most, excluded.most)
"""
_SAMPLE_WANTED = f"""
INSERT INTO measures AS m (project_id, grain, measure, at, step_id, label, account_id, n, total, most)
SELECT project_id, grain, 'wanted', date_trunc(grain, %(last)s::timestamptz, 'UTC'), step_id, label, %(nobody)s,
       round(count(*) * %(times)s), sum(age) * %(times)s, max(age)
FROM (
    SELECT o.project_id, t.step_id, {_STANDS_AT},
           greatest(extract(epoch FROM %(last)s::timestamptz + interval '1 minute' - i.created_at), 0)::float8 AS age
    FROM openings o TABLESAMPLE SYSTEM (100 / %(times)s::float8)
    JOIN tasks t ON t.id = o.task_id JOIN items i ON i.id = t.item_id
) AS wanted CROSS JOIN (VALUES ('minute'), ('hour'), ('day')) AS grains (grain)
GROUP BY 1, 2, 3, 4, 5, 6
ON CONFLICT (project_id, grain, measure, at, step_id, label, account_id) DO UPDATE SET
    n = m.n + excluded.n, total = m.total + excluded.total, most = greatest(m.most, excluded.most)
"""
_SAMPLE_COVERAGE = """
INSERT INTO measures AS m (project_id, grain, measure, at, step_id, label, account_id, n, total, most)
SELECT r.project, grain, measure, date_trunc(grain, %(last)s::timestamptz, 'UTC'), %(nobody)s, r.label, %(nobody)s,
       CASE measure WHEN 'coverage' THEN r.wanted ELSE greatest(r.wanted - r.decided, 0) END,
       CASE measure WHEN 'coverage' THEN least(r.decided, r.wanted) ELSE 0 END, 0
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (project uuid, label text, wanted bigint, decided bigint)
CROSS JOIN (VALUES ('coverage'), ('missing')) AS measures (measure)
CROSS JOIN (VALUES ('minute'), ('hour'), ('day')) AS grains (grain)
ON CONFLICT (project_id, grain, measure, at, step_id, label, account_id) DO UPDATE SET
    n = m.n + excluded.n, total = m.total + excluded.total
"""
_AT_WORK = """
SELECT p.id FROM projects p
WHERE EXISTS (SELECT FROM openings o WHERE o.project_id = p.id)
   OR EXISTS (SELECT FROM cases c WHERE c.project_id = p.id AND c.closed_at IS NULL)
"""
_COVERING = "SELECT DISTINCT project_id FROM specs WHERE kind = 'policy' AND body ? 'coverage'"
_ABOUT = "SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'openings'::regclass"
ENOUGH = 100_000
"""Of more openings than so many, as the planner counts them, a part is looked at that stands for all."""
_PRUNE = "DELETE FROM measures WHERE grain = %s AND at < %s"


def mark(connection: Connection[Any]) -> tuple[int, datetime | None] | None:
    """How far events and queues are rolled up, locked until the transaction ends; None while another is at it."""
    connection.execute(_BEGIN)
    row = connection.execute(_MARK).fetchone()
    return (row[0], row[1]) if row else None


def sealed(connection: Connection[Any]) -> int:
    """The last event that is sealed: none can appear before it any more."""
    row = connection.execute(_SEALED).fetchone()
    return int(row[0]) if row else 0


def told(
    connection: Connection[Any], verbs: Collection[str], after: int, upto: int, limit: int
) -> tuple[dict[str, Rows], int]:
    """What events after one, up to another, tell, by verb; and the event up to which that is all."""
    cursor = connection.cursor(row_factory=dict_row)
    values = {"after": after, "upto": upto, "verbs": list(verbs), "limit": limit}
    events = cursor.execute(_EVENTS, values).fetchall()
    found: dict[str, Rows] = {}
    for verb in verbs:
        ids = [event["object_id"] for event in events if event["verb"] == verb]
        if ids:
            found[verb] = cursor.execute(TOLD[verb], {"ids": ids}).fetchall()
    return found, events[-1]["seq"] if len(events) == limit else upto


def add(connection: Connection[Any], rows: Sequence[Mapping[str, Any]], seq: int) -> None:
    """Add to the sums, and move the mark."""
    if rows:
        connection.execute(_ADD, (dumps(rows),))
    connection.execute(_MOVE, (seq,))


Classes = Mapping[str, Sequence[str]]
"""By step, the names of its classes, in order."""


def at_work(connection: Connection[Any]) -> list[UUID]:
    """The projects in which something waits, for annotators or for experts."""
    return [row[0] for row in connection.execute(_AT_WORK)]


def covering(connection: Connection[Any]) -> list[UUID]:
    """The projects whose policy has, or had, quotas."""
    return [row[0] for row in connection.execute(_COVERING)]


def sample_coverage(connection: Connection[Any], last: datetime, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep how far quotas are met, for the minute that is the last that ended: project, label, wanted, decided."""
    if rows:
        values = {"last": last, "rows": dumps(rows), "nobody": UUID(int=0)}
        connection.execute(_SAMPLE_COVERAGE, values)


def sample_queues(connection: Connection[Any], first: datetime, last: datetime, classes: Classes) -> int:
    """Sample who waits for an expert at the end of each minute from the first to the last; move the mark."""
    values = {"first": first, "last": last, "nobody": UUID(int=0), "classes": dumps(classes)}
    done = connection.execute(_SAMPLE, values).rowcount
    connection.execute(_SAMPLED, (last,))
    return done


def sample_wanted(connection: Connection[Any], last: datetime, classes: Classes) -> int:
    """Sample what waits for annotators, as it is now, for the minute that is the last that ended."""
    about = connection.execute(_ABOUT).fetchone()
    times = max((about[0] if about else 0) / ENOUGH, 1.0)
    values = {"last": last, "nobody": UUID(int=0), "times": times, "classes": dumps(classes)}
    return connection.execute(_SAMPLE_WANTED, values).rowcount


def prune(connection: Connection[Any], grain: str, before: datetime) -> int:
    """Forget the rows of a grain that are older."""
    return connection.execute(_PRUNE, (grain, before)).rowcount


_COLUMNS = {"step": "m.step_id", "class": "m.label", "person": "m.account_id"}


def page(
    connection: Connection[Any],
    project: UUID,
    measures: Collection[str],
    *,
    grain: str,
    by: Sequence[str],
    first: datetime,
    end: datetime,
    after: Sequence[Any] | None = None,
    limit: int | None = None,
) -> Rows:
    """Sums from `first` to before `end`: at, measure, step, class, person (None where not asked for), n, total, most.

    In the order of time, measure, step, class, person; `after` is the key of the last row of the page before.
    """
    keys = [_COLUMNS[one] if one in by else "NULL" for one in _COLUMNS]
    order = ["m.at", "m.measure", *(_COLUMNS[one] for one in _COLUMNS if one in by)]
    values: dict[str, Any] = {"p": project, "grain": grain, "measures": list(measures), "first": first, "end": end}
    beyond = ""
    if after is not None:
        values |= {f"after{place}": value for place, value in enumerate(after)}
        beyond = f"AND ({', '.join(order)}) > ({', '.join(f'%(after{n})s' for n in range(len(order)))})"
    sql = f"""
        SELECT m.at, m.measure, {keys[0]} AS step, {keys[1]} AS label, {keys[2]} AS account,
               sum(m.n)::bigint AS n, sum(m.total) AS total, max(m.most) AS most
        FROM measures m
        WHERE m.project_id = %(p)s AND m.grain = %(grain)s AND m.measure = ANY(%(measures)s)
          AND m.at >= %(first)s AND m.at < %(end)s {beyond}
        GROUP BY {", ".join(order)} ORDER BY {", ".join(order)} LIMIT %(limit)s
    """
    return connection.cursor(row_factory=dict_row).execute(sql, {**values, "limit": limit}).fetchall()


def window(
    connection: Connection[Any], project: UUID, measures: Collection[str], *, grain: str, by: Sequence[str],
    first: datetime, end: datetime,
) -> Rows:  # fmt: skip
    """The same as one stretch: measure, step, label, account, n, total, most."""
    keys = [_COLUMNS[one] if one in by else "NULL" for one in _COLUMNS]
    groups = ", ".join(["m.measure", *(_COLUMNS[one] for one in _COLUMNS if one in by)])
    sql = f"""
        SELECT m.measure, {keys[0]} AS step, {keys[1]} AS label, {keys[2]} AS account,
               sum(m.n)::bigint AS n, sum(m.total) AS total, max(m.most) AS most
        FROM measures m
        WHERE m.project_id = %(p)s AND m.grain = %(grain)s AND m.measure = ANY(%(measures)s)
          AND m.at >= %(first)s AND m.at < %(end)s
        GROUP BY {groups} ORDER BY {groups}
    """
    values = {"p": project, "grain": grain, "measures": list(measures), "first": first, "end": end}
    return connection.cursor(row_factory=dict_row).execute(sql, values).fetchall()


_EVER = """
SELECT p.name AS project, s.name AS step, m.label, m.measure, {person} AS account,
       sum(m.n)::bigint AS n, sum(m.total) AS total
FROM measures m JOIN projects p ON p.id = m.project_id JOIN steps s ON s.id = m.step_id
WHERE p.workspace_id = %(workspace)s AND m.grain = 'ever'
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""
_WAITING = """
SELECT p.name AS project, coalesce(s.name, '') AS step, m.label, {person} AS account,
       sum(m.n)::bigint AS n, sum(m.total) AS total, max(m.most) AS most
FROM rollups r JOIN projects p ON p.workspace_id = %(workspace)s
JOIN measures m ON m.project_id = p.id AND m.grain = 'minute' AND m.measure = %(measure)s AND m.at = r.sampled_at
LEFT JOIN steps s ON s.id = m.step_id
WHERE r.name = 'events' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
_LAG = """
SELECT coalesce((SELECT last_seq FROM blocks ORDER BY number DESC LIMIT 1), 0)
       - coalesce((SELECT seq FROM rollups WHERE name = 'events'), 0)
"""
_FIRING = """
SELECT p.name AS project, a.rule, a.subject, a.severity FROM alerts a JOIN projects p ON p.id = a.project_id
WHERE p.workspace_id = %(workspace)s AND a.state = 'firing' ORDER BY 1, 2, 3
"""


def ever(connection: Connection[Any], workspace: UUID, *, people: bool) -> Rows:
    """All that was measured in a workspace: project, step, label, measure, account (if `people`), n, total."""
    sql = _EVER.format(person="m.account_id" if people else "NULL::uuid")
    return connection.cursor(row_factory=dict_row).execute(sql, {"workspace": workspace}).fetchall()


def waiting(connection: Connection[Any], workspace: UUID, measure: str, *, people: bool) -> Rows:
    """The newest sample of a measure that is sampled: project, step, label, account (if `people`), n, total, most."""
    sql = _WAITING.format(person="m.account_id" if people else "NULL::uuid")
    values = {"workspace": workspace, "measure": measure}
    return connection.cursor(row_factory=dict_row).execute(sql, values).fetchall()


def firing(connection: Connection[Any], workspace: UUID) -> Rows:
    """The alerts that fire: project, rule, subject, severity."""
    return connection.cursor(row_factory=dict_row).execute(_FIRING, {"workspace": workspace}).fetchall()


def lag(connection: Connection[Any]) -> int:
    """How many sealed events are not rolled up yet."""
    row = connection.execute(_LAG).fetchone()
    return int(row[0]) if row else 0

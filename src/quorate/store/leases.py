"""Leases: who holds which task until when, and how a lease ends without an answer. `claims.py` gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from quorate.store.limits import RETURNED


@dataclass(frozen=True, slots=True)
class Lease:
    """A task that somebody holds, with what they need to answer it."""

    id: UUID
    task_id: UUID
    step_id: UUID
    item_id: UUID
    expires_at: datetime
    price: Decimal
    key: str
    body: Any
    media: Any
    attributes: Any
    chosen: str | None = None
    """How it was chosen; None: it was the next in the queue."""


HELD = """
SELECT l.id, l.task_id, t.step_id, t.item_id, l.expires_at, l.price, i.key, i.body, i.media, i.attributes,
       l.why ->> 'by' AS chosen
FROM assignments l JOIN tasks t ON t.id = l.task_id JOIN items i ON i.id = t.item_id
WHERE l.account_id = %(account)s AND l.project_id = %(project)s AND l.state = 'open' AND l.case_id = %(case)s
ORDER BY l.claimed_at, l.id
"""


def held(connection: Connection[Any], *, project: UUID, account: UUID, case: UUID) -> list[Lease]:
    """The tasks that this annotator holds now, oldest first."""
    cursor = connection.cursor(row_factory=class_row(Lease))
    return cursor.execute(HELD, {"account": account, "project": project, "case": case}).fetchall()


EXTEND = """
UPDATE assignments SET expires_at = greatest(expires_at, %(expires)s)
WHERE id = ANY(%(ids)s) AND account_id = %(account)s AND project_id = %(project)s AND state = 'open'
RETURNING id, expires_at
"""


def extend(
    connection: Connection[Any], *, project: UUID, account: UUID, ids: Sequence[UUID], expires: datetime
) -> dict[UUID, datetime]:
    """Move the end of these leases; those that are no longer held are absent from the answer."""
    values = {"project": project, "account": account, "ids": list(ids), "expires": expires}
    rows = connection.execute(EXTEND, values).fetchall()
    return dict(rows)


@dataclass(frozen=True, slots=True)
class Ended:
    """A lease that ended without an answer."""

    id: UUID
    task_id: UUID
    project_id: UUID
    workspace_id: UUID
    account_id: UUID
    case_id: UUID
    was: str


END = """
WITH ending AS MATERIALIZED (
    SELECT a.id FROM assignments a
    WHERE a.state = 'open' AND {which}
    FOR UPDATE SKIP LOCKED
), ended AS (
    UPDATE assignments a SET state = %(state)s, reason = %(reason)s
    FROM ending e WHERE a.id = e.id
    RETURNING a.id, a.task_id, a.project_id, a.account_id, a.case_id, a.price, a.gold, a.claimed_at, a.strata
), paid AS (
    UPDATE seats s
    SET committed = committed - e.price, given_in = CASE WHEN e.unused IS NULL THEN given_in ELSE (
            SELECT jsonb_object_agg(key, value::int - coalesce((e.unused ->> key)::int, 0))
            FROM jsonb_each_text(given_in)) END,
        lately = {returned}
    FROM (SELECT project_id, account_id, sum(price) AS price, (
              SELECT jsonb_object_agg(key, n) FROM (
                  SELECT key, count(*) AS n FROM ended y CROSS JOIN LATERAL unnest(y.strata) AS key
                  WHERE y.project_id = ended.project_id AND y.account_id = ended.account_id AND key IS NOT NULL
                    AND %(state)s = 'released' GROUP BY key) AS counted) AS unused
          FROM ended GROUP BY 1, 2) e
    WHERE s.project_id = e.project_id AND s.account_id = e.account_id
    RETURNING 1
), purses_moved AS (
    UPDATE purses p SET committed = committed - e.price
    FROM (SELECT e.account_id, t.step_id, sum(e.price) AS price FROM ended e JOIN tasks t ON t.id = e.task_id
          WHERE e.price > 0 GROUP BY 1, 2) AS e
    WHERE p.account_id = e.account_id AND p.step_id = e.step_id AND (SELECT count(*) FROM paid) > 0
), reopened AS (
    INSERT INTO openings (project_id, band, task_id)
    SELECT e.project_id, 0, e.task_id
    FROM ended e JOIN tasks t ON t.id = e.task_id
    JOIN steps st ON st.id = t.step_id AND st.thrift IS DISTINCT FROM 'stopped'
    WHERE t.state = 'open' AND NOT e.gold AND e.case_id = '00000000-0000-0000-0000-000000000000'
), unheld AS (
    UPDATE cases c SET held = false FROM ended e WHERE c.id = e.case_id AND c.closed_at IS NULL
)
SELECT e.id, e.task_id, e.project_id, p.workspace_id, e.account_id, e.case_id, %(state)s AS was
FROM ended e JOIN projects p ON p.id = e.project_id
"""
END_ONE = END.format(returned=RETURNED, which="a.id = %(id)s AND a.account_id = %(account)s")
END_EXPIRED = END.format(
    returned=RETURNED,
    which="""a.id IN (
        SELECT id FROM assignments WHERE state = 'open' AND expires_at < %(now)s ORDER BY expires_at LIMIT 500)""",
)
END_ALL = END.format(returned=RETURNED, which="a.account_id = %(account)s AND a.project_id = %(project)s")


def end(connection: Connection[Any], *, id: UUID, account: UUID, state: str, reason: str | None = None) -> Ended | None:
    """End one lease as 'released' or 'skipped'; its place goes back to the queue. None when it is not held."""
    cursor = connection.cursor(row_factory=class_row(Ended))
    return cursor.execute(END_ONE, {"id": id, "account": account, "state": state, "reason": reason}).fetchone()


def state(connection: Connection[Any], id: UUID, account: UUID) -> str | None:
    """How a lease of this annotator stands; None when they have no such lease."""
    row = connection.execute(
        "SELECT state FROM assignments WHERE id = %s AND account_id = %s", (id, account)
    ).fetchone()
    return row[0] if row else None


def end_all(connection: Connection[Any], *, project: UUID, account: UUID) -> list[Ended]:
    """Give back all that an account holds in a project; the places go back to the queue."""
    cursor = connection.cursor(row_factory=class_row(Ended))
    values = {"account": account, "project": project, "state": "released", "reason": None}
    return cursor.execute(END_ALL, values).fetchall()


def end_expired(connection: Connection[Any], now: datetime) -> list[Ended]:
    """End up to 500 leases whose time is over; their places go back to the queue."""
    cursor = connection.cursor(row_factory=class_row(Ended))
    return cursor.execute(END_EXPIRED, {"now": now, "state": "expired", "reason": None}).fetchall()

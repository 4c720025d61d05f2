"""Cases: tasks that wait for an expert, worst first, each with the reason why it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row

from quorate.store import tables as t
from quorate.store.statement import Statement
from quorate.store.tables import NO_CASE

_MAY = """
    SELECT c.id, c.task_id FROM cases c
    WHERE c.project_id = %(project)s AND c.closed_at IS NULL AND NOT c.held
      AND (c.not_before IS NULL OR c.not_before <= %(now)s)
      AND (c.meant_for IS NULL OR c.meant_for = %(account)s)
      AND (c.meant_for = %(account)s OR NOT EXISTS (
        SELECT FROM assignments a
        WHERE a.task_id = c.task_id AND a.account_id = %(account)s
          AND (a.state NOT IN ('released', 'expired') OR (a.case_id = c.id AND a.state = 'skipped'))))
"""
CLAIM = f"""
WITH mine AS MATERIALIZED ({_MAY}
      AND c.assigned_to = %(account)s
    ORDER BY c.due_at <= %(soon)s DESC, c.priority DESC, c.id
    LIMIT %(n)s
    FOR UPDATE SKIP LOCKED
), anybodys AS MATERIALIZED ({_MAY}
      AND c.assigned_to IS NULL
    ORDER BY c.priority DESC, c.id
    LIMIT %(n)s - (SELECT count(*) FROM mine)
    FOR UPDATE SKIP LOCKED
), next AS (
    TABLE mine UNION ALL TABLE anybodys
), holding AS (
    UPDATE cases c SET held = true FROM next WHERE c.id = next.id
), leased AS (
    INSERT INTO assignments (id, project_id, task_id, account_id, case_id, state, price, claimed_at, expires_at)
    SELECT (%(ids)s::uuid[])[row_number() OVER ()], %(project)s, task_id, %(account)s, id, 'open', %(price)s,
           %(now)s, %(expires)s
    FROM next
    ON CONFLICT (task_id, account_id, case_id) DO UPDATE
        SET state = 'open', price = excluded.price, claimed_at = excluded.claimed_at, expires_at = excluded.expires_at
    RETURNING id, task_id, case_id
), paid AS (
    UPDATE seats SET committed = committed - %(price)s * (%(n)s - (SELECT count(*) FROM leased))
    WHERE project_id = %(project)s AND account_id = %(account)s
), told AS (
    INSERT INTO events (at, workspace_id, project_id, actor, verb, object_id, detail, content)
    SELECT %(now)s, %(workspace)s, %(project)s, %(account)s, 'case.claimed', id,
           jsonb_build_object('task', task_id),
           sha256(convert_to('{{"task":"' || task_id || '"}}', 'UTF8'))
    FROM leased
)
SELECT id, case_id FROM leased
"""


def claim(
    connection: Connection[Any],
    *,
    workspace: UUID,
    project: UUID,
    account: UUID,
    ids: list[UUID],
    price: Decimal,
    now: datetime,
    soon: datetime,
    expires: datetime,
) -> list[tuple[UUID, UUID]]:
    """Lease up to `len(ids)` cases, never one whose task this expert has answered: (lease, case).

    First those that are their turn, due before `soon` or worst first; then what is anybody's, worst first.
    The expert's seat has committed the price of all of them; that of those there are not is free again.
    """
    parameters = {
        "workspace": workspace,
        "project": project,
        "account": account,
        "ids": ids,
        "n": len(ids),
        "price": price,
        "now": now,
        "soon": soon,
        "expires": expires,
    }
    return connection.execute(CLAIM, parameters).fetchall()


@dataclass(frozen=True, slots=True)
class Case:
    """A task that waits for an expert."""

    id: UUID
    project_id: UUID
    task_id: UUID
    kind: str
    rule: str
    reason: str
    risk: float
    ambiguity: float
    value: float
    priority: float
    blind: bool
    probability: float | None
    decision_id: UUID | None
    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    meant_for: UUID | None


_CASE = ", ".join(Case.__slots__)
_SHOWN = ", ".join(name for name in Case.__slots__ if name != "meant_for")


def get(connection: Connection[Any], id: UUID, *, lock: bool = False) -> Case | None:
    """One case."""
    sql = f"SELECT {_CASE} FROM cases WHERE id = %s" + (" FOR UPDATE" if lock else "")
    return connection.cursor(row_factory=class_row(Case)).execute(sql, (id,)).fetchone()


def close(connection: Connection[Any], id: UUID, now: datetime) -> None:
    """Take a case out of the queue."""
    connection.execute("UPDATE cases SET closed_at = %s, held = false WHERE id = %s", (now, id))


def withdraw(connection: Connection[Any], task: UUID, now: datetime) -> None:
    """Close the task's cases that nobody holds and that are not audits: it was decided without them."""
    connection.execute(
        "UPDATE cases SET closed_at = %s"
        " WHERE task_id = %s AND closed_at IS NULL AND NOT held AND kind NOT IN ('audit', 'dispute', 'repeat')",
        (now, task),
    )


def add(connection: Connection[Any], rows: Sequence[dict[str, Any]]) -> None:
    """Append cases."""
    statement = Statement()
    statement.append(t.cases, rows)
    statement.run(connection)


def unask(connection: Connection[Any], project: UUID, account: UUID, now: datetime) -> None:
    """Close what is meant for this one expert, who is none any more."""
    connection.execute(
        "UPDATE cases SET closed_at = %s, held = false WHERE project_id = %s AND meant_for = %s AND closed_at IS NULL",
        (now, project, account),
    )


def others(connection: Connection[Any], project: UUID, account: UUID) -> bool:
    """Whether the project has another expert than this one."""
    row = connection.execute(
        "SELECT FROM members m JOIN accounts a ON a.id = m.account_id AND a.disabled_at IS NULL"
        " WHERE m.project_id = %s AND m.role = 'expert' AND m.account_id <> %s LIMIT 1",
        (project, account),
    )
    return row.fetchone() is not None


_QUEUE = f"""
SELECT {", ".join(f"c.{name}" for name in _SHOWN.split(", "))}, c.held, s.name AS step, i.key AS item, i.body,
       c.assigned_to, c.backup
FROM cases c JOIN tasks t ON t.id = c.task_id JOIN items i ON i.id = t.item_id JOIN steps s ON s.id = t.step_id
WHERE c.project_id = %(project)s AND c.closed_at IS NULL AND (%(blind)s OR NOT c.blind)
  AND (c.not_before IS NULL OR c.not_before <= now())
ORDER BY coalesce(c.assigned_to = %(reader)s::uuid, false) DESC, c.priority DESC, c.id LIMIT %(limit)s
"""


def queue(
    connection: Connection[Any], project: UUID, limit: int, *, reader: UUID | None = None, blind: bool = True
) -> list[dict[str, Any]]:
    """The open cases, the reader's first and then worst first; with those to be judged blind, or without."""
    values = {"project": project, "blind": blind, "reader": reader, "limit": limit}
    return connection.cursor(row_factory=dict_row).execute(_QUEUE, values).fetchall()


def held(connection: Connection[Any], account: UUID, projects: list[UUID]) -> list[UUID]:
    """The leases on cases that this expert holds now in these projects, oldest first."""
    rows = connection.execute(
        "SELECT id FROM assignments WHERE account_id = %s AND project_id = ANY(%s) AND state = 'open' AND case_id <> %s"
        " ORDER BY claimed_at, id",
        (account, projects, UUID(NO_CASE)),
    )
    return [row[0] for row in rows]


def of_lease(connection: Connection[Any], assignment: UUID, account: UUID) -> UUID | None:
    """The case that a lease is for. None when this expert has no such lease, or it is not for a case."""
    row = connection.execute(
        "SELECT case_id FROM assignments WHERE id = %s AND account_id = %s AND case_id <> %s",
        (assignment, account, UUID(NO_CASE)),
    ).fetchone()
    return row[0] if row else None


def decided_value(connection: Connection[Any], decision: UUID) -> Any:
    """The value of a decision."""
    row = connection.execute("SELECT value FROM decisions WHERE id = %s", (decision,)).fetchone()
    assert row is not None
    return row[0]


def lease_details(connection: Connection[Any], assignment: UUID) -> tuple[str, datetime]:
    """The key of the item that a lease is on, and when the lease ends."""
    row = connection.execute(
        "SELECT i.key, a.expires_at FROM assignments a JOIN tasks t ON t.id = a.task_id"
        " JOIN items i ON i.id = t.item_id WHERE a.id = %s",
        (assignment,),
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def findings(connection: Connection[Any], task: UUID) -> list[dict[str, Any]]:
    """What was noticed about a task, oldest first."""
    rows = connection.cursor(row_factory=dict_row).execute(
        "SELECT kind, message, evidence, action, annotation_id, created_at AS at FROM findings"
        " WHERE task_id = %s ORDER BY created_at, id",
        (task,),
    )
    return rows.fetchall()


def adjudications(connection: Connection[Any], task: UUID) -> list[dict[str, Any]]:
    """What experts have said about a task, oldest first."""
    rows = connection.cursor(row_factory=dict_row).execute(
        "SELECT j.account_id, n.value, n.schema_id, j.rationale, j.clauses, j.error, j.created_at AS at, c.kind"
        " FROM adjudications j JOIN annotations n ON n.id = j.annotation_id JOIN cases c ON c.id = j.case_id"
        " WHERE j.task_id = %s ORDER BY j.created_at, j.id",
        (task,),
    )
    return rows.fetchall()


_JUDGED = """
SELECT * FROM (
    SELECT DISTINCT ON (j.task_id) i.key AS item, i.body, i.attributes, i.media, n.value, n.schema_id, j.account_id,
           j.rationale, j.clauses, j.error, j.created_at AS at, g.version AS guideline_version,
           d.value AS decided, d.schema_id AS decided_schema
    FROM adjudications j
    JOIN cases c ON c.id = j.case_id AND c.kind <> 'repeat'
    JOIN annotations n ON n.id = j.annotation_id
    JOIN tasks t ON t.id = j.task_id AND t.step_id = %(step)s AND t.id <> %(task)s AND t.state = 'decided'
    JOIN items i ON i.id = t.item_id AND i.body IS NOT NULL
    LEFT JOIN decisions d ON d.id = t.decision_id
    LEFT JOIN specs g ON g.id = n.guideline_id
    WHERE j.project_id = %(project)s AND j.created_at > %(since)s AND NOT EXISTS (
        SELECT FROM cases o JOIN assignments a ON a.case_id = o.id AND a.account_id = %(account)s AND a.state = 'open'
        WHERE o.task_id = t.id AND o.blind)
    ORDER BY j.task_id, j.created_at DESC
) judged ORDER BY at DESC LIMIT %(limit)s
"""


def judged(
    connection: Connection[Any], project: UUID, step: UUID, task: UUID, account: UUID, since: datetime, limit: int
) -> list[dict[str, Any]]:
    """The newest adjudicated tasks of a step but for this one and those that the reader is just judging blind."""
    values = {"project": project, "step": step, "task": task, "account": account, "since": since, "limit": limit}
    return connection.cursor(row_factory=dict_row).execute(_JUDGED, values).fetchall()

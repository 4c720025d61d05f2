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

from quorate.ids import new_id
from quorate.store import fitness, judges, window
from quorate.store import tables as t
from quorate.store.fitness import READABLE
from quorate.store.statement import Statement, dumps
from quorate.store.tables import NO_CASE

URGENT = ("dispute", "risky")
_NEXT = f"""
WITH seat AS (
    SELECT {window.SEAT} account_id FROM seats WHERE project_id = %(project)s AND account_id = %(account)s
)
SELECT c.id, c.task_id, t.step_id FROM cases c JOIN tasks t ON t.id = c.task_id
WHERE c.project_id = %(project)s AND c.closed_at IS NULL AND NOT c.held
  AND t.step_id <> ALL(%(dry)s) AND (t.step_id <> ALL(%(careful)s) OR c.kind = ANY(%(urgent)s))
  AND (c.not_before IS NULL OR c.not_before <= %(now)s)
  AND (c.meant_for IS NULL OR c.meant_for = %(account)s)
  AND (c.meant_for = %(account)s OR NOT EXISTS (
    SELECT FROM assignments a WHERE {judges.TOUCHED} AND a.account_id = %(account)s))
  AND (NOT (SELECT matched FROM projects WHERE id = %(project)s) OR EXISTS (
    SELECT FROM items i WHERE i.id = t.item_id AND {window.FITS}))
  AND c.assigned_to {{turn}}c.priority DESC, c.id
LIMIT 1
FOR UPDATE OF c SKIP LOCKED
"""
NEXT = (
    _NEXT.format(turn="= %(account)s ORDER BY c.due_at <= %(soon)s DESC, "),
    _NEXT.format(turn="IS NULL ORDER BY "),
)
"""What is their turn, due soon before worst first; then what is anybody's."""
LEASE = """
WITH holding AS (
    UPDATE cases SET held = true WHERE id = %(case)s
), leased AS (
    INSERT INTO assignments (id, project_id, task_id, account_id, case_id, state, price, claimed_at, expires_at)
    VALUES (%(id)s, %(project)s, %(task)s, %(account)s, %(case)s, 'open', %(price)s, %(now)s, %(expires)s)
    ON CONFLICT (task_id, account_id, case_id) DO UPDATE
        SET state = 'open', price = excluded.price, claimed_at = excluded.claimed_at, expires_at = excluded.expires_at
    RETURNING id, task_id
), told AS (
    INSERT INTO events (at, workspace_id, project_id, actor, verb, object_id, detail, content)
    SELECT %(now)s, %(workspace)s, %(project)s, %(account)s, 'case.claimed', id,
           jsonb_build_object('task', task_id),
           sha256(convert_to('{"task":"' || task_id || '"}', 'UTF8'))
    FROM leased
)
SELECT id FROM leased
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that nobody holds, locked for who is to get it."""

    id: UUID
    task_id: UUID
    step_id: UUID


def next_waiting(
    connection: Connection[Any], project: UUID, account: UUID, now: datetime, soon: datetime, *,
    dry: Sequence[UUID] = (), careful: Sequence[UUID] = (),
) -> Waiting | None:  # fmt: skip
    """The case that is this expert's turn, due before `soon` or worst first; else the worst that is anybody's.

    Never one whose task they have answered; of `dry` steps none, of `careful` ones only what is urgent.
    """
    values = {
        "project": project, "account": account, "now": now, "dry": list(dry), "careful": list(careful),
        "soon": soon, "urgent": list(URGENT),
    }  # fmt: skip
    cursor = connection.cursor(row_factory=class_row(Waiting))
    return next((found for sql in NEXT if (found := cursor.execute(sql, values).fetchone())), None)


def lease(
    connection: Connection[Any], workspace: UUID, project: UUID, account: UUID, case: Waiting, *,
    price: Decimal, now: datetime, expires: datetime,
) -> UUID:  # fmt: skip
    """Lease a case for a price that seat and purse have promised; the lease's id."""
    values = {
        "workspace": workspace, "project": project, "account": account, "case": case.id, "task": case.task_id,
        "id": new_id(), "price": price, "now": now, "expires": expires,
    }  # fmt: skip
    row = connection.execute(LEASE, values).fetchone()
    assert row is not None
    return UUID(str(row[0]))


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


def withdraw(connection: Connection[Any], tasks: Sequence[UUID], now: datetime) -> None:
    """Close the cases that nobody holds and that are not audits: the tasks were decided without them, or rest."""
    connection.execute(
        "UPDATE cases SET closed_at = %s"
        " WHERE task_id = ANY(%s) AND closed_at IS NULL AND NOT held AND kind NOT IN ('audit', 'dispute', 'repeat')",
        (now, list(tasks)),
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


def forgo_repeats(connection: Connection[Any], task: UUID, now: datetime) -> None:
    """Close the repeats of a task that were to go to another expert, when no other is left who could judge it.

    Where no repeat is open, as nearly always, this reads the task's cases by their index and nothing else.
    """
    connection.execute(
        "UPDATE cases c SET closed_at = %s"
        f" WHERE c.task_id = %s AND c.closed_at IS NULL AND c.kind = 'repeat' AND {judges.STRANDED}",
        (now, task),
    )


_QUEUE = f"""
SELECT {", ".join(f"c.{name}" for name in _SHOWN.split(", "))}, c.held, s.name AS step, i.key AS item, i.body,
       c.assigned_to, c.backup
FROM cases c JOIN tasks t ON t.id = c.task_id JOIN items i ON i.id = t.item_id JOIN steps s ON s.id = t.step_id
WHERE c.project_id = %(project)s AND c.closed_at IS NULL AND (%(blind)s OR NOT c.blind) AND {READABLE}
  AND (c.not_before IS NULL OR c.not_before <= now())
ORDER BY coalesce(c.assigned_to = %(reader)s::uuid, false) DESC, c.priority DESC, c.id LIMIT %(limit)s
"""


def queue(
    connection: Connection[Any], project: UUID, limit: int, *, reader: UUID | None = None, blind: bool = True,
    cleared: list[str] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """The open cases that somebody so `cleared` may read, the reader's first and then worst first; with those to be
    judged blind, or without."""
    values = {"project": project, "blind": blind, "reader": reader, "limit": limit}
    values["cleared"] = None if cleared is None else dumps(cleared)
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


_JUDGED = f"""
SELECT * FROM (
    SELECT DISTINCT ON (j.task_id) i.key AS item, i.body, i.attributes, i.media, n.value, n.schema_id, j.account_id,
           j.rationale, j.clauses, j.error, j.created_at AS at, g.version AS guideline_version,
           d.value AS decided, d.schema_id AS decided_schema
    FROM adjudications j
    JOIN cases c ON c.id = j.case_id AND c.kind <> 'repeat'
    JOIN annotations n ON n.id = j.annotation_id
    JOIN tasks t ON t.id = j.task_id AND t.step_id = %(step)s AND t.id <> %(task)s AND t.state = 'decided'
    JOIN items i ON i.id = t.item_id AND i.body IS NOT NULL AND {READABLE}
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
    """The newest adjudicated tasks of a step that this account may read, but for this one and those that they are
    just judging blind."""
    cleared = fitness.clearance(connection, project, account)
    values = {"project": project, "step": step, "task": task, "account": account, "since": since, "limit": limit}
    values["cleared"] = None if cleared is None else dumps(cleared)
    return connection.cursor(row_factory=dict_row).execute(_JUDGED, values).fetchall()

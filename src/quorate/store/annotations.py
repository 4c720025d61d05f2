"""Annotations: what the submit transaction must know, in one round trip, and what it writes, in another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

LOCK = """
SELECT a.id, a.task_id, a.account_id, a.case_id, a.state, a.gold AS is_gold, a.price, a.expires_at, a.claimed_at,
       a.key, a.request, a.reply,
       t.project_id, t.step_id, t.item_id, t.state AS task_state, t.gold, t.decision_id,
       p.epoch, p.workspace_id, s.prior
FROM assignments a
JOIN tasks t ON t.id = a.task_id
JOIN projects p ON p.id = t.project_id
JOIN steps s ON s.id = t.step_id
WHERE a.id = %(id)s AND a.account_id = %(account)s
FOR UPDATE OF t, a
"""

ANSWERS = """
SELECT n.id, n.account_id, n.assignment_id, n.role, n.value, n.cost, n.comment, n.created_at, s.body AS skill
FROM annotations n
LEFT JOIN skills s ON s.account_id = n.account_id AND s.step_id = (SELECT step_id FROM tasks WHERE id = n.task_id)
WHERE n.task_id = {task}
  AND NOT EXISTS (SELECT FROM annotations later WHERE later.task_id = n.task_id AND later.supersedes = n.id)
ORDER BY n.created_at, n.id
"""
ANSWERS_OF_TASK = ANSWERS.format(task="%(task)s")
ANSWERS_OF_ASSIGNMENT = ANSWERS.format(task="(SELECT task_id FROM assignments WHERE id = %(id)s)")

AROUND = """
SELECT i.body, i.attributes, i.twin_of, sk.body AS skill,
       (SELECT count(*) FROM assignments o
        WHERE o.task_id = a.task_id AND o.state = 'open' AND o.id <> a.id AND NOT o.gold AND o.case_id = %(no_case)s
       ) AS leases,
       (SELECT count(*) FROM openings o WHERE o.task_id = a.task_id) AS openings,
       ARRAY(SELECT jsonb_build_object('value', n.value, 'task', n.task_id, 'step', nt.step_id)
             FROM annotations n JOIN tasks nt ON nt.id = n.task_id
             WHERE n.account_id = a.account_id
             ORDER BY n.created_at DESC LIMIT %(recent)s) AS recent
FROM assignments a
JOIN tasks t ON t.id = a.task_id
JOIN items i ON i.id = t.item_id
LEFT JOIN skills sk ON sk.step_id = t.step_id AND sk.account_id = a.account_id
WHERE a.id = %(id)s
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A lease and its task, locked until the transaction ends."""

    id: UUID
    task_id: UUID
    account_id: UUID
    case_id: UUID
    state: str
    is_gold: bool
    price: Decimal
    expires_at: datetime
    claimed_at: datetime
    key: str | None
    request: bytes | None
    reply: Any
    project_id: UUID
    step_id: UUID
    item_id: UUID
    task_state: str
    gold: Any
    decision_id: UUID | None
    epoch: int
    workspace_id: UUID
    prior: Any


@dataclass(frozen=True, slots=True)
class Given:
    """An annotation that counts (no later one supersedes it), with its annotator's skill as stored."""

    id: UUID
    account_id: UUID
    assignment_id: UUID
    role: str
    value: Any
    cost: Decimal
    comment: str | None
    created_at: datetime
    skill: Any


@dataclass(frozen=True, slots=True)
class Around:
    """What else a submit looks at: the item, the annotator's skill and latest answers, who else is at the task."""

    body: Any
    attributes: Any
    twin_of: UUID | None
    skill: Any
    leases: int
    openings: int
    recent: list[dict[str, Any]]


def lock(
    connection: Connection[Any], id: UUID, account: UUID, no_case: UUID, recent: int = 10
) -> tuple[Held, list[Given], Around] | None:
    """Lock the lease and its task and read all that a submit needs, in one round trip. None: no such lease."""
    parameters = {"id": id, "account": account, "no_case": no_case, "recent": recent}
    with connection.pipeline():
        held = connection.cursor(row_factory=class_row(Held)).execute(LOCK, parameters, prepare=True)
        answers = connection.cursor(row_factory=class_row(Given)).execute(
            ANSWERS_OF_ASSIGNMENT, parameters, prepare=True
        )
        around = connection.cursor(row_factory=class_row(Around)).execute(AROUND, parameters, prepare=True)
        lease = held.fetchone()
        if lease is None:
            return None
        given = answers.fetchall()
        rest = around.fetchone()
    assert rest is not None
    return lease, given, rest


def of_task(connection: Connection[Any], task: UUID) -> list[Given]:
    """The annotations of a task that count, in order, each with its annotator's skill."""
    return connection.cursor(row_factory=class_row(Given)).execute(ANSWERS_OF_TASK, {"task": task}).fetchall()


INSERT = """
INSERT INTO annotations (id, project_id, task_id, account_id, assignment_id, role, value, seconds, confidence, comment,
                         cost, schema_id, guideline_id, supersedes, created_at)
VALUES (%(id)s, %(project_id)s, %(task_id)s, %(account_id)s, %(assignment_id)s, %(role)s, %(json)s, %(seconds)s,
        %(confidence)s, %(comment)s, %(cost)s, %(schema_id)s, %(guideline_id)s, %(supersedes)s, %(created_at)s)
"""


def insert(connection: Connection[Any], row: dict[str, Any]) -> None:
    """Append an annotation; `row` has every column of the table."""
    connection.execute(INSERT, {**row, "json": Jsonb(row["value"])}, prepare=True)


CLOSE = """
WITH closed AS (
    UPDATE assignments SET state = 'submitted', key = %(key)s, request = %(request)s, reply = %(reply)s
    WHERE id = %(id)s
), paid AS (
    UPDATE seats SET committed = committed - %(held)s, spent = spent + %(price)s, answered = answered + 1
    WHERE project_id = %(project)s AND account_id = %(account)s
)
INSERT INTO skills (step_id, account_id, body, answers, updated_at)
VALUES (%(step)s, %(account)s, %(skill)s, 1, %(now)s)
ON CONFLICT (step_id, account_id) DO UPDATE
    SET body = excluded.body, answers = skills.answers + 1, updated_at = excluded.updated_at
"""


def close(
    connection: Connection[Any],
    held: Held,
    *,
    key: str | None,
    request: bytes,
    reply: Any,
    skill: Any,
    committed: Decimal,
    now: datetime,
) -> None:
    """Close the answered lease, pay for it (freeing what was `committed`), and keep the annotator's new skill."""
    parameters = {
        "id": held.id,
        "key": key,
        "request": request,
        "reply": Jsonb(reply),
        "held": committed,
        "price": held.price,
        "project": held.project_id,
        "account": held.account_id,
        "step": held.step_id,
        "skill": Jsonb(skill),
        "now": now,
    }
    connection.execute(CLOSE, parameters, prepare=True)


def before(connection: Connection[Any], account: UUID, item: UUID, twin_of: UUID | None, step: UUID) -> list[Any]:
    """What this annotator answered to the same question on items with the same content."""
    rows = connection.cursor(row_factory=dict_row).execute(
        """
        SELECT n.value FROM items i
        JOIN tasks t ON t.item_id = i.id AND t.step_id = %(step)s
        JOIN annotations n ON n.task_id = t.id AND n.account_id = %(account)s
        WHERE i.id <> %(item)s AND (i.id = %(twin)s OR i.twin_of = %(twin)s)
        """,
        {"account": account, "item": item, "twin": twin_of, "step": step},
    )
    return [row["value"] for row in rows]

"""Annotations: all that a submit must know, in one statement, and all that it writes, in another.

No lock is held in between. Every change of a task's evidence adds one to `tasks.version`; the write goes through only
if the version is still the one that was read (and the lease still what it was), else the submit reads again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row

from quorate.flow.route import Edge, Standing
from quorate.store import grants
from quorate.store.statement import Statement, dumps

ANSWERS = """
SELECT n.id, n.account_id, n.assignment_id, n.role, n.value, n.cost, n.comment, n.seconds, n.created_at,
       n.schema_id, s.body AS skill, z.answered, z.missed
FROM annotations n
LEFT JOIN skills s ON s.account_id = n.account_id AND s.step_id = (SELECT step_id FROM tasks WHERE id = n.task_id)
LEFT JOIN seats z ON z.project_id = n.project_id AND z.account_id = n.account_id
WHERE n.task_id = {task}
  AND NOT EXISTS (SELECT FROM annotations later WHERE later.task_id = n.task_id AND later.supersedes = n.id)
  AND z.discounted IS NOT TRUE AND NOT EXISTS (SELECT FROM set_aside x WHERE x.annotation_id = n.id)
ORDER BY n.created_at, n.id
"""

TASK = f"""
       t.id AS task_id, t.project_id, t.step_id, t.item_id, t.state AS task_state, t.version, t.gold, t.decision_id,
       p.epoch, p.workspace_id, st.prior, st.typical, i.body, i.media, i.attributes, i.twin_of,
       d.value AS decided, d.kind AS decided_by,
       (SELECT count(*) FROM assignments o
        WHERE o.task_id = t.id AND o.state = 'open' AND NOT o.gold AND o.case_id = %(no_case)s
       ) AS leases,
       (SELECT count(*) FROM openings o WHERE o.task_id = t.id) AS openings,
       (SELECT count(*) FROM cases c WHERE c.task_id = t.id AND c.closed_at IS NULL AND NOT c.blind) AS cases,
       (SELECT count(*) FROM assignments o WHERE o.task_id = t.id AND o.state = 'skipped') AS skips,
       coalesce((SELECT jsonb_agg(g) FROM ({ANSWERS.format(task="t.id")}) AS g), '[]'::jsonb) AS given
"""
OF_TASK = """
FROM tasks t
JOIN items i ON i.id = t.item_id
JOIN projects p ON p.id = t.project_id
JOIN steps st ON st.id = t.step_id
LEFT JOIN decisions d ON d.id = t.decision_id
"""

LOOK = f"""
SELECT a.id, a.account_id, a.case_id, a.state, a.gold AS is_gold, a.price, a.claimed_at, a.key, a.request, a.reply,
       a.strata, sk.body AS skill,
       coalesce(z.answered, 0) AS answered, coalesce(z.missed, 0) AS missed,
       ARRAY(SELECT jsonb_build_object('value', n.value, 'task', n.task_id, 'step', nt.step_id, 'at', n.created_at)
             FROM annotations n JOIN tasks nt ON nt.id = n.task_id
             WHERE n.account_id = a.account_id
             ORDER BY n.created_at DESC LIMIT %(recent)s) AS recent,
       {TASK}
FROM assignments a
JOIN tasks t ON t.id = a.task_id
{OF_TASK.replace("FROM tasks t", "")}
LEFT JOIN skills sk ON sk.step_id = t.step_id AND sk.account_id = a.account_id
LEFT JOIN seats z ON z.project_id = a.project_id AND z.account_id = a.account_id
WHERE a.id = %(id)s AND a.account_id = %(account)s
"""
LOOK_AT_TASK = f"SELECT {TASK} {OF_TASK} WHERE t.id = %(task)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A task as it stands: its item, what was said and decided, who is at it. `given` are the answers that count."""

    task_id: UUID
    project_id: UUID
    step_id: UUID
    item_id: UUID
    task_state: str
    version: int
    gold: Any
    decision_id: UUID | None
    epoch: int
    workspace_id: UUID
    prior: Any
    typical: Any
    body: Any
    media: Any
    attributes: Any
    twin_of: UUID | None
    decided: Any
    decided_by: str | None
    leases: int
    openings: int
    cases: int
    skips: int
    given: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Situation):
    """A lease, its task as it stands, and the annotator's skill and latest answers."""

    id: UUID
    account_id: UUID
    case_id: UUID
    state: str
    is_gold: bool
    price: Decimal
    claimed_at: datetime
    key: str | None
    request: bytes | None
    reply: Any
    strata: Sequence[str | None] | None
    skill: Any
    answered: int
    missed: int
    recent: list[dict[str, Any]]


def look(connection: Connection[Any], id: UUID, account: UUID, no_case: UUID, recent: int = 10) -> Held | None:
    """A lease and all around it. None when this annotator has no such lease."""
    parameters = {"id": id, "account": account, "no_case": no_case, "recent": recent}
    return connection.cursor(row_factory=class_row(Held)).execute(LOOK, parameters, prepare=True).fetchone()


_OWN = """
SELECT n.value, n.task_id::text AS task FROM annotations n
JOIN tasks t ON t.id = n.task_id AND t.step_id = %(step)s
WHERE n.account_id = %(account)s ORDER BY n.created_at DESC LIMIT %(limit)s
"""


def own(connection: Connection[Any], account: UUID, step: UUID, limit: int) -> list[dict[str, Any]]:
    """The newest answers of an account to a step: value and task."""
    values = {"account": account, "step": step, "limit": limit}
    return connection.cursor(row_factory=dict_row).execute(_OWN, values).fetchall()


def look_at_task(connection: Connection[Any], task: UUID, no_case: UUID) -> Situation | None:
    """A task and all around it."""
    parameters = {"task": task, "no_case": no_case}
    return (
        connection.cursor(row_factory=class_row(Situation)).execute(LOOK_AT_TASK, parameters, prepare=True).fetchone()
    )


GATE_LEASE = """
    SELECT id FROM assignments WHERE id = %(assignment)s AND state = %(was)s FOR UPDATE
"""
GATE = """
    UPDATE tasks SET version = version + 1, state = %(task_state)s, decision_id = %(decision)s,
                     likely = %(likely)s, rival = %(rival)s, chance = %(chance)s
    WHERE id = %(task)s AND version = %(version)s AND EXISTS (SELECT FROM {lease})
    RETURNING id
"""
CLOSE = """
    UPDATE assignments SET state = 'submitted', key = %(key)s, request = %(request)s, reply = %(reply)s
    WHERE id = %(assignment)s AND EXISTS (SELECT FROM gate)
"""
LEARN = """
    INSERT INTO skills (step_id, account_id, body, answers, updated_at, edge)
    SELECT %(step)s, %(account)s, %(skill)s, 1, %(now)s, %(edge)s::real[] FROM gate
    ON CONFLICT (step_id, account_id) DO UPDATE
        SET body = excluded.body, answers = skills.answers + 1, updated_at = excluded.updated_at,
            edge = coalesce(excluded.edge, skills.edge)
"""
PAY = """
    UPDATE seats SET committed = committed - %(freed)s, spent = spent + %(price)s, answered = answered + 1,
           missed = missed + %(missed)s{strata}
    WHERE project_id = %(project)s AND account_id = %(account)s AND EXISTS (SELECT FROM gate)
    RETURNING 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What a submit writes besides the rows that it appends."""

    held: Held
    state: str
    decision: UUID | None
    key: str | None
    request: bytes
    reply: Any
    skill: Any
    freed: Decimal
    now: datetime
    missed: bool = False
    """Whether it is a known item answered wrong."""
    standing: Standing | None = None
    edge: Edge | None = None


def in_strata(statement: Statement, held: Held) -> str:
    """What a seat counts besides when a task is answered that counts in strata: a part of SET, with its values."""
    keys = {f"stratum_{place}": key for place, key in enumerate(held.strata or ()) if key is not None}
    statement.values(keys)
    more = "coalesce((answered_in ->> %({name})s::text)::int, 0) + (SELECT count(*) FROM gate)"
    pairs = [f"%({name})s::text, {more.format(name=name)}" for name in keys]
    return f", answered_in = answered_in || jsonb_build_object({', '.join(pairs)})" if pairs else ""


def close(closing: Closing, *, pays: bool) -> Statement:
    """A statement that closes the answered lease, gated by what was read. With `pays` it settles the seat, too.

    Its part `gate` has a row exactly when the write went through.
    """
    held = closing.held
    statement = Statement(gate="gate")
    values = {
        "assignment": held.id,
        "was": held.state,
        "task": held.task_id,
        "version": held.version,
        "task_state": closing.state,
        "decision": closing.decision,
        "key": closing.key,
        "request": closing.request,
        "reply": dumps(closing.reply),
        "step": held.step_id,
        "account": held.account_id,
        "project": held.project_id,
        "skill": dumps(closing.skill),
        "freed": closing.freed,
        "price": held.price,
        "missed": int(closing.missed),
        "now": closing.now,
        "edge": closing.edge,
        **_stands(closing.standing),
    }
    statement.part("lease", GATE_LEASE, values)
    statement.part("gate", GATE.format(lease="lease"))
    statement.part("closed", CLOSE)
    statement.part("learnt", LEARN)
    if pays:
        statement.part("paid", PAY.format(strata=in_strata(statement, held)))
        if held.price:
            statement.part("purses_moved", grants.moved(f"{grants.SETTLED}, paid"))
    return statement


def _stands(standing: Standing | None) -> dict[str, Any]:
    """Where a task stands, as its row has it."""
    if standing is None:
        return {"likely": None, "rival": None, "chance": None}
    return {"likely": standing.likely, "rival": standing.rival, "chance": standing.chance}


def add_gate(
    statement: Statement, situation: Situation, state: str, decision: UUID | None, standing: Standing | None = None
) -> None:
    """Add the gate of a change that no answer causes: the task's new state, if its evidence is what was read."""
    values = {
        "task": situation.task_id,
        "version": situation.version,
        "task_state": state,
        "decision": decision,
        **_stands(standing),
    }
    statement.part("gate", GATE.format(lease="(SELECT 1) AS anyone"), values)


def before(connection: Connection[Any], account: UUID, item: UUID, twin_of: UUID, step: UUID) -> list[Any]:
    """What this annotator answered to the same question on items with the same content."""
    rows = connection.execute(
        """
        SELECT n.value FROM items i
        JOIN tasks t ON t.item_id = i.id AND t.step_id = %(step)s
        JOIN annotations n ON n.task_id = t.id AND n.account_id = %(account)s
        WHERE i.id <> %(item)s AND (i.id = %(twin)s OR i.twin_of = %(twin)s)
        """,
        {"account": account, "item": item, "twin": twin_of, "step": step},
    )
    return [row[0] for row in rows]


def lease_of(connection: Connection[Any], annotation: UUID, account: UUID) -> UUID | None:
    """The lease under which this annotator gave this answer."""
    sql = "SELECT assignment_id FROM annotations WHERE id = %s AND account_id = %s"
    row = connection.execute(sql, (annotation, account)).fetchone()
    return row[0] if row else None


def superseded(connection: Connection[Any], task: UUID, annotation: UUID) -> bool:
    """Whether another answer stands in the place of this one."""
    sql = "SELECT FROM annotations WHERE task_id = %s AND supersedes = %s"
    return connection.execute(sql, (task, annotation)).fetchone() is not None


def since_shown_closed(connection: Connection[Any], task: UUID) -> set[str]:
    """The answers to a task since the last to whose annotator it was shown as closed."""
    rows = connection.execute(
        """
        SELECT id::text FROM annotations WHERE task_id = %(task)s AND created_at > coalesce((
            SELECT max(n.created_at) FROM annotations n JOIN assignments a ON a.id = n.assignment_id
            WHERE n.task_id = %(task)s AND a.reply ->> 'state' <> 'open'), '-infinity')
        """,
        {"task": task},
    )
    return {row[0] for row in rows}


def shown_since(connection: Connection[Any], task: UUID, annotation: UUID) -> str:
    """What the annotators of this answer or of later ones were shown of the task: its first state but open, if any."""
    row = connection.execute(
        """
        SELECT a.reply ->> 'state' FROM annotations n JOIN assignments a ON a.id = n.assignment_id
        WHERE n.task_id = %(task)s AND a.reply ->> 'state' <> 'open'
          AND n.created_at >= (SELECT created_at FROM annotations WHERE id = %(annotation)s)
        ORDER BY n.created_at LIMIT 1
        """,
        {"task": task, "annotation": annotation},
    ).fetchone()
    return str(row[0]) if row else "open"


def tasks_of(connection: Connection[Any], project: UUID, account: UUID) -> list[tuple[UUID, UUID]]:
    """(task, step) of all that this annotator has answered and that no expert or known answer has decided."""
    return connection.execute(
        """
        SELECT DISTINCT t.id, t.step_id FROM annotations n JOIN tasks t ON t.id = n.task_id
        LEFT JOIN decisions d ON d.id = t.decision_id
        WHERE n.account_id = %s AND n.project_id = %s AND t.gold IS NULL AND t.state IN ('open', 'contested', 'decided')
          AND d.kind IS DISTINCT FROM 'expert'
        ORDER BY t.id
        """,
        (account, project),
    ).fetchall()

"""Skills as they are stored, and the evidence that they are refitted from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row

from quorate.store.statement import dumps

EVIDENCE = """
SELECT t.id AS task, t.state, t.gold, t.decision_id, i.attributes, d.value AS decided, d.kind AS decided_by,
       (SELECT count(*) FROM assignments o WHERE o.task_id = t.id AND o.state = 'skipped') AS skips,
       jsonb_agg(jsonb_build_array(n.id, n.account_id, n.role, n.value) ORDER BY n.created_at, n.id) AS given
FROM tasks t
JOIN items i ON i.id = t.item_id
JOIN annotations n ON n.task_id = t.id
LEFT JOIN decisions d ON d.id = t.decision_id
WHERE t.step_id = %(step)s
  AND NOT EXISTS (SELECT FROM annotations later WHERE later.task_id = n.task_id AND later.supersedes = n.id)
  AND NOT EXISTS (
      SELECT FROM seats z WHERE z.project_id = n.project_id AND z.account_id = n.account_id AND z.discounted)
  AND NOT EXISTS (SELECT FROM set_aside x WHERE x.annotation_id = n.id)
GROUP BY t.id, i.id, d.id
ORDER BY t.id
"""


Given = tuple[str, str, str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A task with its answers that count: `given` is (annotation, account, role, value), oldest first."""

    task: UUID
    state: str
    gold: Any
    decision_id: UUID | None
    attributes: Mapping[str, Any]
    decided: Any
    decided_by: str | None
    skips: int
    given: Sequence[Given]


def evidence(connection: Connection[Any], step: UUID) -> Iterator[Evidence]:
    """Every task of a step that has answers."""
    with connection.cursor(name="evidence", row_factory=class_row(Evidence)) as cursor:
        cursor.itersize = 5000
        yield from cursor.execute(EVIDENCE, {"step": step})


def keep(
    connection: Connection[Any], step: UUID, bodies: Mapping[str, Any], prior: Any, answers: int, now: datetime
) -> None:
    """Replace the skills of a step, and what is believed before anyone answers."""
    rows = [{"account_id": account, "body": body} for account, body in bodies.items()]
    connection.execute(
        """
        INSERT INTO skills (step_id, account_id, body, updated_at)
        SELECT %(step)s, r.account_id, r.body, %(now)s
        FROM jsonb_to_recordset(%(rows)s) AS r (account_id uuid, body jsonb)
        ON CONFLICT (step_id, account_id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at
        """,
        {"step": step, "rows": dumps(rows), "now": now},
    )
    connection.execute(
        "UPDATE steps SET prior = %s, refitted_at = %s, refitted_answers = %s WHERE id = %s",
        (dumps(prior), now, answers, step),
    )


def keep_edges(connection: Connection[Any], step: UUID, edges: Mapping[str, Any], typical: Any) -> None:
    """Replace how far ahead of the others each annotator of a step is, and how these are in the mean."""
    rows = [{"account_id": account, "edge": edge} for account, edge in edges.items()]
    connection.execute(
        "UPDATE skills k SET edge = r.edge FROM jsonb_to_recordset(%(rows)s) AS r (account_id uuid, edge real[])"
        " WHERE k.step_id = %(step)s AND k.account_id = r.account_id",
        {"step": step, "rows": dumps(rows)},
    )
    connection.execute("UPDATE steps SET typical = %s WHERE id = %s", (dumps(typical), step))


def lock_step(connection: Connection[Any], step: UUID) -> UUID | None:
    """Let one refit of this step run at a time; the step's project."""
    row = connection.execute("SELECT project_id FROM steps WHERE id = %s FOR NO KEY UPDATE", (step,)).fetchone()
    return row[0] if row else None


def due(connection: Connection[Any], least: int, growth: float) -> list[UUID]:
    """Steps that have got so many answers since the last refit, and so many more in proportion."""
    rows = connection.execute(
        """
        SELECT s.id FROM steps s JOIN skills k ON k.step_id = s.id
        WHERE s.retired_at IS NULL
        GROUP BY s.id
        HAVING sum(k.answers) - s.refitted_answers >= greatest(%(least)s, %(growth)s * s.refitted_answers)
        """,
        {"least": least, "growth": growth},
    )
    return [row[0] for row in rows]


def answers(connection: Connection[Any], step: UUID) -> int:
    """How many answers the step has had."""
    row = connection.execute("SELECT coalesce(sum(answers), 0) FROM skills WHERE step_id = %s", (step,)).fetchone()
    return int(row[0]) if row else 0


def of_step(connection: Connection[Any], step: UUID) -> list[dict[str, Any]]:
    """account, its name and kind, skill and number of answers, for everyone who has answered."""
    rows = connection.cursor(row_factory=dict_row).execute(
        "SELECT k.account_id, a.name, a.kind, k.body, k.answers FROM skills k JOIN accounts a ON a.id = k.account_id"
        " WHERE k.step_id = %s ORDER BY k.answers DESC, k.account_id",
        (step,),
    )
    return rows.fetchall()

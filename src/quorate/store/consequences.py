"""What was done because of findings, and what of it stands; the answers that do not count because of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store import tables as t
from quorate.store.ledger import Event
from quorate.store.statement import Statement

STANDS = "c.undoes IS NULL AND NOT EXISTS (SELECT FROM consequences u WHERE u.undoes = c.id)"
_STANDING = f"""
SELECT c.id, c.finding_id, c.account_id, c.kind, c.detail, c.annotations FROM consequences c
WHERE c.finding_id = %(finding)s AND {STANDS} ORDER BY c.id
"""
_OTHERS = f"""
SELECT EXISTS (SELECT FROM consequences c JOIN seats s USING (project_id, account_id)
               WHERE c.project_id = %(project)s AND c.account_id = %(account)s AND c.kind = %(kind)s
                 AND c.finding_id <> %(finding)s AND {STANDS})
"""
_DRAWN = f"""
SELECT c.finding_id, f.message, c.annotations, {STANDS} AS stands
FROM consequences c JOIN findings f ON f.id = c.finding_id
WHERE c.project_id = %(project)s AND c.account_id = %(account)s AND c.kind = %(kind)s AND c.undoes IS NULL
ORDER BY stands, c.id
"""
_ASIDE = """
INSERT INTO set_aside (annotation_id, consequence_id)
SELECT unnest(%(annotations)s::uuid[]), %(consequence)s ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a finding says, the answers for which something followed from it, and whether that stands."""

    message: str
    annotations: frozenset[UUID]
    stands: bool


def add(connection: Connection[Any], workspace: UUID, rows: Sequence[dict[str, Any]]) -> None:
    """Append consequences (or what undoes them), each with its event; answers are set aside, or count again."""
    statement = Statement()
    statement.append(t.consequences, list(rows))
    told = [
        Event(
            actor=row["author_id"], verb="consequence.drawn", object_id=row["id"], content=row,
            workspace_id=workspace, project_id=row["project_id"], at=row["created_at"],
        )
        for row in rows
    ]  # fmt: skip
    statement.append(t.events, [one.row() for one in told])
    statement.run(connection)
    for row in rows:
        if row["undoes"]:
            connection.execute("DELETE FROM set_aside WHERE consequence_id = %s", (row["undoes"],))
        elif row["kind"] == "asked_again":
            connection.execute(_ASIDE, {"annotations": row["annotations"], "consequence": row["id"]})


def standing(connection: Connection[Any], finding: UUID) -> list[dict[str, Any]]:
    """What was done because of a finding and was not undone."""
    return connection.cursor(row_factory=dict_row).execute(_STANDING, {"finding": finding}).fetchall()


def others(connection: Connection[Any], project: UUID, account: UUID, kind: str, finding: UUID) -> bool:
    """Whether the same was done to this annotator because of another finding, too, and stands."""
    values = {"project": project, "account": account, "kind": kind, "finding": finding}
    row = connection.execute(_OTHERS, values).fetchone()
    return bool(row and row[0])


def drawn(connection: Connection[Any], project: UUID, account: UUID, kind: str) -> dict[UUID, Drawn]:
    """The findings from which this followed for an annotator, of each the last time, whether it stands or not."""
    rows = connection.execute(_DRAWN, {"project": project, "account": account, "kind": kind})
    return {finding: Drawn(message, frozenset(annotations), stands) for finding, message, annotations, stands in rows}


def tasks_of(connection: Connection[Any], annotations: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """(task, step) of these answers, where neither an expert nor a known answer has decided."""
    return connection.execute(
        """
        SELECT DISTINCT t.id, t.step_id FROM annotations n JOIN tasks t ON t.id = n.task_id
        LEFT JOIN decisions d ON d.id = t.decision_id
        WHERE n.id = ANY(%s) AND t.gold IS NULL AND t.state IN ('open', 'contested', 'decided')
          AND d.kind IS DISTINCT FROM 'expert'
        ORDER BY t.id
        """,
        (list(annotations),),
    ).fetchall()


def is_message(connection: Connection[Any], project: UUID, account: UUID, why: str | None) -> bool:
    """Whether somebody is barred in the words of a finding, so that no person has said anything since."""
    row = connection.execute(
        "SELECT EXISTS (SELECT FROM findings WHERE project_id = %s AND account_id = %s AND message = %s)",
        (project, account, why),
    ).fetchone()
    return bool(row and row[0])

"""Everything that was said about an item, as rows: what a label's story is told from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.errors import NotFound
from quorate.store.fitness import READABLE
from quorate.store.statement import dumps

_ITEM = f"""
SELECT id, key, body, media, attributes, created_at, twin_of FROM items i
WHERE project_id = %(project)s AND key = %(key)s AND {READABLE}
"""
_TASKS = """
SELECT t.id, s.name AS step, t.state, t.gold, t.decision_id
FROM tasks t JOIN steps s ON s.id = t.step_id WHERE t.item_id = %s ORDER BY s.position
"""
_KEY = "SELECT key FROM items WHERE id = %s"
_SAID = {
    "annotations": """
        SELECT n.*, a.kind AS annotator_kind, a.name AS annotator_name, sc.version AS schema_version,
               g.version AS guideline_version,
               (SELECT why FROM assignments l WHERE l.id = n.assignment_id) AS why
        FROM annotations n JOIN accounts a ON a.id = n.account_id
        LEFT JOIN specs sc ON sc.id = n.schema_id LEFT JOIN specs g ON g.id = n.guideline_id
        WHERE n.task_id = %s ORDER BY n.created_at, n.id""",
    "decisions": """
        SELECT d.*, sc.version AS schema_version, p.version AS policy_version, g.version AS guideline_version
        FROM decisions d LEFT JOIN specs sc ON sc.id = d.schema_id LEFT JOIN specs p ON p.id = d.policy_id
        LEFT JOIN specs g ON g.id = d.guideline_id
        WHERE d.task_id = %s ORDER BY d.created_at, d.id""",
    "adjudications": "SELECT * FROM adjudications WHERE task_id = %s ORDER BY created_at, id",
    "cases": """
        SELECT * FROM cases WHERE task_id = %s  -- of what an expert is asked again, nobody is told beforehand
          AND (kind <> 'repeat' OR EXISTS (SELECT FROM adjudications j WHERE j.case_id = cases.id))
        ORDER BY opened_at, id""",
    "audits": "SELECT * FROM audits WHERE task_id = %s ORDER BY created_at, id",
    "findings": "SELECT * FROM findings WHERE task_id = %s ORDER BY created_at, id",
    "skips": """
        SELECT account_id, reason, claimed_at FROM assignments WHERE task_id = %s AND state = 'skipped'
        ORDER BY claimed_at""",
}
_PLACES = """
SELECT e.object_id, e.seq, b.number AS block, encode(b.root, 'hex') AS root
FROM events e LEFT JOIN LATERAL (
    SELECT number, root FROM blocks WHERE last_seq >= e.seq ORDER BY last_seq LIMIT 1
) b ON true
WHERE e.object_id = ANY(%s) ORDER BY e.seq
"""


@dataclass(frozen=True, slots=True)
class Story:
    """An item, its tasks, and by task all that was said. `places` says where each thing stands in the ledger.

    `shared` is the key of the item of the same content whose tasks these are, where both are labelled once.
    """

    item: dict[str, Any]
    tasks: list[dict[str, Any]]
    said: dict[UUID, dict[str, list[dict[str, Any]]]]
    places: dict[UUID, dict[str, Any]]
    shared: str | None


def read(connection: Connection[Any], project: UUID, key: str, cleared: list[str] | None = None) -> Story:
    """The story of an item. Raises `NotFound`, also for one that needs more `access` than the reader is cleared for."""
    cursor = connection.cursor(row_factory=dict_row)
    item = cursor.execute(
        _ITEM, {"project": project, "key": key, "cleared": None if cleared is None else dumps(cleared)}
    ).fetchone()
    if item is None:
        raise NotFound(
            "There is no item '{key}' in this project.",
            where="item",
            mend="Write its key as it was imported, capitals and spaces too.",
            key=key,
        )
    tasks, shared = cursor.execute(_TASKS, (item["id"],)).fetchall(), None
    if not tasks and item["twin_of"] is not None:
        tasks = cursor.execute(_TASKS, (item["twin_of"],)).fetchall()
        shared = cursor.execute(_KEY, (item["twin_of"],)).fetchone()
    said = {
        task["id"]: {noun: cursor.execute(sql, (task["id"],)).fetchall() for noun, sql in _SAID.items()}
        for task in tasks
    }
    ids = [row["id"] for nouns in said.values() for rows in nouns.values() for row in rows if "id" in row]
    places = {row["object_id"]: row for row in cursor.execute(_PLACES, (ids,))}
    return Story(item, tasks, said, places, shared["key"] if shared else None)

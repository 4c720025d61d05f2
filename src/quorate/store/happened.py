"""The ledger as people read it: what happened in a project, newest first, and about what; what was exported."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

SPAN = 500_000
"""So many events are looked at for one page, at most: there is no index by project, for annotators would pay for it."""

_PAGE = """
SELECT e.seq, e.at, e.actor, e.verb, e.object_id, e.detail, e.content, b.number AS block
FROM events e
LEFT JOIN LATERAL (SELECT number FROM blocks WHERE last_seq >= e.seq ORDER BY last_seq LIMIT 1) b ON true
WHERE e.project_id = :project AND e.seq < :before AND {}
ORDER BY e.seq DESC LIMIT :limit
"""
_NEWEST = text("SELECT coalesce(max(seq), 0) FROM events")

_ABOUT = text("""
WITH wanted AS (SELECT unnest(cast(:ids AS uuid[])) AS id),
of_task AS (
    SELECT w.id, t.id AS task_id FROM wanted w JOIN tasks t USING (id)
    UNION ALL SELECT w.id, a.task_id FROM wanted w JOIN annotations a USING (id)
    UNION ALL SELECT w.id, a.task_id FROM wanted w JOIN assignments a USING (id)
    UNION ALL SELECT w.id, d.task_id FROM wanted w JOIN decisions d USING (id)
    UNION ALL SELECT w.id, a.task_id FROM wanted w JOIN adjudications a USING (id)
    UNION ALL SELECT w.id, a.task_id FROM wanted w JOIN audits a USING (id)
    UNION ALL SELECT w.id, c.task_id FROM wanted w JOIN cases c USING (id)
    UNION ALL SELECT w.id, f.task_id FROM wanted w JOIN findings f USING (id)
    UNION ALL SELECT w.id, c.task_id FROM wanted w JOIN disputes d USING (id) JOIN cases c ON c.id = d.case_id
)
SELECT o.id, 'item' AS kind, i.key AS name, s.name AS step, NULL::uuid AS account_id
FROM of_task o JOIN tasks t ON t.id = o.task_id JOIN items i ON i.id = t.item_id JOIN steps s ON s.id = t.step_id
WHERE t.project_id = :project
UNION ALL SELECT w.id, p.kind, p.name, 'v' || p.version, NULL FROM wanted w JOIN specs p USING (id)
UNION ALL SELECT w.id, 'export', x.name, NULL, NULL FROM wanted w JOIN exports x USING (id)
UNION ALL SELECT w.id, 'annotator', NULL, NULL, w.id FROM wanted w JOIN accounts a USING (id)
""")

_EXPORTS = text("""
SELECT id, account_id, name, sha256, records, settings, created_at AS at FROM exports
WHERE project_id = :project AND (cast(:before AS uuid) IS NULL OR id < :before)
ORDER BY id DESC LIMIT :limit
""")


def page(
    connection: Connection,
    project: UUID,
    *,
    before: int | None,
    verb: str | None,
    object_id: UUID | None,
    limit: int,
) -> tuple[Sequence[Row[Any]], int | None]:
    """Events before a number (None: the newest), and the number to go on from (None: there are no more).

    A page may be short, or empty, and still have a next one: what is rare is looked for a span at a time.
    """
    start = before if before is not None else int(connection.execute(_NEWEST).scalar_one()) + 1
    wanted = {"project": project, "before": start, "limit": limit, "verb": verb, "object": object_id}
    conditions = ["e.verb = :verb"] if verb is not None else []
    floor = 1 if object_id is not None else max(1, start - SPAN)
    conditions.append("e.object_id = :object" if object_id is not None else "e.seq >= :floor")
    asked = text(_PAGE.format(" AND ".join(conditions)))
    rows = connection.execute(asked, {**wanted, "floor": floor}).fetchall()
    if len(rows) == limit:
        return rows, rows[-1].seq if rows[-1].seq > 1 else None
    return rows, floor if floor > 1 else None


def about(connection: Connection, project: UUID, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """Object → kind, name, step (or version), account: as far as it can be shown by a name."""
    rows = connection.execute(_ABOUT, {"ids": list(ids), "project": project})
    return {row.id: row for row in rows}


def exports(connection: Connection, project: UUID, *, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """What was exported, newest first."""
    return connection.execute(_EXPORTS, {"project": project, "before": before, "limit": limit}).fetchall()

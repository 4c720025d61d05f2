"""The ledger as people read it: a project's events page by page, each with the block that seals it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

WALKED = 100_000
"""Events of all projects that one page looks through at most: no index is spent on who reads the log."""
_PAGE = """
WITH walked AS (
    SELECT * FROM events WHERE seq < %(before)s AND seq > %(after)s ORDER BY seq {way} LIMIT %(walked)s
), found AS (
    SELECT seq, at, actor, verb, object_id, detail FROM walked
    WHERE project_id = %(project)s AND (%(verb)s::text IS NULL OR verb = %(verb)s OR verb LIKE %(verb)s || '.%%')
    ORDER BY seq {way} LIMIT %(limit)s
)
SELECT found.*, b.number AS block,
       (SELECT CASE WHEN count(*) = %(walked)s THEN CASE WHEN %(down)s THEN min(seq) ELSE max(seq) END END FROM walked)
           AS reached
FROM (SELECT) AS one LEFT JOIN found ON true
LEFT JOIN LATERAL (SELECT number FROM blocks WHERE last_seq >= found.seq ORDER BY last_seq LIMIT 1) b ON true
ORDER BY found.seq {way}
"""
_OF_OBJECT = """
SELECT e.seq, e.at, e.actor, e.verb, e.object_id, e.detail, b.number AS block FROM events e
LEFT JOIN LATERAL (SELECT number FROM blocks WHERE last_seq >= e.seq ORDER BY last_seq LIMIT 1) b ON true
WHERE e.object_id = %(object)s AND e.project_id = %(project)s ORDER BY e.seq DESC LIMIT %(limit)s
"""


def page(
    connection: Connection[Any], project: UUID, *, verb: str | None, before: int | None, after: int | None, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Events newest first, before or after a number; and where the walk gave up (None: it saw the end or enough)."""
    down = after is None
    values = {
        "project": project,
        "verb": verb,
        "before": before if before is not None else 2**62,
        "after": after if after is not None else 0,
        "walked": WALKED,
        "limit": limit,
        "down": down,
    }
    sql = _PAGE.format(way="DESC" if down else "ASC")
    rows = connection.cursor(row_factory=dict_row).execute(sql, values).fetchall()
    reached = rows[0]["reached"] if rows else None
    found = [{name: row[name] for name in row if name != "reached"} for row in rows if row["seq"] is not None]
    return (found if down else found[::-1]), reached if len(found) < limit else None


def of_object(connection: Connection[Any], project: UUID, object_id: UUID, limit: int) -> list[dict[str, Any]]:
    """What happened to one thing, newest first."""
    values = {"project": project, "object": object_id, "limit": limit}
    return connection.cursor(row_factory=dict_row).execute(_OF_OBJECT, values).fetchall()

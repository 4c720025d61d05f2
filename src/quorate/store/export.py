"""What an export reads: items in order of their keys, a page at a time, with all that is known of their labels.

Everything is read in one `snapshot`, so that what is written while an export runs does not show in half of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Connection, Row, insert, text

from quorate.store import tables as t

Snapshot: TypeAlias = Connection
"""A connection whose transaction sees the database as it was at one moment; `snapshot` makes it so."""

PAGE = 1000
FOREVER = datetime.max.replace(tzinfo=UTC)
WIDEST = 300


@dataclass(frozen=True, slots=True)
class Page:
    """Some items and what belongs to them, by id: tasks (with the decision in force), blocks, answers, twins' keys."""

    items: Sequence[Row[Any]]
    tasks: dict[UUID, list[Row[Any]]]
    blocks: dict[UUID, Row[Any]]
    keys: dict[UUID, str]
    answers: dict[UUID, list[Row[Any]]] = field(default_factory=dict)


def snapshot(connection: Connection) -> None:
    """From here on, this transaction sees the database as it is now. It must be its first statement."""
    connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


_ITEMS = text("""
SELECT id, key, body, media, attributes, twin_of, erased_at FROM items
WHERE project_id = :project AND key > :after AND created_at <= :at
ORDER BY key LIMIT :size
""")

_DECISION = """d.id AS decision_id, d.value, d.confidence, d.probabilities, d.kind, d.method, d.rule, d.reason,
    d.judgements, d.cost, d.evidence, d.policy_id, d.schema_id, d.guideline_id, d.created_at"""

_NOW = text(f"""
SELECT t.item_id, t.id AS task_id, t.step_id, t.state, u.divided, u.soft, {_DECISION}
FROM tasks t LEFT JOIN decisions d ON d.id = t.decision_id AND t.state NOT IN ('waiting', 'retired')
LEFT JOIN ambiguities u ON u.task_id = t.id
WHERE t.item_id = ANY(:items)
""")

# As it stood: the newest decision of that time, and what had become of the task since. A case that an expert is not
# to judge blind stands for a contested task, from when it was opened to when it was closed.
_THEN = text(f"""
SELECT t.item_id, t.id AS task_id, t.step_id,
       CASE WHEN e.verb IN ('task.waiting', 'task.retired') THEN substr(e.verb, 6)
            WHEN EXISTS (SELECT FROM cases c WHERE c.task_id = t.id AND NOT c.blind AND c.opened_at <= :at
                         AND (c.closed_at IS NULL OR c.closed_at > :at)) THEN 'contested'
            WHEN d.id IS NULL THEN 'undecided'
            WHEN e.verb IN ('task.open', 'task.reopened') AND e.at > d.created_at THEN 'open'
            ELSE 'decided' END AS state, NULL::float AS divided, NULL::jsonb AS soft, {_DECISION}
FROM tasks t
LEFT JOIN LATERAL (
    SELECT verb, at FROM events
    WHERE object_id = t.id
      AND verb IN ('task.waiting', 'task.retired', 'task.open', 'task.restored', 'task.reopened')
    AND at <= :at ORDER BY seq DESC LIMIT 1) e ON true
LEFT JOIN LATERAL (
    SELECT * FROM decisions WHERE task_id = t.id AND created_at <= :at
    AND coalesce(e.verb, '') NOT IN ('task.waiting', 'task.retired') ORDER BY created_at DESC, id DESC LIMIT 1
) d ON true
WHERE t.item_id = ANY(:items)
""")

_BLOCKS = text("""
SELECT e.object_id, b.number, b.root FROM events e
JOIN LATERAL (SELECT number, root FROM blocks WHERE last_seq >= e.seq ORDER BY last_seq LIMIT 1) b ON true
WHERE e.object_id = ANY(:decisions) AND e.verb = 'task.decided'
""")

_ANSWERS = text("""
SELECT n.id, n.task_id, n.account_id, n.role, n.value, n.created_at, n.seconds, n.confidence, n.comment, n.cost,
       n.schema_id, n.guideline_id, n.supersedes
FROM annotations n WHERE n.task_id = ANY(:tasks) AND n.created_at <= :at ORDER BY n.created_at, n.id
""")


def pages(
    connection: Connection, project: UUID, *, at: datetime | None, answers: bool, size: int = PAGE
) -> Iterator[Page]:
    """All items of a project, in pages; `at` gives them and their labels as they stood then."""
    upto, after = at or FOREVER, ""
    while True:
        where = {"project": project, "after": after, "at": upto, "size": size}
        items = connection.execute(_ITEMS, where).fetchall()
        if not items:
            return
        yield _page(connection, items, at, upto if answers else None)
        after = items[-1].key


def _page(connection: Connection, items: Sequence[Row[Any]], at: datetime | None, answers: datetime | None) -> Page:
    twins = [item.twin_of for item in items if item.twin_of]
    wanted = {"items": [item.id for item in items] + twins, "at": at}
    tasks: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(_THEN if at else _NOW, wanted):
        tasks[row.item_id].append(row)
    rows = [row for several in tasks.values() for row in several]
    decided = [row.decision_id for row in rows if row.decision_id]
    page = Page(
        items=items,
        tasks=tasks,
        blocks={row.object_id: row for row in connection.execute(_BLOCKS, {"decisions": decided})},
        keys=_keys(connection, twins),
        answers=defaultdict(list),
    )
    if answers:
        for row in connection.execute(_ANSWERS, {"tasks": [row.task_id for row in rows], "at": answers}):
            page.answers[row.task_id].append(row)
    return page


def _keys(connection: Connection, items: Sequence[UUID]) -> dict[UUID, str]:
    if not items:
        return {}
    rows = connection.execute(text("SELECT id, key FROM items WHERE id = ANY(:items)"), {"items": list(items)})
    return {row.id: row.key for row in rows}


def spec_names(connection: Connection, project: UUID) -> dict[UUID, str]:
    """spec id → such as `topic@3`."""
    rows = connection.execute(text("SELECT id, name, version FROM specs WHERE project_id = :p"), {"p": project})
    return {row.id: f"{row.name}@{row.version}" for row in rows}


def steps(connection: Connection, project: UUID) -> dict[UUID, str]:
    """step id → name, in order, of all steps that there ever were."""
    rows = connection.execute(
        text("SELECT id, name FROM steps WHERE project_id = :p ORDER BY retired_at IS NOT NULL, position"),
        {"p": project},
    )
    return {row.id: row.name for row in rows}


def fields(connection: Connection, project: UUID, column: str) -> dict[str, set[str]] | None:
    """The fields of items' `body` or `attributes` with the JSON types they have; None when there are too many."""
    assert column in ("body", "attributes")
    rows = connection.execute(
        text(
            f"SELECT f.key AS name, array_agg(DISTINCT jsonb_typeof(f.value)) AS types FROM items,"
            f" jsonb_each({column}) f WHERE project_id = :p GROUP BY 1 ORDER BY 1 LIMIT :most"
        ),
        {"p": project, "most": WIDEST + 1},
    ).fetchall()
    return {row.name: set(row.types) for row in rows} if len(rows) <= WIDEST else None


def value_types(connection: Connection, project: UUID) -> dict[UUID, set[str]]:
    """step id → the JSON types of the values decided."""
    rows = connection.execute(
        text(
            "SELECT t.step_id, array_agg(DISTINCT jsonb_typeof(d.value)) AS types FROM decisions d"
            " JOIN tasks t ON t.id = d.task_id WHERE d.project_id = :p GROUP BY 1"
        ),
        {"p": project},
    )
    return {row.step_id: set(row.types) for row in rows}


def add(connection: Connection, row: dict[str, Any]) -> None:
    """Append an export."""
    connection.execute(insert(t.exports).values(**row))


def told(connection: Connection, export: UUID) -> Row[Any]:
    """The event that tells of an export."""
    return connection.execute(
        text("SELECT * FROM events WHERE object_id = :id AND verb = 'labels.exported'"), {"id": export}
    ).one()

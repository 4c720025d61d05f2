"""The numbers that a datasheet is made of, now or as they stood at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from quorate.flow.datasheet import Asked, Numbers
from quorate.store.export import FOREVER

_ITEMS = """
SELECT count(*) AS items, count(*) FILTER (WHERE erased_at IS NOT NULL) AS erased,
       count(*) FILTER (WHERE twin_of IS NOT NULL) AS duplicates
FROM items WHERE project_id = :p AND created_at <= :at
"""
_STEPS = """
SELECT id, name FROM steps WHERE project_id = :p ORDER BY retired_at IS NOT NULL, position
"""
_IN_FORCE = """
WITH newest AS (
    SELECT DISTINCT ON (task_id) task_id, kind, confidence, judgements, cost FROM decisions
    WHERE project_id = :p AND created_at <= :at ORDER BY task_id, created_at DESC, id DESC
)
SELECT t.step_id, n.kind, count(*) AS labels, avg(n.confidence) AS confidence, avg(n.judgements) AS judgements
FROM newest n JOIN tasks t ON t.id = n.task_id
WHERE :then OR t.state NOT IN ('waiting', 'retired') GROUP BY 1, 2 ORDER BY 1, 2
"""
_STATES = """
SELECT t.step_id, t.state, count(*) AS tasks FROM tasks t JOIN items i ON i.id = t.item_id
WHERE t.project_id = :p AND i.created_at <= :at GROUP BY 1, 2 ORDER BY 1, 2
"""
_ROLES = """
SELECT t.step_id, n.role, count(*) AS answers, count(DISTINCT n.account_id) AS annotators, sum(n.cost) AS cost,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY n.seconds) AS median_seconds
FROM annotations n JOIN tasks t ON t.id = n.task_id
WHERE n.project_id = :p AND n.created_at <= :at GROUP BY 1, 2 ORDER BY 1, 2
"""
_GOLD = """
SELECT t.step_id, n.role, count(*) AS answers, count(*) FILTER (WHERE n.value = t.gold) AS right
FROM annotations n JOIN tasks t ON t.id = n.task_id
WHERE n.project_id = :p AND n.created_at <= :at AND t.gold IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
"""
_VOTES = """
SELECT t.item_id, n.account_id, n.value FROM annotations n JOIN tasks t ON t.id = n.task_id
WHERE t.step_id = :step AND abs(hashtext(t.item_id::text)::bigint) % :share = 0
  AND n.created_at <= :at AND n.role <> 'expert'
  AND NOT EXISTS (
      SELECT FROM annotations later
      WHERE later.task_id = n.task_id AND later.supersedes = n.id AND later.created_at <= :at)
"""
_AUDITS = """
SELECT DISTINCT ON (a.decision_id) d.kind, a.probability, NOT a.agrees AS wrong, t.decision_id = d.id AS stands
FROM audits a JOIN decisions d ON d.id = a.decision_id JOIN tasks t ON t.id = a.task_id
WHERE a.project_id = :p AND a.created_at <= :at ORDER BY a.decision_id, a.created_at
"""
_SPECS = """
SELECT DISTINCT ON (kind, name) kind, name, version, created_at, body FROM specs
WHERE project_id = :p AND created_at <= :at ORDER BY kind, name, version DESC
"""
_RATES = """
SELECT min((body->'audit'->>'rate')::float) FROM specs WHERE project_id = :p AND kind = 'policy' AND created_at <= :at
"""


MOST_VOTES = 200_000
"""Agreement is measured on so many votes at most, about: all those of a share of the items, always the same ones."""


def _share(roles: Sequence[Mapping[str, Any]]) -> int:
    """One item in so many is enough."""
    votes: int = sum(row["answers"] for row in roles)
    return max(1, ceil(votes / MOST_VOTES))


def of_project(connection: Connection, project: UUID, at: datetime | None) -> Numbers:
    """All numbers of a project, read in one transaction."""
    where = {"p": project, "at": at or FOREVER, "then": at is not None}

    def rows(sql: str, **more: Any) -> list[dict[str, Any]]:
        return [dict(row._mapping) for row in connection.execute(text(sql), where | more)]

    name, currency = connection.execute(text("SELECT name, currency FROM projects WHERE id = :p"), where).one()
    steps = []
    tables = {key: rows(sql) for key, sql in (("labels", _IN_FORCE), ("states", _STATES), ("roles", _ROLES))}
    gold = rows(_GOLD)
    for step in rows(_STEPS):
        own = {key: [row for row in table if row["step_id"] == step["id"]] for key, table in tables.items()}
        steps.append(
            Asked(
                name=step["name"],
                labels=own["labels"],
                states=[] if at else own["states"],
                answers=own["roles"],
                gold=[row for row in gold if row["step_id"] == step["id"]],
                votes=[
                    (v["item_id"], v["account_id"], v["value"])
                    for v in rows(_VOTES, step=step["id"], share=_share(own["roles"]))
                ],
            )
        )
    return Numbers(
        project=name,
        currency=currency,
        items=rows(_ITEMS)[0],
        steps=steps,
        audits=rows(_AUDITS),
        rate=connection.execute(text(_RATES), where).scalar_one(),
        specs=rows(_SPECS),
    )

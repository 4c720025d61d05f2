"""What somebody has shown: kept when an exam is passed, a training finished, or known items answered well since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store.statement import dumps

Shown = dict[tuple[str, str, str], datetime]
"""(kind, name, test) → when it was shown last."""

_KEEP = """
INSERT INTO qualifications (project_id, account_id, kind, name, test, earned_at, shown_at)
SELECT %(project)s, %(account)s, %(kind)s, %(name)s, test, %(now)s, %(now)s FROM unnest(%(tests)s::text[]) AS test
ON CONFLICT (project_id, account_id, kind, name, test) DO UPDATE SET shown_at = excluded.shown_at
"""
_SEAT = """
UPDATE seats SET qualified_for = %(terms)s, qualified_until = %(until)s, reach = %(reach)s::jsonb, tier = %(tier)s,
    cursor_0 = 0, cursor_1 = 0
WHERE project_id = %(project)s AND account_id = %(account)s
"""
_KNOWN = """
SELECT t.step_id, n.value, n.schema_id, n.created_at, t.gold, i.attributes
FROM annotations n
JOIN assignments a ON a.id = n.assignment_id AND a.gold
JOIN tasks t ON t.id = n.task_id AND t.gold IS NOT NULL
JOIN items i ON i.id = t.item_id
WHERE n.account_id = %(account)s AND n.project_id = %(project)s AND n.created_at > %(since)s
  AND NOT EXISTS (SELECT FROM annotations l WHERE l.task_id = n.task_id AND l.supersedes = n.id)
"""


def held(connection: Connection[Any], project: UUID, account: UUID) -> Shown:
    """All that this annotator has ever shown in this project."""
    rows = connection.execute(
        "SELECT kind, name, test, shown_at FROM qualifications WHERE project_id = %s AND account_id = %s",
        (project, account),
    )
    return {(kind, name, test): shown for kind, name, test, shown in rows}


def of_project(connection: Connection[Any], project: UUID) -> dict[UUID, Shown]:
    """The same of everybody who has shown something."""
    found: dict[UUID, Shown] = {}
    rows = connection.execute(
        "SELECT account_id, kind, name, test, shown_at FROM qualifications WHERE project_id = %s", (project,)
    )
    for account, kind, name, test, shown in rows:
        found.setdefault(account, {})[kind, name, test] = shown
    return found


def keep(
    connection: Connection[Any],
    project: UUID,
    account: UUID,
    source: tuple[str, str],
    tests: Sequence[str],
    now: datetime,
) -> None:
    """Say that these tests of an exam, or this training, were shown now."""
    values = {"project": project, "account": account, "kind": source[0], "name": source[1], "tests": list(tests)}
    connection.execute(_KEEP, {**values, "now": now})


def admit(
    connection: Connection[Any],
    project: UUID,
    account: UUID,
    *,
    terms: str,
    until: datetime | None,
    reach: Mapping[str, Any] | None,
    tier: str = "",
) -> None:
    """Let this seat be leased what is in reach, under these terms and until then, at the prices of this tier."""
    values = {"terms": terms, "until": until, "tier": tier, "reach": dumps(reach) if reach else None}
    connection.execute(_SEAT, {**values, "project": project, "account": account})


def known_since(connection: Connection[Any], project: UUID, account: UUID, since: datetime) -> list[dict[str, Any]]:
    """This annotator's answers to known items since then: step_id, value, schema_id, created_at, gold,
    attributes."""
    values = {"project": project, "account": account, "since": since}
    return connection.cursor(row_factory=dict_row).execute(_KNOWN, values).fetchall()

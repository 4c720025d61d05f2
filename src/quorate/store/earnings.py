"""What an annotator has done and earned: in all, and since a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

_EARNED = """
WITH since AS (
    SELECT project_id, count(*) FILTER (WHERE supersedes IS NULL) AS answers, sum(cost) AS earned
    FROM annotations WHERE account_id = %(account)s AND created_at >= %(since)s GROUP BY 1
)
SELECT p.id AS project, p.name, p.currency, s.answered AS answers, s.spent AS earned,
       coalesce(n.answers, 0) AS answers_today, coalesce(n.earned, 0) AS earned_today
FROM seats s JOIN projects p ON p.id = s.project_id LEFT JOIN since n ON n.project_id = p.id
WHERE s.account_id = %(account)s AND s.project_id = ANY(%(projects)s)
ORDER BY p.name
"""


def of_account(
    connection: Connection[Any], account: UUID, projects: list[UUID], since: datetime
) -> list[dict[str, Any]]:
    """A row for each of these projects in which this account has worked."""
    values = {"account": account, "projects": projects, "since": since}
    return connection.cursor(row_factory=dict_row).execute(_EARNED, values).fetchall()

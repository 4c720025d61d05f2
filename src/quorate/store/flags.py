"""What annotators say is wrong with items, as findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class HeldTask:
    """A task that somebody holds."""

    task_id: UUID
    project_id: UUID
    workspace_id: UUID


def held(connection: Connection[Any], assignment: UUID, account: UUID) -> HeldTask | None:
    """The task of a lease that this account holds now; nobody else writes about it until the transaction ends."""
    sql = (
        "SELECT a.task_id, a.project_id, p.workspace_id FROM assignments a JOIN projects p ON p.id = a.project_id"
        " WHERE a.id = %s AND a.account_id = %s AND a.state = 'open' FOR UPDATE OF a"
    )
    return connection.cursor(row_factory=class_row(HeldTask)).execute(sql, (assignment, account)).fetchone()


def there(connection: Connection[Any], task: UUID, account: UUID, kind: str, message: str) -> bool:
    """Whether this account has said this of the task already."""
    row = connection.execute(
        "SELECT FROM findings WHERE task_id = %s AND account_id = %s AND kind = %s AND message = %s LIMIT 1",
        (task, account, kind, message),
    )
    return row.fetchone() is not None

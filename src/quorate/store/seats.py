"""Seats: an annotator's place in a project. What of the budget is theirs to earn is in `grants.py`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import Connection

from quorate.store import fitness, grants


def take(connection: Connection[Any], project: UUID, account: UUID) -> None:
    """Make sure that this annotator has a seat in this project."""
    if grants.take(connection, grants.PROJECT, project, account):
        fitness.seat(connection, project, account)


_BAR = """
UPDATE seats SET barred = %(barred)s, barred_why = %(why)s, discounted = %(discounted)s
WHERE project_id = %(project)s AND account_id = %(account)s
"""


def bar(
    connection: Connection[Any], project: UUID, account: UUID, *, barred: str | None, why: str | None, discounted: bool
) -> None:
    """Lease nothing to this annotator (or again, with None); `discounted`: their answers do not count."""
    take(connection, project, account)
    values = {"project": project, "account": account, "barred": barred, "why": why, "discounted": discounted}
    connection.execute(_BAR, values)


def standing(connection: Connection[Any], project: UUID, account: UUID) -> tuple[str | None, str | None, bool]:
    """Whether and why this annotator is barred, and whether their answers are discounted."""
    row = connection.execute(
        "SELECT barred, barred_why, discounted FROM seats WHERE project_id = %s AND account_id = %s", (project, account)
    ).fetchone()
    return (row[0], row[1], row[2]) if row else (None, None, False)

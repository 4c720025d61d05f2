"""Seats: an annotator's place in a project. What of the budget is theirs to earn is in `grants.py`."""

from __future__ import annotations

from datetime import datetime, timedelta
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


def rested(connection: Connection[Any], project: UUID, account: UUID, now: datetime, **limits: int | None) -> datetime:
    """From when on this annotator is within the limits (`hour`, `day`) again; `now` when they are already."""
    row = connection.execute(
        "SELECT hour_at, hour_given, day_at, day_given FROM seats WHERE project_id = %s AND account_id = %s",
        (project, account),
    ).fetchone()
    if row is None:
        return now
    spans = {"hour": (timedelta(hours=1), *row[:2]), "day": (timedelta(days=1), *row[2:])}
    full = [spans[name] for name, most in limits.items() if most is not None and spans[name][2] >= most]
    ends: list[datetime] = [at + span for span, at, _ in full if at is not None]
    return max([now, *ends])


def standing(connection: Connection[Any], project: UUID, account: UUID) -> tuple[str | None, str | None, bool]:
    """Whether and why this annotator is barred, and whether their answers are discounted."""
    row = connection.execute(
        "SELECT barred, barred_why, discounted FROM seats WHERE project_id = %s AND account_id = %s", (project, account)
    ).fetchone()
    return (row[0], row[1], row[2]) if row else (None, None, False)

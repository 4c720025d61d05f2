"""Seats: an annotator's place in a project, with the part of the budget that is theirs to earn.

The budget is exact under concurrency without one row that everybody waits for: what is left of it lies in the
project's `pool`, and each seat is `granted` a part of it, out of which claims are paid. Only a refill touches the pool.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import Connection

from quorate.store.projects import Project


def take(connection: Connection[Any], project: UUID, account: UUID) -> None:
    """Make sure that this annotator has a seat in this project."""
    connection.execute(
        "INSERT INTO seats (project_id, account_id) VALUES (%s, %s) ON CONFLICT DO NOTHING", (project, account)
    )


def refill(connection: Connection[Any], project: UUID, account: UUID, need: Decimal, grant: Decimal) -> bool:
    """Grant this seat at least `need`, and up to `grant`, from the pool. False when all that is left cannot pay.

    When the pool is short, what other seats were granted and neither spent nor committed comes back to it first.
    """
    pool = _lock_pool(connection, project)
    if pool < need:
        connection.execute(
            """
            WITH slack AS (
                SELECT account_id, granted - committed - spent AS slack
                FROM seats WHERE project_id = %(project)s AND account_id <> %(account)s
                ORDER BY account_id FOR UPDATE
            ), back AS (
                UPDATE seats s SET granted = granted - slack.slack FROM slack
                WHERE s.project_id = %(project)s AND s.account_id = slack.account_id AND slack.slack > 0
                RETURNING slack.slack
            )
            UPDATE projects SET pool = pool + (SELECT coalesce(sum(slack), 0) FROM back) WHERE id = %(project)s
            """,
            {"project": project, "account": account},
        )
        pool = _lock_pool(connection, project)
    if pool < need:
        return False
    amount = min(pool, max(need, grant))
    connection.execute("UPDATE projects SET pool = pool - %s WHERE id = %s", (amount, project))
    connection.execute(
        "UPDATE seats SET granted = granted + %s WHERE project_id = %s AND account_id = %s", (amount, project, account)
    )
    return True


def affords(connection: Connection[Any], project: UUID, account: UUID, amount: Decimal) -> bool:
    """Whether what this seat was granted and has neither spent nor committed is at least so much."""
    row = connection.execute(
        "SELECT granted - committed - spent >= %s FROM seats WHERE project_id = %s AND account_id = %s",
        (amount, project, account),
    ).fetchone()
    return bool(row and row[0])


def _lock_pool(connection: Connection[Any], project: UUID) -> Decimal:
    # NO KEY: a plain FOR UPDATE would wait for everybody who has just inserted a seat, and they for us
    row = connection.execute("SELECT pool FROM projects WHERE id = %s FOR NO KEY UPDATE", (project,)).fetchone()
    assert row is not None
    return Decimal(row[0])


def commit(connection: Connection[Any], project: Project, account: UUID, amount: Decimal) -> bool:
    """Commit this much of what the seat has, and of the pool when that is too little. False when both cannot pay."""
    if _commit(connection, project, account, amount):
        return True
    return refill(connection, project.id, account, amount, amount) and _commit(connection, project, account, amount)


def _commit(connection: Connection[Any], project: Project, account: UUID, amount: Decimal) -> bool:
    done = connection.execute(
        """
        UPDATE seats SET committed = committed + %(amount)s
        WHERE project_id = %(project)s AND account_id = %(account)s
          AND (%(free)s OR granted - committed - spent >= %(amount)s)
        """,
        {"project": project.id, "account": account, "amount": amount, "free": project.budget is None},
    )
    return done.rowcount == 1


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

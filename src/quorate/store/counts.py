"""Numbers about a project that rules and reports are made of."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, and_, func, select

from quorate.store import tables as t
from quorate.truth.bounds import clopper_pearson


def tasks(connection: Connection, project_id: UUID) -> int:
    """How many tasks there are, gold left out."""
    return int(
        connection.execute(
            select(func.count()).where(t.tasks.c.project_id == project_id, t.tasks.c.gold_order.is_(None))
        ).scalar_one()
    )


def machine_record(connection: Connection, project_id: UUID) -> tuple[int, float]:
    """(audits of decisions that models made, upper bound of their error at 95 %)."""
    row = connection.execute(
        select(func.count(), func.count().filter(~t.audits.c.agrees))
        .join_from(t.audits, t.decisions, and_(t.decisions.c.id == t.audits.c.decision_id))
        .where(t.audits.c.project_id == project_id, t.decisions.c.kind == "model")
    ).one()
    audited, wrong = int(row[0]), int(row[1])
    return audited, float(clopper_pearson(wrong, audited, 0.05)[1])

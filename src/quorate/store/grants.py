"""Grants: who may spend what of a budget, exact under concurrency without one row that everybody waits for.

There are two budgets, and money must be left in both. What is left of the project's lies in its `pool`, and each
annotator's seat is `granted` a part of it; what is left of a step's own lies in the step's `pool`, and each annotator's
purse for the step is granted a part of that. A claim pays out of seat and purse alone; only a refill touches a pool.
Without a budget the grant is null and nothing is refused; what was promised and spent is kept all the same, so that a
budget can be given at any time, whoever is at work meanwhile. That no row spends more than its grant is a constraint.

Locks are taken in one order: the project, seats, the step, purses. Who pays more than once in a transaction must `hold`
the project first, or would go back from purses to seats, while a claim goes from its seat to its purses.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import Connection


@dataclass(frozen=True, slots=True)
class Level:
    """A budget's table (`of`), who is granted parts of it (`to`), and the column by which they name it."""

    of: str
    to: str
    by: str

    def sql(self, text: str) -> str:
        """A statement for this level."""
        return text.format(of=self.of, to=self.to, by=self.by)


PROJECT, STEP = Level("projects", "seats", "project_id"), Level("steps", "purses", "step_id")
NOTHING = Decimal(0)

# NO KEY: a plain FOR UPDATE would wait for everybody who has just inserted a seat, and they for us
_POOL = "SELECT pool FROM {of} WHERE id = %(id)s FOR NO KEY UPDATE"
_EACH = """
SELECT trunc(pool / (4 * greatest(1, (SELECT count(*) FROM {to} WHERE {by} = %(id)s))), 6) FROM {of} WHERE id = %(id)s
"""
"""A quarter of the pool in equal parts: while much money is left, a refill lasts long."""
_TAKE = """
WITH budget AS MATERIALIZED (SELECT id, budget FROM {of} WHERE id = %(id)s FOR NO KEY UPDATE)
INSERT INTO {to} ({by}, account_id, granted)
SELECT id, %(account)s, CASE WHEN budget IS NOT NULL THEN 0 END FROM budget ON CONFLICT DO NOTHING
"""
_TAKEN = "SELECT FROM {to} WHERE {by} = %(id)s AND account_id = %(account)s"
_FREE = "SELECT granted - committed - spent FROM {to} WHERE {by} = %(id)s AND account_id = %(account)s FOR UPDATE"
_RECALL = """
WITH slack AS (
    SELECT account_id, granted - committed - spent AS slack
    FROM {to} WHERE {by} = %(id)s AND account_id <> %(account)s
    ORDER BY account_id FOR UPDATE
), back AS (
    UPDATE {to} s SET granted = granted - slack.slack FROM slack
    WHERE s.{by} = %(id)s AND s.account_id = slack.account_id AND slack.slack > 0
    RETURNING slack.slack
)
UPDATE {of} SET pool = pool + (SELECT coalesce(sum(slack), 0) FROM back) WHERE id = %(id)s
"""
_GRANT = """
WITH taken AS (UPDATE {of} SET pool = pool - %(amount)s WHERE id = %(id)s)
UPDATE {to} SET granted = granted + %(amount)s WHERE {by} = %(id)s AND account_id = %(account)s
"""
_LIMIT = """
UPDATE {of} SET budget = %(budget)s WHERE id = %(id)s
""", """
UPDATE {to} SET granted = CASE WHEN %(budget)s::numeric IS NOT NULL THEN committed + spent END WHERE {by} = %(id)s
""", """
UPDATE {of} SET pool = greatest(0, coalesce(%(budget)s, 0) - (
    SELECT coalesce(sum(granted), 0) FROM {to} WHERE {by} = %(id)s)) WHERE id = %(id)s
"""  # fmt: skip
_GIVE_BACK = """
WITH back AS (UPDATE {of} SET pool = pool + %(amount)s WHERE id = %(id)s AND budget IS NOT NULL)
UPDATE {to} SET spent = spent - %(amount)s, granted = granted - %(amount)s
WHERE {by} = %(id)s AND account_id = %(account)s
"""
_MOVE = """
UPDATE {to} SET committed = committed + %(committed)s, spent = spent + %(spent)s
WHERE {by} = %(id)s AND account_id = %(account)s
"""


def take(connection: Connection[Any], level: Level, id: UUID, account: UUID) -> bool:
    """Make sure that this annotator has a seat in this project, or a purse for this step; True when it is new."""
    values = {"id": id, "account": account}
    there = connection.execute(level.sql(_TAKEN), values).fetchone() is not None
    return not there and connection.execute(level.sql(_TAKE), values).rowcount == 1


def limit(connection: Connection[Any], level: Level, id: UUID, budget: Decimal | None) -> None:
    """Give a project or a step this budget, or none: what nobody has spent or promised of it lies in the pool."""
    for statement in _LIMIT:
        connection.execute(level.sql(statement), {"id": id, "budget": budget})


def fund(
    connection: Connection[Any], project: UUID, step: UUID, account: UUID, need: Decimal, grant: Decimal
) -> bool:  # fmt: skip
    """See to it that seat and purse have `need` to spend, refilled up to `grant`. False when a budget cannot pay it.

    Where more is asked for than is needed, still more is granted while the pool is large. When a pool is short, what
    others were granted and neither spent nor committed comes back to it first.
    """
    return all(_funded(connection, level, id, account, need, grant) for level, id in ((PROJECT, project), (STEP, step)))


def hold(connection: Connection[Any], project: UUID) -> None:
    """Let nobody else touch the money of a project until the transaction ends."""
    connection.execute(PROJECT.sql(_POOL), {"id": project})
    connection.execute("SELECT FROM seats WHERE project_id = %s ORDER BY account_id FOR UPDATE", (project,))


def commit(connection: Connection[Any], project: UUID, step: UUID, account: UUID, amount: Decimal) -> bool:
    """Promise an amount for work on a step. False when a budget cannot pay it."""
    return _add(connection, project, step, account, committed=amount)


def spend(connection: Connection[Any], project: UUID, step: UUID, account: UUID, amount: Decimal) -> bool:
    """Spend an amount on a step that was not promised before. False when a budget cannot pay it."""
    return _add(connection, project, step, account, spent=amount)


def give_back(connection: Connection[Any], level: Level, id: UUID, account: UUID, amount: Decimal) -> None:
    """Give to a budget what somebody had spent of it."""
    connection.execute(level.sql(_GIVE_BACK), {"id": id, "account": account, "amount": amount})


def _add(
    connection: Connection[Any], project: UUID, step: UUID, account: UUID, *,
    committed: Decimal = NOTHING, spent: Decimal = NOTHING,
) -> bool:  # fmt: skip
    need = committed + spent
    if not need:
        return True
    if not fund(connection, project, step, account, need, need):
        return False
    for level, id in ((PROJECT, project), (STEP, step)):
        values = {"id": id, "account": account, "committed": committed, "spent": spent}
        connection.execute(level.sql(_MOVE), values)
    return True


def _funded(
    connection: Connection[Any], level: Level, id: UUID, account: UUID, need: Decimal, grant: Decimal
) -> bool:  # fmt: skip
    values = {"id": id, "account": account}
    take(connection, level, id, account)
    pool = _number(connection, level.sql(_POOL), values) or NOTHING
    free = _number(connection, level.sql(_FREE), values)
    if free is None or free >= need:
        return True
    if pool < need - free:
        connection.execute(level.sql(_RECALL), values)
        pool = _number(connection, level.sql(_POOL), values) or NOTHING
    if pool < need - free:
        return False
    each = _number(connection, level.sql(_EACH), values) if grant > need else None
    amount = min(pool, max(need, grant, each or NOTHING) - free)
    connection.execute(level.sql(_GRANT), {**values, "amount": amount})
    return True


def _number(connection: Connection[Any], sql: str, values: dict[str, Any]) -> Decimal | None:
    row = connection.execute(sql, values).fetchone()
    return None if row is None or row[0] is None else Decimal(row[0])


CLAIMED = """
    SELECT l.price AS committed, 0::numeric AS spent,
           (SELECT y.step_id FROM payable y WHERE y.task_id = l.task_id) AS step_id
    FROM leased l"""
SETTLED = """
    SELECT -%(freed)s::numeric AS committed, %(price)s::numeric AS spent, %(step)s::uuid AS step_id FROM gate"""
_MOVED = """
    UPDATE purses p SET committed = p.committed + d.committed, spent = p.spent + d.spent
    FROM (SELECT step_id, sum(committed) AS committed, sum(spent) AS spent FROM ({changes}) AS changes GROUP BY 1) AS d
    WHERE p.account_id = %(account)s AND p.step_id = d.step_id
"""
PURSE_OF = """
    SELECT step_id, granted - committed - spent AS money FROM purses
    WHERE account_id = %(account)s AND step_id = ANY(%(steps)s) AND (SELECT n FROM seat) > 0
    FOR UPDATE
"""
WISHED = """
    SELECT w.*, coalesce(%(prices)s::jsonb -> s.tier ->> w.step_id::text, %(prices)s::jsonb -> '' ->> w.step_id::text,
                         %(prices)s::jsonb -> '' ->> '')::numeric AS price
    FROM (SELECT p.task_id, p.band, p.position, false AS gold,
                 (SELECT step_id FROM tasks t WHERE t.id = p.task_id) AS step_id FROM picked p
          UNION ALL
          SELECT g.task_id, 0, 0, true, (SELECT step_id FROM tasks t WHERE t.id = g.task_id) FROM gold g) AS w
    CROSS JOIN seat s
"""
PAYABLE = """
    SELECT w.*, w.price = 0 OR (
               ((SELECT money FROM seat) IS NULL
                OR sum(w.price) OVER (ORDER BY w.gold DESC, w.band, w.position) <= (SELECT money FROM seat))
               AND p.step_id IS NOT NULL
               AND (p.money IS NULL OR p.money >= sum(w.price) OVER (
                   PARTITION BY w.step_id ORDER BY w.gold DESC, w.band, w.position))) AS paid
    FROM wished w LEFT JOIN purse p ON p.step_id = w.step_id
"""


def moved(*changes: str) -> str:
    """A part that moves money in the purses of `%(account)s`, by step: `CLAIMED`, `SETTLED` or both."""
    return _MOVED.format(changes=" UNION ALL ".join(changes))

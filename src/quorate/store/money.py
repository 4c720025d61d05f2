"""The book of a project: double entry, exact, append-only.

An annotation that costs something *is* the posting of what it earned (from `budget` to `payable`); everything else is
a row of `transfers`. Both are one amount from one account to another, so a journal that does not sum to zero cannot be
written down. No copy of the annotations is made: a background job that posted them would need a mark without gaps and
a second truth to compare with, and a second insert would slow the submit; this way the submit is what it was (a
measured ratio of 1 by construction), earnings are posted exactly once because an answer is kept exactly once, and they
are in the book in the moment in which they are acknowledged. What is payable is therefore a sum, and `seats.spent` is
the same sum kept running; `difference` compares the two.

Accounts are `budget` (the project gave so much: negative) and, for each annotator, `payable`, `held` and `paid`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store import grants, ledger
from quorate.store import tables as t
from quorate.store.ledger import Event
from quorate.store.statement import Statement

Row = dict[str, Any]

_BOOK = """
    SELECT project_id, account_id, 'earned' AS kind, 'budget' AS debit, 'payable' AS credit, cost AS amount
    FROM annotations WHERE cost > 0 AND {where}
    UNION ALL
    SELECT project_id, account_id, kind, debit, credit, amount FROM transfers WHERE {where}
"""
_SIDES = """
    SELECT project_id, account_id, kind, credit AS account, amount FROM book
    UNION ALL SELECT project_id, account_id, kind, debit, -amount FROM book
"""
_BALANCES = f"""
WITH book AS ({_BOOK.format(where="project_id = %(project)s AND (%(one)s::uuid IS NULL OR account_id = %(one)s)")}),
sides AS ({_SIDES})
SELECT account_id,
       coalesce(sum(amount) FILTER (WHERE account = 'payable' AND kind = 'earned'), 0) AS earned,
       coalesce(sum(amount) FILTER (WHERE account = 'payable' AND kind = 'bonus'), 0) AS bonus,
       coalesce(sum(amount) FILTER (WHERE account = 'budget' AND kind = 'reversed'), 0) AS reversed,
       coalesce(sum(amount) FILTER (WHERE account = 'payable'), 0) AS payable,
       coalesce(sum(amount) FILTER (WHERE account = 'held'), 0) AS held,
       coalesce(sum(amount) FILTER (WHERE account = 'paid'), 0) AS paid
FROM sides GROUP BY account_id ORDER BY account_id
"""
_TRIAL = f"""
WITH book AS ({_BOOK.format(where="project_id = %(project)s")}), sides AS ({_SIDES})
SELECT account, sum(amount) AS balance FROM sides GROUP BY account
"""
_OF_ACCOUNT = f"""
WITH book AS ({_BOOK.format(where="account_id = %(account)s")}), sides AS ({_SIDES})
SELECT p.name AS project, p.currency, project_id,
       coalesce(sum(amount) FILTER (WHERE account = 'payable' AND kind = 'earned'), 0) AS earned,
       coalesce(sum(amount) FILTER (WHERE account = 'payable' AND kind = 'bonus'), 0) AS bonus,
       coalesce(sum(amount) FILTER (WHERE account = 'budget' AND kind = 'reversed'), 0) AS reversed,
       coalesce(sum(amount) FILTER (WHERE account = 'payable'), 0) AS payable,
       coalesce(sum(amount) FILTER (WHERE account = 'held'), 0) AS held,
       coalesce(sum(amount) FILTER (WHERE account = 'paid'), 0) AS paid
FROM sides JOIN projects p ON p.id = project_id GROUP BY 1, 2, 3 ORDER BY 1
"""
_LINES = """
SELECT date_trunc('day', n.created_at, 'UTC') AS at, 'earned' AS kind, count(*) AS answers, sum(n.cost) AS amount,
       0 AS held, s.name AS step, '' AS reason
FROM annotations n JOIN tasks t ON t.id = n.task_id JOIN steps s ON s.id = t.step_id
WHERE n.account_id = %(account)s AND n.project_id = %(project)s AND n.cost > 0
  AND n.created_at >= %(since)s AND n.created_at < %(until)s
GROUP BY 1, s.name
UNION ALL
SELECT created_at, kind, cardinality(annotations),
       CASE 'payable' WHEN credit THEN amount WHEN debit THEN -amount ELSE 0 END,
       CASE 'held' WHEN credit THEN amount WHEN debit THEN -amount ELSE 0 END, NULL, reason
FROM transfers WHERE account_id = %(account)s AND project_id = %(project)s
  AND created_at >= %(since)s AND created_at < %(until)s
ORDER BY 1 DESC, 2 LIMIT %(most)s
"""
_MONTHS = """
SELECT month, sum(answers)::int AS answers, sum(earned) AS earned, sum(bonus) AS bonus, sum(held) AS held,
       sum(released) AS released, sum(reversed) AS reversed, sum(paid) AS paid,
       sum(sum(earned + bonus + released - held - taken - paid)) OVER (ORDER BY month) AS payable,
       sum(sum(held - released - reversed + taken)) OVER (ORDER BY month) AS still_held
FROM (
    SELECT date_trunc('month', created_at, 'UTC') AS month, 1 AS answers, cost AS earned, 0 AS bonus, 0 AS held,
           0 AS released, 0 AS reversed, 0 AS taken, 0 AS paid
    FROM annotations WHERE account_id = %(account)s AND project_id = %(project)s AND cost > 0
    UNION ALL
    SELECT date_trunc('month', created_at, 'UTC'), 0, 0, CASE kind WHEN 'bonus' THEN amount ELSE 0 END,
           CASE kind WHEN 'held' THEN amount ELSE 0 END, CASE kind WHEN 'released' THEN amount ELSE 0 END,
           CASE kind WHEN 'reversed' THEN amount ELSE 0 END,
           CASE WHEN kind = 'reversed' AND debit = 'payable' THEN amount ELSE 0 END,
           CASE kind WHEN 'paid' THEN amount ELSE 0 END
    FROM transfers WHERE account_id = %(account)s AND project_id = %(project)s
) AS moved GROUP BY month ORDER BY month DESC
"""
_OPEN_HOLDS = """
SELECT h.id AS hold, h.account_id, h.amount, h.annotations, h.reason, h.finding_id AS finding, h.created_at AS at
FROM transfers h
WHERE h.project_id = %(project)s AND h.kind = 'held'
  AND NOT EXISTS (SELECT FROM transfers e WHERE e.undoes = h.id)
ORDER BY h.id
"""
_COSTS = """
SELECT n.id, n.cost, EXISTS (
    SELECT FROM transfers m LEFT JOIN transfers e ON e.undoes = m.id
    WHERE m.project_id = n.project_id AND m.account_id = n.account_id AND n.id = ANY(m.annotations)
      AND (m.kind = 'reversed' OR m.kind = 'held' AND e.id IS NULL)) AS moved
FROM annotations n
WHERE n.project_id = %(project)s AND n.account_id = %(account)s AND n.id = ANY(%(ids)s)
"""
_STEP_OF = "SELECT t.step_id FROM annotations n JOIN tasks t ON t.id = n.task_id WHERE n.id = %s"
_BY_STEP = """
SELECT t.step_id, sum(n.cost) FROM annotations n JOIN tasks t ON t.id = n.task_id
WHERE n.id = ANY(%s) GROUP BY 1 HAVING sum(n.cost) > 0 ORDER BY 1
"""
_MOVED_OF_ANYBODY = """
    SELECT unnest(m.annotations) AS id FROM transfers m LEFT JOIN transfers e ON e.undoes = m.id
    WHERE m.project_id = %(project)s AND (m.kind = 'reversed' OR m.kind = 'held' AND e.id IS NULL)"""
_MOVED = f"{_MOVED_OF_ANYBODY} AND m.account_id = %(account)s"
_UNPAID = f"""
SELECT id FROM (
    SELECT n.id, sum(n.cost) OVER (ORDER BY n.created_at DESC, n.id DESC) AS upto FROM annotations n
    WHERE n.project_id = %(project)s AND n.account_id = %(account)s AND n.cost > 0 AND n.id NOT IN ({_MOVED})) AS newest
WHERE upto <= %(amount)s
"""
_PAID_FOR = f"""
SELECT n.id AS annotation, n.created_at AS at, s.name AS step, i.key AS item, n.role, n.value, n.cost AS amount,
       n.id IN ({_MOVED}) AS moved
FROM annotations n JOIN tasks t ON t.id = n.task_id JOIN steps s ON s.id = t.step_id JOIN items i ON i.id = t.item_id
WHERE n.project_id = %(project)s AND n.account_id = %(account)s AND n.cost > 0
  AND (%(before)s::uuid IS NULL OR n.id < %(before)s)
ORDER BY n.id DESC LIMIT %(limit)s
"""
_PRICE_CHANGES = """
SELECT e.at, e.detail FROM steps s JOIN events e ON e.object_id = s.id AND e.verb = 'price.changed'
WHERE s.project_id = %(project)s ORDER BY e.seq DESC LIMIT %(limit)s
"""
_DIFFERENCE = """
SELECT coalesce((SELECT sum(spent) FROM seats WHERE project_id = %(project)s), 0)
     - coalesce((SELECT sum(cost) FROM annotations WHERE project_id = %(project)s), 0)
     - coalesce((SELECT sum(CASE kind WHEN 'bonus' THEN amount WHEN 'reversed' THEN -amount END)
                 FROM transfers WHERE project_id = %(project)s), 0)
"""
_BEGUN = """
SELECT EXISTS (SELECT FROM seats WHERE project_id = %(project)s AND (committed > 0 OR spent > 0))
    OR EXISTS (SELECT FROM annotations WHERE project_id = %(project)s AND cost > 0)
"""
_WAGES = """
SELECT s.name AS step, n.role, count(*) AS answers, sum(n.cost) AS paid, sum(n.seconds) AS seconds
FROM annotations n JOIN tasks t ON t.id = n.task_id JOIN steps s ON s.id = t.step_id
WHERE n.project_id = %(project)s AND n.seconds > 0 AND n.role <> 'model' AND n.supersedes IS NULL
  AND n.created_at >= %(since)s
GROUP BY 1, 2 ORDER BY 1, 2
"""


def _rows(connection: Connection[Any], sql: str, values: Mapping[str, Any]) -> list[Row]:
    return connection.cursor(row_factory=dict_row).execute(sql, values).fetchall()


def lock(connection: Connection[Any], project: UUID) -> None:
    """Let one at a time move money of a project; earning goes on meanwhile."""
    # NO KEY: a plain FOR UPDATE would wait for everybody who has just inserted a seat, and they for us
    connection.execute("SELECT FROM projects WHERE id = %s FOR NO KEY UPDATE", (project,))


def balances(connection: Connection[Any], project: UUID, one: UUID | None = None) -> list[Row]:
    """What each annotator (or one) of a project earned, and where it is."""
    return _rows(connection, _BALANCES, {"project": project, "one": one})


def trial(connection: Connection[Any], project: UUID) -> dict[str, Decimal]:
    """The balance of each account; they sum to zero."""
    return {row["account"]: row["balance"] for row in _rows(connection, _TRIAL, {"project": project})}


def difference(connection: Connection[Any], project: UUID) -> Decimal:
    """By how much what the seats have spent is not what the book says: nothing, at any moment."""
    row = connection.execute(_DIFFERENCE, {"project": project}).fetchone()
    assert row is not None
    return Decimal(row[0])


def begun(connection: Connection[Any], project: UUID) -> bool:
    """Whether anything was earned in a project, though it was taken back, or is promised."""
    row = connection.execute(_BEGUN, {"project": project}).fetchone()
    return bool(row and row[0])


def of_account(connection: Connection[Any], account: UUID) -> list[Row]:
    """The balances of one annotator, a row a project."""
    return _rows(connection, _OF_ACCOUNT, {"account": account})


def lines(
    connection: Connection[Any], project: UUID, account: UUID, since: datetime, until: datetime, most: int | None = None
) -> list[Row]:  # fmt: skip
    """A statement, newest first: earned by day and step, then every single transfer; at most so many.

    Each says how it moved what is payable (`amount`) and what is `held`, so that each column sums to its balance.
    """
    values = {"project": project, "account": account, "since": since, "until": until, "most": most}
    return _rows(connection, _LINES, values)


def months(connection: Connection[Any], project: UUID, account: UUID) -> list[Row]:
    """What came and went in each month, newest first, and what was payable and held at its end."""
    return _rows(connection, _MONTHS, {"project": project, "account": account})


def open_holds(connection: Connection[Any], project: UUID) -> list[Row]:
    """The holds that were neither released nor reversed."""
    return _rows(connection, _OPEN_HOLDS, {"project": project})


def costs(connection: Connection[Any], project: UUID, account: UUID, annotations: Sequence[UUID]) -> list[Row]:
    """What these answers of an annotator earned, and whether they were held or reversed already (`moved`)."""
    return _rows(connection, _COSTS, {"project": project, "account": account, "ids": list(annotations)})


def wages(connection: Connection[Any], project: UUID, since: datetime) -> list[Row]:
    """What was paid for how many seconds of work since, by step and role."""
    return _rows(connection, _WAGES, {"project": project, "since": since})


def give_back(
    connection: Connection[Any], project: UUID, account: UUID, amount: Decimal, annotations: Sequence[UUID]
) -> None:
    """Give to the budget what a seat had spent, under `lock`; to those of steps what their answers had earned.

    What is more than that (a bonus, a part of an answer) goes to the step of the first answer.
    """
    grants.give_back(connection, grants.PROJECT, project, account, amount)
    back: dict[UUID, Decimal] = dict(connection.execute(_BY_STEP, (list(annotations),)).fetchall())
    if more := amount - sum(back.values()) if annotations else Decimal(0):
        (first,) = connection.execute(_STEP_OF, (min(annotations),)).fetchall()
        back[first[0]] = back.get(first[0], Decimal(0)) + more
    for step in sorted(back):
        grants.give_back(connection, grants.STEP, step, account, back[step])


def unpaid(connection: Connection[Any], project: UUID, account: UUID, amount: Decimal) -> list[UUID]:
    """The newest answers whose pay makes up an amount that is payable, as far as whole answers do."""
    rows = _rows(connection, _UNPAID, {"project": project, "account": account, "amount": amount})
    return [row["id"] for row in rows]


def paid_for(
    connection: Connection[Any], project: UUID, account: UUID, *, before: UUID | None, limit: int
) -> list[Row]:
    """The answers that earned somebody something, newest first, and whether that was held or taken back (`moved`)."""
    values = {"project": project, "account": account, "before": before, "limit": limit}
    return _rows(connection, _PAID_FOR, values)


def price_changes(connection: Connection[Any], project: UUID, limit: int) -> list[Row]:
    """The prices that rules raised and lowered, newest first: at, detail."""
    return _rows(connection, _PRICE_CHANGES, {"project": project, "limit": limit})


def move(connection: Connection[Any], workspace: UUID, *rows: Row) -> None:
    """Append transfers, each with its event."""
    statement = Statement()
    statement.append(t.transfers, rows)
    statement.append(t.events, [_event(workspace, "money.moved", row).row() for row in rows])
    statement.run(connection)


def record_payout(connection: Connection[Any], workspace: UUID, row: Row) -> None:
    """Append a payout run with its event."""
    statement = Statement()
    statement.append(t.payouts, [row])
    statement.run(connection)
    ledger.tell(connection, [_event(workspace, "payout.run", row)])


def _event(workspace: UUID, verb: str, row: Row) -> Event:
    return Event(
        actor=row["author_id"], verb=verb, object_id=row["id"], content=row, workspace_id=workspace,
        project_id=row["project_id"], at=row["created_at"],
    )  # fmt: skip


_FINDING = "SELECT account_id, annotation_id FROM findings WHERE project_id = %(project)s AND id = %(finding)s"
_ANSWERS = f"""
WITH moved AS (SELECT h.task_id, h.account_id FROM ({_MOVED_OF_ANYBODY}) x JOIN annotations h ON h.id = x.id),
rewarded AS (
    SELECT h.task_id, h.account_id
    FROM transfers b CROSS JOIN unnest(b.annotations) AS of JOIN annotations h ON h.id = of
    WHERE b.project_id = %(project)s AND b.kind = 'bonus'
      AND NOT EXISTS (SELECT FROM transfers u WHERE u.undoes = b.id)
)
SELECT n.id, n.task_id, n.account_id, n.value, t.gold,
       (n.task_id, n.account_id) NOT IN (SELECT task_id, account_id FROM rewarded) AS new
FROM annotations n JOIN tasks t ON t.id = n.task_id
LEFT JOIN seats s ON s.project_id = n.project_id AND s.account_id = n.account_id
WHERE n.project_id = %(project)s AND t.step_id = %(step)s AND n.role = 'crowd' AND NOT coalesce(s.discounted, false)
  AND NOT EXISTS (SELECT FROM annotations r WHERE r.task_id = n.task_id AND r.supersedes = n.id)
  AND NOT EXISTS (SELECT FROM set_aside x WHERE x.annotation_id = n.id)
  AND (n.task_id, n.account_id) NOT IN (SELECT task_id, account_id FROM moved)
ORDER BY n.id
"""
_BONUS_RUNS = """
SELECT (array_agg(b.id ORDER BY b.id))[1] AS run, b.created_at AS at, count(DISTINCT b.account_id) AS people,
       sum(b.amount) AS amount, coalesce(sum(u.amount), 0) AS taken_back
FROM transfers b LEFT JOIN transfers u ON u.undoes = b.id
WHERE b.project_id = %(project)s AND b.kind = 'bonus' GROUP BY b.created_at ORDER BY b.created_at DESC
"""
_BONUSES_OF = """
SELECT b.id, b.account_id, b.amount, u.amount AS taken, t.step_id, s.name AS step
FROM transfers b LEFT JOIN transfers u ON u.undoes = b.id
JOIN annotations n ON n.id = b.annotations[1] JOIN tasks t ON t.id = n.task_id JOIN steps s ON s.id = t.step_id
WHERE b.project_id = %(project)s AND b.kind = 'bonus'
  AND b.created_at = (SELECT created_at FROM transfers WHERE id = %(run)s AND project_id = %(project)s)
ORDER BY b.account_id, b.id
"""
_BONUS_LEFT = """
SELECT m.account_id,
       coalesce(sum(m.amount) FILTER (WHERE m.kind = 'bonus'), 0)
       - coalesce(sum(m.amount - own.cost) FILTER (WHERE m.kind = 'reversed'), 0) AS amount,
       coalesce(sum(m.amount - own.cost) FILTER (WHERE m.kind = 'held'), 0) AS held
FROM transfers m LEFT JOIN transfers b ON b.id = m.undoes LEFT JOIN transfers e ON e.undoes = m.id
CROSS JOIN LATERAL (SELECT coalesce(sum(cost), 0) AS cost FROM annotations WHERE id = ANY(m.annotations)) AS own
WHERE m.project_id = %(project)s AND (m.kind IN ('bonus', 'held') AND e.id IS NULL
                                      OR m.kind = 'reversed' AND b.kind IS DISTINCT FROM 'bonus')
GROUP BY m.account_id
"""


def found(connection: Connection[Any], project: UUID, finding: UUID) -> tuple[UUID | None, UUID | None] | None:
    """Whom a finding of this project is about, and which answer of theirs."""
    return connection.execute(_FINDING, {"project": project, "finding": finding}).fetchone()


def answers(connection: Connection[Any], project: UUID, step: UUID) -> list[Row]:
    """The crowd's answers to a step that are in force, count, and are neither held nor taken back.

    id, task_id, account_id, value, gold (the known answer, if any), new (nobody was given a bonus for it, nor for an
    answer that it supersedes).
    """
    return _rows(connection, _ANSWERS, {"project": project, "step": step})


def bonus_runs(connection: Connection[Any], project: UUID) -> list[Row]:
    """Bonuses that were given at once, newest first: run (the id of one of them), at, people, amount, taken_back."""
    return _rows(connection, _BONUS_RUNS, {"project": project})


def bonuses_of(connection: Connection[Any], project: UUID, run: UUID) -> list[Row]:
    """The bonuses of a run: id, account_id, step_id, step, amount, and how much of it is taken back (None: nothing)."""
    return _rows(connection, _BONUSES_OF, {"project": project, "run": run})


def bonus_left(connection: Connection[Any], project: UUID) -> dict[UUID, Row]:
    """By annotator, the bonuses that stand, less what reversals of more than answers earned took of them; and how much
    of what is held is no answer's."""
    return {row["account_id"]: row for row in _rows(connection, _BONUS_LEFT, {"project": project})}


def payout(connection: Connection[Any], project: UUID, key: str) -> Row | None:
    """A payout run by its key."""
    asked = "SELECT * FROM payouts WHERE project_id = %(project)s AND key = %(key)s"
    return next(iter(_rows(connection, asked, {"project": project, "key": key})), None)


def payouts(connection: Connection[Any], project: UUID) -> list[Row]:
    """Every payout run, newest first."""
    return _rows(
        connection, "SELECT * FROM payouts WHERE project_id = %(project)s ORDER BY id DESC", {"project": project}
    )


def paid_in(connection: Connection[Any], payout: UUID) -> list[Row]:
    """Whom a run paid how much: account_id, name, amount."""
    asked = (
        "SELECT m.account_id, a.name, m.amount FROM transfers m JOIN accounts a ON a.id = m.account_id"
        " WHERE m.payout_id = %(payout)s ORDER BY a.name, a.id"
    )
    return _rows(connection, asked, {"payout": payout})

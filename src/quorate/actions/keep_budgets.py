"""Keep to budgets: stop or degrade a step when its money, or the project's, comes to its end, and go on when there is
more. What somebody holds is paid already, so nothing ends in the middle of a lease."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from quorate import clock
from quorate.actions.refit_skills import enqueue_refit
from quorate.actions.rules import Rules, rules_now
from quorate.store import budgets, ledger, money, resize
from quorate.store.budgets import Standing
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event

ENOUGH = 20
"""A step that has stopped goes on when it can pay so many judgements, or when nobody holds one any more."""


def keep_budgets(db: Database) -> int:
    """Look at every budget; how many steps stopped, degraded or went on."""
    with db.work() as connection:
        projects = budgets.limited(connection)
    return sum(keep_budget(db, project) for project in projects)


def keep_budget(db: Database, project: UUID) -> int:
    """Look at the budgets of one project; how many of its steps changed."""
    rules = rules_now(db, project)
    with db.work() as connection:
        if not _due(rules, budgets.standing(connection, project)):
            return 0
        money.lock(connection, project)
        rows = budgets.standing(connection, project)
        changed = _due(rules, rows)
        for step, (thrift, why) in changed.items():
            _change(connection, rules, step, thrift, why)
            enqueue_refit(connection, step)
        # of every step as it is now: others may have changed some since the rules were read
        thrifts = {row.id: row.thrift for row in rows} | {step: thrift for step, (thrift, _) in changed.items()}
        resize.openings(connection, project, rules.limits(thrifts))
    return len(changed)


def resize_queues(connection: Driver, rules: Rules) -> None:
    """Give every open task the openings that it should have, by what every step's budget says at this moment.

    Holds the project, of which no seat or task may be held yet: others change what budgets say meanwhile, and the rules
    may be older.
    """
    project = rules.project.id
    money.lock(connection, project)
    thrifts = {row.id: row.thrift for row in budgets.standing(connection, project)}
    resize.openings(connection, project, rules.limits(thrifts))


def stop_step(connection: Driver, rules: Rules, step: UUID, price: Decimal) -> None:
    """Ask nothing more about a step, since what is left cannot pay `price`."""
    money.lock(connection, rules.project.id)
    standing = next((row for row in budgets.standing(connection, rules.project.id) if row.id == step), None)
    if standing is not None and standing.thrift != "stopped":
        _change(connection, rules, step, "stopped", _short(standing, price))
    budgets.close(connection, rules.project.id, step)


def waits_for_money(db: Database, project: UUID) -> bool:
    """Whether a step has stopped although not all of it is done."""
    with db.work() as connection:
        return budgets.unpaid(connection, project)


def _due(rules: Rules, rows: Sequence[Standing]) -> dict[UUID, tuple[str | None, str]]:
    """The steps that should not be as they are: what they should be, and why."""
    wanted = {row.id: _wanted(rules, row) for row in rows if row.id in rules.steps}
    return {row.id: wanted[row.id] for row in rows if row.id in wanted and wanted[row.id][0] != row.thrift}


def _wanted(rules: Rules, row: Standing) -> tuple[str | None, str]:
    left, spending, price = row.left, rules.policy.spending, rules.price(rules.steps[row.id])
    if left is None or not row.unfinished:
        return None, "there is no budget" if left is None else "nothing is left to do"
    if left < price or (row.thrift == "stopped" and left < ENOUGH * price and row.committed):
        return "stopped", _short(row, price)
    used = f"{row.used:.1%} of the budget is spent or promised"
    if spending.at < 1 and row.used >= Decimal(repr(spending.at)):
        return "stopped" if spending.then == "stop" else "degraded", f"{used}, spending.at is {spending.at:g}"
    return None, used


def _short(row: Standing, price: Decimal) -> str:
    return f"{row.left or 0:f} is left, and a judgement costs {price:f}"


def _change(connection: Driver, rules: Rules, step: UUID, thrift: str | None, why: str) -> None:
    budgets.change(connection, rules.project.id, step, thrift=thrift)
    ledger.tell(connection, [Event(
        actor=None, verb=f"budget.{thrift or 'resumed'}", object_id=step, at=clock.now(),
        content={"step": rules.steps[step].name, "why": why},
        workspace_id=rules.project.workspace_id, project_id=rules.project.id,
    )])  # fmt: skip

"""Tell prices and budgets of a project by step, and how far the money will go. Reads only."""

from __future__ import annotations

from typing import Any

from quorate import clock
from quorate.actions.rules import Rules, rules_now
from quorate.flow.outlook import Ahead, Outlook, Prices, Work, outlooks
from quorate.store import budgets
from quorate.store.budgets import Standing
from quorate.store.database import Database
from quorate.store.projects import Project

Told = dict[str, Any]


def tell_budgets(db: Database, project: Project) -> list[Told]:
    """By step: prices, what is on top by rule, the step's budget, what is spent, promised and left, and the outlook."""
    rules, now = rules_now(db, project.id), clock.now()
    with db.work() as connection:
        rows = budgets.standing(connection, project.id)
        work = budgets.work(connection, project.id, now)
    rows = [row for row in rows if row.id in rules.steps]
    ahead = {row.id: Ahead(work[row.id], _prices(rules, row), row.own_left) for row in rows}
    left = next((row.project_left for row in rows), None)  # of the project, so the same in each row
    found = outlooks(ahead, left, now)
    return [_step(rules, row, work[row.id], found[row.id]) for row in rows]


def _prices(rules: Rules, row: Standing) -> Prices:
    return Prices(rules.price(rules.steps[row.id]), rules.policy.pay.rate(row.name), rules.policy.judgements.min)


def _step(rules: Rules, row: Standing, work: Work, ahead: Outlook) -> Told:
    step, pay = rules.steps[row.id], rules.policy.pay
    return {
        "step": row.name,
        "price": rules.price(step),
        "raised": row.raised,
        "tiers": [{"name": tier.name, "price": rules.price(step, tier.name)} for tier in pay.tiers],
        "adjudication": pay.rate(row.name),
        "budget": row.budget,
        "spent": row.spent,
        "committed": row.committed,
        "left": row.left,
        "thrift": row.thrift,
        "undecided": work.undecided,
        "needed": ahead.needed,
        "ends": ahead.ends,
        "undone": ahead.undone,
    }

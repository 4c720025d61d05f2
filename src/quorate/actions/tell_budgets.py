"""Tell prices and budgets of a project by step, and how far the money will go. Reads only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from quorate import clock
from quorate.actions.rules import Rules, rules_now
from quorate.flow.outlook import Prices, Work, outlook
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
    return [_step(rules, row, work[row.id], now) for row in rows if row.id in rules.steps]


def _step(rules: Rules, row: Standing, work: Work, now: datetime) -> Told:
    step, pay = rules.steps[row.id], rules.policy.pay
    prices = Prices(rules.price(step), pay.rate(row.name), rules.policy.judgements.min)
    ahead = outlook(work, prices, row.left, now)
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

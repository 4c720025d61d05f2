"""Raise what a judgement brings while a step's queue starves, by the policy's rules; lower it again when it recovers.

Only who claims from now on gets the new price: what was promised stands in each lease.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.rules import Rules, Step, rules_now
from quorate.errors import InvalidInput, put_in
from quorate.flow.prices import Raise
from quorate.store import budgets, ledger, money
from quorate.store.budgets import Queue, Standing
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event

NOTHING = Decimal(0)
Why = dict[str, Any]
"""A sentence and its facts, as an error's `said`."""
Change = tuple[Decimal, Why]
"""What is on top from now on, and why."""


def raise_prices(db: Database, now: datetime | None = None) -> int:
    """Look at the queues of every project whose policy raises prices; how many prices changed."""
    with db.work() as connection:
        projects = budgets.raising(connection)
    return sum(_raise(db, project, now or clock.now()) for project in projects)


def _raise(db: Database, project: UUID, now: datetime) -> int:
    rules = rules_now(db, project)
    with db.work() as connection:
        if not _due(connection, rules, now):
            return 0
        money.lock(connection, project)
        changed = _due(connection, rules, now)
        for step, (raised, why) in changed.items():
            _change(connection, rules, rules.steps[step], raised, why, now)
    return len(changed)


def _due(connection: Driver, rules: Rules, now: datetime) -> dict[UUID, Change]:
    queues = budgets.queues(connection, rules.project.id, now)
    rows = [row for row in budgets.standing(connection, rules.project.id) if row.id in rules.steps]
    wanted = {row.id: _wanted(rules, row, queues[row.id], row.raised) for row in rows}
    found: dict[UUID, Change] = {}
    for row in rows:
        change = _changed(rules, rules.steps[row.id], row, queues[row.id], now)
        if change is None:
            continue
        more = _wanted(rules, row, queues[row.id], change[0])
        others = sum((amount for step, amount in wanted.items() if step != row.id), NOTHING)
        if change[0] < row.raised or _payable(row, more, others):
            found[row.id], wanted[row.id] = change, more
    return found


def _wanted(rules: Rules, row: Standing, queue: Queue, raised: Decimal) -> Decimal:
    """What all that waits for a step would cost, if only the best paid did it."""
    pay = rules.policy.pay
    return queue.waiting * (
        max(pay.price(row.name, tier) for tier in ["", *(tier.name for tier in pay.tiers)]) + raised
    )


def _payable(row: Standing, wanted: Decimal, others: Decimal) -> bool:
    """Whether the step's own budget can pay what it wants, and the project's what the other steps want besides."""
    own, project = row.own_left, row.project_left
    return (own is None or wanted <= own) and (project is None or wanted + others <= project)


def _changed(rules: Rules, step: Step, row: Standing, queue: Queue, now: datetime) -> Change | None:
    facts = {**queue.facts, "raised": float(row.raised)}
    told = ", ".join(f"{name} {value:g}" for name, value in facts.items())
    try:
        rule = rules.policy.pay.raise_for(step.name, facts)
    except InvalidInput as error:
        return None if not row.raised else (NOTHING, error.said())
    if rule is None:
        return _lowered(rules, step, row, now, told)
    raised = min(row.raised + rule.by, rule.most)
    if raised == row.raised or _too_soon(row, rule, now):
        return None
    return raised, _because("{when}: {told}", when=rule.when.source, told=told)


def _lowered(rules: Rules, step: Step, row: Standing, now: datetime, told: str) -> Change | None:
    """A step down when no rule holds; down to nothing at once when there is no rule for it any more."""
    if not row.raised:
        return None
    mine = next((one for one in rules.policy.pay.raises if not one.steps or step.name in one.steps), None)
    if mine is None:
        return NOTHING, _because("no rule raises it any more")
    if _too_soon(row, mine, now):
        return None
    return max(row.raised - mine.by, NOTHING), _because("no longer {when}: {told}", when=mine.when.source, told=told)


def _because(sentence: str, **facts: str) -> Why:
    return {"detail": sentence, "mend": None, "facts": facts}


def _too_soon(row: Standing, rule: Raise, now: datetime) -> bool:
    return row.raised_at is not None and now - row.raised_at < rule.every


def _change(connection: Driver, rules: Rules, step: Step, raised: Decimal, why: Why, now: datetime) -> None:
    budgets.change(connection, rules.project.id, step.id, raised=raised, raised_at=now)
    base = rules.policy.pay.price(step.name)
    told: dict[str, Any] = {
        "step": step.name, "from": f"{base + step.raised:f}", "to": f"{base + raised:f}",
        "why": put_in(why["detail"], why["facts"]), "said": why,
    }  # fmt: skip
    ledger.tell(connection, [Event(
        actor=None, verb="price.changed", object_id=step.id, content=told, at=now,
        workspace_id=rules.project.workspace_id, project_id=rules.project.id,
    )])  # fmt: skip

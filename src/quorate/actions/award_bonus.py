"""Give bonuses for how informative answers are, measured against what others said of the same tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any
from uuid import UUID

import numpy as np

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.hold_pay import transfer
from quorate.actions.rules import Step, rules_of
from quorate.store import grants, money
from quorate.store.database import Database, Driver
from quorate.store.projects import Project
from quorate.truth.correlated_agreement import correlated_agreement

MICRO = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Bonus:
    """What somebody gets for their answers to a step; not `given` when the budget could not pay it."""

    account: UUID
    step: str
    answers: int
    score: float
    amount: Decimal
    given: bool = True


def preview_bonus(db: Database, project: Project) -> list[Bonus]:
    """What `award_bonus` would give now, if the budget can pay it. Nothing is given."""
    with db.work() as connection:
        return [bonus for _, _, bonus in _due(db, connection, project)]


def award_bonus(db: Database, actor: Actor, project: Project) -> list[Bonus]:
    """Give each of the crowd the bonus for answers that had none yet, by correlated agreement; what was given.

    An answer is worth `pay.bonus × (1 + score) / 2`: a straight line of the score, so that what maximises the expected
    score (to answer what one sees) maximises the expected bonus too, and nothing is ever taken away. Who has fewer
    than `pay.bonus_tasks` such answers to a step waits; who is discounted is neither paid nor compared with.
    """
    with db.work() as connection:
        money.lock(connection, project.id)
        due = _due(db, connection, project)
        grants.hold(connection, project.id)
        at = clock.now()  # the same of all, by which they are one run
        return [
            replace(bonus, given=_give(connection, actor, project, bonus, own, step, at)) for step, own, bonus in due
        ]


def _due(db: Database, connection: Driver, project: Project) -> list[tuple[Step, list[UUID], Bonus]]:
    """Each bonus that is due, with its step and the answers that it is for."""
    rules = rules_of(db, project.id)
    pay = rules.policy.pay
    if pay.bonus == 0:
        return []
    before = money.rewarded(connection, project.id)
    return [
        (step, own, Bonus(account, step.name, len(own), score, _amount(pay.bonus, len(own), score)))
        for step in rules.steps.values()
        if step.question.aggregate == "categorical"
        for account, own, score in _scored(_answers(connection, project, step, before), step, pay.bonus_tasks)
    ]


def _amount(each: Decimal, answers: int, score: float) -> Decimal:
    return (each * answers * (1 + Decimal(repr(score))) / 2).quantize(MICRO, ROUND_DOWN)


def _answers(connection: Driver, project: Project, step: Step, before: set[UUID]) -> list[dict[str, Any]]:
    """The answers to a step, with whether they are `new`; those of a closed class only."""
    rows = money.answers(connection, project.id, step.id)
    return [{**row, "new": row["id"] not in before} for row in rows if row["value"] in step.question.ids]


def _scored(answers: Sequence[Mapping[str, Any]], step: Step, fewest: int) -> list[tuple[UUID, list[UUID], float]]:
    """(account, the answers that are rewarded, score) of everybody with enough answers that others gave too."""
    if not answers:
        return []
    place = {value: number for number, value in enumerate(step.question.ids)}
    people = sorted({row["account_id"] for row in answers})
    number = {account: n for n, account in enumerate(people)}
    heard: dict[UUID, int] = {}
    for row in answers:
        heard[row["task_id"]] = heard.get(row["task_id"], 0) + 1
    tasks = {task: n for n, task in enumerate(heard)}
    scores = correlated_agreement(
        np.array([tasks[row["task_id"]] for row in answers]),
        np.array([number[row["account_id"]] for row in answers]),
        np.array([place[row["value"]] for row in answers]),
        len(place),
    )
    own: dict[UUID, list[UUID]] = {}
    for row in answers:
        if row["new"] and heard[row["task_id"]] > 1:
            own.setdefault(row["account_id"], []).append(row["id"])
    enough = [account for account in people if len(own.get(account, ())) >= fewest and number[account] in scores]
    return [(account, own[account], scores[number[account]].score) for account in enough]


def _give(
    connection: Driver, actor: Actor, project: Project, bonus: Bonus, answers: Sequence[UUID], step: Step,
    at: datetime,
) -> bool:  # fmt: skip
    account, amount = bonus.account, bonus.amount
    if amount <= 0 or not grants.spend(connection, project.id, step.id, account, amount):
        return False
    reason = f"{step.name}: {len(answers)} answers, score {bonus.score:.3f}"
    row = transfer(project, account, "bonus", amount, reason, actor, answers, at=at)
    money.move(connection, project.workspace_id, row)
    return True

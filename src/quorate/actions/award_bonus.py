"""Give bonuses for how informative answers are, measured against what others said of the same tasks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.hold_pay import transfer
from quorate.actions.rules import Step, rules_of
from quorate.store import grants, money
from quorate.store.database import Database, Driver
from quorate.store.projects import Project
from quorate.truth.informedness import informedness
from quorate.truth.votes import Votes

MICRO = Decimal("0.000001")
SCORED = frozenset({"categorical", "ordinal"})
"""The ways to bring answers together that know a closed list of them: one of several, a point on a scale."""


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
    """Give each of the crowd the bonus for answers that had none yet, by how much their answers tell; what was given.

    An answer is worth `pay.bonus × score`, nothing below a score of 0: a straight line, so that what maximises the
    expected score (to answer what one sees) maximises the expected bonus too, and nothing is ever taken away. Who has
    fewer than `pay.bonus_tasks` such answers to a step waits; who is discounted, and what is held or was taken back,
    is neither paid nor compared with.
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
    scored = [
        (step, own, Bonus(account, step.name, len(own), score, _amount(pay.bonus, len(own), score)))
        for step in rules.steps.values()
        if step.question.aggregate in SCORED
        for account, own, score in _scored(money.answers(connection, project.id, step.id), step, pay.bonus_tasks)
    ]
    return [(step, own, bonus) for step, own, bonus in scored if bonus.amount > 0]


def _amount(each: Decimal, answers: int, score: float) -> Decimal:
    return (each * answers * Decimal(repr(max(score, 0.0)))).quantize(MICRO, ROUND_DOWN)


def _scored(rows: Sequence[Mapping[str, Any]], step: Step, fewest: int) -> Iterator[tuple[UUID, list[UUID], float]]:
    """(account, the answers that are rewarded, score) of everybody with enough that could be compared with others'."""
    answers = [row for row in rows if row["value"] in step.question.ids]
    if not answers:
        return
    votes = Votes.from_arrays(
        [str(row["task_id"]) for row in answers],
        [str(row["account_id"]) for row in answers],
        [row["value"] for row in answers],
        classes=step.question.ids,
    )
    found = informedness(votes, {str(r["task_id"]): r["gold"] for r in answers if r["gold"] in step.question.ids})
    own: dict[int, list[UUID]] = {}
    for row, worker, compared in zip(answers, votes.worker, found.compared, strict=True):
        if row["new"] and compared:
            own.setdefault(int(worker), []).append(row["id"])
    for worker, ids in sorted(own.items()):
        score = float(found.score[worker])
        if len(ids) >= fewest and not math.isnan(score):
            yield UUID(votes.workers[worker]), ids, score


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
